"""The caller, the transaction and the idempotency key of one request.

One request is one transaction. Without an Idempotency-Key it is opened and committed by the
`Session` dependency; with one, `IdempotentRoute` opens it around the whole request, so that the
stored answer is part of the same commit.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import structlog
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import Database
from shared.kernel.errors import DomainError
from shared.security.errors import NotSignedInError
from shared.security.tokens import Caller


def bearer_token(request: Request) -> str | None:
    """The token of the Authorization header, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


async def authenticate(request: Request) -> Caller:
    """Who asks, by their token's signature and expiry.

    Raises NotSignedInError, PeerUnavailableError while nobody can say whether the signature is good.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    token = bearer_token(request)
    if token is None:
        raise NotSignedInError("No bearer token.")
    try:
        caller: Caller = await request.app.state.tokens.read(token)
    except DomainError:
        # Guessing tokens is counted by address.
        await request.app.state.rates.of_address(request)
        raise
    await request.app.state.rates.of_caller(caller)
    request.state.caller = caller
    structlog.contextvars.bind_contextvars(
        organisation_id=str(caller.organisation_id), user_id=str(caller.user_id or caller.name)
    )
    return caller


def transaction_of(database: Database, caller: Caller) -> AbstractAsyncContextManager[AsyncSession]:
    """A transaction within the caller's organisation.

    Raises NotSignedInError when their session was closed or their membership ended since the token was made.
    """
    return database.transaction(caller.organisation_id, sign_in_id=caller.session_id)


async def get_session(
    request: Request, caller: Annotated[Caller, Depends(authenticate)]
) -> AsyncIterator[AsyncSession]:
    """The request's transaction, within the caller's organisation."""
    opened: AsyncSession | None = getattr(request.state, "session", None)
    if opened is not None:
        yield opened
        return
    database: Database = request.app.state.database
    async with transaction_of(database, caller) as session:
        yield session


def get_database(request: Request) -> Database:
    """The service's database, for the few endpoints that open several transactions."""
    database: Database = request.app.state.database
    return database


async def get_anonymous_session(request: Request) -> AsyncIterator[AsyncSession]:
    """A transaction with no organisation: it sees no tenant row."""
    database: Database = request.app.state.database
    async with database.transaction(None) as session:
        yield session


# scope="function" commits before the answer leaves, so a failed commit is never answered with success.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
AnonymousSession = Annotated[AsyncSession, Depends(get_anonymous_session, scope="function")]
DatabaseHandle = Annotated[Database, Depends(get_database)]
