"""The first organisation with its owner, its branch and the place goods are kept in. Safe to repeat."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from agente_deposito.catalog.service.places import open_shop, shops_of
from agente_negocio.auth.errors import UsernameTakenError
from agente_negocio.auth.organisations import OpenOrganisation, open_branch, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from scripts.production.console import RefusedError
from scripts.production.initial.organisations import list_organisations
from shared.database.session import Database

_PERSON = text("SELECT user_id FROM auth.find_login(:email) LIMIT 1")
_BRANCHES = text("SELECT id, name FROM auth.branch WHERE archived_at IS NULL ORDER BY created_at, id")
_HAD_BRANCHES = text("SELECT EXISTS (SELECT FROM auth.branch)")
# Two runs at once make one branch: the second waits and finds it.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class FirstShop:
    """What the first organisation is to be."""

    name: str
    cuit: str
    iva_condition: IvaCondition
    owner_name: str
    owner_email: str
    owner_username: str | None
    branch_name: str
    branch_address: str | None

    @property
    def id(self) -> UUID:
        """The same for the same CUIT, so that repeating makes one."""
        return uuid5(NAMESPACE_URL, f"gondola:organisation:{self.cuit}")


@dataclass(frozen=True, slots=True)
class Present:
    """What is there already. has_person: the owner signs in somewhere already, with a password of theirs."""

    organisation_id: UUID | None
    has_demo: bool
    has_person: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What there is now. made: the parts this run added."""

    organisation_id: UUID
    branch_ids: list[UUID]
    location_ids: list[UUID]
    made: list[str]


async def look(database: Database, shop: FirstShop) -> Present:
    """What of the shop is there. database: as app_negocio."""
    organisations = await list_organisations(database)
    async with database.transaction(None) as session:
        person = await session.scalar(_PERSON, {"email": shop.owner_email})
    same = [one.id for one in organisations if one.cuit == shop.cuit]
    return Present(
        organisation_id=same[0] if same else None,
        has_demo=any(one.is_demo for one in organisations),
        has_person=person is not None,
    )


async def make(
    negocio: Database, deposito: Database, shop: FirstShop, *, present: Present, password: str
) -> Made:
    """Make what is missing. password: of the owner, of no effect when they sign in already.

    Raises RefusedError when somebody else has the user name.
    """
    made = []
    organisation_id = present.organisation_id
    if organisation_id is None:
        organisation_id = shop.id
        if await _open(negocio, shop, password):
            made += ["organisation", "membership" if present.has_person else "owner"]
    branches = await _branches(negocio, shop, organisation_id, made)
    async with deposito.transaction(organisation_id) as session:
        for branch_id, name in branches.items():
            # The warehouse hears of the branch too and finds this place; without workers it is there at once.
            if await open_shop(session, branch_id, name) is not None:
                made.append("location")
        shops = await shops_of(session, list(branches), None)
    return Made(organisation_id, list(branches), list(shops.values()), made)


async def _open(database: Database, shop: FirstShop, password: str) -> bool:
    """Whether this run made it; another one at the same moment may have."""
    command = OpenOrganisation(
        id=shop.id,
        name=shop.name,
        cuit=shop.cuit,
        iva_condition=shop.iva_condition,
        cost_basis=CostBasis.BY_CONDITION,
        is_demo=False,
        owner_name=shop.owner_name,
        owner_email=shop.owner_email,
        owner_username=shop.owner_username,
        owner_password=password,
    )
    try:
        await open_organisation(database, command)
    except UsernameTakenError as error:
        raise RefusedError(
            f"Somebody else signs in as {shop.owner_username}; give another --owner-username."
        ) from error
    except IntegrityError:
        if not any(one.id == shop.id for one in await list_organisations(database)):
            raise
        return False
    return True


async def _branches(
    database: Database, shop: FirstShop, organisation_id: UUID, made: list[str]
) -> dict[UUID, str]:
    """The open branches by id; the first is made when there never was one."""
    async with database.transaction(organisation_id) as session:
        await session.execute(_ONE_AT_A_TIME, {"name": f"setup:{organisation_id}"})
        if not await session.scalar(_HAD_BRANCHES):
            await open_branch(session, name=shop.branch_name, address=shop.branch_address)
            made.append("branch")
        return {row.id: row.name for row in await session.execute(_BRANCHES)}
