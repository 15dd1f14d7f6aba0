"""The warehouse as this feature asks it: in the caller's name in requests, in our own in the worker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import httpx
from fastapi import Depends, FastAPI, Request

from agente_negocio.invoices.errors import ProductUnknownError, WarehouseRefusedError
from shared.clients.base import Peer, PeerRefusedError, PeerUnavailableError, as_person, as_service
from shared.clients.deposito import DepositoClient
from shared.config.settings import Settings
from shared.kernel.errors import DomainError
from shared.security.errors import ForbiddenError, NotSignedInError
from shared.security.permissions import Permission
from shared.web.session import bearer_token

_UNAUTHORISED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404


@asynccontextmanager
async def open_peers(app: FastAPI) -> AsyncIterator[None]:
    """One peer per process: it remembers whether the warehouse is away."""
    settings: Settings = app.state.settings
    app.state.deposito_peer = Peer("deposito", app.state.http, settings.deposito_url)
    yield


def _deposito(request: Request) -> DepositoClient:
    token = bearer_token(request)
    if token is None:
        raise NotSignedInError("No bearer token.")
    return DepositoClient(request.app.state.deposito_peer, as_person(token))


Deposito = Annotated[DepositoClient, Depends(_deposito)]
"""The warehouse, asked in the caller's name."""


def deposito_as_service(http: httpx.AsyncClient, settings: Settings, organisation_id: UUID) -> DepositoClient:
    """The warehouse, asked in our own name for one organisation."""
    authorization = as_service(
        settings.secret_key.get_secret_value(),
        issuer="negocio",
        audience="deposito",
        organisation_id=organisation_id,
    )
    return DepositoClient(Peer("deposito", http, settings.deposito_url), authorization)


def explain(error: PeerRefusedError) -> DomainError:
    """The warehouse's refusal as one of ours; a failure of its own is its absence."""
    if error.is_passing:
        return PeerUnavailableError(error.peer)
    if error.status == _UNAUTHORISED:
        return NotSignedInError("Refused by the warehouse.")
    if error.status == _FORBIDDEN:
        details = error.problem.get("details")
        wanted = details.get("permission") if isinstance(details, dict) else None
        return ForbiddenError(str(wanted or Permission.WRITE_CATALOG))
    if error.status == _NOT_FOUND:
        return ProductUnknownError("Unknown product.", fields=("product_id",))
    reason = str(error.problem.get("code") or error.status)
    fields = [field for field in error.problem.get("fields") or [] if isinstance(field, dict)]
    detail = fields[0].get("msg") if fields else error.problem.get("detail")
    paths = tuple(str(field.get("path")) for field in fields)
    return WarehouseRefusedError(reason=reason, detail=str(detail or reason), fields=paths)
