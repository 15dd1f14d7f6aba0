"""Reference data of one organisation: categories. IVA rates and units are rules of the schema."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.service.places import add_category
from shared.database.session import Database

_FILE = Path(__file__).with_name("categories.csv")
# Archived ones count: somebody did not want them.
_THERE = text(
    "SELECT id, parent_id, shared.searchable(name) AS key, archived_at IS NULL AS live "
    "FROM deposito.category ORDER BY archived_at IS NOT NULL"
)
_KEYS = text("SELECT name, shared.searchable(name) AS key FROM unnest(CAST(:names AS text[])) AS name")
_HAS_ANY = text("SELECT EXISTS (SELECT FROM deposito.category)")
# Two runs at once add every category once: the second waits and finds them.
_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('seed:' || shared.current_organisation(), 0))"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A category under another, or at the top (parent empty)."""

    parent: str
    name: str


@dataclass(frozen=True, slots=True)
class Added:
    """Names added, and how many were there."""

    names: list[str]
    kept: int


@lru_cache(maxsize=1)
def categories() -> tuple[Reference, ...]:
    """What every shop begins with, parents before their children."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        return tuple(Reference(row["parent"], row["name"]) for row in csv.DictReader(stream, delimiter=";"))


async def has_categories(database: Database, organisation_id: UUID) -> bool:
    """Whether the organisation has a catalogue of its own already. database: as app_deposito."""
    async with database.transaction(organisation_id) as session:
        return bool(await session.scalar(_HAS_ANY))


async def add_categories(database: Database, organisation_id: UUID, *, dry_run: bool) -> Added:
    """Add those that are missing, all or none. Names are compared without accents and case."""
    async with database.transaction(organisation_id) as session:
        await session.execute(_ONE_AT_A_TIME)
        return await _add(session, dry_run=dry_run)


async def _add(session: AsyncSession, *, dry_run: bool) -> Added:
    wanted = categories()
    names = sorted({one.name for one in wanted})
    keys = {row.name: row.key for row in await session.execute(_KEYS, {"names": names})}
    rows = (await session.execute(_THERE)).all()
    there = {(row.parent_id, row.key): row.id for row in reversed(rows)}
    archived = {row.id for row in rows if not row.live}
    ids: dict[str, UUID | None] = {"": None}
    added = []
    for one in wanted:
        if one.parent not in ids:
            continue
        found = there.get((ids[one.parent], keys[one.name]))
        if found is None:
            added.append(f"{one.parent} / {one.name}" if one.parent else one.name)
        if found in archived:
            continue
        if found is None and not dry_run:
            found = (await add_category(session, one.name, ids[one.parent])).id
        if not one.parent and found is not None:
            ids[one.name] = found
        elif not one.parent:
            # A dry run cannot look below a category that is not there yet: everything there is missing.
            added += [f"{child.parent} / {child.name}" for child in wanted if child.parent == one.name]
    return Added(added, len(wanted) - len(added))
