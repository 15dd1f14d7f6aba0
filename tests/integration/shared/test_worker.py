"""Durable jobs on a real database: delivered, retried, taken back from the dead, given up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.events.base import Event, Subscriber
from shared.jobs import worker as worker_module
from shared.jobs.defer import defer, publish
from shared.jobs.worker import ATTEMPTS, Running, Worker


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
    yield
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


def _jobs(settings: Settings, task: str) -> list[str]:
    with psycopg.connect(settings.libpq_url()) as connection:
        rows = connection.execute(
            "SELECT status::text FROM jobs.procrastinate_jobs WHERE task_name = %s", [task]
        ).fetchall()
    return [str(status) for (status,) in rows]


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
