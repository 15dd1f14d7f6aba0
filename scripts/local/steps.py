"""Steps between starting the servers and being ready: the schema and the demo shop."""

import asyncio
import importlib.util
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.local import processes, stamps
from scripts.local.errors import SetupError
from scripts.local.logs import rotate, tail
from scripts.local.paths import ROOT

_MIGRATIONS = ROOT / "scripts" / "migrations"
_DEMO = ROOT / "scripts" / "demo"
_SEED = "scripts.demo.seed"


class StoppedError(Exception):
    """The person asked to stop before the step was done."""


async def migrate(
    environment: Mapping[str, str], stop: asyncio.Event, *, logs: Path, seen: Path | None
) -> None:
    """Bring the schema up to date. seen: a folder that lives and dies with the database, or None."""
    wanted = stamps.fingerprint([_MIGRATIONS])
    if seen and stamps.is_current(seen / "migrated", wanted):
        return
    await _run_module("scripts.migrations.run", environment, stop, logs / "migrate.log")
    if seen:
        stamps.write(seen / "migrated", wanted)


async def open_demo(
    environment: Mapping[str, str], stop: asyncio.Event, *, logs: Path, seen: Path | None
) -> None:
    """Make the demo organisation and its owner, so that one can sign in before the shop is filled."""
    if is_demo(environment) and not (seen and ((seen / "opened").exists() or is_wiped(seen))):
        await _run_module("scripts.local.demo_owner", environment, stop, logs / "demo_owner.log")
        if seen:
            stamps.write(seen / "opened", "")


async def seed(environment: Mapping[str, str], stop: asyncio.Event, *, logs: Path, seen: Path | None) -> None:
    """Fill the demo shop; safe to repeat. When it fails the platform runs all the same."""
    wanted = stamps.fingerprint([_DEMO])
    if not is_demo(environment):
        return
    if seen and (stamps.is_current(seen / "seeded", wanted) or is_wiped(seen)):
        return
    print("The demo shop fills up in the background, some minutes the first time.", flush=True)
    try:
        await _run_module(_SEED, environment, stop, logs / "seed.log")
    except SetupError as error:
        print(f"{error}\nThe demo shop is not complete; the next start goes on with it.", flush=True)
        return
    except StoppedError:
        return
    print("The demo shop is complete.", flush=True)
    if seen:
        stamps.write(seen / "seeded", wanted)


def forget_demo(seen: Path) -> None:
    """The demo was wiped: no later start makes it again."""
    stamps.write(seen / "wiped", "")


def is_wiped(seen: Path) -> bool:
    """Whether somebody removed the demo for good."""
    return (seen / "wiped").exists()


def is_demo(environment: Mapping[str, str]) -> bool:
    """Whether a demo shop belongs here: in demo mode only, where the checkout has one."""
    return environment["ENVIRONMENT"] == "demo" and importlib.util.find_spec(_SEED) is not None


async def _run_module(module: str, environment: Mapping[str, str], stop: asyncio.Event, log: Path) -> None:
    """Raises SetupError with the end of the log when it fails, StoppedError when stop is set meanwhile."""
    rotate(log)
    with log.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            *processes.leashed([sys.executable, "-m", module], stop_signal=signal.SIGTERM),
            cwd=ROOT,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    ended = asyncio.create_task(process.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        process.terminate()
        await ended
        raise StoppedError
    if ended.result() != 0:
        raise SetupError(f"{module} failed; the end of {log}:\n{tail(log)}")
