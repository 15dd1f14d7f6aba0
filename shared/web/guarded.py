"""Routes whose guards are asked before the body is read: who may not ask is not listened to."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.security.guards import ASKED_FIRST

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """FastAPI reads and parses a body before it asks any dependency; give this as `route_class`."""

    def get_route_handler(self) -> Handler:
        """The plain handler after the guards that need the request alone."""
        handle = super().get_route_handler()
        calls = set(_calls(self.dependant))
        guards = [guard for guard in ASKED_FIRST if guard in calls]

        async def handle_guarded(request: Request) -> Response:
            for guard in guards:
                await guard(request)
            return await handle(request)

        return handle_guarded


def _calls(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)
