"""Who may call an endpoint, stated in its signature. An endpoint without a guard fails a test."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from shared.security.errors import ForbiddenError, NotSignedInError
from shared.security.permissions import Permission
from shared.security.tokens import Caller
from shared.web.session import authenticate, bearer_token


def require(permission: Permission) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that lets through callers whose role or service carries the permission."""

    async def guard(caller: Annotated[Caller, Depends(authenticate)]) -> Caller:
        if permission not in caller.permissions:
            raise ForbiddenError(permission)
        return caller

    return guard


async def _public(request: Request) -> None:
    if _is_first_question(request):
        await request.app.state.rates.of_address(request)


async def _public_probe(request: Request) -> None:
    if _is_first_question(request):
        await request.app.state.rates.of_probe(request)


async def _anyone(request: Request) -> Caller | None:
    """The caller when there is a good token, None without one; counted as an open probe then."""
    if bearer_token(request) is None:
        await _public_probe(request)
        return None
    return await authenticate(request)


def _is_first_question(request: Request) -> bool:
    """Before the body and again as a dependency: one request is counted once."""
    is_first = not getattr(request.state, "is_counted", False)
    request.state.is_counted = True
    return is_first


async def _person(caller: Annotated[Caller, Depends(authenticate)]) -> Caller:
    if caller.user_id is None:
        raise NotSignedInError("Only people do this.")
    return caller


# Those that need nothing of a request but its head.
ASKED_FIRST: tuple[Callable[[Request], Awaitable[object]], ...] = (
    _public,
    _public_probe,
    _anyone,
    authenticate,
)

Public = Annotated[None, Depends(_public)]
PublicProbe = Annotated[None, Depends(_public_probe)]
AnyoneCounted = Annotated[Caller | None, Depends(_anyone)]
SignedInPerson = Annotated[Caller, Depends(_person)]
CatalogReader = Annotated[Caller, Depends(require(Permission.READ_CATALOG))]
CatalogWriter = Annotated[Caller, Depends(require(Permission.WRITE_CATALOG))]
StockReader = Annotated[Caller, Depends(require(Permission.READ_STOCK))]
StockWriter = Annotated[Caller, Depends(require(Permission.WRITE_STOCK))]
StockApprover = Annotated[Caller, Depends(require(Permission.APPROVE_STOCK))]
SalesReader = Annotated[Caller, Depends(require(Permission.READ_SALES))]
Seller = Annotated[Caller, Depends(require(Permission.SELL))]
InvoiceReader = Annotated[Caller, Depends(require(Permission.READ_INVOICES))]
InvoiceWriter = Annotated[Caller, Depends(require(Permission.WRITE_INVOICES))]
InvoiceConfirmer = Annotated[Caller, Depends(require(Permission.CONFIRM_INVOICES))]
ForecastReader = Annotated[Caller, Depends(require(Permission.READ_FORECASTS))]
ForecastRunner = Annotated[Caller, Depends(require(Permission.RUN_FORECASTS))]
OrganisationReader = Annotated[Caller, Depends(require(Permission.READ_ORGANISATION))]
OrganisationManager = Annotated[Caller, Depends(require(Permission.MANAGE_ORGANISATION))]
OperationsReader = Annotated[Caller, Depends(require(Permission.READ_OPERATIONS))]
