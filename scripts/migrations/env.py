"""Alembic's entry: one migrator at a time, one transaction per migration."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from scripts.migrations.ddl import LOCK_TIMEOUT, STATEMENT_TIMEOUT
from scripts.migrations.lock import become_the_only_one

# Who is no superuser, as on most hosts, builds the queue's schema only as the heir of the role that owns it.
_HEIR = """
DO $$ BEGIN
  IF to_regnamespace('jobs') IS NULL THEN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jobs_owner') THEN
      CREATE ROLE jobs_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT (pg_has_role('jobs_owner', 'SET') AND pg_has_role('jobs_owner', 'USAGE')) THEN
      GRANT jobs_owner TO CURRENT_USER WITH SET TRUE, INHERIT TRUE;
    END IF;
  END IF;
END $$"""


def _online() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        become_the_only_one(connection)
        # For statements that run outside of a migration's transaction; ddl.run says so again inside.
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS shared"))
        connection.execute(text(_HEIR))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=None,
            version_table_schema="shared",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _offline() -> None:
    context.configure(dialect_name="postgresql", version_table_schema="shared", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    _offline()
else:
    _online()
