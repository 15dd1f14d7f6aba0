"""Runs the process that the environment names, within this one: `scripts/start-production.sh [PROCESS]`."""

import importlib.util
import os
import runpy
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from scripts.production.console import REFUSED, Parser, RefusedError, ScriptError, say, summarise
from scripts.production.processes import PROCESSES, ROOT, Process, chosen, environment_of

_SCRIPT = "start-production"


def main(arguments: Sequence[str]) -> int:
    """Become the process; an exit code only when it cannot, or with --dry-run, or when it ends by itself."""
    try:
        process, is_rehearsal = _parse(arguments)
        environment = environment_of(process, os.environ)
        if not is_present(process):
            raise RefusedError(f"this release has no {process.name} ({process.run[0]} is not there)")
        if not is_rehearsal:
            os.environ.update(environment)
            if not process.is_job:
                _check_settings()
    except ScriptError as error:
        say(f"{_SCRIPT}: {error}")
        summarise(_SCRIPT, ok=False, error=str(error))
        return REFUSED
    summarise(_SCRIPT, ok=True, **_facts(process, environment))
    if not is_rehearsal:
        # The first process of a container ignores SIGTERM until somebody asks for it; imports take time.
        signal.signal(signal.SIGTERM, _leave_undone if process.is_job else _leave)
        _become(process)
    return 0


def _parse(arguments: Sequence[str]) -> tuple[Process, bool]:
    parser = Parser(
        prog="scripts/start-production.sh",
        description="Runs one process of the platform until SIGTERM: the one named as argument, "
        "else by SERVICE, else by RAILWAY_SERVICE_NAME.",
        epilog=f"Processes: {', '.join(PROCESSES)}. Web processes answer IPv4 and IPv6 on PORT (8080).",
    )
    parser.add_argument("process", nargs="?", help="which process; '_' and '-' are the same")
    parser.add_argument("--dry-run", action="store_true", help="only say what would run")
    options = parser.parse_args(arguments)
    return chosen(options.process, os.environ), options.dry_run


def _check_settings() -> None:
    """Say which variables are wrong, and nothing of what is in them: logs are read by many."""
    from scripts.production.settings import load_settings  # noqa: PLC0415  jobs and rehearsals do without

    load_settings()


def is_present(process: Process) -> bool:
    """Whether this release has it; some belong to parts that come later."""
    return (ROOT / process.run[0]).is_file() if process.is_script else _is_module(process.run[0])


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _facts(process: Process, environment: Mapping[str, str]) -> dict[str, object]:
    """What runs. message and level: platforms that read logs as JSON show the line like the others."""
    facts: dict[str, object] = {
        "message": "process.starting",
        "level": "info",
        "process": process.name,
        "run": list(process.run),
        "commit": environment["COMMIT"],
    }
    for name in ("PORT", "METRICS_PORT", "COLOUR"):
        if environment.get(name):
            facts[name.lower()] = environment[name]
    return facts


def _become(process: Process) -> None:
    target, *arguments = process.run
    if process.is_script:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.execv("/bin/bash", ["bash", target, *arguments])  # noqa: S606  a file of our own, no shell syntax
    sys.argv = [target, *arguments]
    runpy.run_module(target, run_name="__main__", alter_sys=True)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _leave_undone(number: int, _frame: FrameType | None) -> None:
    """A migration that was stopped half-way did not succeed, whatever the platform would make of a 0."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
