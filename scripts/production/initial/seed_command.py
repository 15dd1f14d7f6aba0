"""The command line of seed_initial_data.py."""

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from scripts.production.console import DONE, Parser, RefusedError, ScriptError, run, say
from scripts.production.initial.organisations import (
    KnownOrganisation,
    check_schema,
    chosen,
    list_organisations,
)
from scripts.production.initial.reference import add_categories, has_categories
from scripts.production.settings import load_settings
from shared.config.settings import Settings
from shared.database.session import open_database

_DESCRIPTION = """\
Gives an organisation the reference data a shop begins with: categories. IVA rates and units of measure are
rules of the schema, there with its migrations. Repeating it adds only what is missing; what somebody archived
stays archived. --demo fills the demo shop instead, which brings its own categories; never in production."""


def main(arguments: Sequence[str]) -> int:
    """Seed; 0 when everything is there."""
    return run("seed_initial_data", _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    settings = load_settings()
    if options.demo:
        return _demo(options, settings)
    return asyncio.run(_reference(options, settings))


def _demo(options: argparse.Namespace, settings: Settings) -> Mapping[str, object]:
    """The services have to run: the demo is loaded through their doors, like everybody's data."""
    if settings.environment == "production":
        raise RefusedError("The demo shop has no place in production.")
    if options.dry_run:
        say("The demo shop would be filled.")
        return {"demo": True, "dry_run": True}
    # What draws the demo's papers is not in every image.
    from scripts.demo import seed as demo  # noqa: PLC0415

    if demo.main(["--quick"] if options.quick else []) != DONE:
        raise ScriptError("The demo shop is not complete; see above, and run this again to go on.")
    return {"demo": True}


async def _reference(options: argparse.Namespace, settings: Settings) -> Mapping[str, object]:
    async with AsyncExitStack() as stack:
        negocio = open_database(settings, role="app_negocio")
        stack.push_async_callback(negocio.close)
        deposito = open_database(settings, role="app_deposito")
        stack.push_async_callback(deposito.close)
        await check_schema(negocio)
        told = []
        for one in _wanted(options, await list_organisations(negocio)):
            if options.all and await has_categories(deposito, one.id):
                continue
            added = await add_categories(deposito, one.id, dry_run=options.dry_run)
            verb = "would be added" if options.dry_run else "added"
            say(f"{one.name}: {len(added.names)} categories {verb}, {added.kept} were there.")
            told.append(
                {"organisation_id": one.id, "name": one.name, "added": added.names, "kept": added.kept}
            )
    return {"dry_run": options.dry_run, "organisations": told}


def _wanted(options: argparse.Namespace, known: list[KnownOrganisation]) -> list[KnownOrganisation]:
    if options.all:
        return [one for one in known if not one.is_demo]
    if not options.organisation:
        raise RefusedError("Say whose: --organisation CUIT or id, --all, or set CUIT_EMPRESA.")
    one = chosen(known, options.organisation)
    if one.is_demo:
        raise RefusedError(f"{one.name} is the demo, which brings its own categories: use --demo.")
    return [one]


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="seed_initial_data.py", description=_DESCRIPTION)
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--organisation", default=os.environ.get("CUIT_EMPRESA"), help="its CUIT or id [CUIT_EMPRESA]"
    )
    whose.add_argument("--all", action="store_true", help="every organisation that has no category yet")
    whose.add_argument("--demo", action="store_true", help="fill the demo shop through the running services")
    parser.add_argument("--quick", action="store_true", help="with --demo: its last weeks only")
    parser.add_argument("--dry-run", action="store_true", help="only say what is missing")
    return parser.parse_args(arguments)
