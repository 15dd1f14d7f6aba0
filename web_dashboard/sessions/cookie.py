"""The session a browser carries: its tokens and its branch, sealed in one cookie; the server keeps none."""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clients.base import client_address
from shared.clients.negocio_models import Tokens
from web_dashboard.sessions.seal import Seal

# As long as a refresh token lives.
LIFETIME_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class WebSession:
    """csrf_seed: what this session's forms are bound to. access_expires_at: epoch seconds."""

    csrf_seed: str
    access_token: str = ""
    refresh_token: str = ""
    access_expires_at: float = 0.0
    branch_id: str = ""

    @property
    def is_signed_in(self) -> bool:
        """Whether it carries somebody's tokens."""
        return bool(self.refresh_token)

    @property
    def branch(self) -> UUID | None:
        """The branch that was chosen; None means all."""
        return UUID(self.branch_id) if self.branch_id else None

    def with_tokens(self, tokens: Tokens, *, now: float) -> "WebSession":
        """The same session with newer tokens."""
        return replace(
            self,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            access_expires_at=now + tokens.expires_in,
        )

    def with_branch(self, branch_id: UUID | None) -> "WebSession":
        """The same session looking at one branch, or at all."""
        return replace(self, branch_id=str(branch_id) if branch_id else "")


def new_session() -> WebSession:
    """A session of nobody yet, bound to a fresh seed."""
    return WebSession(csrf_seed=secrets.token_urlsafe(16))


class SessionHolder:
    """The session of one request; what is kept here goes back to the browser with the answer."""

    def __init__(self, session: WebSession | None) -> None:
        self._session = session
        self.is_changed = False

    @property
    def session(self) -> WebSession | None:
        """What the browser sent, or what was kept since."""
        return self._session

    def keep(self, session: WebSession) -> None:
        """Send this back."""
        self.is_changed = self.is_changed or session != self._session
        self._session = session

    def forget(self) -> None:
        """Take the cookie away."""
        self._session, self.is_changed = None, True


class SessionCookies:
    """Opens the cookie before a request and writes it after, when it changed."""

    def __init__(self, app: ASGIApp, *, seal: Seal) -> None:
        self._app = app
        self._seal = seal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        name = _cookie_name(connection)
        holder = SessionHolder(self._open(connection.cookies.get(name)))
        scope.setdefault("state", {})["session"] = holder
        # Else every person's requests would be counted as the dashboard's own.
        client_address.set(connection.client.host if connection.client else None)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and holder.is_changed:
                header = self._header(name, holder.session)
                MutableHeaders(scope=message).append("Set-Cookie", header)
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    def _open(self, sealed: str | None) -> WebSession | None:
        text = self._seal.open(sealed, maximum_age_seconds=LIFETIME_SECONDS) if sealed else None
        if text is None:
            return None
        try:
            return WebSession(**json.loads(text))
        except (TypeError, ValueError):
            return None

    def _header(self, name: str, session: WebSession | None) -> str:
        answer = Response()
        is_secure = name.startswith("__Host-")
        if session is None:
            answer.delete_cookie(name, secure=is_secure, httponly=True, samesite="lax")
        else:
            answer.set_cookie(
                name,
                self._seal.close(json.dumps(asdict(session))),
                max_age=LIFETIME_SECONDS,
                secure=is_secure,
                httponly=True,
                samesite="lax",
            )
        return answer.headers["set-cookie"]


def _cookie_name(connection: HTTPConnection) -> str:
    """Over https the name itself keeps other hosts from planting one."""
    return "__Host-gondola" if connection.url.scheme == "https" else "gondola"


def holder_of(connection: HTTPConnection) -> SessionHolder:
    """The session of the request being answered."""
    holder: SessionHolder = connection.state.session
    return holder
