"""Every endpoint says in its signature who may call it."""

import pytest
from fastapi import FastAPI

from tests.services import Endpoint, api_apps, endpoints

# Common endpoints that anyone may ask: they tell nothing of any organisation.
OPEN = {"/health", "/health/live", "/health/ready", "/version", "/metrics"}


def is_guarded(endpoint: Endpoint) -> bool:
    return any(getattr(call, "__module__", "") == "shared.security.guards" for call in endpoint.calls())


@pytest.mark.parametrize("app", api_apps(), ids=lambda app: app.title)
def test_every_endpoint_is_guarded(app: FastAPI) -> None:
    found = [endpoint for endpoint in endpoints(app) if endpoint.path not in OPEN]

    unguarded = [f"{endpoint.method} {endpoint.path}" for endpoint in found if not is_guarded(endpoint)]

    assert found
    assert unguarded == []


def test_an_endpoint_without_a_guard_is_found() -> None:
    app = FastAPI()

    @app.get("/bare")
    async def bare() -> None: ...

    assert [is_guarded(endpoint) for endpoint in endpoints(app)] == [False]
