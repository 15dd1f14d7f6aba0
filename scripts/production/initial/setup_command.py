"""The command line of setup_initial_data.py."""

import argparse
import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from agente_negocio.auth.rules import IvaCondition
from scripts.demo.published import DEMO_CUIT, DEMO_USERNAME
from scripts.production.console import Parser, RefusedError, run, say
from scripts.production.initial import first_shop, passwords
from scripts.production.initial.first_shop import FirstShop, Made, Present
from scripts.production.initial.organisations import check_schema
from scripts.production.settings import load_settings
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.kernel.cuit import format_cuit, parse_cuit

_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_USERNAME = re.compile(r"[A-Za-z0-9._-]{3,64}")
_LONGEST_NAME, _LONGEST_EMAIL = 200, 254
_DESCRIPTION = """\
Makes the first organisation with its owner, its branch and the place goods are kept in. Repeating it changes
nothing; a run that was cut off is completed. The owner's password comes from OWNER_PASSWORD, else it is asked
for at the terminal, else one is made up and shown once."""


def main(arguments: Sequence[str]) -> int:
    """Set up; 0 when everything is there."""
    return run("setup_initial_data", lambda given: asyncio.run(_work(given)), arguments)


async def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    settings = load_settings()
    shop = _shop(options, settings)
    async with AsyncExitStack() as stack:
        negocio = await _open(stack, settings, "app_negocio")
        deposito = await _open(stack, settings, "app_deposito")
        await check_schema(negocio)
        present = await first_shop.look(negocio, shop)
        _check_demo(present, settings)
        if options.dry_run:
            return _told(shop, present, None)
        password = None
        if present.organisation_id is None and not present.has_person:
            password = passwords.first_password(os.environ)
        made = await first_shop.make(
            negocio, deposito, shop, present=present, password=password.text if password else ""
        )
    if password and "owner" in made.made:
        passwords.show_once(shop.owner_username or shop.owner_email, password)
    return _told(shop, present, made)


def _told(shop: FirstShop, present: Present, made: Made | None) -> Mapping[str, object]:
    facts: dict[str, object] = {"cuit": shop.cuit, "name": shop.name, "owner": shop.owner_email}
    if made is None:
        there = present.organisation_id is not None
        say(f"{shop.name} ({format_cuit(shop.cuit)}) {'is there already' if there else 'would be made'}.")
        return {**facts, "dry_run": True, "exists": there}
    what = f"made: {', '.join(made.made)}" if made.made else "everything was there already"
    say(f"{shop.name} ({format_cuit(shop.cuit)}): {what}.")
    if "membership" in made.made:
        say(f"{shop.owner_email} signs in already and keeps that password.")
    return {
        **facts,
        "organisation_id": made.organisation_id,
        "branch_ids": made.branch_ids,
        "location_ids": made.location_ids,
        "made": made.made,
    }


def _check_demo(present: Present, settings: Settings) -> None:
    if settings.environment == "production" and present.has_demo:
        raise RefusedError(
            "The demo shop is in this database, with a published sign-in: "
            "remove it first with python -m scripts.demo.wipe."
        )


def _shop(options: argparse.Namespace, settings: Settings) -> FirstShop:
    """What was asked for. Raises RefusedError naming the option that is missing or wrong."""
    cuit = parse_cuit(options.cuit or "")
    if cuit is None:
        raise RefusedError(f"{options.cuit!r} is no CUIT: set CUIT_EMPRESA or give --cuit, 11 digits.")
    if cuit == DEMO_CUIT:
        raise RefusedError("That is the demo's CUIT, nobody's: set CUIT_EMPRESA to your own.")
    if not _EMAIL.fullmatch(options.owner_email or "") or len(options.owner_email) > _LONGEST_EMAIL:
        raise RefusedError("Set OWNER_EMAIL or give --owner-email: the address the owner signs in with.")
    username = options.owner_username
    if username and not _USERNAME.fullmatch(username):
        raise RefusedError("--owner-username takes 3 to 64 letters, digits, points, hyphens.")
    if username and username.lower() == DEMO_USERNAME and settings.environment == "production":
        raise RefusedError(f"{DEMO_USERNAME} is the demo's published name, tried by everybody: take another.")
    for option, name in (("--name", options.name), ("--owner-name", options.owner_name)):
        if not name or len(name) > _LONGEST_NAME:
            raise RefusedError(f"Give {option}, 1 to {_LONGEST_NAME} characters.")
    return FirstShop(
        name=options.name,
        cuit=cuit,
        iva_condition=IvaCondition(options.iva_condition),
        owner_name=options.owner_name,
        owner_email=options.owner_email,
        owner_username=username or None,
        branch_name=options.branch,
        branch_address=options.address,
    )


async def _open(stack: AsyncExitStack, settings: Settings, role: str) -> Database:
    database = open_database(settings, role=role)
    stack.push_async_callback(database.close)
    return database


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    given = os.environ
    parser = Parser(prog="setup_initial_data.py", description=_DESCRIPTION)
    parser.add_argument("--cuit", default=given.get("CUIT_EMPRESA"), help="[CUIT_EMPRESA]")
    parser.add_argument("--name", help="of the organisation, as its people call it")
    parser.add_argument(
        "--iva-condition",
        choices=[one.value for one in IvaCondition],
        default=IvaCondition.RESPONSABLE_INSCRIPTO.value,
        help="before ARCA [%(default)s]",
    )
    parser.add_argument("--branch", default="Casa central", help="the first branch [%(default)s]")
    parser.add_argument("--address", help="of the first branch")
    parser.add_argument("--owner-name", default=given.get("OWNER_NAME"), help="[OWNER_NAME]")
    parser.add_argument("--owner-email", default=given.get("OWNER_EMAIL"), help="[OWNER_EMAIL]")
    parser.add_argument("--owner-username", default=given.get("OWNER_USERNAME"), help="[OWNER_USERNAME]")
    parser.add_argument("--dry-run", action="store_true", help="only say whether it is there")
    return parser.parse_args(arguments)
