"""People of the demo shop, signed in over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from benchmarks.rehearsals.system import System
from scripts.demo.loading.people import DEMO_PASSWORD


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


def sign_in(system: System, http: httpx.Client, username: str) -> dict[str, str]:
    """Headers of somebody of the demo shop."""
    answer = http.post(
        f"{system.url('negocio')}/api/v1/auth/login",
        json={"username": username, "password": DEMO_PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture(scope="session")
def owner(demo_system: System, http: httpx.Client) -> dict[str, str]:
    return sign_in(demo_system, http, "admin")
