"""Refuses writes that another site makes a browser send: same origin, and a token bound to the session."""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from shared.kernel.errors import DomainError, ErrorKind
from web_dashboard.sessions.cookie import WebSession, holder_of

FIELD = "csrf"
HEADER = "X-CSRF-Token"


class ForeignRequestError(DomainError):
    """The request does not come from a page of ours, or from one that is too old."""

    code = "request.foreign"
    kind = ErrorKind.FORBIDDEN


def csrf_token(key: bytes, session: WebSession, *, nonce: str | None = None) -> str:
    """What forms of this session carry: another text each time, so that compressed pages do not leak it."""
    nonce = nonce or secrets.token_hex(8)
    proof = hmac.new(key, f"{session.csrf_seed}.{nonce}".encode(), hashlib.sha256).hexdigest()
    return f"{nonce}.{proof}"


async def checked_form(request: Request) -> AsyncIterator[FormData]:
    """The posted form, once the request is known to come from our own page. Raises ForeignRequestError."""
    if not _is_same_origin(request):
        raise ForeignRequestError("Foreign origin.")
    session = holder_of(request).session
    if session is None:
        raise ForeignRequestError("No session.")
    form = await request.form(max_files=10, max_fields=200)
    given = request.headers.get(HEADER) or form.get(FIELD)
    if not isinstance(given, str) or not _is_ours(given, request.app.state.csrf_keys, session):
        await form.close()
        raise ForeignRequestError("Wrong token.")
    try:
        yield form
    finally:
        await form.close()


def _is_ours(given: str, keys: Sequence[bytes], session: WebSession) -> bool:
    nonce = given.partition(".")[0]
    expected = [csrf_token(key, session, nonce=nonce) for key in keys]
    return any(hmac.compare_digest(given.encode(), one.encode()) for one in expected)


def _is_same_origin(request: Request) -> bool:
    """By Origin, else Referer, else what the browser says of the site; a request without any is refused."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    named = request.headers.get("origin") or request.headers.get("referer")
    if named is None:
        return "sec-fetch-site" in request.headers
    return urlsplit(named).netloc == request.headers.get("host", "")


CheckedForm = Annotated[FormData, Depends(checked_form)]
