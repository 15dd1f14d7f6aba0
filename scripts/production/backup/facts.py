"""What a database holds, counted in one snapshot: so that a restored one can be compared with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg import IsolationLevel, sql

from scripts.production.backup.programs import LONGEST_SECONDS
from scripts.production.console import RefusedError
from shared.storage.objects import document_key

# Partitions count their own rows, so their parents are left out.
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY 1, 2"""
_LEDGER = """
SELECT organisation_id::text, coalesce(m.movements, 0), coalesce(m.quantity, 0)::text,
       coalesce(m.value, 0)::text, coalesce(b.quantity, 0)::text, coalesce(b.value, 0)::text
FROM (SELECT organisation_id, count(*) AS movements, sum(quantity) AS quantity, sum(value) AS value
      FROM deposito.stock_movement GROUP BY 1) AS m
FULL JOIN (SELECT organisation_id, sum(quantity) AS quantity, sum(value) AS value
           FROM deposito.stock_balance GROUP BY 1) AS b USING (organisation_id)
ORDER BY 1"""
# Every table that names stored bytes by their hash.
_DOCUMENTS = """
SELECT organisation_id, sha256 FROM negocio.document_file
UNION SELECT organisation_id, sha256 FROM negocio.document_page
ORDER BY 1, 2"""
# Roles belong to the cluster, not to the dump: those that own or are granted something inside.
_ROLES = """
SELECT DISTINCT rolname FROM pg_shdepend JOIN pg_roles ON oid = refobjid
WHERE refclassid = 'pg_authid'::regclass AND rolname NOT LIKE 'pg\\_%'
  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1"""
_OWNER = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'shared'"
_FREE_OF_POLICIES = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """One organisation's ledger and its balances; decimals as the database writes them."""

    organisation_id: str
    movements: int
    quantity: str
    value: str
    balance_quantity: str
    balance_value: str

    @property
    def agrees(self) -> bool:
        """Whether the balances are the sum of the movements."""
        return (self.quantity, self.value) == (self.balance_quantity, self.balance_value)


@dataclass(frozen=True, slots=True)
class Facts:
    """revision: of the migrations. rows by "schema.table". documents: keys of stored bytes, by hash.

    owner: the role that owns the tables; roles: all that the dump names.
    """

    revision: str
    rows: dict[str, int]
    ledger: list[LedgerSum]
    documents: list[str]
    roles: list[str]
    owner: str
    server_major: int

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """From plain values."""
        known = {field.name: told[field.name] for field in fields(cls)}
        return cls(**known | {"ledger": [LedgerSum(**each) for each in told["ledger"]]})

    @property
    def total_rows(self) -> int:
        """Of all tables."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of a database, held while it is dumped. name: for pg_dump."""

    name: str
    facts: Facts
    is_free_of_policies: bool


@contextmanager
def snapshot(database_url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database and count it; others see it by name while the block runs."""
    with psycopg.connect(database_url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute(f"SET LOCAL statement_timeout = '{LONGEST_SECONDS}s'")
        connection.execute("SET LOCAL lock_timeout = '60s'")
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        name = str(_one(connection, "SELECT pg_export_snapshot()"))
        yield Snapshot(name, gather(connection), bool(_one(connection, _FREE_OF_POLICIES)))


def gather(connection: psycopg.Connection) -> Facts:
    """Count everything, within the connection's transaction. Raises RefusedError for a foreign database."""
    tables = [(str(schema), str(table)) for schema, table in connection.execute(_TABLES)]
    if ("shared", "alembic_version") not in tables:
        raise RefusedError("this database holds no Góndola: there is no shared.alembic_version")
    return Facts(
        revision=str(_one(connection, "SELECT version_num FROM shared.alembic_version")),
        rows={f"{schema}.{table}": _count(connection, schema, table) for schema, table in tables},
        ledger=[LedgerSum(*row) for row in connection.execute(_LEDGER)],
        documents=[
            document_key(UUID(str(organisation_id)), str(sha256))
            for organisation_id, sha256 in connection.execute(_DOCUMENTS)
        ],
        roles=[str(role) for (role,) in connection.execute(_ROLES)],
        owner=str(_one(connection, _OWNER)),
        server_major=connection.info.server_version // 10_000,
    )


def _count(connection: psycopg.Connection, schema: str, table: str) -> int:
    counted = connection.execute(
        sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
    ).fetchone()
    assert counted is not None
    return int(counted[0])


def _one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]
