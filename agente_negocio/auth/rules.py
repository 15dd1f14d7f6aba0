"""Decisions about passwords, refresh tokens and owners."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from agente_negocio.auth.errors import BranchNotFoundError, LastOwnerError
from shared.security.permissions import Role

SESSION_LIFETIME = timedelta(days=30)
# A client whose answer got lost asks again with the same token; past this it is a stolen token.
_REPEAT_GRACE = timedelta(seconds=30)


class IvaCondition(StrEnum):
    """What the organisation is before ARCA."""

    RESPONSABLE_INSCRIPTO = "responsable_inscripto"
    MONOTRIBUTO = "monotributo"
    EXENTO = "exento"


class CostBasis(StrEnum):
    """Whether costs carry IVA: by the IVA condition, or always one way."""

    BY_CONDITION = "by_condition"
    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """One person's place in one organisation. branch_ids None means every branch."""

    organisation_id: UUID
    role: Role
    branch_ids: tuple[UUID, ...] | None


class RefreshVerdict(StrEnum):
    """What to do with a refresh token that was presented."""

    EXCHANGE = "exchange"
    REFUSE = "refuse"
    REVOKE = "revoke"


def judge_refresh(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> RefreshVerdict:
    """A used token means that two hold it: unless it was just now, the session ends for both.

    RFC 9700 4.14.2, refresh token rotation.
    """
    if revoked_at is not None or expires_at <= now:
        return RefreshVerdict.REFUSE
    if used_at is not None and now - used_at > _REPEAT_GRACE:
        return RefreshVerdict.REVOKE
    return RefreshVerdict.EXCHANGE


def hash_refresh_token(token: str) -> bytes:
    """What is stored of a refresh token; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def check_owner_remains(roles: Mapping[UUID, Role], changed: UUID, new_role: Role | None) -> None:
    """Raise LastOwnerError when the change would leave no owner. new_role None means archived."""
    owners = {user_id for user_id, role in roles.items() if role is Role.OWNER}
    if new_role is not Role.OWNER and owners == {changed}:
        raise LastOwnerError("The last owner stays.", fields=("role",))


def check_branches(wanted: Collection[UUID] | None, known: Collection[UUID]) -> None:
    """Raise BranchNotFoundError for a branch that the organisation does not have."""
    if wanted is not None and not set(wanted) <= set(known):
        raise BranchNotFoundError("Unknown branch.", fields=("branch_ids",))
