"""Idempotency-Key: the same key and body get the stored answer, another body is refused.

The key, the work and the answer commit together, so a crash leaves all or none, and a second
request with the same key waits for the first.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from shared.kernel.errors import DomainError, ErrorKind
from shared.web.guarded import GuardedRoute, Handler
from shared.web.session import authenticate, bearer_token, transaction_of

_SAFE = {"GET", "HEAD", "OPTIONS"}
_LONGEST_KEY = 200
_CHUNK_BYTES = 2**20
_CLAIM = """
INSERT INTO {schema}.idempotency_key (key, request_hash) VALUES (:key, :request_hash)
ON CONFLICT (organisation_id, key) DO NOTHING RETURNING key"""
_STORED = "SELECT request_hash, status, media_type, body FROM {schema}.idempotency_key WHERE key = :key"
_STORE = """
UPDATE {schema}.idempotency_key SET status = :status, media_type = :media_type, body = :body
WHERE key = :key"""


class KeyReusedError(DomainError):
    """The key came with another request before."""

    code = "idempotency.key_reused"
    kind = ErrorKind.CONFLICT


class KeyInvalidError(DomainError):
    """Not 1 to 200 printable characters."""

    code = "idempotency.key_invalid"
    kind = ErrorKind.INVALID


Work = Callable[[AsyncSession], Coroutine[Any, Any, Response]]


class IdempotentRoute(GuardedRoute):
    """A guarded route whose writes honour Idempotency-Key; give it to a router as `route_class`."""

    def get_route_handler(self) -> Handler:
        """The plain handler, or the same inside the key's transaction."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method in _SAFE or bearer_token(request) is None:
                return await handle(request)
            return await _once(request, key, handle)

        return handle_once


async def answer_once(request: Request, work: Work) -> Response:
    """For endpoints that ask another service or the object store first: their one transaction.

    With an Idempotency-Key it is the key's transaction too. What was asked before must be safe to repeat.
    """
    key = request.headers.get("idempotency-key")
    if key is not None:
        return await _once(request, key, lambda request: work(request.state.session))
    caller = await authenticate(request)
    async with transaction_of(request.app.state.database, caller) as session:
        return await work(session)


async def _once(request: Request, key: str, handle: Handler) -> Response:
    if not (0 < len(key) <= _LONGEST_KEY and key.isprintable()):
        raise KeyInvalidError("Unusable Idempotency-Key.", fields=("Idempotency-Key",))
    caller = await authenticate(request)
    app = request.app
    key = f"{caller.actor_id}:{key}"
    # The body first: a slow upload must not hold a transaction open.
    request_hash = await _hash(request)
    async with transaction_of(app.state.database, caller) as session:
        statements = _Statements(app.state.schema)
        if not await statements.claim(session, key, request_hash):
            return await statements.replay(session, key, request_hash)
        request.state.session = session
        response = await handle(request)
        if response.status_code >= 400:  # noqa: PLR2004  a refusal is not kept: the caller may mend it and retry
            await session.rollback()
        else:
            await statements.store(session, key, response)
        return response


class _Statements:
    """The three statements, for one service's schema."""

    def __init__(self, schema: str) -> None:
        self._claim = text(_CLAIM.format(schema=schema))
        self._stored = text(_STORED.format(schema=schema))
        self._store = text(_STORE.format(schema=schema))

    async def claim(self, session: AsyncSession, key: str, request_hash: bytes) -> bool:
        found = await session.scalar(self._claim, {"key": key, "request_hash": request_hash})
        return found is not None

    async def replay(self, session: AsyncSession, key: str, request_hash: bytes) -> Response:
        row = (await session.execute(self._stored, {"key": key})).one()
        if bytes(row.request_hash) != request_hash:
            raise KeyReusedError("Idempotency-Key used with another request.")
        headers = {"Idempotent-Replayed": "true"}
        return Response(bytes(row.body), row.status, headers, media_type=row.media_type)

    async def store(self, session: AsyncSession, key: str, response: Response) -> None:
        media_type = response.headers.get("content-type")
        await session.execute(
            self._store,
            {
                "key": key,
                "status": response.status_code,
                "media_type": media_type,
                "body": bytes(response.body),
            },
        )


async def _hash(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    if request.headers.get("content-type", "").startswith("multipart/"):
        # By its parts: a client draws a new boundary each time it sends the same files.
        for name, value in (await request.form()).multi_items():
            digest.update(name.encode() + b"\0")
            await _add(digest, value)
    else:
        digest.update(await request.body())
    return digest.digest()


async def _add(digest: "hashlib._Hash", value: UploadFile | str) -> None:
    if isinstance(value, str):
        digest.update(value.encode() + b"\0")
        return
    await value.seek(0)
    while chunk := await value.read(_CHUNK_BYTES):
        digest.update(chunk)
    await value.seek(0)
    digest.update(b"\0")
