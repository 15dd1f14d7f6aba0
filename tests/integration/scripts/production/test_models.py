"""Forecasts made anew from the warehouse's sales: served where they are better, left alone where not."""

import gc
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from agente_deposito.main import build as build_deposito
from ml.forecasting.contest import Verdict
from ml.forecasting.models import StoredForecast
from scripts.production.initial.organisations import KnownOrganisation
from scripts.production.models.command import Outcome, optimise
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.kernel.clock import ARGENTINA, business_date, utc_now
from tests.factories import people_keys
from tests.integration.agente_deposito.conftest import Shop, make_shop
from tests.integration.conftest import Serve

DAYS = 120


@pytest.fixture(scope="module")
async def deposito(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build_deposito(settings, people_keys=people_keys)) as client:
        yield client


@pytest.fixture(scope="module")
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings, role="app_ml")
    yield database
    await database.close()


@pytest.fixture
async def shop(deposito: httpx.AsyncClient, database_url: str) -> Shop:
    """Six products that sell five times as much on Saturdays, up to yesterday."""
    made = make_shop(deposito, database_url)
    products = [await made.add_product(f"Carbón {n} kg") for n in range(6)]
    today = business_date(utc_now())
    sales = []
    for day in (today - timedelta(days=back) for back in range(DAYS, 0, -1)):
        quantity = 25 if day.weekday() == 5 else 5
        lines = [
            {"product_id": str(one), "quantity": str(quantity + n), "unit_price": "100"}
            for n, one in enumerate(products)
        ]
        moment = datetime.combine(day, time(12), ARGENTINA).isoformat()
        sales.append(made.sale(*lines, occurred_at=moment))
    answer = await made.ask("POST", "/sales/batch", json={"sales": sales})
    assert {one["status"] for one in answer["items"]} == {"created"}
    return made


async def run(
    shop: Shop, database: Database, http: httpx.AsyncClient, settings: Settings, *, promotes: bool = True
) -> Outcome:
    organisation = KnownOrganisation(shop.organisation.id, "Almacén", "30712345671", is_demo=False)
    told = settings.model_copy(update={"deposito_url": "http://test"})
    (outcome,) = await optimise([organisation], database, http, told, promotes=promotes)
    return outcome


def rows(shop: Shop, query: str) -> list[Any]:
    with psycopg.connect(shop.organisation.database_url) as connection:
        return connection.execute(query, [shop.organisation.id]).fetchall()


def serve_as_of_yesterday(shop: Shop, *, method: str | None) -> None:
    """What is served was made yesterday, by this method if one is given."""
    organisation = [shop.organisation.id]
    with psycopg.connect(shop.organisation.database_url) as connection:
        connection.execute(
            "CREATE TEMP TABLE old ON COMMIT DROP AS SELECT * FROM ml.forecast WHERE organisation_id = %s",
            organisation,
        )
        connection.execute("DELETE FROM ml.forecast WHERE organisation_id = %s", organisation)
        connection.execute(
            "UPDATE ml.model_run SET made_on = made_on - 1 WHERE organisation_id = %s", organisation
        )
        connection.execute("UPDATE old SET made_on = made_on - 1, method = coalesce(%s, method)", [method])
        connection.execute("INSERT INTO ml.forecast SELECT * FROM old")


async def test_the_first_forecasts_are_served_and_a_second_run_changes_nothing(
    shop: Shop, database: Database, deposito: httpx.AsyncClient, settings: Settings
) -> None:
    first = await run(shop, database, deposito, settings)
    finished = rows(shop, "SELECT finished_at FROM ml.model_run WHERE organisation_id = %s")
    second = await run(shop, database, deposito, settings)

    assert first.retrained
    assert second.retrained
    assert (first.retrained.series, sum(first.retrained.methods.values())) == (6, 6)
    # Of a hundred organisations only what is told is kept.
    assert not [one for one in gc.get_objects() if isinstance(one, StoredForecast)]
    assert (first.retrained.verdict, second.retrained.verdict) == (Verdict.FIRST, Verdict.NO_BETTER)
    assert rows(shop, "SELECT count(*) FROM ml.forecast WHERE organisation_id = %s") == [(6,)]
    assert rows(shop, "SELECT finished_at FROM ml.model_run WHERE organisation_id = %s") == finished


async def test_better_forecasts_replace_what_is_served(
    shop: Shop, database: Database, deposito: httpx.AsyncClient, settings: Settings
) -> None:
    await run(shop, database, deposito, settings)
    serve_as_of_yesterday(shop, method="MA8")

    looked = await run(shop, database, deposito, settings, promotes=False)
    days_before = rows(shop, "SELECT made_on FROM ml.model_run WHERE organisation_id = %s")
    done = await run(shop, database, deposito, settings)

    assert looked.retrained
    assert done.retrained
    assert looked.retrained.verdict is done.retrained.verdict is Verdict.BETTER
    contest = done.retrained.contest
    assert contest
    assert contest.new.wape is not None
    assert contest.served.wape is not None
    assert contest.new.wape < contest.served.wape
    assert len(days_before) == 1
    today = business_date(utc_now())
    query = "SELECT max(made_on) FROM ml.forecast WHERE organisation_id = %s AND method <> 'MA8'"
    assert rows(shop, query) == [(today,)]
    assert rows(shop, "SELECT max(made_on) FROM ml.model_run WHERE organisation_id = %s") == [(today,)]


async def test_what_is_as_good_but_older_is_renewed(
    shop: Shop, database: Database, deposito: httpx.AsyncClient, settings: Settings
) -> None:
    await run(shop, database, deposito, settings)
    serve_as_of_yesterday(shop, method=None)

    done = await run(shop, database, deposito, settings)

    assert done.retrained
    assert done.retrained.verdict is Verdict.AS_GOOD_AND_NEWER
    assert rows(shop, "SELECT count(*) FROM ml.model_run WHERE organisation_id = %s") == [(2,)]


async def test_worse_forecasts_are_not_served(
    shop: Shop,
    database: Database,
    deposito: httpx.AsyncClient,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await run(shop, database, deposito, settings)
    serve_as_of_yesterday(shop, method=None)

    def poor(*_arguments: object, **_options: object) -> Any:
        import numpy as np  # noqa: PLC0415

        return np.full(6, "MA8")

    monkeypatch.setattr("ml.forecasting.contest.choose", poor)
    done = await run(shop, database, deposito, settings)

    assert done.retrained
    assert done.retrained.verdict is Verdict.WORSE
    assert rows(shop, "SELECT count(*) FROM ml.model_run WHERE organisation_id = %s") == [(1,)]


async def test_a_warehouse_that_is_away_fails_that_organisation_alone(
    shop: Shop, database: Database, settings: Settings
) -> None:
    async with httpx.AsyncClient() as http:
        told = settings.model_copy(update={"deposito_url": "http://127.0.0.1:1"})
        organisations = [
            KnownOrganisation(one, "Almacén", "30712345671", is_demo=False)
            for one in (shop.organisation.id, UUID(int=5))
        ]
        outcomes = await optimise(organisations, database, http, told, promotes=True)

    assert [outcome.retrained for outcome in outcomes] == [None, None]
    assert "deposito is unavailable" in outcomes[0].problem
    assert rows(shop, "SELECT count(*) FROM ml.model_run WHERE organisation_id = %s") == [(0,)]
