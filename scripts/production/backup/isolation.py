"""Whether a restored database still keeps organisations apart: forced policies, and what each role sees."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

_NOT_FORCED = """
SELECT n.nspname || '.' || c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('auth', 'negocio', 'deposito', 'ml')
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
ORDER BY 1"""
# Each tenant table with the services' roles that may read it.
_READERS = """
SELECT n.nspname, c.relname, r.rolname
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organisation_id' AND NOT a.attisdropped
JOIN pg_roles AS r ON r.rolname LIKE 'app\\_%' AND has_table_privilege(r.oid, c.oid, 'SELECT')
  AND has_schema_privilege(r.oid, n.oid, 'USAGE')
WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('auth', 'negocio', 'deposito', 'ml')
ORDER BY 1, 2, 3"""
_ENTER = "SELECT set_config('role', %s, true), set_config('app.organisation_id', %s, true)"


def faults(database_url: str) -> tuple[int, list[str]]:
    """How many tables were looked at by how many roles, together, and what is wrong, in words.

    An organisation that does not exist, and none at all, must see nothing; a real one just its own rows.
    """
    with psycopg.connect(database_url) as connection:
        wrong = [
            f"row-level security of {table} is not forced" for (table,) in connection.execute(_NOT_FORCED)
        ]
        readers = [(str(a), str(b), str(c)) for a, b, c in connection.execute(_READERS)]
        found = connection.execute("SELECT organisation_id FROM auth.organisation LIMIT 1").fetchone()
        ours = UUID(str(found[0])) if found else None
        connection.rollback()
        for schema, table, role in readers:
            wrong += _faults_of(connection, sql.Identifier(schema, table), role, ours)
    if not readers:
        wrong.append("no role of a service may read any table")
    return len(readers), wrong


def _faults_of(
    connection: psycopg.Connection, table: sql.Identifier, role: str, ours: UUID | None
) -> Iterator[str]:
    name = table.as_string(connection)
    for whom, organisation in (("another organisation", str(uuid4())), ("nobody", "")):
        seen = _seen(connection, table, role, organisation)
        if seen:
            yield f"{whom} sees {seen} rows of {name} as {role}"
    if ours is not None:
        own = connection.execute(
            sql.SQL("SELECT count(*) FROM {} WHERE organisation_id = %s").format(table), [ours]
        ).fetchone()
        connection.rollback()
        seen = _seen(connection, table, role, str(ours))
        if own != (seen,):
            yield f"an organisation sees {seen} rows of {name} as {role}, not its own {own and own[0]}"


def _seen(connection: psycopg.Connection, table: sql.Identifier, role: str, organisation: str) -> int:
    """Rows that a service would see for an organisation."""
    connection.execute(_ENTER, [role, organisation])
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    connection.rollback()
    assert row is not None
    return int(row[0])
