"""Stops each process with SIGTERM while people work, starts it again, and counts what was lost.

First those of a colour, then the one process that is all of them.

`python -m benchmarks.rehearsals.stop_under_load [--quick] [--rounds N] [--seed N]` prints what it found, then
one JSON line. People send what was not answered again, a write with its key, as tills and the bot do.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx

from benchmarks.rehearsals.switching.books import differences, make_shop
from benchmarks.rehearsals.switching.load import Load
from benchmarks.rehearsals.switching.stage import Stage, set_stage
from benchmarks.rehearsals.switching.telling import tell
from benchmarks.rehearsals.system import ROOT
from scripts.local.processes import ProcessRecord, leashed, started_at, wait_until_gone
from scripts.local.servers.process import free_port

PROMISED_SECONDS = 30.0
_PATIENCE_SECONDS = 60.0
_BETWEEN_SECONDS = 2.0
_PAUSE_SECONDS = 0.05
_ADDRESSES = {"NEGOCIO_URL", "DEPOSITO_URL", "ML_URL", "DASHBOARD_URL"}


def rehearse(*, rounds: int, seed: int) -> dict[str, object]:
    """The figures; "faults" is empty when all left in time and nothing was lost or doubled."""
    took: dict[str, list[float]] = defaultdict(list)
    with set_stage() as stage:
        shop = make_shop(stage.address)
        with Load(shop, seed=seed, insists=True).at_work() as notes:
            for _ in range(rounds):
                for name in sorted(stage.running("blue")):
                    time.sleep(_BETWEEN_SECONDS)
                    took[name].append(_stop(stage, name))
                    stage.start("blue")
        stage.stop("blue")
        with running_alone(stage) as single:
            alone = replace(shop, address=single.address)
            with Load(alone, seed=seed + 1, insists=True, notes=notes).at_work():
                for _ in range(rounds):
                    time.sleep(_BETWEEN_SECONDS)
                    took["single"].append(single.stop())
                    single.start()
                    time.sleep(_BETWEEN_SECONDS)
            faults = differences(stage.system.database_url, notes)
    faults += [f"single ended with {code}" for code in single.codes if code != 0]
    late = {name: max(seconds) for name, seconds in took.items() if max(seconds) > PROMISED_SECONDS}
    faults += [f"{name} took {seconds:.0f} s to leave" for name, seconds in late.items()]
    return {
        "rounds": rounds,
        "left_after_seconds": {name: [round(each, 2) for each in seconds] for name, seconds in took.items()},
        "requests": sum(notes.requests.values()),
        "sent_again": notes.repeated + notes.resent,
        "writes": len(notes.sales) + len(notes.branches) + len(notes.documents),
        "faults": notes.failures[:50] + faults,
    }


@dataclass(slots=True)
class Single:
    """All of the platform in one process. codes: how it left, each time."""

    stage: Stage
    port: int
    codes: list[int] = field(default_factory=list)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """As a host starts it; ready when this returns. Its parts find each other behind its own port."""
        told = {name: value for name, value in self.stage.environment.items() if name not in _ADDRESSES}
        with (self.stage.machine.home / "single.log").open("ab") as log:
            self.process = subprocess.Popen(
                leashed([ROOT / "scripts" / "start-production.sh", "single"], stop_signal=signal.SIGTERM),
                env={**told, "PORT": str(self.port)},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("single did not become ready")
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> float:
        """Seconds from SIGTERM until it was gone."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.codes.append(self.process.wait())
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=5).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def running_alone(stage: Stage) -> Iterator[Single]:
    """One process in place of a colour."""
    single = Single(stage, free_port())
    single.start()
    try:
        yield single
    finally:
        single.stop()


def _stop(stage: Stage, name: str) -> float:
    """Seconds from SIGTERM until the process was gone; one that stays is killed."""
    pid = stage.running("blue")[name]
    record = ProcessRecord(pid, started_at(pid) or "", signal.SIGTERM)
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    if not wait_until_gone(record, _PATIENCE_SECONDS):
        os.kill(pid, signal.SIGKILL)
    return time.monotonic() - began


def main() -> int:
    """Rehearse; 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, no result kept")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=29)
    options = parser.parse_args()
    figures = rehearse(rounds=1 if options.quick else options.rounds, seed=options.seed)
    return tell("stop_under_load", {"seed": options.seed, **figures}, is_kept=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
