"""Rows of one organisation, seen past every wall: as the database's owner."""

import json
import re
from collections.abc import Iterable
from uuid import UUID

import psycopg
from psycopg import sql

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NIL = str(UUID(int=0))

Table = tuple[str, str]


def uuids_in(text: str) -> set[str]:
    """Every id a text holds; the nil id is nobody's."""
    return {found.lower() for found in _UUID.findall(text)} - {_NIL}


def tenant_tables(connection: psycopg.Connection) -> list[Table]:
    """Every table whose rows belong to an organisation; partitions count with their parent."""
    rows = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'"
        " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND n.nspname = ANY('{auth,negocio,deposito,ml}') ORDER BY 1, 2"
    ).fetchall()
    return [(str(schema), str(table)) for schema, table in rows]


def digest(
    connection: psycopg.Connection, organisation_id: UUID, *, without: Iterable[Table] = ()
) -> dict[Table, tuple[int, int]]:
    """Number of rows and a hash of all their values, table by table."""
    tables = [table for table in tenant_tables(connection) if table not in set(without)]
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL(
            "SELECT {name}, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
            " FROM {table} AS t WHERE organisation_id = {organisation}"
        ).format(
            name=sql.Literal(f"{schema}.{table}"),
            table=sql.Identifier(schema, table),
            organisation=sql.Literal(organisation_id),
        )
        for schema, table in tables
    )
    return {
        (name.partition(".")[0], name.partition(".")[2]): (count, int(hashed))
        for name, count, hashed in connection.execute(query).fetchall()
    }


def texts(connection: psycopg.Connection, organisation_id: UUID) -> dict[Table, list[str]]:
    """Every row as text, jsonb and arrays included."""
    found = {}
    for schema, table in tenant_tables(connection):
        query = sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t WHERE organisation_id = %s")
        rows = connection.execute(query.format(sql.Identifier(schema, table)), [organisation_id]).fetchall()
        found[schema, table] = [str(text) for (text,) in rows]
    return found


def ids(connection: psycopg.Connection, organisation_id: UUID) -> set[str]:
    """Every id that stands anywhere in the organisation's rows, its people's and its own too."""
    rows = texts(connection, organisation_id)
    return {found for lines in rows.values() for line in lines for found in uuids_in(line)}


def ids_of_branch(connection: psycopg.Connection, organisation_id: UUID, branch_id: str) -> set[str]:
    """Ids of what stands in one branch: its places, papers, sales, postings."""
    everything = texts(connection, organisation_id)
    places = [json.loads(line) for line in everything["deposito", "location"]]
    own = {branch_id, *(place["id"] for place in places if place["branch_id"] == branch_id)}
    found = set(own)
    for (_, table), lines in everything.items():
        for row in map(json.loads, () if table in _SHARED_BY_BRANCHES else lines):
            if own & {row.get("branch_id"), row.get("location_id")}:
                found |= {row[name] for name in ("id", "posting_id") if row.get(name)}
    return found


# People name the branches they may see; that makes them no part of one.
_SHARED_BY_BRANCHES = {"membership", "person", "idempotency_key", "job"}
