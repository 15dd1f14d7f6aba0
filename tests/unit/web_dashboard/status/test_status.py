"""Health of the dashboard: what it concludes of Postgres, and that a peer which is down is only told."""

import asyncio

import httpx
import pytest

from tests.unit.web_dashboard.support import client_of, make_app, make_settings
from web_dashboard.status.checks import PeerState, is_postgres_reachable


async def health_of(path: str, **states: int) -> httpx.Response:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(states[request.url.host.partition(".")[0]])

    async with client_of(make_app(answer)) as client:
        return await client.get(path)


async def test_one_healthy_service_proves_the_database() -> None:
    answer = await health_of("/health", negocio=503, deposito=200, ml=503)

    assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})


async def test_services_without_postgres_make_it_unhealthy() -> None:
    answer = await health_of("/health", negocio=503, deposito=503, ml=503)

    assert (answer.status_code, answer.json()) == (503, {"status": "unhealthy"})


async def test_ready_is_degraded_by_a_peer_and_still_ready() -> None:
    answer = await health_of("/health/ready", negocio=200, deposito=503, ml=200)

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


@pytest.mark.parametrize(
    ("ml", "status", "state"), [(200, "online", "healthy"), (503, "degraded", "unhealthy")]
)
async def test_status_answers_200_whatever_a_peer_does(ml: int, status: str, state: str) -> None:
    answer = await health_of("/api/dashboard/status", negocio=200, deposito=200, ml=ml)

    assert answer.status_code == 200
    assert answer.json()["status"] == status
    assert answer.json()["services"]["ml"]["status"] == state


async def test_alone_it_asks_the_servers_address_itself() -> None:
    async def postgres(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(8) == bytes.fromhex("0000000804d2162f")
        writer.write(b"N")
        await writer.drain()
        writer.close()

    gone = dict.fromkeys(("negocio", "deposito", "ml"), PeerState("unreachable", None))
    server = await asyncio.start_server(postgres, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    alive = make_settings(database_url=f"postgresql://x@127.0.0.1:{port}/y")
    async with server:
        assert await is_postgres_reachable(gone, alive)
    assert not await is_postgres_reachable(gone, make_settings())
