"""Who looks at a page: their session kept fresh, what they may see, and clients that ask in their name."""

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from shared.clients.negocio_models import Branch, Me
from shared.security.errors import ForbiddenError
from web_dashboard.peers import Clients
from web_dashboard.sessions.cookie import holder_of
from web_dashboard.sessions.csrf import csrf_token
from web_dashboard.sessions.renewal import SessionEndedError

_MOST_REMEMBERED = 1000


class SignInNeededError(Exception):
    """Nobody is signed in, or no longer."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person on one request. branch None: every branch they may see."""

    me: Me
    clients: Clients
    branch: Branch | None
    csrf: str

    @property
    def branch_id(self) -> UUID | None:
        """What lists are filtered by."""
        return self.branch.id if self.branch else None

    def looking_at(self, branch_id: UUID | None) -> "Visitor":
        """The same person at another branch; one that is not theirs changes nothing."""
        branch = next((branch for branch in self.me.branches if branch.id == branch_id), self.branch)
        return replace(self, branch=branch)

    def may(self, permission: str) -> bool:
        """Whether their role allows it; the services decide again."""
        return permission in self.me.permissions


class KnownPeople:
    """Remembers for a while who a token belongs to, so that a page of five requests asks once."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._known: dict[bytes, tuple[float, Me]] = {}

    async def of(self, access_token: str, clients: Clients) -> Me:
        """The person of a token, asked of negocio when not known."""
        key = hashlib.sha256(access_token.encode()).digest()
        remembered = self._known.get(key)
        if remembered and time.monotonic() - remembered[0] < self._seconds:
            return remembered[1]
        me = await clients.negocio.me()
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = (time.monotonic(), me)
        return me


async def get_visitor(request: Request) -> Visitor:
    """The person behind the request. Raises SignInNeededError."""
    holder = holder_of(request)
    session = holder.session
    if session is None or not session.is_signed_in:
        raise SignInNeededError
    try:
        session = await request.app.state.renewals.fresh(session)
    except SessionEndedError as error:
        raise SignInNeededError from error
    holder.keep(session)
    clients: Clients = request.app.state.peers.asked_by(session.access_token)
    me = await request.app.state.people.of(session.access_token, clients)
    chosen = next((branch for branch in me.branches if branch.id == session.branch), None)
    return Visitor(me, clients, chosen, csrf_token(request.app.state.csrf_keys[0], session))


CurrentVisitor = Annotated[Visitor, Depends(get_visitor)]


async def get_program_or_visitor(request: Request) -> Visitor:
    """The person of a bearer token, else of the page's session. Raises SignInNeededError."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return await get_visitor(request)
    clients: Clients = request.app.state.peers.asked_by(token)
    me = await request.app.state.people.of(token, clients)
    return Visitor(me, clients, None, csrf="")


def _allowed(permission: str) -> Callable[[Visitor], Awaitable[Visitor]]:
    async def check(visitor: CurrentVisitor) -> Visitor:
        if not visitor.may(permission):
            raise ForbiddenError(permission)
        return visitor

    return check


StockVisitor = Annotated[Visitor, Depends(_allowed("stock:read"))]
StockWriterVisitor = Annotated[Visitor, Depends(_allowed("stock:write"))]
StockApproverVisitor = Annotated[Visitor, Depends(_allowed("stock:approve"))]
SalesVisitor = Annotated[Visitor, Depends(_allowed("sales:read"))]
InvoiceVisitor = Annotated[Visitor, Depends(_allowed("invoices:read"))]
OperationsVisitor = Annotated[Visitor, Depends(_allowed("operations:read"))]
UploadVisitor = Annotated[Visitor, Depends(_allowed("invoices:write"))]
"""People whose role has to do with a page; others are told so, not shown what would fail."""
