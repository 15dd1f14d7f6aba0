"""Who acts on papers: the person and the branches they work in."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.auth import organisations
from agente_negocio.invoices.errors import BranchUnknownError
from agente_negocio.invoices.rules.values import Buyer


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an act. branches None: every branch."""

    user_id: UUID
    branches: frozenset[UUID] | None


async def read_buyer(session: AsyncSession) -> Buyer:
    """Our side of every paper."""
    organisation = await organisations.read_organisation(session)
    return Buyer(organisation.cuit, organisation.iva_condition, organisation.cost_basis)


async def choose_branch(session: AsyncSession, wanted: UUID | None, actor: Actor) -> UUID | None:
    """The branch a paper belongs to: the one named, else the only one there is, else None.

    Raises BranchUnknownError for one that is closed, foreign or not the actor's, and when an actor with
    several branches names none.
    """
    branches = await organisations.list_branches(session, archived=False)
    allowed = {branch.id for branch in branches if actor.branches is None or branch.id in actor.branches}
    if wanted is not None:
        if wanted not in allowed:
            raise BranchUnknownError("Unknown branch.", fields=("branch_id",))
        return wanted
    if len(allowed) == 1:
        return next(iter(allowed))
    if actor.branches is not None:
        raise BranchUnknownError("Which branch?", fields=("branch_id",))
    return None
