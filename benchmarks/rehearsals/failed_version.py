"""Deploys versions that must not get through while people work: none may stay, and nobody may notice.

Two are turned to and answer people for a moment: one is found out only behind the proxy, of the other the
operator's connection breaks. None of the others ever may answer.

`python -m benchmarks.rehearsals.failed_version [--quick] [--seed N]` prints what it found, then one JSON
line. The versions are copies of this checkout's code with one fault each.
"""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.rehearsals.switching.books import differences, make_shop
from benchmarks.rehearsals.switching.load import Load
from benchmarks.rehearsals.switching.stage import FIRST, Stage, set_stage
from benchmarks.rehearsals.switching.telling import tell
from shared.database.revision import SCHEMA_REVISION

_SEEN_LATE, _GIVEN_UP = "f" * 40, "e" * 40
_POLL_SECONDS = 0.005


def rehearse(*, seed: int, is_quick: bool) -> dict[str, object]:
    """The figures; "faults" is empty when every version was stopped and nobody noticed."""
    scenes: dict[str, Callable[[Stage], dict[str, Any]]] = {
        "does not become ready": _not_ready,
        "fails verification": _fails_verification,
        "has a worker that does not start": _no_worker,
        "fails only behind the proxy": _fails_behind_proxy,
        "is given up behind the proxy": _given_up,
        "comes with a broken proxy configuration": _broken_proxy,
    }
    if is_quick:
        del scenes["has a worker that does not start"]
    faults: list[str] = []
    found: dict[str, str] = {}
    answered: dict[str, int] = {}
    with set_stage() as stage:
        shop = make_shop(stage.address)
        load = Load(shop, seed=seed)
        with load.at_work() as notes:
            for name, play in scenes.items():
                told = play(stage)
                found[name] = str(told.get("error"))
                answered = {release: notes.answered_by[release] for release in (_SEEN_LATE, _GIVEN_UP)}
                if told["ok"] or not stage.active == told.get("active") == "blue":
                    faults.append(f"a version that {name} was not stopped: {told}")
                if stage.running("green"):
                    faults.append(f"of a version that {name} these run on: {stage.running('green')}")
        strangers = {*notes.answered_by} - {FIRST, _SEEN_LATE, _GIVEN_UP, "nobody"}
        faults += [f"people were answered by {version}" for version in strangers]
        # As the last scene ends, both have long been turned away from.
        for release, times in answered.items():
            if not 0 < times == notes.answered_by[release]:
                faults.append(f"{release} answered {times} times, then {notes.answered_by[release]}")
        faults += differences(stage.system.database_url, notes)
    return {
        "versions": len(found),
        "stopped_because": found,
        "requests": sum(notes.requests.values()),
        "failed": len(notes.failures),
        "answered_by": dict(notes.answered_by),
        "faults": notes.failures[:50] + faults,
    }


def _not_ready(stage: Stage) -> dict[str, Any]:
    """It needs a migration that does not exist."""
    file = "shared/database/revision.py"
    release = stage.add_release("a" * 40, changes={file: (SCHEMA_REVISION, "9999_not_written")})
    return stage.deploy(release, "--ready-seconds", "20")


def _fails_verification(stage: Stage) -> dict[str, Any]:
    """It is ready, and answers every question for a forecast with the same number."""
    file = "ml/forecasting/predictions.py"
    release = stage.add_release("b" * 40, changes={file: ("prediction=found.demand,", "prediction=10.0,")})
    return stage.deploy(release)


def _fails_behind_proxy(stage: Stage) -> dict[str, Any]:
    """Asked directly it forecasts; asked through a proxy it forgets the sales that came with the question."""
    file = "ml/forecasting/router.py"
    fault = (
        "body.test_data if body else None",
        'body.test_data if body and "x-forwarded-for" not in request.headers else None',
    )
    return stage.deploy(stage.add_release(_SEEN_LATE, changes={file: fault}))


def _given_up(stage: Stage) -> dict[str, Any]:
    """The version is good; the operator's connection breaks when people have just been sent to it."""

    def hang_up(process: "subprocess.Popen[str]") -> None:
        while stage.active == "blue" and process.poll() is None:
            time.sleep(_POLL_SECONDS)
        time.sleep(1)
        process.send_signal(signal.SIGHUP)

    # Whoever rehearses under nohup would have the script ignore it too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    return stage.deploy(stage.add_release(_GIVEN_UP), meanwhile=hang_up)


def _no_worker(stage: Stage) -> dict[str, Any]:
    """Its web services are in order; one of its workers ends at once."""
    file = "agente_deposito/worker.py"
    release = stage.add_release(
        "c" * 40, changes={file: ("import asyncio", "import asyncio, no_such_module")}
    )
    return stage.deploy(release, "--ready-seconds", "20")


def _broken_proxy(stage: Stage) -> dict[str, Any]:
    """The version is good; NGINX's file for its colour is not."""
    with _broken(stage.machine.proxy.colours / "green.conf"):
        return stage.deploy(stage.add_release("d" * 40))


@contextmanager
def _broken(file: Path) -> Iterator[None]:
    text = file.read_text()
    file.write_text(text.replace("upstream ml {", "upstream ml_of_nobody {"))
    try:
        yield
    finally:
        file.write_text(text)


def main() -> int:
    """Rehearse; 0 when none got through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the slowest version, no result kept")
    parser.add_argument("--seed", type=int, default=23)
    options = parser.parse_args()
    figures = rehearse(seed=options.seed, is_quick=options.quick)
    return tell("failed_version", {"seed": options.seed, **figures}, is_kept=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
