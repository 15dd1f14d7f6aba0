"""Every failure becomes one RFC 9457 problem answer in Spanish; nothing becomes a bare 500."""

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.kernel.errors import DomainError, ErrorKind, FieldReason
from shared.web.invoice_texts import blocker_text
from shared.web.problem_texts import PROBLEM_TEXTS
from shared.web.validation_texts import describe, field_path
from shared.web.wording import fill

log = structlog.get_logger()

STATUS = {
    ErrorKind.INVALID: 422,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.PRECONDITION: 412,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.UNSUPPORTED: 415,
    ErrorKind.TOO_MANY: 429,
    ErrorKind.UNAVAILABLE: 503,
}
_HTTP_CODES = {404: "request.not_found", 405: "request.method_not_allowed", 400: "request.malformed"}


def problem(  # noqa: PLR0913  the parts of a problem answer are these
    request: Request,
    *,
    status: int,
    code: str,
    details: dict[str, str] | None = None,
    fields: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The answer for a failure; details fill the text and are sent along for programs."""
    text = PROBLEM_TEXTS[code]
    details = details or {}
    body: dict[str, Any] = {
        "type": "/errors/" + code.replace(".", "/").replace("_", "-"),
        "title": text.title,
        "status": status,
        "detail": fill(text.detail, details),
        "code": code,
        "request_id": getattr(request.state, "request_id", None),
    }
    if fields:
        body["fields"] = list(fields)
    if details:
        body["details"] = details
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install_error_handlers(app: FastAPI) -> None:
    """Answer every kind of failure with a problem."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ConnectionError, busy)
    app.add_exception_handler(Exception, unexpected)


def _domain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101  registered for this type
    headers = {}
    if error.kind is ErrorKind.TOO_MANY:
        headers["Retry-After"] = error.details.get("retry_after_seconds", "60")
    if error.kind is ErrorKind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.kind is ErrorKind.UNAVAILABLE:
        headers["Retry-After"] = "5"
    text = PROBLEM_TEXTS[error.code]
    fields = [{"path": path, "msg": fill(text.detail, error.details)} for path in error.fields]
    fields += [
        {"path": reason.path, "msg": _reason_text(reason), "code": reason.code} for reason in error.reasons
    ]
    return problem(
        request,
        status=STATUS[error.kind],
        code=error.code,
        details=error.details,
        fields=fields,
        headers=headers,
    )


def _reason_text(reason: FieldReason) -> str:
    text = PROBLEM_TEXTS.get(reason.code)
    return fill(text.detail, reason.facts) if text else blocker_text(reason.code, reason.facts)


def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this type
    fields = [{"path": _path(entry["loc"]), "msg": describe(entry)} for entry in error.errors()[:50]]
    malformed = any(entry["type"] == "json_invalid" for entry in error.errors())
    return problem(
        request, status=422, code="request.malformed" if malformed else "request.invalid", fields=fields
    )


def _path(location: Sequence[int | str]) -> str:
    """Within its part of the request; of a JSON that breaks off at some character, the part itself."""
    inside = location[1:]
    return field_path(inside) if inside and isinstance(inside[0], str) else str(location[0])


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this type
    code = _HTTP_CODES.get(error.status_code, "request.failed")
    return problem(request, status=error.status_code, code=code, headers=dict(error.headers or {}))


def busy(request: Request, error: Exception) -> JSONResponse:
    """A failure that passes: try again in a moment."""
    log.warning("request.busy", error=str(error))
    return problem(request, status=503, code="busy", headers={"Retry-After": "2"})


def unexpected(request: Request, error: Exception) -> JSONResponse:
    """A failure nobody foresaw: logged whole, told without detail."""
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(request, status=500, code="internal")
