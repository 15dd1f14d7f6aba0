"""The signed-in person's own view: who, where, with which permissions."""

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.auth import repository
from agente_negocio.auth.models import Organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from agente_negocio.auth.schemas import Me, MeBranch, MembershipRead, MeUser, OrganisationRead
from shared.security.permissions import Role
from shared.security.tokens import Caller


async def describe(session: AsyncSession, caller: Caller) -> Me:
    """Everything a client needs to draw itself for this caller."""
    assert caller.user_id is not None  # noqa: S101  only people reach this
    person, membership = await repository.read_member(session, caller.user_id)
    branches = await repository.list_branches(session)
    memberships = await repository.find_memberships(session, caller.user_id)
    return Me(
        user=MeUser(id=person.id, name=person.name, email=person.email, role=Role(membership.role)),
        organisation=organisation_read(await repository.read_organisation(session)),
        branches=[
            MeBranch(id=branch.id, name=branch.name)
            for branch in branches
            if caller.branch_ids is None or branch.id in caller.branch_ids
        ],
        memberships=[
            MembershipRead(organisation_id=facts.organisation_id, organisation_name=name, role=facts.role)
            for facts, name in memberships
        ],
        permissions=sorted(caller.permissions),
    )


def organisation_read(organisation: Organisation) -> OrganisationRead:
    """The wire form of an organisation."""
    return OrganisationRead(
        id=organisation.organisation_id,
        name=organisation.name,
        cuit=organisation.cuit,
        iva_condition=IvaCondition(organisation.iva_condition),
        cost_basis=CostBasis(organisation.cost_basis),
        is_demo=organisation.is_demo,
    )
