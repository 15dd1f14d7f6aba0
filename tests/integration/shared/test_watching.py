"""What the platform tells of itself: lines of logs, and figures for Prometheus."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import structlog
from procrastinate.jobs import Job
from prometheus_client import REGISTRY

from agente_deposito.stock.tasks import look_at_ledgers
from agente_negocio.main import build
from ml.forecasting.tasks import look_at_forecasts
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.jobs import worker as worker_module
from shared.jobs.defer import defer
from shared.jobs.resources import Resources
from shared.jobs.watching import look_at_database, look_at_operations, look_at_storage
from shared.jobs.worker import Running, Worker
from shared.observability.logging import configure_logging
from shared.security.permissions import Role
from shared.security.tokens import TokenReader
from tests.factories import make_organisation, people_keys
from tests.integration.conftest import Serve

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def figure(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def resources(settings: Settings, database: Database) -> Resources:
    return Resources(settings, database, redis=None, http=None)  # type: ignore[arg-type]  # not used


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings.model_copy(update={"max_connections": 2}), role="app_negocio")
    yield database
    await database.close()


class TestPool:
    async def test_it_tells_who_waits_and_how_full_it_is(self, database: Database) -> None:
        role = {"role": "app_negocio"}
        before = figure("database_pool_in_use", **role) or 0
        waited = figure("database_pool_wait_seconds_count", **role) or 0
        release = asyncio.Event()

        async def work() -> None:
            async with database.transaction(None) as session:
                await session.connection()
                await release.wait()

        working = [asyncio.create_task(work()) for _ in range(3)]
        async with asyncio.timeout(10):
            while figure("database_pool_waiting", **role) != 1 or database.engine.pool.checkedout() < 2:  # type: ignore[attr-defined]
                await asyncio.sleep(0.01)
        assert figure("database_pool_in_use", **role) == before + 2
        release.set()
        await asyncio.gather(*working)

        assert figure("database_pool_waiting", **role) == 0
        assert figure("database_pool_in_use", **role) == before
        assert figure("database_pool_wait_seconds_count", **role) == waited + 3


class TestJobs:
    async def test_the_oldest_that_waits_is_told(
        self, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_module, "_STALLED_AFTER_SECONDS", 1)
        started, go_on = asyncio.Event(), asyncio.Event()

        async def slow(_running: Running, _args: dict[str, Any]) -> None:
            started.set()
            await go_on.wait()

        worker = Worker(service="queue-of-age", role="app_negocio")
        worker.task("tests.slow", slow)
        async with database.transaction(uuid4()) as session:
            for _ in range(2):
                await defer(session, task="tests.slow", queue="queue-of-age", args={}, lock="one")
        with psycopg.connect(settings.libpq_url(), options="-c search_path=jobs") as connection:
            connection.execute(
                "UPDATE procrastinate_events SET at = at - interval '1 hour' WHERE type = 'deferred'"
                " AND job_id IN (SELECT id FROM procrastinate_jobs WHERE queue_name = 'queue-of-age')"
            )

        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(settings, stop))
        try:
            await asyncio.wait_for(started.wait(), 20)
            async with asyncio.timeout(20):
                while figure("jobs_waiting", queue="queue-of-age") != 1:
                    await asyncio.sleep(0.05)
            assert 3600 <= (figure("jobs_oldest_waiting_seconds", queue="queue-of-age") or 0) < 3700
            go_on.set()
            async with asyncio.timeout(20):
                while figure("jobs_oldest_waiting_seconds", queue="queue-of-age") != 0:
                    await asyncio.sleep(0.05)
        finally:
            go_on.set()
            stop.set()
            await asyncio.wait_for(running, 30)


class TestOperations:
    async def test_the_last_good_backup_counts_and_not_a_failed_one(
        self, settings: Settings, database: Database, database_url: str
    ) -> None:
        runs = [("backup", 30, True), ("backup", 2, False), ("restore_drill", 50, True), ("odd", 1, True)]
        with psycopg.connect(database_url) as connection:
            for kind, hours, ok in runs:
                at = NOW - timedelta(hours=hours)
                connection.execute(
                    "INSERT INTO shared.operation_run (kind, started_at, finished_at, ok)"
                    " VALUES (%s, %s, %s, %s)",
                    [kind, at, at, ok],
                )
        try:
            await look_at_operations(resources(settings, database))
        finally:
            with psycopg.connect(database_url) as connection:
                connection.execute("DELETE FROM shared.operation_run")

        last_ok = "operation_last_ok_timestamp_seconds"
        assert figure(last_ok, kind="backup") == (NOW - timedelta(hours=30)).timestamp()
        assert figure(last_ok, kind="restore_drill") == (NOW - timedelta(hours=50)).timestamp()
        assert figure("operation_last_succeeded", kind="backup") == 0
        assert figure("operation_last_succeeded", kind="odd") == 1

    async def test_what_never_ran_is_as_old_as_can_be(self, settings: Settings, database: Database) -> None:
        await look_at_operations(resources(settings, database))

        assert figure("operation_last_ok_timestamp_seconds", kind="backup") == 0
        assert figure("operation_last_succeeded", kind="backup") == 0

    async def test_the_disk_of_papers_tells_its_room(self, settings: Settings, database: Database) -> None:
        await look_at_storage(resources(settings, database))

        assert 0 < (figure("storage_free_bytes") or 0) < (figure("storage_size_bytes") or 0)

    async def test_the_database_tells_its_size(self, settings: Settings, database: Database) -> None:
        await look_at_database(resources(settings, database))

        assert (figure("database_size_bytes") or 0) > 1_000_000


class TestFiguresOfAll:
    async def test_a_ledger_with_differences_is_told_until_a_check_finds_none(
        self, settings: Settings, database: Database, database_url: str
    ) -> None:
        organisation = make_organisation(database_url)
        warehouse = resources(settings, Database(database.engine, "app_deposito"))
        before = await wrong_ledgers(warehouse)

        self.check(database_url, organisation.id, '[{"product_id": "x"}]')
        assert await wrong_ledgers(warehouse) == before + 1

        self.check(database_url, organisation.id, "[]")
        assert await wrong_ledgers(warehouse) == before
        assert (figure("ledger_oldest_check_timestamp_seconds") or 0) > 0

    @staticmethod
    def check(database_url: str, organisation_id: object, differences: str) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO deposito.integrity_check (organisation_id, checked, differences)"
                " VALUES (%s, 1, %s)",
                [organisation_id, differences],
            )

    async def test_the_oldest_forecasts_are_told(
        self, settings: Settings, database: Database, database_url: str
    ) -> None:
        made = datetime(2020, 1, 2, tzinfo=UTC)
        organisation = make_organisation(database_url)
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "INSERT INTO ml.model_run (organisation_id, made_on, status, model_version, finished_at)"
                " VALUES (%s, %s, 'done', 'x', %s)",
                [organisation.id, made, made],
            )

        await look_at_forecasts(resources(settings, Database(database.engine, "app_ml")))

        assert figure("forecasts_oldest_timestamp_seconds") == made.timestamp()

    async def test_who_was_never_looked_after_is_as_old_as_the_organisation(
        self, settings: Settings, database: Database, database_url: str
    ) -> None:
        made = datetime(2019, 1, 2, tzinfo=UTC)
        organisation = make_organisation(database_url)
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "UPDATE auth.organisation SET created_at = %s WHERE organisation_id = %s",
                [made, organisation.id],
            )

        await look_at_ledgers(resources(settings, Database(database.engine, "app_deposito")))
        await look_at_forecasts(resources(settings, Database(database.engine, "app_ml")))

        assert figure("ledger_oldest_check_timestamp_seconds") == made.timestamp()
        assert figure("forecasts_oldest_timestamp_seconds") == made.timestamp()
        assert (figure("ledger_organisations_checked") or 0) > 0
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM auth.organisation WHERE organisation_id = %s", [organisation.id])

    async def test_no_role_sees_through_to_the_rows(self, settings: Settings, database: Database) -> None:
        with pytest.raises(Exception, match="permission denied"):
            await look_at_ledgers(resources(settings, database))


async def wrong_ledgers(warehouse: Resources) -> float:
    await look_at_ledgers(warehouse)
    return figure("ledger_organisations_wrong") or 0


class TestLogs:
    async def test_a_line_says_who_asked_what_and_what_answered(
        self, settings: Settings, serve: Serve, database_url: str, tmp_path: Path
    ) -> None:
        lines = tmp_path / "log"
        told = {"log_file": lines, "commit": "abc123", "colour": "blue"}
        owner = make_organisation(database_url).add_person(Role.OWNER)
        app = build(settings.model_copy(update=told))

        async with serve(app) as client:
            app.state.tokens = TokenReader(
                "negocio", secret_key=settings.secret_key.get_secret_value(), people_keys=people_keys
            )
            await client.get("/api/v1/invoices?q=x", headers=owner.headers | {"X-Request-Id": "abc-12345678"})
            structlog.get_logger().warning("odd", token="t0ps3cret")

        found = [json.loads(line) for line in lines.read_text().splitlines()]
        (line,) = [each for each in found if each["message"] == "request"]
        assert line["level"] == "info"
        assert (line["service"], line["version"], line["colour"]) == ("negocio", "abc123", "blue")
        assert line["request_id"] == "abc-12345678"
        assert line["organisation_id"] == str(owner.organisation_id)
        assert line["user_id"] == str(owner.id)
        assert (line["route"], line["status"]) == ("/api/v1/invoices", 200)
        (odd,) = [each for each in found if each["message"] == "odd"]
        assert (odd["level"], odd["token"]) == ("warn", "***")

    def test_what_a_job_is_given_stands_in_no_line(self, tmp_path: Path) -> None:
        lines = tmp_path / "log"
        configure_logging(service="tests", level="INFO", file=lines, version="abc123")
        job = Job(
            id=7,
            queue="tests",
            lock=None,
            queueing_lock=None,
            task_name="tests.note",
            task_kwargs={"fact": {"name": "Juan Pérez"}},
        )

        # As its worker says it.
        logging.getLogger("procrastinate.worker").error(
            f"Job {job.call_string} ended",  # noqa: G004  as procrastinate does
            extra={"job": job.log_context()},
        )

        line = json.loads(lines.read_text())
        assert line["message"] == "Job tests.note[7] ended"
        assert "Juan" not in lines.read_text()


class TestFigures:
    async def test_routes_are_told_by_their_template(self, settings: Settings, serve: Serve) -> None:
        async with serve(build(settings)) as client:
            await client.get(f"/api/v1/invoices/{uuid4()}")
            told = (await client.get("/metrics")).text

        assert 'route="/api/v1/invoices/{invoice_id}",service="negocio",status="401"' in told

    async def test_with_a_token_only_who_bears_it_sees_them(self, settings: Settings, serve: Serve) -> None:
        guarded = Settings.model_validate(settings.model_dump() | {"metrics_token": "let-prometheus-in"})
        async with serve(build(guarded)) as client:
            nobody = await client.get("/metrics")
            other = await client.get("/metrics", headers={"Authorization": "Bearer let-prometheus"})
            prometheus = await client.get("/metrics", headers={"Authorization": "Bearer let-prometheus-in"})

        assert [answer.status_code for answer in (nobody, other, prometheus)] == [401, 401, 200]
