"""Sessions whose every transaction carries a role and an organisation, and the one place that commits.

Each transaction starts with one statement that sets both locally, so it works behind a
pooler and whatever user the address names: the role cannot bypass row-level security.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import SessionTransaction

from shared.config.settings import Settings

_SCOPE = text(
    "SELECT set_config('role', :role, true), set_config('app.organisation_id', :organisation_id, true)"
)


class ScopedSession(SyncSession):
    """A session that enters its role and organisation when a transaction begins."""


@event.listens_for(ScopedSession, "after_begin")
def _enter_scope(session: SyncSession, _transaction: SessionTransaction, connection: Connection) -> None:
    # It always executes: the adapter sends BEGIN with the first statement, and the raw
    # connection must be inside the transaction when the ledger function is called on it.
    connection.execute(_SCOPE, session.info["scope"])


@dataclass(frozen=True, slots=True)
class Database:
    """One engine of one service, connecting as that service's role."""

    engine: AsyncEngine
    role: str

    @asynccontextmanager
    async def transaction(self, organisation_id: UUID | None) -> AsyncIterator[AsyncSession]:
        """One transaction within an organisation, committed on leaving; None sees no tenant row."""
        async with self._make(organisation_id) as session, session.begin():
            yield session

    def _make(self, organisation_id: UUID | None) -> AsyncSession:
        scope = {
            "role": self.role,
            "organisation_id": "" if organisation_id is None else str(organisation_id),
        }
        make = async_sessionmaker(self.engine, sync_session_class=ScopedSession, expire_on_commit=False)
        return make(info={"scope": scope})

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def open_database(settings: Settings, *, role: str) -> Database:
    """A pool of at most `max_connections`; statements are cut off after 10 s, lock waits after 5 s."""
    engine = create_async_engine(
        settings.driver_url("asyncpg"),
        pool_size=settings.max_connections,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "role": role,
                "application_name": role,
                "statement_timeout": "10000",
                "lock_timeout": "5000",
                "idle_in_transaction_session_timeout": "15000",
            },
        },
    )
    return Database(engine, role)


async def raw_connection(session: AsyncSession) -> "asyncpg.Connection[asyncpg.Record]":
    """The driver's connection inside the session's own transaction, for the hot set-based calls."""
    connection = await session.connection()
    pooled = await connection.get_raw_connection()
    return cast("asyncpg.Connection[asyncpg.Record]", cast("Any", pooled).driver_connection)
