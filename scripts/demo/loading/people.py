"""The demo organisation, its branches and the people who work in it."""

import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from scripts.demo.loading.api import Api
from scripts.demo.published import DEMO_ORGANISATION_ID, DEMO_PASSWORD, DEMO_USERNAME
from scripts.demo.shop.people import ORGANISATION
from scripts.demo.shop.values import Shop
from shared.database.session import Database

_STAFF = (
    ("encargada", "Carla Benítez", "manager"),
    ("cajero", "Diego Sosa", "cashier"),
    ("repositor", "Nahuel Ríos", "stock"),
    ("contadora", "Silvia Paz", "accountant"),
)
_LOCATION_PAUSE_SECONDS = 0.2
_LOCATION_TRIES = 300


async def ensure_organisation(database: Database) -> datetime:
    """Make the organisation and its owner, unless an earlier run did. Returns when it was made.

    The demo's year ends at that instant, so that a run that was cut off goes on with the same year.
    """
    made = await _made_at(database)
    if made is None:
        await _make_organisation(database)
        made = await _made_at(database)
    assert made is not None
    return made


async def _made_at(database: Database) -> datetime | None:
    async with database.transaction(DEMO_ORGANISATION_ID) as session:
        made: datetime | None = await session.scalar(text("SELECT created_at FROM auth.organisation"))
    return made


async def _make_organisation(database: Database) -> None:
    command = OpenOrganisation(
        id=DEMO_ORGANISATION_ID,
        name=ORGANISATION.name,
        cuit=ORGANISATION.cuit,
        iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
        cost_basis=CostBasis.BY_CONDITION,
        is_demo=True,
        owner_name="Marta Gómez",
        owner_email="marta@demo.example",
        owner_username=DEMO_USERNAME,
        owner_password=DEMO_PASSWORD,
    )
    try:
        await open_organisation(database, command)
    except IntegrityError as error:
        raise SystemExit(
            "Somebody who is not the demo already signs in as «admin»; the demo needs a database of its own."
        ) from error


async def load_people(api: Api, shop: Shop) -> dict[str, UUID]:
    """Branches, their places for goods, and staff. Returns the location of each branch key."""
    branch_ids: dict[str, str] = {}
    for branch in shop.branches:
        body = {"name": branch.name, "address": branch.address}
        answer = await api.write(api.negocio, "/api/v1/branches", body, key=f"demo:branch:{branch.key}")
        branch_ids[branch.key] = answer["id"]
    for username, name, role in _STAFF:
        body = {
            "email": f"{username}@demo.example",
            "username": username,
            "name": name,
            "password": DEMO_PASSWORD,
            "role": role,
        }
        await api.write(api.negocio, "/api/v1/users", body, key=f"demo:user:{username}")
    return {key: await _location_of(api, branch_id) for key, branch_id in branch_ids.items()}


async def branch_ids(api: Api, shop: Shop) -> dict[str, str]:
    """The id of each branch key."""
    listed = (await api.get(api.negocio, "/api/v1/branches"))["items"]
    by_name = {branch["name"]: branch["id"] for branch in listed}
    return {branch.key: by_name[branch.name] for branch in shop.branches}


async def _location_of(api: Api, branch_id: str) -> UUID:
    """The warehouse hears of a branch a moment after it opens."""
    for _ in range(_LOCATION_TRIES):
        for location in (await api.get(api.deposito, "/api/v1/locations"))["items"]:
            if location["branch_id"] == branch_id:
                return UUID(location["id"])
        await asyncio.sleep(_LOCATION_PAUSE_SECONDS)
    raise SystemExit("The warehouse's worker does not answer; see its log.")
