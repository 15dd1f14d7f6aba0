"""Makes every misfortune of docs/recovery-plan.md happen on real servers and mends it as the plan says.

`python -m benchmarks.rehearsals.recovery [--quick] [--only SCENE ...]` prints a table, then one JSON line.
The clock of a scene runs from the misfortune until people can work again, held against what was promised.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.provenance import commit
from benchmarks.rehearsals.recovering import deploys, scenes
from benchmarks.rehearsals.recovering.stage import Stage, set_stage

RESULTS = Path(__file__).parents[1] / "results" / "recovery.json"
_MINUTE, _HOUR = 60, 3600
SCENES: dict[str, tuple[Callable[[Stage], list[str]], int]] = {
    "service down": (scenes.service_down, 15 * _MINUTE),
    "database corrupt": (scenes.database_corrupt, 2 * _HOUR),
    "failed deploy": (deploys.failed_deploy, 30 * _MINUTE),
    "lost configuration": (scenes.lost_configuration, 4 * _HOUR),
    "lost Redis": (scenes.lost_redis, 15 * _MINUTE),
    "lost object storage": (scenes.lost_object_storage, 4 * _HOUR),
    "leaked key": (scenes.leaked_key, 4 * _HOUR),
}
"""By name: the scene, and within how many seconds it must be over."""


@dataclass(frozen=True, slots=True)
class Result:
    """faults in words, empty when all went as the plan says."""

    scene: str
    seconds: float
    promised_seconds: int
    faults: list[str]


def rehearse(names: Sequence[str]) -> list[Result]:
    """The scenes one after another, on one platform: each starts from what the one before mended."""
    with set_stage() as stage:
        return [_play(stage, name) for name in names]


def _play(stage: Stage, name: str) -> Result:
    scene, promised = SCENES[name]
    started = perf_counter()
    try:
        faults = scene(stage)
    except Exception as error:  # noqa: BLE001  the scenes after it are worth seeing all the same
        faults = [f"{type(error).__name__}: {error}"]
    seconds = perf_counter() - started
    if seconds > promised:
        faults.append("took longer than promised")
    print(f"{name:20} {seconds:7.1f} s  {faults or 'ok'}", file=sys.stderr, flush=True)
    return Result(name, round(seconds, 1), promised, faults)


def main() -> int:
    """Rehearse; 0 when everything was mended in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no result is kept")
    parser.add_argument("--only", nargs="+", choices=SCENES, help="these scenes alone")
    options = parser.parse_args()
    started = perf_counter()
    results = rehearse(options.only or list(SCENES))
    print(f"{'scene':20} {'back after':>10} {'promised':>9}")
    for result in results:
        print(f"{result.scene:20} {result.seconds:8.1f} s {result.promised_seconds // 60:5} min")
        for fault in result.faults:
            print(" -", fault)
    figures = {
        "benchmark": "recovery",
        "commit": commit(),
        "scenes": [asdict(result) for result in results],
        "seconds": round(perf_counter() - started, 1),
    }
    if not options.quick and not options.only:
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    return 1 if any(result.faults for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
