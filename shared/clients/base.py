"""Questions to another service: timeouts, bounded retries with jitter, a circuit breaker, typed errors."""

import asyncio
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import httpx
import structlog

from shared.kernel.clock import utc_now
from shared.kernel.errors import DomainError, ErrorKind
from shared.observability import tracing
from shared.observability.metrics import PEER_SECONDS
from shared.security.tokens import issue_service_token

log = structlog.get_logger()

_ATTEMPTS = 3
_FIRST_WAIT_SECONDS = 0.1
_FAILURES_TO_OPEN = 5
_SECONDS_OPEN = 5.0
_RETRIED_STATUS = {502, 503, 504}
_TOO_MANY, _BROKEN = 429, 500
_REPEATABLE = {"GET", "HEAD", "PUT", "DELETE"}


class PeerUnavailableError(DomainError):
    """The other service did not answer in time, or is known to be away."""

    code = "peer.unavailable"
    kind = ErrorKind.UNAVAILABLE

    def __init__(self, peer: str) -> None:
        super().__init__(f"{peer} is unavailable.", peer=peer)


class PeerRefusedError(Exception):
    """The other service answered with a problem; `problem` is its body."""

    def __init__(self, peer: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{peer} answered {status}: {problem.get('code')}")
        self.peer = peer
        self.status = status
        self.problem = problem

    @property
    def is_passing(self) -> bool:
        """Whether it says nothing about the question: too many of them, or the service failed."""
        return self.status == _TOO_MANY or self.status >= _BROKEN


class Breaker:
    """Stops asking a peer that failed several times in a row, for a few seconds."""

    def __init__(self) -> None:
        self._failures = 0
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._closed_again_at

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= _FAILURES_TO_OPEN:
            self._closed_again_at = time.monotonic() + _SECONDS_OPEN


# Whose requests are counted when one service asks another on behalf of many browsers.
client_address: ContextVar[str | None] = ContextVar("client_address", default=None)

Authorization = Callable[[], str]
"""Gives the bearer token of the next request."""


def as_person(token: str) -> Authorization:
    """Pass the caller's own token on."""
    return lambda: token


def as_service(secret_key: str, *, issuer: str, audience: str, organisation_id: UUID) -> Authorization:
    """A fresh one-minute token in the service's own name for each request."""
    return lambda: issue_service_token(
        secret_key, issuer=issuer, audience=audience, organisation_id=organisation_id, now=utc_now()
    )


class Peer:
    """One other service. Keep one per process: it remembers whether the peer is away."""

    def __init__(self, name: str, http: httpx.AsyncClient, base_url: str) -> None:
        self.name = name
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._breaker = Breaker()

    async def request(  # noqa: PLR0913  the parts of a request are these
        self,
        method: str,
        path: str,
        *,
        authorization: Authorization | None = None,
        params: dict[str, str] | None = None,
        json: Any = None,
        files: Any = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """The answer, whatever its status; 502, 503 and 504 are no answer.

        Writes are repeated only when they carry an Idempotency-Key.
        Raises PeerUnavailableError.
        """
        headers = {**_request_id(), **_client_address(), **(headers or {})}
        repeatable = method in _REPEATABLE or "Idempotency-Key" in headers
        for attempt in range(1, _ATTEMPTS + 1):
            if self._breaker.is_open:
                raise PeerUnavailableError(self.name)
            if authorization is not None:
                headers["Authorization"] = f"Bearer {authorization()}"
            answer = await self._try(
                method, path, params=params, json=json, files=files, data=data, headers=headers
            )
            if answer is not None:
                return answer
            if not repeatable or attempt == _ATTEMPTS:
                break
            await asyncio.sleep(_FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311  jitter
        raise PeerUnavailableError(self.name)

    async def json(self, method: str, path: str, **options: Any) -> Any:
        """The decoded body of a success. Raises PeerRefusedError for other answers, PeerUnavailableError."""
        answer = await self.request(method, path, **options)
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        raise PeerRefusedError(self.name, answer.status_code, problem if isinstance(problem, dict) else {})

    async def _try(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        started, outcome = time.perf_counter(), "failed"
        with tracing.span(f"{method} {self.name}", "CLIENT", attributes={"peer.service": self.name}) as span:
            tracing.inject(options["headers"])
            try:
                answer = await self._http.request(method, self._base_url + path, **options)
                outcome = str(answer.status_code)
            except httpx.HTTPError as error:
                log.warning("peer.failed", peer=self.name, path=path, error=type(error).__name__)
                answer = None
            finally:
                PEER_SECONDS.labels(self.name, outcome).observe(time.perf_counter() - started)
            if answer is None or answer.status_code >= _BROKEN:
                tracing.fail(span, outcome)
        if answer is None or answer.status_code in _RETRIED_STATUS:
            self._breaker.failed()
            return None
        self._breaker.succeeded()
        return answer


def _request_id() -> dict[str, str]:
    """The id of the request being answered, so that one id names the whole chain in the logs."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {"X-Request-Id": request_id} if request_id else {}


def _client_address() -> dict[str, str]:
    """The browser's address; the other service believes it from a proxy it trusts."""
    address = client_address.get()
    return {"X-Forwarded-For": address} if address else {}
