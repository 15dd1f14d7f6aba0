"""HTTP endpoints of organisations, branches and people."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from agente_negocio.auth import organisations
from agente_negocio.auth.me import organisation_read
from agente_negocio.auth.models import Branch, Membership, Person
from agente_negocio.auth.schemas import (
    BranchChange,
    BranchCreate,
    BranchRead,
    MembershipChange,
    OrganisationChange,
    OrganisationRead,
    PersonCreate,
    PersonRead,
)
from shared.kernel.clock import utc_now
from shared.security.guards import OrganisationManager, OrganisationReader
from shared.security.passwords import hash_password
from shared.security.permissions import Role
from shared.web.etag import IfMatch, etag, expected_version
from shared.web.idempotency import IdempotentRoute
from shared.web.schemas import Page
from shared.web.session import Session

router = APIRouter(prefix="/api/v1", tags=["organisation"], route_class=IdempotentRoute)


@router.get("/org")
async def read_organisation(
    session: Session, _caller: OrganisationReader, response: Response
) -> OrganisationRead:
    """The caller's organisation."""
    organisation = await organisations.read_organisation(session)
    response.headers["ETag"] = etag(organisation.version)
    return organisation_read(organisation)


@router.patch("/org")
async def change_organisation(
    body: OrganisationChange,
    session: Session,
    _caller: OrganisationManager,
    response: Response,
    if_match: IfMatch = None,
) -> OrganisationRead:
    """Change name, CUIT, IVA condition or cost basis."""
    organisation = await organisations.change_organisation(
        session, body.model_dump(exclude_none=True), version=expected_version(if_match)
    )
    response.headers["ETag"] = etag(organisation.version)
    return organisation_read(organisation)


@router.get("/branches")
async def list_branches(
    session: Session, caller: OrganisationReader, *, archived: Annotated[bool, Query()] = False
) -> Page[BranchRead]:
    """Branches the caller may see, by name: the open ones, or with `archived` only the others."""
    branches = await organisations.list_branches(session, archived=archived)
    mine = [b for b in branches if caller.branch_ids is None or b.id in caller.branch_ids]
    return Page[BranchRead](items=[_branch(branch) for branch in mine])


@router.post("/branches", status_code=status.HTTP_201_CREATED)
async def open_branch(body: BranchCreate, session: Session, _caller: OrganisationManager) -> BranchRead:
    """Open a branch; its place for goods appears in the warehouse moments later."""
    return _branch(await organisations.open_branch(session, name=body.name, address=body.address))


@router.patch("/branches/{branch_id}")
async def change_branch(
    branch_id: UUID,
    body: BranchChange,
    session: Session,
    _caller: OrganisationManager,
    if_match: IfMatch = None,
) -> BranchRead:
    """Rename, archive or reopen a branch."""
    branch = await organisations.change_branch(
        session,
        branch_id,
        body.model_dump(exclude_none=True),
        version=expected_version(if_match),
        now=utc_now(),
    )
    return _branch(branch)


@router.get("/users")
async def list_people(session: Session, _caller: OrganisationManager) -> Page[PersonRead]:
    """Everybody who belongs or belonged here."""
    people = await organisations.list_people(session)
    return Page[PersonRead](items=[_person(person, membership) for person, membership in people])


async def _password_hash(_caller: OrganisationManager, body: PersonCreate) -> str:
    """Made before the transaction opens, as dependencies are asked in order; known people cost it too."""
    return await hash_password(body.password.get_secret_value())


@router.post("/users", status_code=status.HTTP_201_CREATED)
async def add_person(
    _caller: OrganisationManager,
    body: PersonCreate,
    password_hash: Annotated[str, Depends(_password_hash)],
    session: Session,
) -> PersonRead:
    """Give somebody a role in the organisation."""
    added = await organisations.add_person(session, body.to_command(), password_hash=password_hash)
    return _person(*added)


@router.patch("/users/{user_id}")
async def change_membership(
    user_id: UUID,
    body: MembershipChange,
    session: Session,
    _caller: OrganisationManager,
    if_match: IfMatch = None,
) -> PersonRead:
    """Change a role or branches, or end or renew a membership; the person signs in again."""
    person, membership = await organisations.change_membership(
        session,
        user_id,
        body.changes(),
        version=expected_version(if_match),
        now=utc_now(),
    )
    return _person(person, membership)


def _branch(branch: Branch) -> BranchRead:
    return BranchRead(
        id=branch.id,
        name=branch.name,
        address=branch.address,
        archived=branch.archived_at is not None,
        version=branch.version,
    )


def _person(person: Person, membership: Membership) -> PersonRead:
    return PersonRead(
        id=person.id,
        name=person.name,
        email=person.email,
        username=person.username,
        role=Role(membership.role),
        branch_ids=membership.branch_ids,
        archived=membership.archived_at is not None,
        version=membership.version,
    )
