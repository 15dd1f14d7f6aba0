"""Failures as calm pages in Spanish, as a notice for htmx, and as problem answers for programs."""

from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from shared.clients.base import PeerRefusedError
from shared.kernel.errors import DomainError
from shared.web.errors import STATUS, install_error_handlers, problem
from shared.web.problem_texts import PROBLEM_TEXTS, ProblemText
from shared.web.wording import fill
from web_dashboard.rendering import render
from web_dashboard.sessions.cookie import holder_of
from web_dashboard.visitor import SignInNeededError

log = structlog.get_logger()

SIGN_IN = "/entrar"
_API = "/api/"
_UNAUTHENTICATED, _NOT_FOUND, _INTERNAL = 401, 404, 500
_LOST = ProblemText(
    "Esta página no existe", "Puede que el enlace esté viejo. Volvé al inicio o buscá de nuevo."
)
_BAD_ADDRESS = ProblemText("No entendimos el pedido", "La dirección tiene datos que no sirven.")


def install_page_errors(app: FastAPI) -> None:
    """Pages get pages; addresses of the API keep the common answers."""
    install_error_handlers(app)
    common = dict(app.exception_handlers)
    app.add_exception_handler(SignInNeededError, _sign_in)
    app.add_exception_handler(PeerRefusedError, _refused)
    app.add_exception_handler(ValidationError, _unexpected_answer)

    async def page_or_common(request: Request, error: Exception) -> Response:
        if not request.url.path.startswith(_API):
            return _page(request, error)
        kind = next(known for known in type(error).__mro__ if known in common)
        answer: Response = common[kind](request, error)
        return answer

    for kind in (DomainError, RequestValidationError, HTTPException, ConnectionError, Exception):
        app.add_exception_handler(kind, page_or_common)


def told(problem_body: dict[str, Any]) -> str:
    """A peer's problem as one Spanish sentence, with the reason of its first field."""
    fields = problem_body.get("fields") or []
    if fields and fields[0].get("msg"):
        return str(fields[0]["msg"])
    detail = problem_body.get("detail") or problem_body.get("title")
    return str(detail or PROBLEM_TEXTS["internal"].detail)


def error_page(
    request: Request, status: int, text: ProblemText, request_id: str | None = None
) -> HTMLResponse:
    """The failure as a page, or as a notice when htmx asked."""
    request_id = request_id or getattr(request.state, "request_id", None)
    is_htmx = "hx-request" in request.headers
    answer = render(
        request,
        "notice.html" if is_htmx else "error.html",
        status=status,
        title=text.title,
        detail=text.detail,
        request_id=request_id,
        tone="bad",
    )
    if is_htmx:
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#toast", "innerHTML"
    return answer


def _page(request: Request, error: Exception) -> HTMLResponse:
    if isinstance(error, DomainError):
        text = PROBLEM_TEXTS[error.code]
        return error_page(
            request, STATUS[error.kind], ProblemText(text.title, fill(text.detail, error.details))
        )
    if isinstance(error, RequestValidationError):
        return error_page(request, 422, _BAD_ADDRESS)
    if isinstance(error, HTTPException):
        code = "request.failed" if error.status_code != _NOT_FOUND else "request.not_found"
        text = _LOST if error.status_code == _NOT_FOUND else PROBLEM_TEXTS[code]
        return error_page(request, error.status_code, text)
    log.error("request.failed", path=request.url.path, exc_info=error)
    return error_page(request, _INTERNAL, PROBLEM_TEXTS["internal"])


def _sign_in(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith(_API):
        return problem(request, status=_UNAUTHENTICATED, code="auth.not_signed_in")
    session = holder_of(request).session
    if session is not None and session.is_signed_in:
        holder_of(request).forget()
    if "hx-request" in request.headers:
        here = urlsplit(request.headers.get("hx-current-url", "/"))
        back = here.path + (f"?{here.query}" if here.query else "")
        return Response(status_code=_UNAUTHENTICATED, headers={"HX-Redirect": _sign_in_url(back)})
    if request.method != "GET":
        return RedirectResponse(SIGN_IN, 303)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(_sign_in_url(path), 303)


def _sign_in_url(back: str) -> str:
    return SIGN_IN if back == "/" else f"{SIGN_IN}?volver={quote(back)}"


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerRefusedError)  # noqa: S101  registered for this type
    if error.status == _UNAUTHENTICATED:
        return _sign_in(request, error)
    if request.url.path.startswith(_API):
        return Response(status_code=error.status)
    if error.status == _NOT_FOUND:
        return error_page(request, _NOT_FOUND, _LOST)
    title = str(error.problem.get("title") or PROBLEM_TEXTS["internal"].title)
    text = ProblemText(title, told(error.problem))
    return error_page(request, error.status, text, error.problem.get("request_id"))


def _unexpected_answer(request: Request, error: Exception) -> Response:
    """A peer answered in a shape we do not know."""
    log.error("peer.unexpected_answer", path=request.url.path, exc_info=error)
    if request.url.path.startswith(_API):
        return problem(request, status=_INTERNAL, code="internal")
    return error_page(request, _INTERNAL, PROBLEM_TEXTS["internal"])
