"""The services behind the pages: one Peer each per process, typed clients per request."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Self, TypeVar

import httpx
import structlog
from pydantic import ValidationError

from shared.clients.base import Peer, PeerRefusedError, PeerUnavailableError, as_person
from shared.clients.deposito import DepositoClient
from shared.clients.ml import MlClient
from shared.clients.negocio import NegocioClient
from shared.config.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")
_UNAUTHENTICATED = 401
# A page is better without one section than late.
TIMEOUT = httpx.Timeout(10, connect=2)


@dataclass(frozen=True, slots=True)
class Peers:
    """The other services, as this process knows them."""

    negocio: Peer
    deposito: Peer
    ml: Peer

    @classmethod
    def of(cls, http: httpx.AsyncClient, settings: Settings) -> Self:
        """The peers that the settings name."""
        return cls(
            negocio=Peer("negocio", http, settings.negocio_url),
            deposito=Peer("deposito", http, settings.deposito_url),
            ml=Peer("ml", http, settings.ml_url),
        )

    def asked_by(self, access_token: str) -> "Clients":
        """Clients that ask in a person's name."""
        authorization = as_person(access_token)
        return Clients(
            negocio=NegocioClient(self.negocio, authorization),
            deposito=DepositoClient(self.deposito, authorization),
            ml=MlClient(self.ml, authorization),
        )


@dataclass(frozen=True, slots=True)
class Clients:
    """The services, asked in one person's name."""

    negocio: NegocioClient
    deposito: DepositoClient
    ml: MlClient


async def or_none(question: Awaitable[T]) -> T | None:
    """The answer, or None when the service is away, refuses, or says something unexpected.

    For sections a page can do without. An ended session is no missing section: that goes on up.
    """
    try:
        return await question
    except PeerRefusedError as error:
        if error.status == _UNAUTHENTICATED:
            raise
        log.warning("section.refused", peer=error.peer, status=error.status, code=error.problem.get("code"))
    except PeerUnavailableError as error:
        log.warning("section.unavailable", peer=error.details.get("peer"))
    except ValidationError as error:
        log.warning("section.unexpected", answer=error.title, errors=error.error_count())
    return None
