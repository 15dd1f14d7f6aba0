"""What pages may load and run, and how much a request may carry."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEBIBYTE = 2**20
UPLOAD_PATH = "/facturas/cargar"
# What negocio takes of one paper, and what multipart adds to it.
MAXIMUM_UPLOAD_BYTES = 26 * MEBIBYTE
MAXIMUM_FORM_BYTES = MEBIBYTE

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
CONTENT_POLICY = "; ".join(f"{name} {sources}" for name, sources in _SOURCES.items())


# A worker is bound by the policy its script came with, not by that of the page that started it.
_WITH_POLICY = ("text/html", "text/javascript")


class PagePolicy:
    """Sets the content policy of pages and scripts; answers of the API keep the common, stricter one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(_WITH_POLICY):
                    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
            await send(message)

        is_page = scope["type"] == "http" and not scope["path"].startswith(("/api/", "/docs", "/redoc"))
        await self._app(scope, receive, send_with_policy if is_page else send)
