"""Processes that outlive whoever starts them, for machines without systemd: start or stop those of a colour.

`python -m scripts.production.switching.detached start --home HOME --settings SETTINGS blue web`
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.local.processes import read_record, stop_leftovers, write_record
from scripts.production.console import Parser, ScriptError, do_not_disturb, run, say
from scripts.production.switching.colours import COLOURS, MEMBERS
from scripts.production.switching.machine import Processes, python_of

# Processes finish what they were asked within 25 s, and leave within the 30 s that hosts give.
STOP_SECONDS = 40


def start(folder: Path, release: Path, environments: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Start each named process of a release that does not run; names of those that were started.

    folder: where they are noted, RUN/COLOUR/GROUP; logs lie beside RUN.
    """
    # One that was started and not noted would never be found again.
    do_not_disturb()
    started = []
    for name, environment in environments.items():
        record = folder / f"{name}.json"
        if read_record(record) is None:
            process = _spawn(_log(folder, name), release, environment)
            write_record(record, process.pid, signal.SIGTERM)
            started.append(name)
    return started


def _log(folder: Path, name: str) -> Path:
    log = folder.parents[2] / "logs" / folder.parent.name / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    return log


def _spawn(log: Path, release: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    script = release / "scripts" / "start-production.sh"
    with log.open("ab") as stream:
        try:
            return subprocess.Popen(
                [script],
                env={**os.environ, "PYTHON": python_of(release), **environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        except OSError as error:
            raise ScriptError(f"{script} cannot be run: {error.strerror}") from error


def main(arguments: Sequence[str]) -> Mapping[str, object]:
    """Start or stop a group of a colour."""
    parser = Parser(prog="python -m scripts.production.switching.detached", description=__doc__)
    parser.add_argument("what", choices=("start", "stop"))
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--settings", type=Path)
    parser.add_argument("--environment-file", type=Path)
    parser.add_argument("colour", choices=COLOURS)
    parser.add_argument("group", choices=tuple(MEMBERS))
    options = parser.parse_args(arguments)
    folder = options.home / "run" / options.colour / options.group
    if options.what == "stop":
        stopped = stop_leftovers(folder, patience_seconds=STOP_SECONDS)
        say(f"stopped of {options.colour}: {', '.join(stopped) or 'nothing ran'}")
        return {"stopped": stopped}
    if options.settings is None:
        parser.error("--settings is needed to start")
    machine = Processes(
        home=options.home,
        settings=options.settings,
        environment_file=options.environment_file,
        address="",
        nginx="",
        prefix=options.home,
    )
    environments = {name: machine.environment(options.colour, name) for name in MEMBERS[options.group]}
    started = start(folder, options.home / options.colour, environments)
    say(f"started of {options.colour}: {', '.join(started) or 'all run already'}")
    return {"started": started}


if __name__ == "__main__":
    sys.exit(run("detached", main, sys.argv[1:]))
