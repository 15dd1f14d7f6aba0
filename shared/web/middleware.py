"""What wraps every request: its id, size limit, host check, security headers, log line and measurement."""

import inspect
import re
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.config.settings import Settings
from shared.observability import tracing
from shared.observability.metrics import REQUEST_SECONDS, REQUESTS_IN_FLIGHT
from shared.web.errors import problem

if TYPE_CHECKING:
    from opentelemetry.trace import Span

log = structlog.get_logger()

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# The framework's own would tell texts of exceptions, which may hold what belongs to people.
NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
_FAILURE = 500
_QUIET = {"/health", "/health/live", "/health/ready", "/metrics"}
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
API_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'"
# FastAPI's own documentation page loads its viewer from outside; only development serves it that way.
_DOCUMENTATION = ("/docs", "/openapi.json")


def install_edges(app: FastAPI, settings: Settings, *, service: str) -> None:
    """The outer half of what wraps requests, after the app's own: the last added sees a request first."""
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts))
    app.add_middleware(RequestContext, service=service, told=_what_runs(settings))
    # Whatever server runs the app; uvicorn's own is switched off where we start it.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))


def _what_runs(settings: Settings) -> dict[str, str]:
    """Headers that say who answered: whoever switches versions behind a proxy waits for the right ones."""
    told = {"X-Version": settings.release}
    return told if settings.colour is None else {**told, "X-Colour": settings.colour}


class RequestContext:
    """Outermost of ours: gives the request its id, logs and measures it, sets headers on whatever answers.

    told: headers of every answer.
    """

    def __init__(self, app: ASGIApp, *, service: str, told: Mapping[str, str]) -> None:
        self._app = app
        self._service = service
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.update(self._told)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith(_DOCUMENTATION):
                    headers.setdefault("Content-Security-Policy", API_CONTENT_POLICY)
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        structlog.contextvars.bind_contextvars(service=self._service, request_id=request_id)
        with (
            REQUESTS_IN_FLIGHT.labels(self._service).track_inprogress(),
            self._span(scope, request_id) as span,
        ):
            try:
                await self._app(scope, receive, send_with_headers)
            finally:
                self._record(scope, status, time.perf_counter() - started)
                if span is not None:
                    _describe(span, scope, status)
                structlog.contextvars.unbind_contextvars("request_id", "organisation_id", "user_id")

    def _span(self, scope: Scope, request_id: str) -> AbstractContextManager["Span | None"]:
        if scope["path"] in _QUIET:
            return nullcontext()
        headers = Headers(scope=scope)
        cause = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
        facts = {"http.request.method": scope["method"], "gondola.request_id": request_id}
        return tracing.span(scope["method"], "SERVER", service=self._service, cause=cause, attributes=facts)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        REQUEST_SECONDS.labels(self._service, scope["method"], route, status).observe(seconds)
        if scope["path"] not in _QUIET:
            log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                duration_ms=round(seconds * 1000, 1),
            )


def _route(scope: Scope) -> str:
    """The template, as addresses hold ids and are without number."""
    return getattr(scope.get("route"), "path", "unmatched")


def _describe(span: "Span", scope: Scope, status: int) -> None:
    span.update_name(f"{scope['method']} {_route(scope)}")
    span.set_attribute("http.route", _route(scope))
    span.set_attribute("http.response.status_code", status)
    if status >= _FAILURE:
        tracing.fail(span, str(status))


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


class UnexpectedFailures:
    """Has the app's handler answer what nobody foresaw, inside of what sets headers, id and log line.

    The framework itself would answer outside of all middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = False

        async def watched_send(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:
            if answered:
                raise
            answer = scope["app"].exception_handlers[Exception](Request(scope), error)
            if inspect.isawaitable(answer):
                answer = await answer
            await answer(scope, receive, send)


class BodyLimit:
    """Refuses bodies past the limit, by their declared length or as soon as they pass it.

    larger: the limits of the paths that take more.
    """

    def __init__(self, app: ASGIApp, *, maximum_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._maximum_bytes = maximum_bytes
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        maximum_bytes = self._larger.get(scope["path"], self._maximum_bytes)
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > maximum_bytes:
            await self._refuse(scope, receive, send, maximum_bytes)
            return
        received, answered = 0, False

        async def limited_receive() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > maximum_bytes:
                    raise _BodyTooLargeError
            return message

        async def watched_send(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, limited_receive, watched_send)
        except _BodyTooLargeError:
            if not answered:
                await self._refuse(scope, receive, send, maximum_bytes)

    @staticmethod
    async def _refuse(scope: Scope, receive: Receive, send: Send, maximum_bytes: int) -> None:
        answer = problem(
            Request(scope),
            status=413,
            code="request.too_large",
            details={"maximum_mb": str(maximum_bytes // 2**20)},
        )
        await answer(scope, receive, send)


class _BodyTooLargeError(BaseException):
    """Not an Exception, so that no handler in between mistakes it for a malformed body."""
