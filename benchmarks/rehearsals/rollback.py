"""Goes back to the version before while 32 people work, and counts seconds and what they noticed.

`python -m benchmarks.rehearsals.rollback [--quick] [--rollbacks N] [--seed N]` prints what it found, then one
JSON line. Every rollback is one run of scripts/rollback-production.sh.
"""

import argparse
import os
import signal
import sys
import time

from benchmarks.rehearsals.switching.books import differences, make_shop
from benchmarks.rehearsals.switching.load import Load
from benchmarks.rehearsals.switching.stage import Stage, set_stage
from benchmarks.rehearsals.switching.telling import tell
from scripts.production.switching.colours import other

PROMISED_SECONDS = 5.0
_BETWEEN_SECONDS = 2.0
_REFUSED = 2


def rehearse(*, rollbacks: int, seed: int) -> dict[str, object]:
    """The figures; "faults" is empty when it was quick enough and nobody noticed."""
    took: list[float] = []
    with set_stage() as stage:
        faults = _refused(stage, why="nothing was deployed yet")
        newer = stage.add_release("1" * 40)
        shop = make_shop(stage.address)
        load = Load(shop, seed=seed)
        with load.at_work() as notes:
            told = stage.deploy(newer)
            if told["code"] != 0:
                raise RuntimeError(f"{told['error']}\n{stage.log.read_text()[-3000:]}")
            for _ in range(rollbacks):
                time.sleep(_BETWEEN_SECONDS)
                before = stage.active
                told = stage.roll_back()
                if told["code"] != 0 or stage.active == before:
                    faults.append(f"a rollback failed: {told}")
                    break
                took.append(told["switched_seconds"])
            time.sleep(_BETWEEN_SECONDS)
        _take_one_away(stage)
        faults += _refused(stage, why="of the kept colour one service is gone")
        faults += differences(stage.system.database_url, notes)
    faults += [f"a rollback took {seconds} s" for seconds in took if seconds > PROMISED_SECONDS]
    return {
        "rollbacks": len(took),
        "switched_seconds": took,
        "requests": sum(notes.requests.values()),
        "failed": len(notes.failures),
        "sent_again_on_a_new_connection": notes.resent,
        "answered_by": dict(notes.answered_by),
        "faults": notes.failures[:50] + faults,
    }


def _refused(stage: Stage, *, why: str) -> list[str]:
    """What is wrong when a rollback to nothing is not refused, or changes something."""
    before = stage.active
    told = stage.roll_back()
    if told["code"] != _REFUSED or "nothing to go back to" not in told["error"] or stage.active != before:
        return [f"{why}, and the rollback was not refused: {told}"]
    return []


def _take_one_away(stage: Stage) -> None:
    os.kill(stage.running(other(stage.active))["ml"], signal.SIGKILL)


def main() -> int:
    """Rehearse; 0 when all went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rollbacks, no result kept")
    parser.add_argument("--rollbacks", type=int, default=10)
    parser.add_argument("--seed", type=int, default=19)
    options = parser.parse_args()
    figures = rehearse(rollbacks=2 if options.quick else options.rollbacks, seed=options.seed)
    return tell("rollback", {"seed": options.seed, **figures}, is_kept=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
