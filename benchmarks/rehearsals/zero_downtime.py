"""Switches versions behind a real NGINX again and again while 32 people work, and counts what they noticed.

`python -m benchmarks.rehearsals.zero_downtime [--quick] [--switches N] [--seed N]` prints what it found, then
one JSON line. Every switch is one run of scripts/deploy-zero-downtime.sh.
"""

import argparse
import sys
import time

from benchmarks.rehearsals.switching.books import differences, make_shop
from benchmarks.rehearsals.switching.load import CLIENTS, Load
from benchmarks.rehearsals.switching.stage import FIRST, set_stage
from benchmarks.rehearsals.switching.telling import tell

_BETWEEN_SECONDS = 3.0


def rehearse(*, switches: int, seed: int) -> dict[str, object]:
    """The figures; "faults" is empty when nobody noticed anything."""
    took: list[float] = []
    with set_stage() as stage:
        releases = [stage.add_release("1" * 40), FIRST]
        shop = make_shop(stage.address)
        load = Load(shop, seed=seed)
        faults = []
        with load.at_work() as notes:
            for number in range(switches):
                time.sleep(_BETWEEN_SECONDS)
                told = stage.deploy(releases[number % 2])
                if told["code"] != 0:
                    faults.append(
                        f"switch {number + 1} failed: {told['error']}\n{stage.log.read_text()[-3000:]}"
                    )
                    break
                took.append(told["switched_seconds"])
            time.sleep(_BETWEEN_SECONDS)
        faults += differences(stage.system.database_url, notes)
    return {
        "clients": sum(CLIENTS.values()),
        "switches": len(took),
        "requests": sum(notes.requests.values()),
        "requests_by_client": dict(sorted(notes.requests.items())),
        "failed": len(notes.failures),
        "sent_again_on_a_new_connection": notes.resent,
        "answered_by": dict(notes.answered_by),
        "writes": len(notes.sales) + len(notes.branches) + len(notes.documents),
        "slowest_seconds": round(notes.slowest_seconds, 2),
        "switched_seconds": took,
        "faults": notes.failures[:50] + faults,
    }


def main() -> int:
    """Rehearse; 0 when nobody noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two switches, no result kept")
    parser.add_argument("--switches", type=int, default=10)
    parser.add_argument("--seed", type=int, default=17)
    options = parser.parse_args()
    figures = rehearse(switches=2 if options.quick else options.switches, seed=options.seed)
    return tell("zero_downtime", {"seed": options.seed, **figures}, is_kept=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
