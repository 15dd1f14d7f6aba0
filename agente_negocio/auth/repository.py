"""Every query on organisations, branches, people and sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.auth.models import Branch, Membership, Organisation, Person, RefreshToken, SignInSession
from agente_negocio.auth.rules import MembershipFacts
from shared.security.permissions import Role


@dataclass(frozen=True, slots=True)
class Login:
    """What sign-in needs of a person; memberships in the order they were given."""

    user_id: UUID
    name: str
    password_hash: str
    memberships: tuple[MembershipFacts, ...]


@dataclass(frozen=True, slots=True)
class FoundRefresh:
    """Where a refresh token belongs."""

    organisation_id: UUID
    session_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class RefreshState:
    """A refresh token and its session, locked."""

    used_at: datetime | None
    revoked_at: datetime | None
    expires_at: datetime


async def find_login(session: AsyncSession, identifier: str) -> Login | None:
    """The person who signs in with that e-mail or user name, in any organisation."""
    rows = (await session.execute(text("SELECT * FROM auth.find_login(:i)"), {"i": identifier})).all()
    if not rows:
        return None
    memberships = tuple(
        _membership(row.organisation_id, row.role, row.branch_ids) for row in rows if row.organisation_id
    )
    return Login(rows[0].user_id, rows[0].name, rows[0].password_hash, memberships)


async def find_memberships(session: AsyncSession, user_id: UUID) -> list[tuple[MembershipFacts, str]]:
    """Where a person works, with each organisation's name."""
    rows = await session.execute(text("SELECT * FROM auth.find_memberships(:u)"), {"u": user_id})
    return [
        (_membership(row.organisation_id, row.role, row.branch_ids), row.organisation_name) for row in rows
    ]


async def find_refresh(session: AsyncSession, token_hash: bytes) -> FoundRefresh | None:
    """Where a refresh token belongs, None when nobody issued it."""
    row = (
        await session.execute(text("SELECT * FROM auth.find_refresh_token(:h)"), {"h": token_hash})
    ).one_or_none()
    return None if row is None else FoundRefresh(row.organisation_id, row.session_id, row.user_id)


async def lock_refresh(session: AsyncSession, token_hash: bytes) -> RefreshState:
    """The token and its session, locked until the transaction ends."""
    statement = (
        select(RefreshToken.used_at, SignInSession.revoked_at, SignInSession.expires_at)
        .join(SignInSession, SignInSession.id == RefreshToken.session_id)
        .where(RefreshToken.token_hash == token_hash)
        .with_for_update()
    )
    return RefreshState(*(await session.execute(statement)).one())


async def mark_refresh_used(session: AsyncSession, token_hash: bytes, now: datetime) -> None:
    """Note the first exchange; a repeat within the grace keeps the first instant."""
    statement = update(RefreshToken).where(RefreshToken.token_hash == token_hash)
    await session.execute(statement.values(used_at=func.coalesce(RefreshToken.used_at, now)))


async def add_session(session: AsyncSession, session_id: UUID, user_id: UUID, expires_at: datetime) -> None:
    """A new signed-in device."""
    values = {"id": session_id, "user_id": user_id, "expires_at": expires_at}
    await session.execute(insert(SignInSession).values(values))


async def add_refresh(session: AsyncSession, session_id: UUID, token_hash: bytes) -> None:
    """A new refresh token of a session."""
    await session.execute(insert(RefreshToken).values(token_hash=token_hash, session_id=session_id))


async def revoke_session(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """End one session; its tokens stop working at once."""
    statement = update(SignInSession).where(
        SignInSession.id == session_id, SignInSession.revoked_at.is_(None)
    )
    await session.execute(statement.values(revoked_at=now))


async def revoke_sessions_of(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """End every session of a person in this organisation."""
    statement = update(SignInSession).where(
        SignInSession.user_id == user_id, SignInSession.revoked_at.is_(None)
    )
    await session.execute(statement.values(revoked_at=now))


async def revoke_sessions_everywhere(session: AsyncSession, user_id: UUID, *, keep: UUID | None) -> None:
    """End every session of a person in every organisation, except one."""
    statement = text("SELECT auth.revoke_sessions(:user_id, :keep)")
    await session.execute(statement, {"user_id": user_id, "keep": keep})


async def read_organisation(session: AsyncSession, *, lock: bool = False) -> Organisation:
    """The transaction's own organisation."""
    statement = select(Organisation)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def list_branches(session: AsyncSession, *, archived: bool = False) -> Sequence[Branch]:
    """Branches by name: the open ones, or only those that are archived."""
    shown = Branch.archived_at.is_not(None) if archived else Branch.archived_at.is_(None)
    return (await session.scalars(select(Branch).where(shown).order_by(func.lower(Branch.name)))).all()


async def find_branch(session: AsyncSession, branch_id: UUID) -> Branch | None:
    """One branch, locked for a change."""
    return await session.scalar(select(Branch).where(Branch.id == branch_id).with_for_update())


async def list_people(session: AsyncSession) -> list[tuple[Person, Membership]]:
    """Everybody who ever belonged here, by name."""
    statement = select(Person, Membership).join(Membership, Membership.user_id == Person.id)
    rows = await session.execute(statement.order_by(func.lower(Person.name)))
    return [(person, membership) for person, membership in rows]


async def lock_memberships(session: AsyncSession) -> dict[UUID, Membership]:
    """Every membership, locked, so that two changes cannot both remove the last owner."""
    statement = select(Membership).order_by(Membership.user_id).with_for_update()
    return {membership.user_id: membership for membership in await session.scalars(statement)}


async def find_person(session: AsyncSession, user_id: UUID) -> Person | None:
    """A colleague by id."""
    return await session.scalar(select(Person).where(Person.id == user_id))


def _membership(organisation_id: UUID, role: str, branch_ids: list[UUID] | None) -> MembershipFacts:
    branches = None if branch_ids is None else tuple(UUID(str(branch)) for branch in branch_ids)
    return MembershipFacts(organisation_id, Role(role), branches)


async def read_member(session: AsyncSession, user_id: UUID) -> tuple[Person, Membership]:
    """A person and their place in this organisation."""
    statement = select(Person, Membership).join(Membership, Membership.user_id == Person.id)
    person, membership = (await session.execute(statement.where(Person.id == user_id))).one()
    return person, membership


async def add_person(  # noqa: PLR0913  the columns of a person
    session: AsyncSession,
    *,
    user_id: UUID,
    email: str,
    username: str | None,
    name: str,
    password_hash: str,
) -> None:
    """Insert without reading back: a newcomer is visible only once they belong somewhere."""
    values = {
        "id": user_id,
        "email": email,
        "username": username,
        "name": name,
        "password_hash": password_hash,
    }
    await session.execute(insert(Person).values(values))
