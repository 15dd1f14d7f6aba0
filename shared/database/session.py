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
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from shared.config.settings import Settings
from shared.database.pool import WatchedPool, watch_pool
from shared.security.errors import NotSignedInError

_SCOPE = "SELECT set_config('role', :role, true), set_config('app.organisation_id', :organisation_id, true)"
_OF_NOBODY = text(f"{_SCOPE}, true AS is_live")
_OF_SIGN_IN = text(f"{_SCOPE}, auth.session_is_live(:sign_in_id) AS is_live")
# A connection that a firewall forgot without a word is not met again after this.
_RECYCLE_SECONDS = 600


class ScopedSession(SyncSession):
    """A session that enters its role and organisation when a transaction begins."""


@event.listens_for(ScopedSession, "after_begin")
def _enter_scope(session: SyncSession, _transaction: SessionTransaction, connection: Connection) -> None:
    # It always executes: the adapter sends BEGIN with the first statement, and the raw
    # connection must be inside the transaction when the ledger function is called on it.
    scope = session.info["scope"]
    statement = _OF_NOBODY if scope["sign_in_id"] is None else _OF_SIGN_IN
    if not connection.execute(statement, scope).one().is_live:
        raise NotSignedInError("The session was closed.")


def _refuse_closed(connection: Any, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """The driver has seen the server go; asking it, as pool_pre_ping does, takes three round trips."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("The server closed the connection.")


@dataclass(frozen=True, slots=True)
class Database:
    """One engine of one service, connecting as that service's role."""

    engine: AsyncEngine
    role: str

    @asynccontextmanager
    async def transaction(
        self, organisation_id: UUID | None, *, sign_in_id: UUID | None = None
    ) -> AsyncIterator[AsyncSession]:
        """One transaction within an organisation, committed on leaving; None sees no tenant row.

        Raises NotSignedInError when `sign_in_id` was closed or its membership ended.
        """
        async with self._make(organisation_id, sign_in_id) as session, session.begin():
            if sign_in_id is not None:
                # Now, not with the first statement: work that has none is refused too.
                await session.connection()
            yield session

    def _make(self, organisation_id: UUID | None, sign_in_id: UUID | None) -> AsyncSession:
        scope = {
            "role": self.role,
            "organisation_id": "" if organisation_id is None else str(organisation_id),
            "sign_in_id": sign_in_id,
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
        poolclass=WatchedPool,
        # What statements carry belongs to people: neither logs nor reports of failures may have it.
        hide_parameters=True,
        pool_size=settings.max_connections,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=_RECYCLE_SECONDS,
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
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    watch_pool(engine.pool, role=role)
    return Database(engine, role)


async def raw_connection(session: AsyncSession) -> "asyncpg.Connection[asyncpg.Record]":
    """The driver's connection inside the session's own transaction, for the hot set-based calls."""
    connection = await session.connection()
    pooled = await connection.get_raw_connection()
    return cast("asyncpg.Connection[asyncpg.Record]", cast("Any", pooled).driver_connection)
