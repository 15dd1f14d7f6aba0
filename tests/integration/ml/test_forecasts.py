"""Stored forecasts: made from the warehouse's sales, read by those who may, each shop its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from agente_deposito.main import build as build_deposito
from ml.forecasting import tasks
from ml.main_ml_service import build
from ml.registry import service as registry
from shared.cache.redis import open_redis
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.jobs.worker import Resources, Running
from shared.kernel.clock import ARGENTINA, business_date, utc_now
from shared.security.permissions import Role
from tests.factories import people_keys
from tests.integration.agente_deposito.conftest import Shop, make_shop
from tests.integration.conftest import Serve

DAYS = 90
FORECASTS = "/api/v1/forecasts"


@pytest.fixture(scope="module")
async def deposito(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build_deposito(settings, people_keys=people_keys)) as client:
        yield client


@pytest.fixture(scope="module")
async def ml(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build(settings, people_keys=people_keys)) as client:
        yield client


@pytest.fixture(scope="module")
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings, role="app_ml")
    yield database
    await database.close()


@dataclass(frozen=True, slots=True)
class Resourceful:
    """What the worker gives its tasks, with the warehouse reached in this process."""

    resources: Resources

    def running(self, organisation_id: UUID) -> Running:
        return Running(organisation_id, 1, self.resources)


@pytest.fixture
async def work(
    settings: Settings, database: Database, deposito: httpx.AsyncClient
) -> AsyncIterator[Resourceful]:
    redis = open_redis(settings)
    told = settings.model_copy(update={"deposito_url": "http://test"})
    yield Resourceful(Resources(told, database, redis, deposito))
    await redis.aclose()


async def sell(shop: Shop, *, days: int = DAYS, branch_id: UUID | None = None) -> tuple[UUID, UUID]:
    """A steady product and one that sells on Saturdays, up to yesterday."""
    steady, saturdays = await shop.add_product("Yerba 1 kg"), await shop.add_product("Carbón 4 kg")
    today = business_date(utc_now())
    sales = []
    for day in (today - timedelta(days=back) for back in range(days, 0, -1)):
        lines = [{"product_id": str(steady), "quantity": "6", "unit_price": "100"}]
        if day.weekday() == 5:
            lines.append({"product_id": str(saturdays), "quantity": "20", "unit_price": "100"})
        moment = datetime.combine(day, time(12), ARGENTINA).isoformat()
        sales.append(shop.sale(*lines, occurred_at=moment, branch_id=str(branch_id or shop.branch_id)))
    answer = await shop.ask("POST", "/sales/batch", json={"sales": sales})
    assert {one["status"] for one in answer["items"]} == {"created"}
    return steady, saturdays


async def ask(ml: httpx.AsyncClient, shop: Shop, path: str = "", **params: Any) -> Any:
    answer = await ml.get(FORECASTS + path, params=params, headers=shop.owner.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def forecast_now(work: Resourceful, shop: Shop) -> None:
    await tasks.forecast(work.running(shop.organisation.id), {"due": int(utc_now().timestamp())})


async def test_last_nights_forecasts_follow_each_products_week(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
) -> None:
    shop = make_shop(deposito, database_url)
    steady, saturdays = await sell(shop)

    await forecast_now(work, shop)

    found = {UUID(one["product_id"]): one for one in (await ask(ml, shop))["items"]}
    assert set(found) == {steady, saturdays}
    assert [float(day["mean"]) for day in found[steady]["days"]] == pytest.approx([6] * 28, rel=0.1)
    weekdays = [date.fromisoformat(day["day"]).weekday() for day in found[saturdays]["days"]]
    means = [float(day["mean"]) for day in found[saturdays]["days"]]
    assert weekdays[means.index(max(means))] == 5
    assert found[steady]["branch_id"] == str(shop.branch_id)
    assert len(found[steady]["recent"]) == 56
    assert {day["sold"] for day in found[steady]["recent"]} == {"6"}
    assert found[steady]["totals"][0]["days"] == 7
    assert float(found[steady]["totals"][0]["mean"]) == pytest.approx(42, rel=0.1)
    assert all(float(day["p5"]) <= float(day["p50"]) <= float(day["p98"]) for day in found[steady]["days"])
    assert found[steady]["reason"].endswith(".")


async def test_the_night_runs_once_a_day_and_a_request_runs_again(
    ml: httpx.AsyncClient,
    deposito: httpx.AsyncClient,
    database_url: str,
    work: Resourceful,
    database: Database,
) -> None:
    shop = make_shop(deposito, database_url)
    await forecast_now(work, shop)
    steady, _ = await sell(shop, days=40)

    await forecast_now(work, shop)
    assert (await ask(ml, shop))["items"] == []

    queued = await ml.post(FORECASTS + "/run", json={}, headers=shop.owner.headers)
    assert queued.status_code == 202
    job_id = queued.json()["job_id"]
    assert job_id.startswith("ml_")
    await tasks.forecast(work.running(shop.organisation.id), {"job_id": job_id.removeprefix("ml_")})
    await tasks.forecast(work.running(shop.organisation.id), {"job_id": job_id.removeprefix("ml_")})

    assert len((await ask(ml, shop))["items"]) == 2
    assert [one["product_id"] for one in (await ask(ml, shop, product_id=str(steady)))["items"]] == [
        str(steady)
    ]
    job = (await ml.get(queued.json()["status_url"], headers=shop.owner.headers)).json()
    assert (job["status"], job["result"]["series"]) == ("done", 2)
    async with database.transaction(shop.organisation.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM ml.model_run")) == 1


async def test_a_requested_run_waits_in_the_queue_for_the_worker(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str
) -> None:
    shop = make_shop(deposito, database_url)
    headers = {**shop.owner.headers, "Idempotency-Key": "once"}

    first = await ml.post(FORECASTS + "/run", json={"scope": "all"}, headers=headers)
    second = await ml.post(FORECASTS + "/run", json={"scope": "all"}, headers=headers)

    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"


async def test_the_list_goes_on_page_by_page(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
) -> None:
    shop = make_shop(deposito, database_url)
    await sell(shop, days=30)
    await forecast_now(work, shop)

    first = await ask(ml, shop, limit=1)
    second = await ask(ml, shop, limit=1, cursor=first["next_cursor"])

    assert second["next_cursor"] is None
    assert first["items"][0]["product_id"] != second["items"][0]["product_id"]


async def test_accuracy_says_whether_last_week_would_have_done(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
) -> None:
    shop = make_shop(deposito, database_url)
    assert await ask(ml, shop, "/accuracy") == {
        "made_on": None,
        "finished_at": None,
        "overall": None,
        "items": [],
    }
    await sell(shop)
    await forecast_now(work, shop)

    found = await ask(ml, shop, "/accuracy", by="branch")
    by_method = await ask(ml, shop, "/accuracy", by="method")

    assert [one["key"] for one in found["items"]] == [str(shop.branch_id)]
    assert found["overall"]["series"] == 2
    # These sales repeat exactly, so that "as last week" is never wrong.
    assert found["overall"]["naive_wape"] == 0
    assert found["overall"]["wape"] < 0.1
    assert found["overall"]["beats_naive"] is False
    assert sum(one["series"] for one in by_method["items"]) == 2
    facts = (await ml.get("/model/info", headers=shop.owner.headers)).json()
    assert facts["metrics_source"] == "own_history"
    assert facts["metrics"]["wape"] == found["overall"]["wape"]


async def test_totals_start_today(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
) -> None:
    shop = make_shop(deposito, database_url)
    assert await ask(ml, shop, "/total") == {"days": []}
    await sell(shop)
    await forecast_now(work, shop)

    days = (await ask(ml, shop, "/total", horizon=7, branch_id=str(shop.branch_id)))["days"]

    assert days[0]["day"] == business_date(utc_now()).isoformat()
    assert len(days) == 7
    assert sum(float(day["quantity"]) for day in days) == pytest.approx(62, rel=0.1)
    assert all(float(day["p10"]) <= float(day["quantity"]) <= float(day["p90"]) for day in days)


async def test_with_a_month_of_sales_the_band_is_as_wide_as_days_swing(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
) -> None:
    shop = make_shop(deposito, database_url)
    await sell(shop, days=28)
    await forecast_now(work, shop)

    days = (await ask(ml, shop, "/total"))["days"]

    # Six on weekdays and 26 on Saturdays: half as much again as the mean, and as much below it.
    assert all(float(day["p10"]) < float(day["quantity"]) < float(day["p90"]) for day in days)
    assert float(days[0]["p90"]) - float(days[0]["quantity"]) > 0.9 * float(days[0]["quantity"])


async def test_a_spread_that_nobody_knows_is_not_told(
    ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
) -> None:
    shop = make_shop(deposito, database_url)
    await sell(shop, days=3)
    await forecast_now(work, shop)

    days = (await ask(ml, shop, "/total"))["days"]
    of_branch = (await ask(ml, shop, "/total", branch_id=str(shop.branch_id)))["days"]

    assert float(days[0]["quantity"]) > 0
    assert {(day["p10"], day["p90"]) for day in days + of_branch} == {(None, None)}


class TestWalls:
    async def test_another_shop_sees_nothing(
        self, ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
    ) -> None:
        shop, other = make_shop(deposito, database_url), make_shop(deposito, database_url)
        await sell(shop, days=30)
        await forecast_now(work, shop)

        assert (await ask(ml, other))["items"] == []
        assert (await ask(ml, other, "/total"))["days"] == []
        assert (await ask(ml, other, "/accuracy"))["overall"] is None

    async def test_people_of_one_branch_see_that_branch(
        self, ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
    ) -> None:
        shop = make_shop(deposito, database_url)
        second = shop.organisation.add_branch("Norte")
        shop.open_shop(second)
        await sell(shop, days=30)
        await sell(shop, days=30, branch_id=second)
        await forecast_now(work, shop)
        manager = shop.organisation.add_person(Role.MANAGER, branch_ids=[second])

        answer = await ml.get(FORECASTS, headers=manager.headers)
        elsewhere = await ml.get(
            FORECASTS, params={"branch_id": str(shop.branch_id)}, headers=manager.headers
        )

        assert {one["branch_id"] for one in answer.json()["items"]} == {str(second)}
        assert elsewhere.status_code == 403

    @pytest.mark.parametrize("role", [Role.CASHIER, Role.STOCK])
    async def test_a_role_without_the_permission_is_refused(
        self, ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, role: Role
    ) -> None:
        person = make_shop(deposito, database_url).organisation.add_person(role)

        assert (await ml.get(FORECASTS, headers=person.headers)).status_code == 403
        assert (await ml.post(FORECASTS + "/run", json={}, headers=person.headers)).status_code == 403

    async def test_nobody_reads_without_a_token(self, ml: httpx.AsyncClient) -> None:
        for path in ("", "/accuracy", "/total"):
            assert (await ml.get(FORECASTS + path)).status_code == 401


class TestFailures:
    async def test_what_was_given_up_is_said(
        self, ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
    ) -> None:
        shop = make_shop(deposito, database_url)
        queued = (await ml.post(FORECASTS + "/run", json={}, headers=shop.owner.headers)).json()
        args = {"job_id": queued["job_id"].removeprefix("ml_")}

        await tasks.give_up(work.running(shop.organisation.id), args)

        job = (await ml.get(queued["status_url"], headers=shop.owner.headers)).json()
        assert (job["status"], job["error"]["peer"]) == ("failed", "deposito")

    async def test_todays_forecasts_stay_while_they_are_made_again_and_when_that_fails(
        self,
        ml: httpx.AsyncClient,
        deposito: httpx.AsyncClient,
        database_url: str,
        work: Resourceful,
        database: Database,
    ) -> None:
        shop = make_shop(deposito, database_url)
        await sell(shop, days=30)
        await forecast_now(work, shop)
        before = await ask(ml, shop)
        queued = (await ml.post(FORECASTS + "/run", json={}, headers=shop.owner.headers)).json()
        args = {"job_id": queued["job_id"].removeprefix("ml_")}

        async with database.transaction(shop.organisation.id) as session:
            await registry.start_run(session, business_date(utc_now()))
        meanwhile = await ask(ml, shop)
        await tasks.give_up(work.running(shop.organisation.id), args)
        afterwards = await ask(ml, shop)

        assert len(before["items"]) == 2
        assert meanwhile == before
        assert afterwards == before

    async def test_yesterdays_forecasts_stay_while_todays_fail(
        self, ml: httpx.AsyncClient, deposito: httpx.AsyncClient, database_url: str, work: Resourceful
    ) -> None:
        shop = make_shop(deposito, database_url)
        await sell(shop, days=30)
        yesterday = datetime.now(UTC) - timedelta(days=1)
        running = work.running(shop.organisation.id)
        await tasks.forecast(running, {"due": yesterday.timestamp()})
        unknown = Running(uuid4(), 1, running.resources)

        await tasks.give_up(running, {"due": utc_now().timestamp()})
        await tasks.give_up(unknown, {"due": utc_now().timestamp()})

        assert {one["made_on"] for one in (await ask(ml, shop))["items"]} == {
            business_date(yesterday).isoformat()
        }
