"""Categories and locations."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.models import Category, Location
from shared.kernel.branches import Branches

# The category itself and everything under it; the depth is bounded because loops are refused.
_UNDER = text("""
WITH RECURSIVE below AS (
  SELECT id FROM deposito.category WHERE id = :id
  UNION SELECT c.id FROM deposito.category AS c JOIN below ON c.parent_id = below.id
)
SELECT id FROM below""")


async def list_categories(session: AsyncSession, *, archived: bool) -> list[Category]:
    """By name."""
    shown = Category.archived_at.is_not(None) if archived else Category.archived_at.is_(None)
    statement = select(Category).where(shown).order_by(func.shared.searchable(Category.name), Category.id)
    return list(await session.scalars(statement))


async def find_category(session: AsyncSession, category_id: UUID) -> Category | None:
    """The category's row, locked against other changes."""
    statement = select(Category).where(Category.id == category_id).with_for_update(key_share=True)
    return (await session.scalars(statement)).one_or_none()


async def is_live_category(session: AsyncSession, category_id: UUID) -> bool:
    """Whether products may be put there."""
    statement = select(Category.id).where(Category.id == category_id, Category.archived_at.is_(None))
    return await session.scalar(statement) is not None


async def find_category_named(session: AsyncSession, name: str, parent_id: UUID | None) -> UUID | None:
    """The live category of that name under the same parent, accents and case aside."""
    statement = select(Category.id).where(
        func.shared.searchable(Category.name) == func.shared.searchable(name),
        Category.parent_id == parent_id if parent_id else Category.parent_id.is_(None),
        Category.archived_at.is_(None),
    )
    return await session.scalar(statement)


async def ids_under(session: AsyncSession, category_id: UUID) -> set[UUID]:
    """The category and all its descendants."""
    return set(await session.scalars(_UNDER, {"id": category_id}))


async def add_category(session: AsyncSession, name: str, parent_id: UUID | None) -> Category:
    """A new category."""
    category = Category(name=name, parent_id=parent_id)
    session.add(category)
    await session.flush()
    return category


async def list_locations(
    session: AsyncSession, branches: Branches, *, archived: bool, branch_id: UUID | None
) -> list[Location]:
    """Those of the caller's branches, by name."""
    shown = Location.archived_at.is_not(None) if archived else Location.archived_at.is_(None)
    statement = select(Location).where(shown, *_of(branches))
    if branch_id is not None:
        statement = statement.where(Location.branch_id == branch_id)
    statement = statement.order_by(func.shared.searchable(Location.name), Location.id)
    return list(await session.scalars(statement))


async def find_locations(
    session: AsyncSession, location_ids: Collection[UUID], branches: Branches
) -> dict[UUID, Location]:
    """Those of them that are live and of the caller's branches."""
    statement = select(Location).where(
        Location.id.in_(location_ids), Location.archived_at.is_(None), *_of(branches)
    )
    return {location.id: location for location in await session.scalars(statement)}


async def find_location(session: AsyncSession, location_id: UUID, branches: Branches) -> Location | None:
    """The location's row, locked against other changes."""
    statement = select(Location).where(Location.id == location_id, *_of(branches))
    return (await session.scalars(statement.with_for_update(key_share=True))).one_or_none()


async def find_shops(
    session: AsyncSession, branch_ids: Collection[UUID], branches: Branches
) -> dict[UUID, UUID]:
    """The live shop of each branch the caller may see."""
    statement = select(Location.branch_id, Location.id).where(
        Location.branch_id.in_(branch_ids),
        Location.kind == "shop",
        Location.archived_at.is_(None),
        *_of(branches),
    )
    rows = await session.execute(statement)
    return {row.branch_id: row.id for row in rows}


async def is_known_branch(session: AsyncSession, branch_id: UUID, branches: Branches) -> bool:
    """Whether the warehouse has heard of the branch: it has, or had, a location there."""
    statement = select(Location.id).where(Location.branch_id == branch_id, *_of(branches)).limit(1)
    return await session.scalar(statement) is not None


async def clashing_location(
    session: AsyncSession, *, branch_id: UUID, name: str, kind: str, but: UUID | None
) -> UUID | None:
    """A live location of the branch with the same name, or its shop when another shop is wanted."""
    same = func.shared.searchable(Location.name) == func.shared.searchable(name)
    clash = same | (Location.kind == "shop") if kind == "shop" else same
    statement = select(Location.id).where(
        Location.branch_id == branch_id, Location.archived_at.is_(None), clash
    )
    if but is not None:
        statement = statement.where(Location.id != but)
    return await session.scalar(statement.limit(1))


async def add_location(session: AsyncSession, values: dict[str, Any]) -> Location:
    """A new location."""
    location = Location(**values)
    session.add(location)
    await session.flush()
    return location


async def open_shop(session: AsyncSession, branch_id: UUID, name: str) -> UUID | None:
    """The branch's shop; None when it, or a location of that name, already stands."""
    statement = (
        insert(Location)
        .values(branch_id=branch_id, name=name, kind="shop", negative_stock="warn")
        .on_conflict_do_nothing()
        .returning(Location.id)
    )
    return await session.scalar(statement)


async def find_transit(session: AsyncSession, branch_id: UUID) -> UUID | None:
    """The branch's place for goods under way, the first when it has several."""
    statement = (
        select(Location.id)
        .where(Location.branch_id == branch_id, Location.kind == "transit", Location.archived_at.is_(None))
        .order_by(Location.id)
        .limit(1)
    )
    return await session.scalar(statement)


async def open_transit(session: AsyncSession, branch_id: UUID, name: str) -> None:
    """Make it, unless a place of that name already stands."""
    values = {"branch_id": branch_id, "name": name, "kind": "transit", "negative_stock": "block"}
    await session.execute(insert(Location).values(values).on_conflict_do_nothing())


def _of(branches: Branches) -> list[Any]:
    return [] if branches is None else [Location.branch_id.in_(branches)]
