"""Alembic's entry: one migrator at a time, one transaction per migration."""

from alembic import context
from sqlalchemy import create_engine, pool, text

_ONE_MIGRATOR = 4_242_001


def _online() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({_ONE_MIGRATOR})"))
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS shared"))
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
