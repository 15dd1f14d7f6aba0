"""Fills a running system with the demo shop: `python -m scripts.demo.seed [--quick] [--seed N]`.

Repeating it changes nothing; a run that was cut off is continued. It refuses production.
"""

import argparse
import asyncio
import sys
import time
from datetime import date, datetime, timedelta

import httpx
from sqlalchemy import text

from agente_deposito.overview.tasks import CLOSE
from scripts.demo.loading import papers
from scripts.demo.loading.api import Api, LoadingError
from scripts.demo.loading.catalogue import load_products, load_suppliers
from scripts.demo.loading.history import (
    Places,
    daily_sales,
    days_from,
    load_delivery,
    load_opening,
    load_sales,
    newest_day,
    ticket_sales,
)
from scripts.demo.loading.people import branch_ids, ensure_organisation, load_people
from scripts.demo.published import DEMO_ORGANISATION_ID, DEMO_PASSWORD, DEMO_USERNAME
from scripts.demo.shop import generate_shop
from scripts.demo.shop.values import Invoice, Shop
from shared.config.settings import Settings, get_settings
from shared.database.session import Database, open_database
from shared.jobs.defer import defer
from shared.jobs.tracking import JobTable

_JOBS = JobTable("negocio", "neg")
_KIND = "demo.seed"
_QUICK_INVOICES = 3
_QUICK_DAYS = 42


async def seed(settings: Settings, *, seed_number: int, quick: bool) -> None:
    """Load the shop. quick: its last weeks and few invoices, for tests. Raises LoadingError."""
    database = open_database(settings, role="app_negocio")
    try:
        if await _is_done(database):
            return
        now = await ensure_organisation(database)
        # The shop's history ends the day before its "today"; ours ends today, at this hour.
        shop = generate_shop(seed_number, newest_day(now) + timedelta(days=1))
        async with httpx.AsyncClient(timeout=60) as http:
            api = Api(
                http,
                settings.negocio_url,
                settings.deposito_url,
                settings.ml_url,
                DEMO_USERNAME,
                DEMO_PASSWORD,
            )
            await _load(api, shop, now=now, quick=quick)
        await _note_done(database, seed_number)
    finally:
        await database.close()


async def _load(api: Api, shop: Shop, *, now: datetime, quick: bool) -> None:
    locations = await load_people(api, shop)
    products = await load_products(api, shop)
    await load_suppliers(api, shop)
    places = Places(products, locations, await branch_ids(api, shop))
    confirmed = [invoice for invoice in shop.invoices if invoice.status == "confirmed"]
    waiting = [invoice for invoice in shop.invoices if invoice.status != "confirmed"]
    if quick:
        confirmed = confirmed[-_QUICK_INVOICES:]
    first_day = shop.history.last_day - timedelta(days=_QUICK_DAYS) if quick else shop.history.first_day
    await _live_through(api, shop, places, confirmed, first_day=first_day, now=now)
    for invoice in waiting:
        await papers.upload(api, invoice, places)
    await api.write(api.ml, "/api/v1/forecasts/run", {}, key="demo:forecasts")


async def _live_through(  # noqa: PLR0913  a shop's life needs all of these
    api: Api,
    shop: Shop,
    places: Places,
    confirmed: list[Invoice],
    *,
    first_day: date,
    now: datetime,
) -> None:
    """Day after day: goods come in, papers are confirmed, the till sells."""
    await load_opening(api, shop, places, first_day=first_day)
    on_paper = {invoice.receipt.key for invoice in confirmed}
    sales = daily_sales(shop, places)
    for day, tickets in ticket_sales(shop, places, now=now).items():
        sales[day].extend(tickets)
    for day in days_from(shop, first_day):
        for receipt in shop.receipts:
            if receipt.day == day and receipt.key not in on_paper:
                await load_delivery(api, receipt, places)
        # One paper at a time: somebody who tries the demo meanwhile must not wait behind all of them.
        for invoice in confirmed:
            if invoice.receipt.day == day:
                await _confirm(api, invoice, await papers.upload(api, invoice, places), places)
        if sales[day]:
            await load_sales(api, sales[day])


async def _confirm(api: Api, invoice: Invoice, job_id: str, places: Places) -> None:
    invoice_id = await papers.wait_until_read(api, job_id)
    if invoice_id is None:
        # Nobody could read it: the goods came all the same.
        await load_delivery(api, invoice.receipt, places)
        return
    await papers.confirm(api, invoice, invoice_id, places)


async def _is_done(database: Database) -> bool:
    async with database.transaction(DEMO_ORGANISATION_ID) as session:
        found = await session.scalar(
            text("SELECT count(*) FROM negocio.job WHERE kind = :kind AND status = 'done'"), {"kind": _KIND}
        )
    return bool(found)


async def _note_done(database: Database, seed_number: int) -> None:
    async with database.transaction(DEMO_ORGANISATION_ID) as session:
        # Its nights have passed: what each of them would have noted is noted now.
        await defer(session, task=CLOSE, queue="deposito", args={}, lock=CLOSE)
        job_id = await _JOBS.open(session, _KIND)
        await _JOBS.finish(session, job_id, {"seed": seed_number})


def main(arguments: list[str] | None = None) -> int:
    """Seed the system of the environment; 0 when the demo shop is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the last weeks and few invoices, for tests")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    settings = get_settings()
    if settings.environment == "production":
        sys.stderr.write("The demo shop has no place in production.\n")
        return 2
    started = time.monotonic()
    try:
        asyncio.run(seed(settings, seed_number=options.seed, quick=options.quick))
    except LoadingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Demo shop ready in {time.monotonic() - started:.0f} s.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
