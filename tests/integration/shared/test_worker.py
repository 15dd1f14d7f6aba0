"""Durable jobs on a real database: delivered, retried, taken back from the dead, given up."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from scripts.local.servers.process import free_port
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.events.base import Event, Subscriber
from shared.jobs import retrying, tidying
from shared.jobs import worker as worker_module
from shared.jobs.defer import PRIORITY_OF_NIGHTS, PRIORITY_OF_PAGES, defer, publish
from shared.jobs.retrying import ATTEMPTS
from shared.jobs.worker import Resources, Running, Worker
from tests.factories import make_organisation


class Painted(Event):
    """A fact for these tests."""

    name: ClassVar[str] = "test.painted.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("tests", "tests.note"),)
    colour: str

    def subject(self) -> str:
        return "wall"


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings, role="app_negocio")
    yield database
    await database.close()


@asynccontextmanager
async def running(worker: Worker, settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_fact_reaches_its_subscriber_in_its_organisation(
    settings: Settings, database: Database
) -> None:
    organisation_id, seen = uuid4(), []

    async def note(session: AsyncSession, fact: Painted) -> None:
        scope = await session.execute(text("SELECT current_user, shared.current_organisation()"))
        seen.append((*scope.one(), fact.colour))

    worker = Worker(service="tests", role="app_negocio")
    worker.subscribe("tests.note", Painted, note)
    async with database.transaction(organisation_id) as session:
        await publish(session, Painted(id=uuid4(), colour="red"))
        await publish(session, Painted(id=uuid4(), colour="blue"))

    async with running(worker, settings):
        await until(lambda: len(seen) == 2)

    assert seen == [("app_negocio", organisation_id, "red"), ("app_negocio", organisation_id, "blue")]


async def test_a_fact_of_a_rolled_back_transaction_does_not_exist(
    settings: Settings, database: Database
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(uuid4()) as session:
            await publish(session, Painted(id=uuid4(), colour="never"))
            raise ZeroDivisionError

    assert _jobs(settings, "tests.note") == []


async def test_a_job_that_fails_is_tried_again(settings: Settings, database: Database) -> None:
    attempts: list[int] = []

    async def fails_once(run: Running, _args: dict[str, Any]) -> None:
        attempts.append(run.attempt)
        if run.attempt == 1:
            raise ConnectionError("passing trouble")

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.flaky", fails_once)
    async with database.transaction(uuid4()) as session:
        await defer(session, task="tests.flaky", queue="tests", args={})

    async with running(worker, settings):
        await until(lambda: len(attempts) == 2)

    assert attempts == [1, 2]


async def test_a_job_whose_worker_died_is_taken_back(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_STALLED_AFTER_SECONDS", 1)
    done: list[UUID] = []

    async def work(run: Running, _args: dict[str, Any]) -> None:
        done.append(run.organisation_id)

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.orphan", work)
    organisation_id = uuid4()
    async with database.transaction(organisation_id) as session:
        await defer(session, task="tests.orphan", queue="tests", args={})
    _start_on_a_dead_worker(settings, "tests.orphan", attempts=0)

    async with running(worker, settings):
        await until(lambda: bool(done))

    assert done == [organisation_id]


async def test_a_loop_that_takes_its_cancellation_for_a_failure_ends_all_the_same(settings: Settings) -> None:
    looks: list[int] = []

    async def look(_resources: Resources) -> None:
        looks.append(1)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            raise OSError("the query was cancelled") from error

    worker = Worker(service="tests", role="app_negocio")
    worker.watch(look)

    async with running(worker, settings):
        await until(lambda: bool(looks))


async def test_a_job_that_kills_every_worker_is_given_up_and_kept(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_STALLED_AFTER_SECONDS", 1)
    given_up: list[str] = []

    async def never(_run: Running, _args: dict[str, Any]) -> None:
        raise AssertionError("must not run again")

    async def note(_run: Running, args: dict[str, Any]) -> None:
        given_up.append(args["document_id"])

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.killer", never, on_give_up=note)
    async with database.transaction(uuid4()) as session:
        await defer(session, task="tests.killer", queue="tests", args={"document_id": "d1"})
    _start_on_a_dead_worker(settings, "tests.killer", attempts=ATTEMPTS)

    async with running(worker, settings):
        await until(lambda: _jobs(settings, "tests.killer") == ["failed"])

    assert given_up == ["d1"]


async def test_a_fact_is_tried_until_it_is_applied(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "_LONGEST_PAUSE_SECONDS", 0)
    tries, seen = 0, []

    async def fails_for_long(_session: AsyncSession, fact: Painted) -> None:
        nonlocal tries
        tries += 1
        if tries <= ATTEMPTS + 3:
            raise ConnectionError("passing trouble")
        seen.append(fact.colour)

    worker = Worker(service="tests", role="app_negocio")
    worker.subscribe("tests.note", Painted, fails_for_long)
    async with database.transaction(uuid4()) as session:
        await publish(session, Painted(id=uuid4(), colour="first"))
        await publish(session, Painted(id=uuid4(), colour="second"))

    async with running(worker, settings):
        await until(lambda: len(seen) == 2)

    assert seen == ["first", "second"]
    assert tries == ATTEMPTS + 5


async def test_jobs_of_another_version_are_left_to_it(settings: Settings, database: Database) -> None:
    known, seen = [], []

    async def note(_session: AsyncSession, fact: Painted) -> None:
        seen.append(fact.colour)

    async def note_job(run: Running, _args: dict[str, Any]) -> None:
        seen.append(f"attempt {run.attempt}")

    async def old_job(_run: Running, _args: dict[str, Any]) -> None:
        known.append(True)

    old, new = Worker(service="tests", role="app_negocio"), Worker(service="tests", role="app_negocio")
    old.task("tests.old", old_job)
    new.subscribe("tests.note", Painted, note)
    new.task("tests.new", note_job)
    async with database.transaction(uuid4()) as session:
        await publish(session, Painted(id=uuid4(), colour="first"))
        await publish(session, Painted(id=uuid4(), colour="second"))
        await defer(session, task="tests.new", queue="tests", args={})
        await defer(session, task="tests.old", queue="tests", args={})

    async with running(old, settings):
        await until(lambda: known == [True])
        # "second" is not even looked at: facts of one subject keep their order.
        assert _jobs(settings, "tests.note") == ["todo", "todo"]
        assert _jobs(settings, "tests.new") == ["todo"]
        async with running(new, settings):
            await until(lambda: len(seen) == 3)

    assert sorted(seen) == ["attempt 1", "first", "second"]
    assert seen.index("first") < seen.index("second")


async def test_a_fact_that_ended_unapplied_is_taken_up_by_a_worker_that_runs_already(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_STALLED_AFTER_SECONDS", 1)
    seen: list[str] = []

    async def note(_session: AsyncSession, fact: Painted) -> None:
        seen.append(fact.colour)

    worker = Worker(service="tests", role="app_negocio")
    worker.subscribe("tests.note", Painted, note)
    async with database.transaction(uuid4()) as session:
        await publish(session, Painted(id=uuid4(), colour="before"))

    async with running(worker, settings):
        await until(lambda: seen == ["before"])
        _tell_a_fact_that_failed(settings, Painted(id=uuid4(), colour="failed"))
        await until(lambda: seen == ["before", "failed"])


async def test_facts_do_not_wait_behind_slow_work(settings: Settings, database: Database) -> None:
    seen, release, begun = [], asyncio.Event(), asyncio.Event()

    async def slow(_run: Running, _args: dict[str, Any]) -> None:
        begun.set()
        await release.wait()

    async def note(_session: AsyncSession, fact: Painted) -> None:
        seen.append(fact.colour)

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.slow", slow, queue="tests-slow")
    worker.subscribe("tests.note", Painted, note)
    async with database.transaction(uuid4()) as session:
        for _ in range(settings.workers_count + 1):
            await defer(session, task="tests.slow", queue="tests-slow", args={})

    async with running(worker, settings):
        await begun.wait()
        async with database.transaction(uuid4()) as session:
            await publish(session, Painted(id=uuid4(), colour="quick"))
        await until(lambda: seen == ["quick"])
        release.set()
        await until(lambda: _jobs(settings, "tests.slow") == [])


async def test_who_waits_at_a_page_is_served_first(settings: Settings, database: Database) -> None:
    order: list[str] = []

    async def note(_run: Running, args: dict[str, Any]) -> None:
        order.append(args["name"])

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.read", note)
    async with database.transaction(uuid4()) as session:
        await defer(
            session, task="tests.read", queue="tests", args={"name": "night"}, priority=PRIORITY_OF_NIGHTS
        )
        await defer(session, task="tests.read", queue="tests", args={"name": "program"})
        await defer(
            session, task="tests.read", queue="tests", args={"name": "page"}, priority=PRIORITY_OF_PAGES
        )

    async with running(worker, settings):
        await until(lambda: len(order) == 3)

    assert order == ["page", "program", "night"]


async def test_a_job_and_what_it_causes_carry_the_id_of_the_request(
    settings: Settings, database: Database
) -> None:
    seen: list[tuple[str, set[str]]] = []

    def note(args: dict[str, Any]) -> None:
        seen.append((structlog.contextvars.get_contextvars()["request_id"], set(args)))

    async def first(run: Running, args: dict[str, Any]) -> None:
        note(args)
        async with run.resources.database.transaction(run.organisation_id) as session:
            await defer(session, task="tests.second", queue="tests", args={"x": 1})

    async def second(_run: Running, args: dict[str, Any]) -> None:
        note(args)

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.first", first)
    worker.task("tests.second", second)
    with structlog.contextvars.bound_contextvars(request_id="req-12345678"):
        async with database.transaction(uuid4()) as session:
            await defer(session, task="tests.first", queue="tests", args={})

    async with running(worker, settings):
        await until(lambda: len(seen) == 2)

    assert seen == [("req-12345678", set()), ("req-12345678", {"x"})]


async def test_a_night_is_queued_once_for_every_organisation(settings: Settings, database_url: str) -> None:
    organisation = make_organisation(database_url)
    done: list[UUID] = []

    async def work(run: Running, args: dict[str, Any]) -> None:
        assert args == {"due": 1_000_000}
        done.append(run.organisation_id)

    worker = Worker(service="tests", role="app_negocio")
    worker.task("tests.nightly", work)
    worker.nightly("tests.nightly", cron="0 0 1 1 *")
    async with running(worker, settings):
        await until(lambda: hasattr(worker, "_resources"))
        for _ in range(2):
            await worker._queue_for_all("tests.nightly", 1_000_000)
        await until(lambda: organisation.id in done and not _jobs(settings, "tests.nightly"))

    assert done.count(organisation.id) == 1


async def test_a_worker_tells_what_waits(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_STALLED_AFTER_SECONDS", 1)
    port = free_port()
    async with database.transaction(uuid4()) as session:
        await defer(session, task="tests.later", queue="tests", args={})
    with psycopg.connect(settings.libpq_url(), options="-c search_path=jobs") as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'"
            " WHERE task_name = 'tests.later'"
        )
    told = settings.model_copy(update={"metrics_port": port})

    async with running(Worker(service="tests", role="app_negocio"), told), httpx.AsyncClient() as http:
        async with asyncio.timeout(20):
            while 'jobs_waiting{queue="tests"} 1.0' not in await _metrics(http, port):
                await asyncio.sleep(0.05)

    with psycopg.connect(settings.libpq_url(), options="-c search_path=jobs") as connection:
        connection.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'tests.later'")


_ROWS_OF_AN_AGE = """
INSERT INTO negocio.idempotency_key (organisation_id, key, request_hash, created_at)
VALUES (%(organisation)s, %(age)s::text, '', now() - %(age)s::interval);
INSERT INTO negocio.job (organisation_id, kind, status, updated_at)
VALUES (%(organisation)s, 'test', 'done', now() - %(age)s::interval);
INSERT INTO deposito.integrity_check (organisation_id, checked, differences, checked_at)
VALUES (%(organisation)s, 0, '[]', now() - %(age)s::interval)"""


async def test_tidying_forgets_old_rows_and_keeps_young_ones(
    settings: Settings, database: Database, database_url: str
) -> None:
    organisation = make_organisation(database_url)
    resources = Resources(settings, database, redis=None, http=None)  # type: ignore[arg-type]  # not used
    with psycopg.connect(database_url, autocommit=True) as connection:
        for age in ("1 day", "400 days"):
            for statement in _ROWS_OF_AN_AGE.split(";"):
                connection.execute(statement, {"organisation": organisation.id, "age": age})

    for schema in ("negocio", "deposito", "jobs"):
        role = "app_deposito" if schema == "deposito" else "app_negocio"
        own = Database(database.engine, role)
        await tidying._forget(dataclasses.replace(resources, database=own), schema)

    with psycopg.connect(database_url) as connection:
        left = {
            table: connection.execute(
                sql.SQL("SELECT count(*) FROM {} WHERE organisation_id = %s").format(
                    sql.Identifier(*table.split("."))
                ),
                [organisation.id],
            ).fetchone()
            for table in ("negocio.idempotency_key", "negocio.job", "deposito.integrity_check")
        }
    assert left == dict.fromkeys(left, (1,))


async def _metrics(http: httpx.AsyncClient, port: int) -> str:
    try:
        return (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    except httpx.TransportError:
        return ""


def _jobs(settings: Settings, task: str) -> list[str]:
    with psycopg.connect(settings.libpq_url()) as connection:
        rows = connection.execute(
            "SELECT status::text FROM jobs.procrastinate_jobs WHERE task_name = %s", [task]
        ).fetchall()
    return [str(status) for (status,) in rows]


def _tell_a_fact_that_failed(settings: Settings, fact: Event) -> None:
    """As a version leaves it that neither knows the task nor puts it back."""
    args = json.dumps({"fact": fact.model_dump(mode="json")})
    with psycopg.connect(settings.libpq_url()) as connection:
        connection.execute("SELECT set_config('app.organisation_id', %s, true)", [str(uuid4())])
        connection.execute("SELECT jobs.defer('tests.note', %s, 'tests', NULL, 0)", [args])
        connection.execute("SET LOCAL search_path = jobs")
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'failed'"
            " WHERE task_name = 'tests.note' AND status = 'todo'"
        )


def _start_on_a_dead_worker(settings: Settings, task: str, *, attempts: int) -> None:
    """Leave the job as a worker killed with -9 leaves it: doing, with an old heartbeat."""
    with psycopg.connect(settings.libpq_url(), autocommit=True) as connection:
        connection.execute("SET search_path = jobs")
        worker = connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '1 hour') RETURNING id"
        ).fetchone()
        assert worker is not None
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s "
            "WHERE task_name = %s",
            [worker[0], attempts, task],
        )
