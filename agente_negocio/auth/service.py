"""Signing in and out: sessions, access tokens and rotating refresh tokens."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.auth import repository
from agente_negocio.auth.errors import (
    NoOrganisationError,
    PersonNotFoundError,
    RefreshRefusedError,
    WrongCredentialsError,
)
from agente_negocio.auth.repository import Login
from agente_negocio.auth.rules import (
    SESSION_LIFETIME,
    MembershipFacts,
    RefreshVerdict,
    hash_refresh_token,
    judge_refresh,
)
from shared.database.session import Database
from shared.security.keys import SigningKey
from shared.security.passwords import hash_password, is_right_password
from shared.security.permissions import Role
from shared.security.tokens import Caller, issue_access_token

_NAME_IN_TOKEN = 60


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh pair of tokens and whom they name."""

    access_token: str
    refresh_token: str
    user_id: UUID
    name: str
    role: Role
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes token pairs: the database they are noted in and the key that signs them."""

    database: Database
    key: SigningKey


async def account_of(issuer: Issuer, identifier: str) -> str:
    """What wrong passwords are counted under: the person, by whichever name, else the name tried."""
    async with issuer.database.transaction(None) as session:
        login = await repository.find_login(session, identifier)
    return str(login.user_id) if login else identifier.lower()


async def sign_in(issuer: Issuer, identifier: str, password: str, *, now: datetime) -> SignedIn:
    """Open a session in the person's first organisation.

    Raises WrongCredentialsError (also when nobody has that name) and NoOrganisationError.
    """
    async with issuer.database.transaction(None) as session:
        login = await repository.find_login(session, identifier)
    # Checked outside the transaction: it costs tens of milliseconds by design.
    if not await is_right_password(password, login.password_hash if login else None):
        raise WrongCredentialsError("Wrong credentials.")
    assert login is not None  # noqa: S101  a right password belongs to somebody
    if not login.memberships:
        raise NoOrganisationError("No membership.")
    return await _open_session(issuer, login, login.memberships[0], now=now)


async def switch_organisation(
    issuer: Issuer, caller: Caller, organisation_id: UUID, *, now: datetime
) -> SignedIn:
    """Open a session in another organisation of the same person. Raises NoOrganisationError."""
    assert caller.user_id is not None  # noqa: S101  only people reach this
    async with issuer.database.transaction(None) as session:
        memberships = await repository.find_memberships(session, caller.user_id)
    for membership, _name in memberships:
        if membership.organisation_id == organisation_id:
            login = Login(caller.user_id, caller.name, "", (membership,))
            return await _open_session(issuer, login, membership, now=now)
    raise NoOrganisationError("No such membership.")


async def refresh(issuer: Issuer, refresh_token: str, *, now: datetime) -> SignedIn:
    """Exchange a refresh token for a new pair; a stolen one ends the session. Raises RefreshRefusedError."""
    token_hash = hash_refresh_token(refresh_token)
    async with issuer.database.transaction(None) as session:
        found = await repository.find_refresh(session, token_hash)
    if found is None:
        raise RefreshRefusedError("Unknown refresh token.")
    async with issuer.database.transaction(found.organisation_id) as session:
        state = await repository.lock_refresh(session, token_hash)
        verdict = judge_refresh(
            used_at=state.used_at, revoked_at=state.revoked_at, expires_at=state.expires_at, now=now
        )
        if verdict is RefreshVerdict.EXCHANGE:
            await repository.mark_refresh_used(session, token_hash, now)
            return await _issue_pair(issuer, session, found.user_id, found.session_id, now=now)
        if verdict is RefreshVerdict.REVOKE:
            await repository.revoke_session(session, found.session_id, now)
    raise RefreshRefusedError("Refresh token refused.")


async def sign_out(session: AsyncSession, caller: Caller, *, now: datetime) -> None:
    """End the caller's session."""
    assert caller.session_id is not None  # noqa: S101  only people reach this
    await repository.revoke_session(session, caller.session_id, now)


async def change_password(database: Database, caller: Caller, *, current: str, new: str) -> None:
    """Set a new password and end the person's other sessions everywhere. Raises WrongCredentialsError."""
    assert caller.user_id is not None  # noqa: S101  only people reach this
    async with database.transaction(caller.organisation_id) as session:
        person = await repository.find_person(session, caller.user_id)
    if person is None:
        raise PersonNotFoundError("No such person.")
    if not await is_right_password(current, person.password_hash):
        raise WrongCredentialsError("Wrong password.", fields=("current",))
    password_hash = await hash_password(new)
    async with database.transaction(caller.organisation_id) as session:
        person = await repository.find_person(session, caller.user_id)
        assert person is not None  # noqa: S101  people are never deleted
        person.password_hash = password_hash
        await repository.revoke_sessions_everywhere(session, caller.user_id, keep=caller.session_id)


async def _open_session(
    issuer: Issuer, login: Login, membership: MembershipFacts, *, now: datetime
) -> SignedIn:
    session_id = uuid4()
    async with issuer.database.transaction(membership.organisation_id) as session:
        await repository.add_session(session, session_id, login.user_id, now + SESSION_LIFETIME)
        return await _issue_pair(issuer, session, login.user_id, session_id, now=now)


async def _issue_pair(
    issuer: Issuer, session: AsyncSession, user_id: UUID, session_id: UUID, *, now: datetime
) -> SignedIn:
    person, membership = await repository.read_member(session, user_id)
    if membership.archived_at is not None:
        raise RefreshRefusedError("The membership ended.")
    refresh_token = secrets.token_urlsafe(32)
    await repository.add_refresh(session, session_id, hash_refresh_token(refresh_token))
    claims = {
        "sub": str(user_id),
        "org": str(membership.organisation_id),
        "role": membership.role,
        "sid": str(session_id),
        "name": person.name[:_NAME_IN_TOKEN],
        "branches": None if membership.branch_ids is None else [str(b) for b in membership.branch_ids],
    }
    return SignedIn(
        access_token=issue_access_token(issuer.key, caller_claims=claims, now=now),
        refresh_token=refresh_token,
        user_id=user_id,
        name=person.name,
        role=Role(membership.role),
        organisation_id=membership.organisation_id,
    )
