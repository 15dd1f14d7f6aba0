"""Alive, ready, with the database, on the right schema, and everywhere the same version."""

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import Any

from scripts.production.verification.asking import (
    Asking,
    Check,
    CheckFailedError,
    Facts,
)
from scripts.production.verification.targets import SERVICES, Targets
from shared.database.revision import SCHEMA_REVISION, is_served_by

_THROUGH_A_PROXY = 10
_PAUSE_SECONDS = 0.5


def health_checks(targets: Targets) -> list[Check]:
    """The checks of every address."""
    found = []
    for service in targets.own:
        found.append(Check(f"live:{service}", partial(_live, service)))
        found.append(Check(f"ready:{service}", partial(_ready, service)))
        found.append(Check(f"database:{service}", partial(_database, service)))
    return [*found, Check("migrations", _migrations), Check("versions", _versions)]


async def wait_until_ready(asking: Asking, seconds: float) -> None:
    """Until every address says that it is ready, or the time is over; the checks then say what is wrong."""
    deadline = time.monotonic() + seconds
    waiting = set(asking.targets.own)
    while waiting and time.monotonic() < deadline:
        for service in sorted(waiting):
            with suppress(CheckFailedError):
                await asking.of(service, "/health/ready")
                waiting.discard(service)
        if waiting:
            await asyncio.sleep(_PAUSE_SECONDS)


async def _live(service: str, asking: Asking) -> tuple[str, Facts]:
    answer = await asking.of(service, "/health/live")
    if answer.get("status") != "alive":
        raise CheckFailedError(f"/health/live says {answer!r}.")
    return "alive", {}


async def _ready(service: str, asking: Asking) -> tuple[str, Facts]:
    """Degraded is ready: people are served. What is missing is told."""
    answer = await asking.of(service, "/health/ready")
    weak = _not_ok(answer)
    detail = f"degraded: {', '.join(weak)}" if weak else "ready"
    return detail, {"status": answer.get("status"), "degraded": weak}


async def _database(service: str, asking: Asking) -> tuple[str, Facts]:
    answer = await asking.of(service, "/health")
    if answer.get("status") != "healthy":
        raise CheckFailedError(f"/health says {answer!r}.")
    postgres = (await asking.of(service, "/health/ready"))["checks"].get("postgres", {})
    if not postgres.get("ok"):
        raise CheckFailedError(f"/health/ready says {postgres!r} of the database.")
    ms = postgres.get("ms")
    return "answers" if ms is None else f"answers in {ms} ms", {"ms": ms}


async def _migrations(asking: Asking) -> tuple[str, Facts]:
    """The database is as new as this checkout and as every service needs it."""
    revisions: dict[str, str] = {}
    for service in SERVICES:
        # The dashboard is not asked: it never opens the database.
        postgres = (await asking.of(service, "/health/ready"))["checks"]["postgres"]
        revisions[service] = str(postgres["schema"])
        if not postgres["schema_ok"]:
            raise CheckFailedError(f"{service} needs a newer schema than {postgres['schema']}.")
    if len(set(revisions.values())) > 1:
        raise CheckFailedError(f"The services see different databases: {revisions}.")
    revision = next(iter(revisions.values()))
    if not is_served_by(revision):
        raise CheckFailedError(
            f"The database is at {revision}, this checkout's newest migration is {SCHEMA_REVISION}: "
            "run python -m scripts.migrations.run."
        )
    return f"at {revision}", {"database": revision, "newest": SCHEMA_REVISION}


async def _versions(asking: Asking) -> tuple[str, Facts]:
    """One version and commit everywhere; one address is asked often, since any process may answer."""
    times = _THROUGH_A_PROXY if asking.targets.is_one_address else 1
    found: dict[str, set[tuple[Any, Any]]] = {}
    for service in asking.targets.own:
        for _ in range(times):
            told = await asking.of(service, "/version")
            found.setdefault(service, set()).add((told.get("version"), told.get("commit")))
    different = set().union(*found.values())
    told_by = {service: sorted(f"{v} {c}" for v, c in versions) for service, versions in found.items()}
    if len(different) > 1:
        raise CheckFailedError(f"Different versions answer: {told_by}.")
    version, commit = next(iter(different))
    expected = asking.targets.expected_commit
    if expected is not None and not _is_same_commit(str(commit), expected):
        raise CheckFailedError(f"Commit {commit} answers, {expected} was deployed.")
    if asking.targets.is_production and commit == "unknown":
        raise CheckFailedError("The services do not know their commit: set COMMIT when they are built.")
    return f"{version} at {commit}", {"version": version, "commit": commit, "answers": told_by}


def _is_same_commit(told: str, expected: str) -> bool:
    """Either may be the short form."""
    shorter, longer = sorted((told, expected), key=len)
    return len(shorter) >= 7 and longer.startswith(shorter)  # noqa: PLR2004  git's own shortest


def _not_ok(answer: dict[str, Any]) -> list[str]:
    return sorted(name for name, check in answer.get("checks", {}).items() if not check.get("ok"))
