"""One verification under way: requests to the targets, and how a check says that it fails."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.production.verification.targets import Targets

_SECONDS, _CONNECT_SECONDS = 90, 10
OK = 200


class CheckFailedError(Exception):
    """What was found instead of what has to hold, in one sentence."""


class CheckSkippedError(Exception):
    """Why it could not be looked at here, and what to do so that it can."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A client for the targets."""

    targets: Targets
    http: httpx.AsyncClient

    async def of(self, service: str, path: str) -> Any:
        """What a service itself says under a path that every service has. Raises CheckFailedError."""
        return _decoded("GET", path, await self._send("GET", self.targets.own[service] + path))

    async def json(self, service: str, path: str, *, method: str = "GET", **options: Any) -> Any:
        """The decoded body of a 200. Raises CheckFailedError."""
        return _decoded(method, path, await self.send(service, path, method=method, **options))

    async def send(self, service: str, path: str, *, method: str = "GET", **options: Any) -> httpx.Response:
        """Any answer to a path that only this service has. Raises CheckFailedError when there is none."""
        return await self._send(method, self.targets.urls[service] + path, **options)

    async def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            return await self.http.request(method, url, **options)
        except httpx.HTTPError as error:
            said = f"{type(error).__name__} {error}".strip()
            raise CheckFailedError(f"{method} {url} gives no answer ({said}).") from error


def _decoded(method: str, path: str, answer: httpx.Response) -> Any:
    if answer.status_code != OK:
        raise CheckFailedError(f"{method} {path} answers {answer.status_code} {answer.text[:200]!r}.")
    try:
        return answer.json()
    except ValueError as error:
        raise CheckFailedError(f"{method} {path} answers no JSON: {answer.text[:200]!r}.") from error


@asynccontextmanager
async def asking(targets: Targets) -> AsyncIterator[Asking]:
    """A verification of the targets; every request on a connection of its own.

    A connection kept open would stay with the process it began with, whatever the proxy does.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    timeout = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)
    headers = {"User-Agent": "gondola-verification", **targets.headers}
    async with httpx.AsyncClient(limits=limits, timeout=timeout, headers=headers) as http:
        yield Asking(targets, http)


Facts = Mapping[str, object]
CheckRun = Callable[[Asking], Awaitable[tuple[str, Facts]]]
"""Looks at one thing; says what was found, in a sentence and in facts. Raises the two errors above."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to hold."""

    name: str
    run: CheckRun
