"""Removes the demo shop and nothing else: `python -m scripts.demo.wipe`, locally `scripts/up --wipe-demo`.

The one place that deletes facts: it works on an organisation marked as demo only, as owner of the tables.
"""

import os
import sys

import psycopg
from psycopg import sql

from scripts.demo.published import DEMO_ORGANISATION_ID
from shared.config.settings import with_driver

_SCHEMAS = ["ml", "deposito", "negocio", "auth"]
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""
_PEOPLE_OF_NOBODY = """
DELETE FROM auth.person WHERE id = ANY(%s) AND NOT EXISTS (
  SELECT FROM auth.membership WHERE user_id = person.id)
"""


def wipe(database_url: str) -> dict[str, int]:
    """Rows removed by table; nothing when there is no demo. One transaction: all or nothing."""
    with psycopg.connect(with_driver(database_url, None)) as connection:
        demo = connection.execute(
            "SELECT 1 FROM auth.organisation WHERE organisation_id = %s AND is_demo", [DEMO_ORGANISATION_ID]
        ).fetchone()
        if demo is None:
            return {}
        people = connection.execute(
            "SELECT user_id FROM auth.membership WHERE organisation_id = %s", [DEMO_ORGANISATION_ID]
        ).fetchall()
        removed = _empty(connection)
        connection.execute(_PEOPLE_OF_NOBODY, [[user_id for (user_id,) in people]])
        # procrastinate's own triggers look for its tables here.
        connection.execute("SET LOCAL search_path = jobs")
        connection.execute(
            "DELETE FROM jobs.procrastinate_jobs WHERE args->>'organisation_id' = %s AND status <> 'doing'",
            [str(DEMO_ORGANISATION_ID)],
        )
    return removed


def _empty(connection: psycopg.Connection) -> dict[str, int]:
    """Tables refer to each other: those that are still referred to wait for the next round."""
    waiting = [(str(schema), str(table)) for schema, table in connection.execute(_TABLES, [_SCHEMAS])]
    removed: dict[str, int] = {}
    while waiting:
        left = [table for table in waiting if not _delete(connection, *table, removed)]
        if len(left) == len(waiting):
            raise RuntimeError(f"These tables refer to each other in a circle: {left}")
        waiting = left
    return removed


def _delete(connection: psycopg.Connection, schema: str, table: str, removed: dict[str, int]) -> bool:
    name = sql.Identifier(schema, table)
    try:
        with connection.transaction():
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
            cursor = connection.execute(
                sql.SQL("DELETE FROM {} WHERE organisation_id = %s").format(name), [DEMO_ORGANISATION_ID]
            )
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
    except psycopg.errors.ForeignKeyViolation:
        return False
    if cursor.rowcount:
        removed[f"{schema}.{table}"] = cursor.rowcount
    return True


def main() -> int:
    """Wipe the demo of the environment's database; 0 when none is left."""
    url = os.environ.get("DATABASE_URL_DIRECT") or os.environ.get("DATABASE_URL")
    if not url:
        sys.stderr.write("Set DATABASE_URL; for the database of scripts/up: scripts/up --wipe-demo.\n")
        return 2
    removed = wipe(url)
    sys.stdout.write(f"Removed {sum(removed.values())} rows of the demo from {len(removed)} tables.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
