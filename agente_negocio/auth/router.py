"""HTTP endpoints of sign-in."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from agente_negocio.auth import me as me_page
from agente_negocio.auth import service
from agente_negocio.auth.lockout import one_guess
from agente_negocio.auth.schemas import (
    LoginRequest,
    Me,
    PasswordChange,
    RefreshRequest,
    SwitchRequest,
    TokenPair,
    TokenUser,
)
from agente_negocio.auth.service import Issuer, SignedIn
from shared.kernel.clock import utc_now
from shared.security.guards import Public, SignedInPerson
from shared.security.keys import to_jwk
from shared.security.rates import Rates, address_of
from shared.security.tokens import ACCESS_LIFETIME, Caller
from shared.web.guarded import GuardedRoute
from shared.web.session import DatabaseHandle, Session, transaction_of

router = APIRouter(tags=["auth"], route_class=GuardedRoute)

_LONGEST_LOGIN = 4096


def _issuer(request: Request, database: DatabaseHandle) -> Issuer:
    return Issuer(database, request.app.state.signing_key)


IssuerHandle = Annotated[Issuer, Depends(_issuer)]


async def _live_person(caller: SignedInPerson, database: DatabaseHandle) -> Caller:
    """The caller, for work that opens transactions of its own."""
    async with transaction_of(database, caller):
        return caller


LivePerson = Annotated[Caller, Depends(_live_person)]


async def _login_request(request: Request) -> LoginRequest:
    """The body as JSON or as a form, as OAuth2 clients send it."""
    kind = request.headers.get("content-type", "")
    values: Any
    if "form" in kind:
        values = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    else:
        try:
            values = json.loads((await request.body())[:_LONGEST_LOGIN])
        except (ValueError, RecursionError) as error:
            detail = {"type": "json_invalid", "loc": ("body",), "msg": "", "input": None}
            raise RequestValidationError([detail]) from error
    try:
        return LoginRequest.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**entry, "loc": ("body", *entry["loc"])} for entry in found]
        ) from error


@router.post("/api/v1/auth/login")
async def login(
    body: Annotated[LoginRequest, Depends(_login_request)],
    request: Request,
    issuer: IssuerHandle,
    _public: Public,
) -> TokenPair:
    """Sign in with user name or e-mail. Too many wrong passwords lock the account for a while."""
    rates: Rates = request.app.state.rates
    account = await service.account_of(issuer, body.identifier)
    async with one_guess(rates.limiter, account=account, address=address_of(request)):
        signed_in = await service.sign_in(
            issuer, body.identifier, body.password.get_secret_value(), now=utc_now()
        )
    return _pair(signed_in)


@router.post("/api/v1/auth/refresh")
async def refresh(body: RefreshRequest, issuer: IssuerHandle, _public: Public) -> TokenPair:
    """Exchange a refresh token; the old one stops working."""
    return _pair(await service.refresh(issuer, body.refresh_token, now=utc_now()))


@router.post("/api/v1/auth/switch")
async def switch(body: SwitchRequest, issuer: IssuerHandle, caller: LivePerson) -> TokenPair:
    """Work in another of the caller's organisations."""
    return _pair(await service.switch_organisation(issuer, caller, body.organisation_id, now=utc_now()))


@router.post("/api/v1/auth/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(session: Session, caller: SignedInPerson) -> Response:
    """End the caller's session on this device."""
    await service.sign_out(session, caller, now=utc_now())
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/api/v1/auth/password", status_code=status.HTTP_204_NO_CONTENT)
async def password(
    body: PasswordChange, request: Request, database: DatabaseHandle, caller: LivePerson
) -> Response:
    """Change the caller's password; other devices are signed out, in every organisation."""
    limiter = request.app.state.rates.limiter
    async with one_guess(limiter, account=str(caller.user_id), address=address_of(request)):
        await service.change_password(
            database,
            caller,
            current=body.current.get_secret_value(),
            new=body.new.get_secret_value(),
        )
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/api/v1/auth/me")
async def me(session: Session, caller: SignedInPerson) -> Me:
    """Who the caller is and what they may do."""
    return await me_page.describe(session, caller)


@router.get("/.well-known/jwks.json")
async def jwks(request: Request, _public: Public) -> dict[str, list[dict[str, str]]]:
    """The public keys that verify people's tokens (RFC 7517)."""
    return {"keys": [to_jwk(key) for key in request.app.state.people_keys]}


def _pair(signed_in: SignedIn) -> TokenPair:
    return TokenPair(
        access_token=signed_in.access_token,
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        refresh_token=signed_in.refresh_token,
        user=TokenUser(
            id=signed_in.user_id,
            name=signed_in.name,
            role=signed_in.role,
            organisation_id=signed_in.organisation_id,
        ),
    )
