"""Categories and locations: adding, changing, and the shop a new branch gets."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.errors import (
    BranchUnknownError,
    CategoryLoopError,
    CategoryNotFoundError,
    CategoryTakenError,
    LocationNotFoundError,
    LocationTakenError,
)
from agente_deposito.catalog.models import Category, Location
from agente_deposito.catalog.repository import places
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now
from shared.web.etag import check_version

_UNDER_WAY = "Mercadería en camino"


async def list_categories(session: AsyncSession, *, archived: bool) -> list[Category]:
    """By name."""
    return await places.list_categories(session, archived=archived)


async def add_category(session: AsyncSession, name: str, parent_id: UUID | None) -> Category:
    """A new category. Raises CategoryNotFoundError for its parent, CategoryTakenError."""
    if parent_id is not None and not await places.is_live_category(session, parent_id):
        raise CategoryNotFoundError("No such parent.", fields=("parent_id",))
    if await places.find_category_named(session, name, parent_id) is not None:
        raise CategoryTakenError("Name taken.", fields=("name",))
    return await places.add_category(session, name, parent_id)


async def change_category(
    session: AsyncSession, category_id: UUID, changes: dict[str, Any], *, version: int | None
) -> Category:
    """Rename, move, archive or reopen. Raises as add_category does, CategoryLoopError, StaleVersionError."""
    category = await places.find_category(session, category_id)
    if category is None:
        raise CategoryNotFoundError("No such category.")
    check_version(category.version, version)
    archived = changes.pop("archived", None)
    parent_id = changes.get("parent_id", category.parent_id)
    if changes.get("parent_id") is not None:
        await _check_parent(session, category_id, changes["parent_id"])
    if archived is not None:
        changes["archived_at"] = utc_now() if archived else None
    taken = await places.find_category_named(session, changes.get("name", category.name), parent_id)
    if changes.get("archived_at", category.archived_at) is None and taken not in (None, category_id):
        raise CategoryTakenError("Name taken.", fields=("name",))
    await _apply(session, category, changes)
    return category


async def list_locations(
    session: AsyncSession, branches: Branches, *, archived: bool, branch_id: UUID | None
) -> list[Location]:
    """Those of the caller's branches, by name."""
    return await places.list_locations(session, branches, archived=archived, branch_id=branch_id)


async def add_location(session: AsyncSession, values: dict[str, Any], branches: Branches) -> Location:
    """A new place for goods in a known branch. Raises BranchUnknownError, LocationTakenError."""
    await check_branch(session, values["branch_id"], branches)
    await _refuse_clash(session, values["branch_id"], values["name"], values["kind"], but=None)
    return await places.add_location(session, values)


async def change_location(
    session: AsyncSession,
    location_id: UUID,
    changes: dict[str, Any],
    branches: Branches,
    *,
    version: int | None,
) -> Location:
    """Rename, change kind or policy, archive or reopen.

    Raises LocationNotFoundError, LocationTakenError, StaleVersionError.
    """
    location = await places.find_location(session, location_id, branches)
    if location is None:
        raise LocationNotFoundError("No such location.")
    check_version(location.version, version)
    archived = changes.pop("archived", None)
    if archived is not None:
        changes["archived_at"] = utc_now() if archived else None
    if changes.get("archived_at", location.archived_at) is None:
        name, kind = changes.get("name", location.name), changes.get("kind", location.kind)
        await _refuse_clash(session, location.branch_id, name, kind, but=location_id)
    await _apply(session, location, changes)
    return location


async def open_shop(session: AsyncSession, branch_id: UUID, branch_name: str) -> UUID | None:
    """Give a new branch the place it sells from; None when it already has one."""
    return await places.open_shop(session, branch_id, branch_name)


async def check_branch(session: AsyncSession, branch_id: UUID, branches: Branches) -> None:
    """Raise BranchUnknownError unless the warehouse knows the branch and the caller may see it."""
    if not await places.is_known_branch(session, branch_id, branches):
        raise BranchUnknownError("Unknown branch.", fields=("branch_id",))


async def open_transit(session: AsyncSession, branch_id: UUID) -> UUID:
    """The branch's place for goods under way to it, made when first asked for.

    Raises LocationTakenError when another sort of place has its name.
    """
    found = await places.find_transit(session, branch_id)
    if found is None:
        await places.open_transit(session, branch_id, _UNDER_WAY)
        found = await places.find_transit(session, branch_id)
    if found is None:
        raise LocationTakenError("Name taken.")
    return found


async def shops_of(
    session: AsyncSession, branch_ids: Collection[UUID], branches: Branches
) -> dict[UUID, UUID]:
    """The shop of each branch; branches unknown or not the caller's are left out."""
    return await places.find_shops(session, branch_ids, branches)


async def live_locations(
    session: AsyncSession, location_ids: Collection[UUID], branches: Branches
) -> dict[UUID, Location]:
    """Those of them that are live and of the caller's branches."""
    return await places.find_locations(session, location_ids, branches)


async def _check_parent(session: AsyncSession, category_id: UUID, parent_id: UUID) -> None:
    if parent_id in await places.ids_under(session, category_id):
        raise CategoryLoopError("A loop.", fields=("parent_id",))
    if not await places.is_live_category(session, parent_id):
        raise CategoryNotFoundError("No such parent.", fields=("parent_id",))


async def _refuse_clash(
    session: AsyncSession, branch_id: UUID, name: str, kind: str, *, but: UUID | None
) -> None:
    clash = await places.clashing_location(session, branch_id=branch_id, name=name, kind=kind, but=but)
    if clash is not None:
        raise LocationTakenError("Name or shop taken.", fields=("name",))


async def _apply(session: AsyncSession, row: Category | Location, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    await session.flush()
