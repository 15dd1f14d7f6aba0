"""Post-deploy verification sees a platform that works, and names what does not."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts.demo.published import DEMO_PASSWORD, DEMO_USERNAME
from scripts.production.verification.asking import asking
from scripts.production.verification.running import Outcome, all_checks, run_check
from scripts.production.verification.targets import targets_of
from shared.config.settings import Settings
from tests.integration.scripts.production.conftest import PASSWORD, Platform, open_shop, running_platform

ROOT = Path(__file__).parents[4]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
async def platform(settings: Settings) -> AsyncIterator[Platform]:
    async with running_platform(settings.model_copy(update={"commit": COMMIT})) as platform:
        yield platform


def environment_of(platform: Platform, probe: str, **others: str) -> dict[str, str]:
    names = {"negocio": "NEGOCIO_URL", "deposito": "DEPOSITO_URL", "ml": "ML_URL", "dashboard": "PUBLIC_URL"}
    urls = {variable: platform.urls[name] for name, variable in names.items()}
    return {**urls, "PROBE_USERNAME": probe, "PROBE_PASSWORD": PASSWORD, **others}


async def verify(environment: Mapping[str, str], *, only: tuple[str, ...] = ("",)) -> dict[str, Outcome]:
    """Outcomes by name, of the checks that begin so."""
    targets = targets_of(environment)
    async with asking(targets) as asked:
        chosen = [check for check in all_checks(targets) if check.name.startswith(only)]
        outcomes = [await run_check(check, asked) for check in chosen]
    return {outcome.name: outcome for outcome in outcomes}


def failed(outcomes: Mapping[str, Outcome]) -> set[str]:
    return {name for name, outcome in outcomes.items() if outcome.result == "failed"}


async def run_command(*command: str, environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Exit code, standard output and error of a command in the checkout, while the platform answers."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**plain, "PYTHON": sys.executable, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def summary(out: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told


async def test_a_platform_that_works_passes_everything(platform: Platform, probe: str) -> None:
    found = await verify(
        environment_of(platform, probe, EXPECTED_COMMIT=COMMIT[:7], ENVIRONMENT="production")
    )

    assert {outcome.result for outcome in found.values()} == {"ok"}, found
    assert {"live:ml", "ready:dashboard", "database:deposito", "network:negocio", "network:peers"} <= set(
        found
    )
    assert {"migrations", "versions", "ocr", "prediction", "sign-in:api", "sign-in:web"} <= set(found)


async def test_the_command_tells_people_and_programs(platform: Platform, probe: str) -> None:
    script = "scripts/post-deploy-verification.sh"
    environment = environment_of(platform, probe)

    good = await run_command(script, "--only", "versions", "--only", "prediction", environment=environment)
    bad = await run_command(
        script, "--only", "versions", "--expect-commit", "f" * 40, environment=environment
    )
    nowhere = await run_command(script, environment={})

    assert (good[0], summary(good[1])["passed"], summary(good[1])["ok"]) == (0, 2, True)
    assert "versions    ok" in good[2]
    assert (bad[0], summary(bad[1])["failed"]) == (1, 1)
    assert (nowhere[0], summary(nowhere[1])["script"]) == (2, "post-deploy-verification")
    assert "Set NEGOCIO_URL, DEPOSITO_URL, ML_URL, PUBLIC_URL" in nowhere[2]


async def test_the_same_checks_run_as_tests(platform: Platform, probe: str) -> None:
    pytest_command = (sys.executable, "-m", "pytest", "tests/post_deployment", "-q", "-rs")
    environment = environment_of(platform, probe)

    here = await run_command(*pytest_command, "-k", "live or versions", environment=environment)
    without = await run_command(*pytest_command, environment={})

    assert here[0] == 0, here[1]
    assert "5 passed" in here[1]
    assert without[0] == 0, without[1]
    assert "1 skipped" in without[1]
    assert "tests/post_deployment is skipped: no deployed platform is named, set NEGOCIO_URL" in without[1]


async def test_behind_one_address_everything_is_asked_there(settings: Settings, probe: str) -> None:
    async with running_platform(settings, behind_one=True) as platform:
        found = await verify(
            {
                "PUBLIC_URL": platform.urls["dashboard"],
                "PROBE_USERNAME": probe,
                "PROBE_PASSWORD": PASSWORD,
                "VERIFICATION_HEADER": "X-A: b",
            }
        )

    assert {outcome.result for outcome in found.values()} == {"ok"}, found
    assert {"live:negocio", "versions", "migrations", "sign-in:api", "sign-in:web", "ocr"} <= set(found)


async def test_a_service_that_is_away_is_named(settings: Settings, probe: str) -> None:
    async with running_platform(settings) as platform:
        await platform.stop("ml")
        found = await verify(environment_of(platform, probe))

    assert failed(found) == {
        "live:ml",
        "ready:ml",
        "database:ml",
        "migrations",
        "versions",
        "network:peers",
        "network:ml",
        "prediction",
        "sign-in:api",
    }
    assert "ml" in found["network:peers"].detail
    assert found["ready:dashboard"].detail == "degraded: ml"


async def test_two_versions_at_once_are_seen(settings: Settings, platform: Platform, probe: str) -> None:
    async with running_platform(settings.model_copy(update={"commit": "f" * 40})) as newer:
        mixed = environment_of(platform, probe, ML_URL=newer.urls["ml"])
        found = await verify(mixed, only=("live", "versions"))

    assert failed(found) == {"versions"}
    assert "Different versions answer" in found["versions"].detail


async def test_a_database_behind_the_code_is_seen(platform: Platform, probe: str, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute("SELECT version_num FROM shared.alembic_version").fetchone()
        connection.execute("UPDATE shared.alembic_version SET version_num = '0001_foundation'")
        try:
            found = await verify(environment_of(platform, probe), only=("migrations", "ready"))
        finally:
            assert row
            connection.execute("UPDATE shared.alembic_version SET version_num = %s", row)

    assert failed(found) == {"migrations", "ready:negocio", "ready:deposito", "ready:ml"}


async def test_a_demo_door_left_open_in_production_is_seen(
    settings: Settings, platform: Platform, probe: str, database_url: str
) -> None:
    environment = environment_of(platform, probe, ENVIRONMENT="production")
    shut = await verify(environment, only=("demo",))
    await open_shop(settings, DEMO_USERNAME, DEMO_PASSWORD)
    try:
        open_door = await verify(environment, only=("demo",))
    finally:
        with psycopg.connect(database_url) as connection:
            connection.execute("UPDATE auth.person SET username = NULL WHERE username = %s", [DEMO_USERNAME])

    assert shut["demo-sign-in-refused"].result == "ok"
    assert failed(open_door) == {"demo-sign-in-refused"}


async def test_a_wrong_password_fails_signing_in(platform: Platform, probe: str) -> None:
    found = await verify(environment_of(platform, probe, PROBE_PASSWORD="wrong"), only=("sign-in",))

    assert failed(found) == {"sign-in:api", "sign-in:web"}


async def test_public_addresses_are_no_private_network(platform: Platform, probe: str) -> None:
    public = {"DEPOSITO_URL": "http://93.184.215.14:8080"}
    inside = targets_of(environment_of(platform, probe, **public))
    outside = targets_of(environment_of(platform, probe, **public, FROM_OUTSIDE="1"))

    names = [check.name for check in all_checks(outside)]
    check = next(check for check in all_checks(inside) if check.name == "network:deposito")
    async with asking(inside) as asked:
        found = await run_check(check, asked)

    assert not any(name.startswith("network:") and name != "network:peers" for name in names)
    assert found.result == "failed"
    assert "which anybody reaches" in found.detail


async def test_without_an_account_signing_in_is_not_claimed(platform: Platform) -> None:
    environment = environment_of(platform, "")
    del environment["PROBE_USERNAME"], environment["PROBE_PASSWORD"]

    found = await verify(environment, only=("sign-in", "live"))

    assert {name for name, outcome in found.items() if outcome.result == "skipped"} == {
        "sign-in:api",
        "sign-in:web",
    }
