"""Keys are replaced under people who are signed in: all services, both key sets running side by side."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from agente_deposito.main import build as build_deposito
from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from agente_negocio.main import build as build_negocio
from scripts.production import env_file
from scripts.production.rotation.command import main
from shared.clients.base import Peer, as_service
from shared.config.settings import Settings
from shared.security.people_keys import FetchedKeys
from web_dashboard.application import create_app
from web_dashboard.pages import ROUTERS

PASSWORD = "correct horse battery"
NEGOCIO, DEPOSITO, DASHBOARD = "http://negocio.test", "http://deposito.test", "http://dashboard.test"


class Inside(httpx.AsyncBaseTransport):
    """Requests to the services of one fleet, in this process."""

    def __init__(self) -> None:
        self.apps: dict[str, FastAPI] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host not in self.apps:
            raise httpx.ConnectError("Not in this fleet.", request=request)
        return await httpx.ASGITransport(self.apps[request.url.host]).handle_async_request(request)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every service started with the settings of one moment."""

    settings: Settings
    http: httpx.AsyncClient
    negocio: FastAPI

    async def sign_in(self, username: str) -> dict[str, str]:
        answer = await self.http.post(
            f"{NEGOCIO}/api/v1/auth/login", json={"username": username, "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        pair: dict[str, str] = answer.json()
        return pair

    async def knows(self, pair: dict[str, str]) -> set[int]:
        """What negocio and the warehouse, which asks negocio for its keys, say to a person's token."""
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        asked = (f"{NEGOCIO}/api/v1/auth/me", f"{DEPOSITO}/api/v1/inventory/stats")
        return {(await self.http.get(url, headers=headers)).status_code for url in asked}

    async def believes(self, other: "Fleet") -> bool:
        """Whether the warehouse here believes a service there."""
        authorization = as_service(
            other.settings.secret_key.get_secret_value(),
            issuer="negocio",
            audience="deposito",
            organisation_id=uuid4(),
        )
        answer = await Peer("deposito", self.http, DEPOSITO).request(
            "GET", "/api/v1/inventory/stats", authorization=authorization
        )
        return answer.status_code == 200

    async def browse(self, cookie: str) -> httpx.Response:
        return await self.http.get(f"{DASHBOARD}/stock", headers={"Cookie": cookie})

    async def enter(self, username: str) -> str:
        """Sign in as a browser does; the session cookie."""
        page = await self.http.get(f"{DASHBOARD}/entrar")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        form = {"csrf": token[1], "usuario": username, "clave": PASSWORD}
        entered = await self.http.post(f"{DASHBOARD}/entrar", data=form, headers={"Origin": DASHBOARD})
        assert entered.status_code == 303, entered.text
        return entered.headers["set-cookie"].split(";")[0]


@asynccontextmanager
async def fleet(file: Path) -> AsyncIterator[Fleet]:
    """The services as a deploy with this file starts them."""
    settings = Settings.model_validate({name.lower(): v for name, v in env_file.read(file).items()})
    inside = Inside()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(transport=inside, cookies=None))
        negocio = build_negocio(settings)
        deposito = build_deposito(settings, people_keys=FetchedKeys(http, NEGOCIO))
        dashboard = create_app(settings, ROUTERS, transport=inside)
        inside.apps = {"negocio.test": negocio, "deposito.test": deposito, "dashboard.test": dashboard}
        for app in inside.apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield Fleet(settings, http, negocio)


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "production.env"
    secrets = {"SECRET_KEY": "s" * 40, "JWT_SECRET_KEY": "j" * 40}
    others = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "STORAGE_PATH": str(tmp_path),
        "NEGOCIO_URL": NEGOCIO,
        "DEPOSITO_URL": DEPOSITO,
        "RATE_PER_ADDRESS": "1000000",
    }
    path.write_text("\n".join(f"{name}={value}" for name, value in (secrets | others).items()))
    return path


async def make_owner(running: Fleet) -> str:
    username = f"owner-{uuid4().hex[:12]}"
    await open_organisation(
        running.negocio.state.database,
        OpenOrganisation(
            id=uuid4(),
            name="Almacén de prueba",
            cuit="30-71234567-1",
            iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
            cost_basis=CostBasis.BY_CONDITION,
            is_demo=False,
            owner_name="Marta",
            owner_email=f"{username}@example.com",
            owner_username=username,
            owner_password=PASSWORD,
        ),
    )
    return username


async def test_sessions_survive_every_step_until_the_old_keys_are_retired(file: Path) -> None:
    async with AsyncExitStack() as stack:
        before = await stack.enter_async_context(fleet(file))
        username = await make_owner(before)
        pair, cookie = await before.sign_in(username), await before.enter(username)
        main(["generate", "--env-file", str(file)])

        for step in ("stage", "promote"):
            assert main([step, "--env-file", str(file)]) == 0
            after = await stack.enter_async_context(fleet(file))

            # While processes are replaced, those before and after the step answer the same people.
            newer, newer_cookie = await after.sign_in(username), await after.enter(username)
            for running in (before, after):
                assert await running.knows(pair) == await running.knows(newer) == {200}, step
                assert (await running.browse(cookie)).status_code == 200, step
                assert (await running.browse(newer_cookie)).status_code == 200, step
            assert await before.believes(after), step
            assert await after.believes(before), step
            before = after

        assert main(["retire", "--env-file", str(file), "--now"]) == 0
        retired = await stack.enter_async_context(fleet(file))

        assert await retired.knows(pair) == {401}
        assert (await retired.browse(cookie)).headers["location"] == "/entrar?volver=/stock"
        assert await retired.knows(newer) == {200}
        assert (await retired.browse(newer_cookie)).status_code == 200
        refreshed = await retired.http.post(
            f"{NEGOCIO}/api/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]}
        )
        assert await retired.knows(refreshed.json()) == {200}


async def test_a_leaked_key_is_worth_nothing_after_its_replacement(file: Path) -> None:
    async with fleet(file) as before:
        username = await make_owner(before)
        pair, cookie = await before.sign_in(username), await before.enter(username)
        assert main(["replace", "--env-file", str(file)]) == 0

        async with fleet(file) as after:
            assert await after.knows(pair) == {401}
            assert (await after.browse(cookie)).status_code == 303
            assert not await after.believes(before)


def test_nothing_is_promoted_that_the_running_service_does_not_know(file: Path) -> None:
    for step in ("generate", "stage"):
        main([step, "--env-file", str(file)])
    before = file.read_text()

    assert main(["promote", "--env-file", str(file), "--negocio-url", "http://127.0.0.1:1"]) == 2

    assert file.read_text() == before
