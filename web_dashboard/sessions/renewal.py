"""Exchanges a session's refresh token in time, once even when several requests of a page need it."""

import asyncio
import hashlib
import time

from shared.clients.base import PeerRefusedError
from shared.clients.negocio import NegocioClient
from shared.clients.negocio_models import Tokens
from web_dashboard.sessions.cookie import WebSession

_RENEW_SECONDS_BEFORE = 60
# Requests that left the browser before the new cookie arrived still carry the old token.
_REMEMBERED_SECONDS = 25
_UNAUTHENTICATED = (400, 401, 403, 422)


class SessionEndedError(Exception):
    """The refresh token is not accepted any more: the person signs in again."""


class Renewals:
    """Keeps running and recent exchanges by the hash of the token they used up.

    With several dashboard processes two may exchange one token at once; negocio allows that for 30 seconds.
    """

    def __init__(self, negocio: NegocioClient) -> None:
        self._negocio = negocio
        self._exchanges: dict[bytes, tuple[float, asyncio.Task[Tokens]]] = {}

    async def fresh(self, session: WebSession) -> WebSession:
        """The session with a token good for a while. Raises SessionEndedError, PeerUnavailableError."""
        now = time.time()
        if session.access_expires_at - now > _RENEW_SECONDS_BEFORE:
            return session
        try:
            tokens = await asyncio.shield(self._exchange(session.refresh_token))
        except PeerRefusedError as error:
            if error.status in _UNAUTHENTICATED:
                raise SessionEndedError from error
            raise
        return session.with_tokens(tokens, now=now)

    def _exchange(self, refresh_token: str) -> asyncio.Task[Tokens]:
        self._forget_old()
        key = hashlib.sha256(refresh_token.encode()).digest()
        if key not in self._exchanges:
            task = asyncio.create_task(self._negocio.refresh(refresh_token))
            self._exchanges[key] = (time.monotonic(), task)
            task.add_done_callback(lambda done: self._drop_failed(key, done))
        return self._exchanges[key][1]

    def _drop_failed(self, key: bytes, done: asyncio.Task[Tokens]) -> None:
        # Reading the exception also keeps asyncio from reporting it as never looked at.
        if done.cancelled() or done.exception() is not None:
            self._exchanges.pop(key, None)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - _REMEMBERED_SECONDS
        for key, (started, task) in list(self._exchanges.items()):
            if task.done() and started < oldest:
                del self._exchanges[key]
