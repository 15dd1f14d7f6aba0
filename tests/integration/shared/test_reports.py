"""Failures reach a server that speaks Sentry's envelope protocol, and nothing of people does."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import sentry_sdk
import structlog
from fastapi import APIRouter, Request
from sqlalchemy import text

from shared.config.settings import Settings
from shared.database.session import open_database
from shared.jobs.defer import defer
from shared.jobs.worker import Running, Worker
from shared.kernel.errors import DomainError, ErrorKind
from shared.observability.reports import without_people
from shared.observability.start import observed
from shared.web.app import Service, create_app
from shared.web.session import AnonymousSession
from tests.factories import make_organisation, people_keys
from tests.integration.conftest import Serve
from tests.listener import Listener, listening

PRIVATE = ("Marta", "marta", "20-12345678-6", "20123456786", "s3cret-cookie", "Bearer", "9 de Julio")

router = APIRouter()


class SupplierGoneError(DomainError):
    """A refusal for these tests."""

    code = "supplier.gone"
    kind = ErrorKind.CONFLICT


@router.post("/fails/{kind}")
async def fails(kind: str, request: Request, session: AnonymousSession) -> None:
    body = await request.json()
    if kind == "database":
        await session.execute(
            text("INSERT INTO shared.alembic_version VALUES (:name), (:cuit)"),
            {"name": body["name"], "cuit": body["cuit"]},
        )
    person = body["name"]
    raise RuntimeError(f"cannot send to marta@example.com, CUIT 20-12345678-6, {person!r}")


def refuse(text_of_it: str) -> None:
    raise SupplierGoneError(text_of_it) from ValueError(text_of_it)


@pytest.fixture
def tracker(settings: Settings) -> Iterator[tuple[Listener, Settings]]:
    with listening() as listener:
        dsn = f"http://public@127.0.0.1:{listener.port}/7"
        told = {"sentry_dsn": dsn, "commit": "abc123", "colour": "green", "environment": "test"}
        try:
            yield listener, Settings.model_validate(settings.model_dump() | told)
        finally:
            sentry_sdk.init()


def events(tracker: Listener) -> list[dict[str, Any]]:
    """The events of the envelopes that came: lines of JSON, an item's header before each item."""
    found = []
    for request in tracker.received:
        assert request.path == "/api/7/envelope/"
        assert "sentry_key=public" in request.headers["x-sentry-auth"]
        lines = request.body.splitlines()
        items = list(zip(lines[1::2], lines[2::2], strict=False))
        found += [json.loads(item) for header, item in items if json.loads(header)["type"] == "event"]
    return found


@pytest.mark.parametrize("kind", ["code", "database"])
async def test_a_failed_request_is_reported_without_whose_it_was(
    kind: str, tracker: tuple[Listener, Settings], serve: Serve, database_url: str
) -> None:
    listener, settings = tracker
    owner = make_organisation(database_url).add_person()
    app = create_app(
        Service("negocio", "negocio", "app_negocio", (router,), people_keys=people_keys), settings
    )

    async with serve(app) as client:
        answer = await client.post(
            f"/fails/{kind}?q=marta@example.com",
            json={"name": "Marta Sosa", "cuit": "20123456786", "street": "9 de Julio 1200"},
            headers=owner.headers | {"Cookie": "session=s3cret-cookie", "X-Request-Id": "abc-12345678"},
        )
    assert answer.status_code == 500

    (event,) = events(listener)
    assert (event["release"], event["environment"]) == ("abc123", "test")
    assert event["tags"]["service"] == "negocio"
    assert event["tags"]["colour"] == "green"
    assert event["tags"]["request_id"] == "abc-12345678"
    failure = event["exception"]["values"][-1]
    assert failure["type"] == ("RuntimeError" if kind == "code" else "ProgrammingError")
    assert "value" not in failure
    assert event["tags"].get("code") == (None if kind == "code" else "42501")
    assert any(frame["function"] == "fails" for frame in failure["stacktrace"]["frames"])
    everything = b"".join(request.body for request in listener.received).decode()
    for private in (*PRIVATE, owner.token, str(owner.id)):
        assert private not in everything
    assert not {"request", "user", "breadcrumbs", "modules", "server_name", "contexts", "extra"} & set(event)


async def test_a_failed_job_is_reported(tracker: tuple[Listener, Settings]) -> None:
    listener, settings = tracker
    done = asyncio.Event()

    async def fails_once(running: Running, _args: dict[str, Any]) -> None:
        if running.attempt == 1:
            raise ValueError("of marta@example.com")
        done.set()

    worker = Worker(service="reports", role="app_negocio")
    worker.task("tests.reported", fails_once)
    database = open_database(settings, role="app_negocio")
    async with database.transaction(uuid4()) as session:
        await defer(session, task="tests.reported", queue="reports", args={"name": "Marta Sosa"})
    await database.close()

    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(settings, stop))
    await asyncio.wait_for(done.wait(), 30)
    stop.set()
    await running

    (event,) = events(listener)
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert (event["tags"]["job"], event["tags"]["service"]) == ("tests.reported", "reports-worker")
    assert b"marta" not in b"".join(request.body for request in listener.received).lower()


@pytest.mark.parametrize(
    "text_of_it",
    [
        "No supplier Juan Pérez",
        "Can't find supplier 'Juan Pérez'",
        "name=Juan Pérez cannot be told from others",
        'DETAIL: Key (name)=("Juan Pérez") already exists.',
        "Juan.Pérez",
    ],
)
def test_no_text_of_an_exception_or_of_a_library_is_reported(
    text_of_it: str, tracker: tuple[Listener, Settings]
) -> None:
    listener, settings = tracker
    with observed(settings, service="reports"):
        try:
            refuse(text_of_it)
        except SupplierGoneError:
            structlog.get_logger().exception(text_of_it)
        structlog.get_logger().error(text_of_it, supplier=text_of_it)
        logging.getLogger("procrastinate.worker").error("Job of %s", text_of_it)

    ours, name, library = events(listener)
    assert [value["type"] for value in ours["exception"]["values"]] == ["ValueError", "SupplierGoneError"]
    assert set(ours["exception"]["values"][0]) <= {"type", "module", "stacktrace"}
    assert (ours["tags"]["code"], ours["tags"]["event"]) == ("supplier.gone", "unnamed")
    assert ours["fingerprint"] == ["{{ default }}", "supplier.gone"]
    assert name["message"] == "unnamed"
    assert library["message"].startswith("procrastinate.worker:")
    everything = json.dumps([ours, name, library], ensure_ascii=False)
    assert not {"Juan", "Pérez"} & set(re.split(r"\W+", everything))


def test_nothing_but_what_is_named_is_kept() -> None:
    frame = {
        "function": "f",
        "lineno": 1,
        "abs_path": "/home/marta/x.py",
        "vars": {"name": "Marta"},
        "context_line": "x = 'Marta'",
    }
    value = {"type": "E", "value": "Marta", "mechanism": {"x": "Marta"}, "stacktrace": {"frames": [frame]}}
    event: Any = {"exception": {"values": [value]}, "user": {"id": "1"}, "request": {"url": "x"}}

    kept: Any = without_people(event, {})

    place = {"frames": [{"function": "f", "lineno": 1}]}
    assert kept == {"exception": {"values": [{"type": "E", "stacktrace": place}]}}
