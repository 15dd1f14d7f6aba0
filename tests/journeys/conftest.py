"""People of the demo shop, signed in over HTTP; and two shops on services in this process."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from benchmarks.rehearsals.system import System
from scripts.demo.published import DEMO_PASSWORD
from tests.journeys.asking import Life
from tests.journeys.life import live
from tests.journeys.town import Town, open_town, town_settings


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


@pytest.fixture(scope="session")
async def town(
    database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """The three services in this process."""
    settings = town_settings(database_url, redis_url, tmp_path_factory.mktemp("objects"))
    async with open_town(settings) as town:
        yield town


@pytest.fixture(scope="session")
async def lives(town: Town) -> tuple[Life, Life]:
    """Two organisations that lived the same full life, side by side."""
    async with town.working():
        zorzal, hornero = await asyncio.gather(live(town, "ZORZAL"), live(town, "HORNERO"))
    return zorzal, hornero


@pytest.fixture(scope="session")
async def rough_shop(town: Town) -> Life:
    """A shop for hostile files and requests: what they change is seen by no other test."""
    async with town.working():
        return await live(town, "TERO")
