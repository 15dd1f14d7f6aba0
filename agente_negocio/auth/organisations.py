"""What happens to organisations, branches and the people in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.auth import repository
from agente_negocio.auth.errors import (
    AlreadyMemberError,
    BranchNameTakenError,
    BranchNotFoundError,
    InvalidCuitError,
    PersonNotFoundError,
    UsernameTakenError,
)
from agente_negocio.auth.models import Branch, Membership, Organisation, Person
from agente_negocio.auth.rules import CostBasis, IvaCondition, check_branches, check_owner_remains
from shared.database.session import Database
from shared.events.contracts import BranchOpened
from shared.jobs.defer import publish
from shared.kernel.cuit import parse_cuit
from shared.security.passwords import hash_password
from shared.security.permissions import Role
from shared.web.etag import check_version


@dataclass(frozen=True, slots=True)
class OpenOrganisation:
    """A new organisation with its first owner. id is chosen by the caller, so that repeating makes one."""

    id: UUID
    name: str
    cuit: str
    iva_condition: IvaCondition
    cost_basis: CostBasis
    is_demo: bool
    owner_name: str
    owner_email: str
    owner_username: str | None
    owner_password: str


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Somebody new to the organisation; an e-mail already known joins with its own password."""

    email: str
    username: str | None
    name: str
    password: str
    role: Role
    branch_ids: tuple[UUID, ...] | None


async def open_organisation(database: Database, command: OpenOrganisation) -> None:
    """Make the organisation and its owner. Raises InvalidCuitError."""
    cuit = parse_cuit(command.cuit)
    if cuit is None:
        raise InvalidCuitError("Bad CUIT.", fields=("cuit",))
    owner = AddPerson(
        email=command.owner_email,
        username=command.owner_username,
        name=command.owner_name,
        password=command.owner_password,
        role=Role.OWNER,
        branch_ids=None,
    )
    password_hash = await hash_password(owner.password)
    async with database.transaction(command.id) as session:
        session.add(
            Organisation(
                organisation_id=command.id,
                name=command.name,
                cuit=cuit,
                iva_condition=command.iva_condition,
                cost_basis=command.cost_basis,
                is_demo=command.is_demo,
            )
        )
        await session.flush()
        await _join(session, owner, password_hash)


async def read_organisation(session: AsyncSession) -> Organisation:
    """The caller's organisation."""
    return await repository.read_organisation(session)


async def list_branches(session: AsyncSession, *, archived: bool) -> Sequence[Branch]:
    """Branches by name: the open ones, or only those that are archived."""
    return await repository.list_branches(session, archived=archived)


async def list_people(session: AsyncSession) -> list[tuple[Person, Membership]]:
    """Everybody who belongs or belonged here, by name."""
    return await repository.list_people(session)


async def change_organisation(
    session: AsyncSession, changes: dict[str, Any], *, version: int | None
) -> Organisation:
    """Apply the given fields. Raises InvalidCuitError, StaleVersionError."""
    organisation = await repository.read_organisation(session, lock=True)
    check_version(organisation.version, version)
    if "cuit" in changes:
        cuit = parse_cuit(changes["cuit"])
        if cuit is None:
            raise InvalidCuitError("Bad CUIT.", fields=("cuit",))
        changes = {**changes, "cuit": cuit}
    _apply(organisation, changes)
    await session.flush()
    return organisation


async def open_branch(session: AsyncSession, *, name: str, address: str | None) -> Branch:
    """Make a branch; the warehouse hears of it and makes a place for its goods."""
    await _refuse_taken_name(session, name, besides=None)
    branch = Branch(id=uuid4(), name=name, address=address)
    session.add(branch)
    await session.flush()
    fact_id = uuid5(NAMESPACE_OID, f"branch_opened:{branch.id}")
    await publish(session, BranchOpened(id=fact_id, branch_id=branch.id, branch_name=name))
    return branch


async def change_branch(
    session: AsyncSession, branch_id: UUID, changes: dict[str, Any], *, version: int | None, now: datetime
) -> Branch:
    """Rename, move, archive or reopen.

    Raises BranchNotFoundError, BranchNameTakenError, StaleVersionError.
    """
    branch = await repository.find_branch(session, branch_id)
    if branch is None:
        raise BranchNotFoundError("No such branch.")
    check_version(branch.version, version)
    if "name" in changes:
        await _refuse_taken_name(session, changes["name"], besides=branch_id)
    if "archived" in changes:
        changes = {**changes, "archived_at": now if changes["archived"] else None}
        del changes["archived"]
    _apply(branch, changes)
    await session.flush()
    return branch


async def add_person(
    session: AsyncSession, command: AddPerson, *, password_hash: str
) -> tuple[Person, Membership]:
    """Give somebody a role here. Raises AlreadyMemberError, UsernameTakenError, BranchNotFoundError.

    password_hash: of the command's password, made before the transaction since that takes its time.
    """
    branches = await repository.list_branches(session)
    check_branches(command.branch_ids, [branch.id for branch in branches])
    return await _join(session, command, password_hash)


async def change_membership(
    session: AsyncSession, user_id: UUID, changes: dict[str, Any], *, version: int | None, now: datetime
) -> tuple[Person, Membership]:
    """Change role or branches, or end the membership and with it every session of that person here.

    Raises PersonNotFoundError, LastOwnerError, BranchNotFoundError, StaleVersionError.
    """
    memberships = await repository.lock_memberships(session)
    membership = memberships.get(user_id)
    if membership is None:
        raise PersonNotFoundError("No such person.")
    check_version(membership.version, version)
    archives = changes.pop("archived", None)
    new_role = Role(changes.get("role", membership.role))
    live = {u: Role(m.role) for u, m in memberships.items() if m.archived_at is None}
    check_owner_remains(live, user_id, None if archives else new_role)
    branches = await repository.list_branches(session)
    check_branches(changes.get("branch_ids"), [branch.id for branch in branches])
    if archives is not None:
        changes["archived_at"] = now if archives else None
    _apply(membership, changes)
    await repository.revoke_sessions_of(session, user_id, now)
    await session.flush()
    person = await repository.find_person(session, user_id)
    assert person is not None  # noqa: S101  a membership has its person
    return person, membership


async def _join(session: AsyncSession, command: AddPerson, password_hash: str) -> tuple[Person, Membership]:
    known = await repository.find_login(session, command.email)
    user_id = known.user_id if known else uuid4()
    if known is None:
        if command.username and await repository.find_login(session, command.username):
            raise UsernameTakenError("Taken.", fields=("username",))
        await repository.add_person(
            session,
            user_id=user_id,
            email=command.email,
            username=command.username,
            name=command.name,
            password_hash=password_hash,
        )
    elif user_id in await repository.lock_memberships(session):
        raise AlreadyMemberError("Already a member.", fields=("email",))
    branch_ids = None if command.branch_ids is None else list(command.branch_ids)
    session.add(Membership(user_id=user_id, role=command.role, branch_ids=branch_ids))
    await session.flush()
    return await repository.read_member(session, user_id)


async def _refuse_taken_name(session: AsyncSession, name: str, *, besides: UUID | None) -> None:
    for branch in await repository.list_branches(session):
        if branch.name.lower() == name.lower() and branch.id != besides:
            raise BranchNameTakenError("Taken.", fields=("name",))


def _apply(row: Organisation | Branch | Membership, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
