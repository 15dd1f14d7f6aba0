"""Every endpoint says in its signature who may call it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tests.services import api_apps

# Common endpoints that anyone may ask: they tell nothing of any organisation.
OPEN = {"/health", "/health/live", "/health/ready", "/version", "/metrics"}


def calls(dependant: Dependant) -> Iterator[object]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from calls(dependency)


def is_guarded(route: APIRoute) -> bool:
    return any(getattr(call, "__module__", "") == "shared.security.guards" for call in calls(route.dependant))


@pytest.mark.parametrize("app", api_apps(), ids=lambda app: app.title)
def test_every_endpoint_is_guarded(app: FastAPI) -> None:
    routes = [route for route in app.routes if isinstance(route, APIRoute) and route.path not in OPEN]

    unguarded = [f"{route.methods} {route.path}" for route in routes if not is_guarded(route)]

    assert routes
    assert unguarded == []


def test_an_endpoint_without_a_guard_is_found() -> None:
    app = FastAPI()

    @app.get("/bare")
    async def bare() -> None: ...

    route = next(route for route in app.routes if isinstance(route, APIRoute))
    assert not is_guarded(route)
