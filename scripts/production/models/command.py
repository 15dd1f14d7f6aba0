"""The command line of optimize_models.py."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.exc import SQLAlchemyError

from ml.forecasting.contest import Contest, Verdict
from ml.forecasting.service import ForecastRun, Retrained, retrain
from ml.registry.rules import MODEL_VERSION, Metrics
from scripts.production.console import Parser, ScriptError, run, say
from scripts.production.initial.organisations import (
    KnownOrganisation,
    check_schema,
    chosen,
    list_organisations,
)
from scripts.production.settings import load_settings
from scripts.production.tables import table
from shared.clients.base import Peer, PeerRefusedError, PeerUnavailableError, as_service
from shared.clients.deposito import DepositoClient
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.kernel.clock import business_date, utc_now

_SECONDS = 60
_SAID = {
    Verdict.FIRST: "the first forecasts",
    Verdict.BETTER: "better",
    Verdict.AS_GOOD_AND_NEWER: "as good, from newer sales",
    Verdict.NO_BETTER: "no better",
    Verdict.WORSE: "worse",
    Verdict.UNTESTED: "too little history to compare",
}
_DESCRIPTION = """\
Chooses forecasting methods anew for each product and branch from today's history, holds them against the ones
that are served on the last four weeks, which the new choice has not seen, and serves the new forecasts only
where they are better, or as good and from newer sales. wape: errors over sales; naive: "as last week"."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one organisation. retrained None: it failed, for the reason in problem."""

    organisation: KnownOrganisation
    retrained: Retrained | None
    problem: str = ""


def main(arguments: Sequence[str]) -> int:
    """Optimise; 0 when every organisation was compared."""
    return run("optimize_models", lambda given: asyncio.run(_work(given)), arguments)


async def optimise(
    organisations: Sequence[KnownOrganisation],
    database: Database,
    http: httpx.AsyncClient,
    settings: Settings,
    *,
    promotes: bool,
) -> list[Outcome]:
    """One after another, as each takes a core; one that fails does not keep the others back."""
    outcomes = []
    today = business_date(utc_now())
    for organisation in organisations:
        forecast_run = ForecastRun(organisation.id, today, repeats=True)
        deposito = _deposito(http, settings, organisation.id)
        try:
            done = await retrain(database, deposito, forecast_run, promotes=promotes)
            outcomes.append(Outcome(organisation, done))
        except (PeerUnavailableError, PeerRefusedError, SQLAlchemyError) as error:
            outcomes.append(Outcome(organisation, None, str(error).splitlines()[0]))
    return outcomes


async def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    settings = load_settings()
    async with AsyncExitStack() as stack:
        negocio = open_database(settings, role="app_negocio")
        stack.push_async_callback(negocio.close)
        database = open_database(settings, role="app_ml")
        stack.push_async_callback(database.close)
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=_SECONDS))
        await check_schema(negocio)
        known = await list_organisations(negocio)
        wanted = [chosen(known, name) for name in options.organisation] or known
        outcomes = await optimise(wanted, database, http, settings, promotes=not options.dry_run)
    return _tell(outcomes, dry_run=options.dry_run)


def _tell(outcomes: Sequence[Outcome], *, dry_run: bool) -> Mapping[str, object]:
    if outcomes:
        head = ("organisation", "series", "served", "new", "naive", "changed", "outcome")
        say(table(head, [_row(outcome, dry_run=dry_run) for outcome in outcomes]))
    failed = [outcome for outcome in outcomes if outcome.retrained is None]
    promoted = [outcome for outcome in outcomes if outcome.retrained and outcome.retrained.verdict.is_for_new]
    facts: dict[str, object] = {
        "dry_run": dry_run,
        "model_version": MODEL_VERSION,
        "organisations": [_facts(outcome, dry_run=dry_run) for outcome in outcomes],
        "promoted": 0 if dry_run else len(promoted),
        "failed": len(failed),
    }
    if failed:
        raise ScriptError(f"{len(failed)} of {len(outcomes)} organisations could not be compared", **facts)
    return facts


def _row(outcome: Outcome, *, dry_run: bool) -> tuple[str, ...]:
    done = outcome.retrained
    if done is None:
        return (outcome.organisation.name, "", "", "", "", "", f"failed: {outcome.problem}")
    contest = done.contest
    served, new = (contest.served, contest.new) if contest else (None, None)
    verb = "would be promoted" if dry_run else "promoted"
    told = f"{verb if done.verdict.is_for_new else 'kept'}: {_SAID[done.verdict]}"
    return (
        outcome.organisation.name,
        str(done.series),
        _share(served.wape if served else None),
        _share(new.wape if new else None),
        _share(new.naive_wape if new else None),
        str(contest.changed) if contest else "-",
        told,
    )


def _facts(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    done = outcome.retrained
    told: dict[str, Any] = {"organisation_id": outcome.organisation.id, "cuit": outcome.organisation.cuit}
    if done is None:
        return {**told, "problem": outcome.problem}
    return {
        **told,
        "series": done.series,
        "served_on": done.served.made_on if done.served else None,
        "served_version": done.served.model_version if done.served else None,
        "before": _figures(done.contest.served if done.contest else None),
        "after": _figures(done.contest.new if done.contest else None),
        "compared": _compared(done.contest),
        "verdict": done.verdict,
        "promoted": done.verdict.is_for_new and not dry_run,
        "methods": done.methods,
    }


def _figures(metrics: Metrics | None) -> dict[str, float | None] | None:
    if metrics is None:
        return None
    return {"wape": metrics.wape, "bias": metrics.bias, "naive_wape": metrics.naive_wape}


def _compared(contest: Contest | None) -> dict[str, int] | None:
    if contest is None:
        return None
    return {"series": contest.series, "days": contest.days, "changed_methods": contest.changed}


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def _deposito(http: httpx.AsyncClient, settings: Settings, organisation_id: UUID) -> DepositoClient:
    authorization = as_service(
        settings.secret_key.get_secret_value(),
        issuer="ml",
        audience="deposito",
        organisation_id=organisation_id,
    )
    return DepositoClient(Peer("deposito", http, settings.deposito_url), authorization)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="optimize_models.py", description=_DESCRIPTION)
    parser.add_argument(
        "--organisation", action="append", default=[], help="only this CUIT or id; repeatable [all]"
    )
    parser.add_argument("--dry-run", action="store_true", help="compare, but go on serving what is served")
    return parser.parse_args(arguments)
