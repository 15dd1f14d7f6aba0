"""Stops each process with SIGTERM while people work, starts it again, and counts what was lost.

`python -m benchmarks.rehearsals.stop_under_load [--quick] [--rounds N] [--seed N]` prints what it found, then
one JSON line. People send what was not answered again, a write with its key, as tills and the bot do.
"""

import argparse
import os
import signal
import sys
import time
from collections import defaultdict

from benchmarks.rehearsals.switching.books import differences, make_shop
from benchmarks.rehearsals.switching.load import Load
from benchmarks.rehearsals.switching.stage import Stage, set_stage
from benchmarks.rehearsals.switching.telling import tell
from scripts.local.processes import ProcessRecord, started_at, wait_until_gone

PROMISED_SECONDS = 30.0
_PATIENCE_SECONDS = 60.0
_BETWEEN_SECONDS = 2.0


def rehearse(*, rounds: int, seed: int) -> dict[str, object]:
    """The figures; "faults" is empty when all left in time and nothing was lost or doubled."""
    took: dict[str, list[float]] = defaultdict(list)
    with set_stage() as stage:
        shop = make_shop(stage.address)
        load = Load(shop, seed=seed, insists=True)
        with load.at_work() as notes:
            for _ in range(rounds):
                for name in sorted(stage.running("blue")):
                    time.sleep(_BETWEEN_SECONDS)
                    took[name].append(_stop(stage, name))
                    stage.start("blue")
        faults = differences(stage.system.database_url, notes)
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
