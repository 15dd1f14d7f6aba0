"""Owners and managers see how the platform is looked after, and of the jobs only their own."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from agente_negocio.main import build
from shared.config.settings import Settings
from shared.security.permissions import Role
from shared.security.tokens import TokenReader
from tests.factories import Organisation, make_organisation, people_keys
from tests.integration.conftest import Serve

PATH = "/api/v1/operations"


@pytest.fixture(scope="module")
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    app = build(settings)
    async with serve(app) as client:
        secret_key = settings.secret_key.get_secret_value()
        app.state.tokens = TokenReader("negocio", secret_key=secret_key, people_keys=people_keys)
        yield client


@pytest.fixture
def organisation(database_url: str) -> Organisation:
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM shared.operation_run")
    return make_organisation(database_url)


def note(url: str, kind: str, *, ok: bool, hours: int, **facts: object) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO shared.operation_run (kind, started_at, finished_at, ok, facts) "
            "SELECT %s, at, at + interval '1 minute', %s, %s "
            "FROM (SELECT now() - %s * interval '1 hour') AS moment (at)",
            [kind, ok, json.dumps(facts), hours],
        )


def defer(url: str, organisation: Organisation, *, minutes: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('app.organisation_id', %s, true)", [str(organisation.id)])
        connection.execute("SELECT jobs.defer('a.task', '{}', 'nobody-works-here')")
        connection.execute(
            "UPDATE jobs.procrastinate_events SET at = now() - %s * interval '1 minute' "
            "WHERE job_id = (SELECT max(id) FROM jobs.procrastinate_jobs)",
            [minutes],
        )


async def read(client: httpx.AsyncClient, organisation: Organisation, role: Role = Role.OWNER) -> Any:
    answer = await client.get(PATH, headers=organisation.add_person(role).headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_nothing_ran_yet(client: httpx.AsyncClient, organisation: Organisation) -> None:
    told = await read(client, organisation)
    since = datetime.fromisoformat(told.pop("since"))

    assert timedelta(0) <= datetime.now(UTC) - since < timedelta(minutes=5)
    assert told == {
        "backup": None,
        "drill": None,
        "jobs": {"waiting": 0, "failed": 0, "oldest": None},
    }


async def test_the_newest_run_is_told_and_when_one_last_went_well(
    client: httpx.AsyncClient, organisation: Organisation, database_url: str
) -> None:
    note(database_url, "backup", ok=True, hours=30, encrypted="gpg", rows=123456)
    note(database_url, "backup", ok=False, hours=6, error="pg_dump failed: secret.host")
    note(database_url, "restore_drill", ok=True, hours=3, backup_made_at="2026-11-22T03:00:00+00:00")

    told = await read(client, organisation, Role.MANAGER)

    assert (told["backup"]["ok"], told["drill"]["ok"]) == (False, True)
    assert told["backup"]["last_good_at"] < told["backup"]["started_at"]
    assert told["drill"]["of"] == "2026-11-22T03:00:00Z"
    # How large the platform is, and where, is nobody's business.
    assert "123456" not in json.dumps(told)
    assert "secret.host" not in json.dumps(told)


async def test_jobs_are_the_organisations_own(
    client: httpx.AsyncClient, organisation: Organisation, database_url: str
) -> None:
    other = make_organisation(database_url)
    defer(database_url, organisation, minutes=9)
    defer(database_url, organisation, minutes=2)
    defer(database_url, other, minutes=60)

    mine, theirs = await read(client, organisation), await read(client, other)

    assert (mine["jobs"]["waiting"], theirs["jobs"]["waiting"]) == (2, 1)
    assert mine["jobs"]["oldest"] > theirs["jobs"]["oldest"]


@pytest.mark.parametrize("role", [Role.CASHIER, Role.STOCK, Role.ACCOUNTANT])
async def test_others_are_refused(client: httpx.AsyncClient, organisation: Organisation, role: Role) -> None:
    answer = await client.get(PATH, headers=organisation.add_person(role).headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")
