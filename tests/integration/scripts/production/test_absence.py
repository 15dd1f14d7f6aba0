"""Services start in any order, and with each of them away the others go on and say so."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import pytest

from scripts.local.servers.process import free_port
from shared.config.settings import Settings
from tests.integration.scripts.production.conftest import PASSWORD, Platform, running_platform
from tests.integration.scripts.production.test_processes import PEERS, host_environment, started

__all__ = ["host_environment"]

# A page of each service that needs somebody signed in.
ASKED = {
    "negocio": "/api/v1/auth/me",
    "deposito": "/api/v1/inventory/stats",
    "ml": "/api/v1/forecasts?limit=1",
}


async def sign_in(platform: Platform, http: httpx.AsyncClient, username: str) -> None:
    body = {"username": username, "password": PASSWORD}
    answer = await http.post(f"{platform.urls['negocio']}/api/v1/auth/login", json=body)
    http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


async def ask(platform: Platform, http: httpx.AsyncClient, name: str) -> httpx.Response:
    return await http.get(platform.urls[name] + ASKED[name])


@pytest.mark.parametrize("away", ASKED)
async def test_with_one_away_the_others_answer_and_say_so(settings: Settings, probe: str, away: str) -> None:
    others = [name for name in ASKED if name != away]
    async with running_platform(settings) as platform, httpx.AsyncClient(timeout=30) as http:
        await sign_in(platform, http, probe)
        for name in ASKED:
            # They learn from negocio by whom the token is signed.
            assert (await ask(platform, http, name)).status_code == 200
        await platform.stop(away)

        answers = {name: (await ask(platform, http, name)).status_code for name in others}
        ready = {name: (await http.get(f"{platform.urls[name]}/health/ready")).status_code for name in others}
        dashboard = await http.get(f"{platform.urls['dashboard']}/health/ready")
        status = (await http.get(f"{platform.urls['dashboard']}/api/dashboard/status")).json()
        page = await http.get(f"{platform.urls['dashboard']}/entrar")

    assert answers == dict.fromkeys(others, 200)
    assert ready == dict.fromkeys(others, 200)
    assert (dashboard.status_code, dashboard.json()["status"]) == (200, "degraded")
    assert [name for name, check in dashboard.json()["checks"].items() if not check["ok"]] == [away]
    assert (status["status"], status["services"][away]["status"]) == ("degraded", "unreachable")
    assert page.status_code == 200


async def test_who_cannot_learn_the_keys_does_not_take_people_for_strangers(
    settings: Settings, probe: str
) -> None:
    async with running_platform(settings) as platform, httpx.AsyncClient(timeout=30) as http:
        await sign_in(platform, http, probe)
        await platform.stop("negocio")

        answers = [await ask(platform, http, name) for name in ("deposito", "ml")]
        http.headers["Authorization"] = "Bearer no.real.token"
        nonsense = await ask(platform, http, "deposito")

    for answer in answers:
        assert answer.status_code == 503
        assert answer.json()["code"] == "peer.unavailable"
        assert answer.json()["title"] == "Un servicio no responde"
        assert "negocio" in answer.json()["detail"]
    assert nonsense.status_code == 401


@pytest.mark.parametrize(
    "order",
    [
        ("web-dashboard", "ml", "agente-deposito", "agente-negocio"),
        ("agente-deposito", "web-dashboard", "agente-negocio", "ml"),
    ],
)
async def test_they_start_in_any_order(
    order: tuple[str, ...],
    host_environment: dict[str, str],
    probe: str,
    tmp_path: Path,
) -> None:
    ports = {name: free_port() for name in order}
    names = dict(zip(PEERS, ("agente-negocio", "agente-deposito", "ml"), strict=True))
    host_environment |= {variable: f"http://127.0.0.1:{ports[name]}" for variable, name in names.items()}
    urls = {variable[: -len("_URL")].lower(): host_environment[variable] for variable in PEERS}
    with ExitStack() as stack:
        for name in order:
            service = stack.enter_context(started(name, host_environment, tmp_path, port=ports[name]))
            service.wait_until(partial(service.answers, "/health/ready"))
        async with httpx.AsyncClient(timeout=30) as http:
            dashboard = f"http://127.0.0.1:{ports['web-dashboard']}"
            status = (await http.get(f"{dashboard}/api/dashboard/status")).json()
            platform = Platform(urls, {})
            await sign_in(platform, http, probe)
            answers = {name: (await ask(platform, http, name)).status_code for name in ASKED}

    assert status["status"] == "online"
    assert answers == dict.fromkeys(ASKED, 200)
