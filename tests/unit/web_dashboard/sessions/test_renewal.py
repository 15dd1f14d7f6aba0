"""Renewing sessions: in time, once, and never a sign-out because negocio is away."""

import asyncio
import json

import httpx
import pytest

from shared.clients.base import Peer, PeerUnavailableError
from shared.clients.negocio import NegocioClient
from tests.unit.web_dashboard.support import signed_in_session
from web_dashboard.sessions.renewal import Renewals, SessionEndedError


class Negocio:
    """Counts exchanges; answers with one status."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.exchanged: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.exchanged.append(json.loads(request.content)["refresh_token"])
        await asyncio.sleep(0)
        body = {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 900}
        return httpx.Response(self.status, json=body if self.status == httpx.codes.OK else {})


def renewals_of(negocio: Negocio) -> Renewals:
    http = httpx.AsyncClient(transport=httpx.MockTransport(negocio))
    return Renewals(NegocioClient(Peer("negocio", http, "http://negocio.test")))


async def test_a_fresh_token_is_left_alone() -> None:
    negocio = Negocio()
    session = signed_in_session(seconds=900)

    assert await renewals_of(negocio).fresh(session) is session
    assert negocio.exchanged == []


async def test_requests_at_once_and_late_ones_share_one_exchange() -> None:
    negocio = Negocio()
    renewals, session = renewals_of(negocio), signed_in_session(seconds=10)

    fresh = await asyncio.gather(*(renewals.fresh(session) for _ in range(5)))
    late = await renewals.fresh(session)

    assert negocio.exchanged == ["refresh-0"]
    assert {each.access_token for each in (*fresh, late)} == {"access-1"}
    assert fresh[0].csrf_seed == session.csrf_seed


async def test_a_refused_token_ends_the_session() -> None:
    with pytest.raises(SessionEndedError):
        await renewals_of(Negocio(401)).fresh(signed_in_session(seconds=10))


async def test_negocio_away_does_not_end_the_session_and_is_asked_again() -> None:
    negocio = Negocio(503)
    renewals, session = renewals_of(negocio), signed_in_session(seconds=10)

    with pytest.raises(PeerUnavailableError):
        await renewals.fresh(session)
    negocio.status = 200

    assert (await renewals.fresh(session)).access_token == "access-1"
