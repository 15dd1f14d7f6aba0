"""The organisations there are, seen one by one through row-level security."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from scripts.production.console import RefusedError, ScriptError
from shared.database.revision import SCHEMA_REVISION, is_served_by
from shared.database.session import Database
from shared.kernel.cuit import parse_cuit

_REVISION = text("SELECT to_regclass('shared.alembic_version') IS NOT NULL")
_AT = text("SELECT version_num FROM shared.alembic_version")
_IDS = text("SELECT * FROM auth.organisation_ids()")
_ONE = text("SELECT name, cuit, is_demo FROM auth.organisation")


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """An organisation as scripts need to know it."""

    id: UUID
    name: str
    cuit: str
    is_demo: bool


async def check_schema(database: Database) -> None:
    """Raises ScriptError for a database without the tables this code needs."""
    async with database.transaction(None) as session:
        revision = await session.scalar(_AT) if await session.scalar(_REVISION) else None
    if not is_served_by(revision):
        raise ScriptError(
            f"The database is at {revision or 'no revision'}, {SCHEMA_REVISION} is needed: "
            "run python -m scripts.migrations.run first."
        )


async def list_organisations(database: Database) -> list[KnownOrganisation]:
    """Every organisation; database: as app_negocio, which owns them."""
    async with database.transaction(None) as session:
        ids = [UUID(str(found)) for found in await session.scalars(_IDS)]
    organisations = []
    for organisation_id in ids:
        async with database.transaction(organisation_id) as session:
            row = (await session.execute(_ONE)).one_or_none()
        if row is not None:
            organisations.append(KnownOrganisation(organisation_id, row.name, row.cuit, row.is_demo))
    return organisations


def chosen(organisations: list[KnownOrganisation], wanted: str) -> KnownOrganisation:
    """The one with that CUIT or id. Raises RefusedError for none, and for two with one CUIT."""
    cuit = parse_cuit(wanted)
    found = [one for one in organisations if str(one.id) == wanted.lower() or one.cuit == cuit]
    if not found:
        raise RefusedError(f"There is no organisation {wanted}; make it with scripts/setup_initial_data.py.")
    if len(found) > 1:
        ids = ", ".join(str(one.id) for one in found)
        raise RefusedError(f"Several organisations have the CUIT {wanted}; name one by its id: {ids}.")
    return found[0]
