"""Signing in and out, and choosing the branch to look at."""

import time
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from shared.clients.base import PeerRefusedError, PeerUnavailableError
from shared.clients.negocio import NegocioClient
from shared.clients.negocio_models import Tokens
from web_dashboard.errors import told
from web_dashboard.forms import text_of, uuid_of
from web_dashboard.peers import or_none
from web_dashboard.rendering import render
from web_dashboard.sessions.cookie import holder_of, new_session
from web_dashboard.sessions.csrf import CheckedForm, csrf_token
from web_dashboard.visitor import CurrentVisitor

router = APIRouter(include_in_schema=False)

_AWAY = "No podemos comprobar tu usuario en este momento. Probá de nuevo en un ratito."
_INCOMPLETE = "Escribí tu usuario y tu contraseña."


@router.get("/entrar")
async def sign_in_page(request: Request, volver: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """The sign-in page."""
    session = holder_of(request).session
    if session is not None and session.is_signed_in:
        return RedirectResponse(_local(volver), 303)
    return _page(request, back=volver)


@router.post("/entrar")
async def sign_in(request: Request, form: CheckedForm) -> Response:
    """Exchange name and password for a session of one's own."""
    username, back = text_of(form, "usuario"), text_of(form, "volver")
    password = form.get("clave")
    if not username or not isinstance(password, str) or not password:
        return _page(request, back=back, username=username, error=_INCOMPLETE, status=422)
    try:
        tokens = await _tokens(request, username, password)
    except PeerRefusedError as error:
        return _page(request, back=back, username=username, error=told(error.problem), status=error.status)
    except PeerUnavailableError:
        return _page(request, back=back, username=username, error=_AWAY, status=503)
    # A new seed with the new rights: whatever was known of the anonymous session is worth nothing now.
    holder_of(request).keep(new_session().with_tokens(tokens, now=time.time()))
    return RedirectResponse(_local(back), 303)


@router.post("/salir")
async def sign_out(request: Request, _form: CheckedForm) -> Response:
    """End the session, here and at negocio."""
    session = holder_of(request).session
    if session is not None and session.is_signed_in:
        clients = request.app.state.peers.asked_by(session.access_token)
        # Refused: it had ended by itself already.
        with suppress(PeerRefusedError):
            await or_none(clients.negocio.logout())
    holder_of(request).forget()
    return RedirectResponse("/entrar", 303, headers={"Clear-Site-Data": '"cache"'})


@router.post("/sucursal")
async def choose_branch(request: Request, visitor: CurrentVisitor, form: CheckedForm) -> Response:
    """Look at one branch, or at all."""
    chosen = uuid_of(form, "sucursal")
    known = chosen in {branch.id for branch in visitor.me.branches}
    holder = holder_of(request)
    assert holder.session is not None  # noqa: S101  a visitor has one
    holder.keep(holder.session.with_branch(chosen if known else None))
    return RedirectResponse(_local(text_of(form, "volver")), 303)


async def _tokens(request: Request, username: str, password: str) -> Tokens:
    negocio = NegocioClient(request.app.state.peers.negocio)
    return await negocio.login(username, password)


def _page(
    request: Request, *, back: str, username: str = "", error: str | None = None, status: int = 200
) -> HTMLResponse:
    holder = holder_of(request)
    if holder.session is None:
        holder.keep(new_session())
    assert holder.session is not None  # noqa: S101  just kept
    return render(
        request,
        "signin/page.html",
        status=status,
        csrf=csrf_token(request.app.state.csrf_keys[0], holder.session),
        back=_local(back),
        username=username,
        error=error,
    )


def _local(back: str) -> str:
    """A path of this site: an address of another site would make us the first half of a trick."""
    is_local = back.startswith("/") and not back.startswith(("//", "/\\")) and "\\" not in back
    return back if is_local and back.isprintable() else "/"
