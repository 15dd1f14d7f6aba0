"""How the other services are, and what that says of the database the dashboard never opens itself."""

import asyncio
import time
from dataclasses import dataclass

import httpx

from shared.config.settings import Settings
from web_dashboard.status import postgres

# A service takes up to 3 seconds to find its database gone.
_SECONDS = 4
_OK = 200


@dataclass(frozen=True, slots=True)
class PeerState:
    """What a service answered to /health. state: healthy, unhealthy (no Postgres) or unreachable."""

    state: str
    ms: float | None

    @property
    def is_healthy(self) -> bool:
        """Whether it works."""
        return self.state == "healthy"


async def peer_states(http: httpx.AsyncClient, settings: Settings) -> dict[str, PeerState]:
    """Every service, asked at the same time."""
    urls = {"negocio": settings.negocio_url, "deposito": settings.deposito_url, "ml": settings.ml_url}
    states = await asyncio.gather(*(_state(http, url) for url in urls.values()))
    return dict(zip(urls, states, strict=True))


async def is_postgres_reachable(states: dict[str, PeerState], settings: Settings) -> bool:
    """Whether the platform's database works, as far as can be told from here.

    One healthy service proves it. One that says "unhealthy" denies it. When none answers, their absence says
    nothing about the database, so its address is tried: the dashboard alone on a machine with a
    living Postgres is healthy, and no deploy is rolled back because services start in another order.
    """
    if any(peer.is_healthy for peer in states.values()):
        return True
    if any(peer.state == "unhealthy" for peer in states.values()):
        return False
    return await postgres.answers(settings.database_url.get_secret_value())


async def _state(http: httpx.AsyncClient, url: str) -> PeerState:
    started = time.perf_counter()
    try:
        answer = await http.get(f"{url.rstrip('/')}/health", timeout=_SECONDS)
    except httpx.HTTPError:
        return PeerState("unreachable", None)
    state = "healthy" if answer.status_code == _OK else "unhealthy"
    return PeerState(state, round((time.perf_counter() - started) * 1000, 1))
