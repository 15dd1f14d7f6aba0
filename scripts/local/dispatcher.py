"""Several services behind one port: each request goes to the service that has a route for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Match, Mount
from starlette.types import Message, Receive, Scope, Send

_READY = "/health/ready"
_JOBS = "/api/v1/jobs/"
# Ids of jobs begin with their service, since every service has the same path for them.
_JOB_PREFIXES = {"neg_": "negocio", "dep_": "deposito", "ml_": "ml"}
# Each service's own documentation: /services/negocio/docs and so on.
_SERVICES = "/services/"
_OK = 200


def one_port(apps: Mapping[str, FastAPI]) -> Starlette:
    """One application: the first named answers what several have, the last one what none has."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    return Starlette(lifespan=lifespan, routes=[Mount("", app=Dispatcher(apps))])


class Dispatcher:
    """An ASGI application that chooses another one for each request."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        self._apps = dict(apps)
        self._last = list(self._apps.values())[-1]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the service that owns the path."""
        if scope["path"] == _READY:
            await self._ready(scope, receive, send)
            return
        app, inner = self._choose(scope)
        await app(inner, receive, send)

    def _choose(self, scope: Scope) -> tuple[FastAPI, Scope]:
        path = str(scope["path"])
        if path.startswith(_SERVICES):
            name = path.removeprefix(_SERVICES).split("/", 1)[0]
            if name in self._apps:
                root = f"{scope.get('root_path', '')}{_SERVICES}{name}"
                return self._apps[name], {**scope, "root_path": root}
        if path.startswith(_JOBS):
            job_id = path.removeprefix(_JOBS)
            for prefix, name in _JOB_PREFIXES.items():
                if job_id.startswith(prefix) and name in self._apps:
                    return self._apps[name], scope
        return self._owner(scope), scope

    def _owner(self, scope: Scope) -> FastAPI:
        """The first with a route for path and method; then for the path alone, which answers 405."""
        partial: FastAPI | None = None
        for app in self._apps.values():
            found = {route.matches(scope)[0] for route in app.router.routes}
            if Match.FULL in found:
                return app
            if Match.PARTIAL in found:
                partial = partial or app
        return partial or self._last

    async def _ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ready when every service is; the answer is the first one that is not, or the last."""
        for app in self._apps.values():
            answer: list[Message] = []

            async def keep(message: Message, answer: list[Message] = answer) -> None:
                answer.append(message)

            await app(scope, receive, keep)
            if answer[0]["status"] != _OK:
                break
        for message in answer:
            await send(message)
