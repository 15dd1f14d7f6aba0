"""Second step of scripts/test, inside .venv: every check of CI, with the seconds each takes."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from scripts.local import assets, system_packages
from scripts.local.errors import SetupError
from scripts.local.paths import ROOT
from scripts.local.servers import temporary

_MOST_PROCESSES = 4
_NO_TESTS = 5
_INTERRUPTED = 130
_TOOLS = ROOT / ".venv" / "bin"


@dataclass(frozen=True, slots=True)
class Stage:
    """One check. command: None when there is nothing to check here, with the reason in words."""

    name: str
    command: Callable[[], list[str] | None]
    absent: str = ""
    needs_servers: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a stage went."""

    name: str
    seconds: float
    word: str


def main(arguments: Sequence[str]) -> int:
    """Run the stages asked for, or all; 0 when all pass."""
    try:
        outcomes = _run(_chosen(arguments))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    print("\n".join(["", *summary(outcomes)]), flush=True)
    return int(any(outcome.word == "FAILED" for outcome in outcomes))


def summary(outcomes: Sequence[Outcome]) -> list[str]:
    """The closing table: seconds, stage, and how it went."""
    lines = [f"{outcome.seconds:8.1f} s  {outcome.name:<13}{outcome.word}" for outcome in outcomes]
    return [*lines, f"{sum(outcome.seconds for outcome in outcomes):8.1f} s  in all"]


def _chosen(arguments: Sequence[str]) -> list[Stage]:
    names = [stage.name for stage in STAGES]
    parser = argparse.ArgumentParser(
        prog="scripts/test", description="Runs every check, or the stages named."
    )
    parser.add_argument("stage", nargs="*", help=", ".join(names))
    wanted = parser.parse_args(arguments).stage
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise SetupError(f"There is no stage {unknown[0]}; the stages are: {', '.join(names)}")
    return [stage for stage in STAGES if not wanted or stage.name in wanted]


def _run(stages: Sequence[Stage]) -> list[Outcome]:
    began = time.monotonic()
    with ExitStack() as stack:
        environment = {**os.environ, "ENVIRONMENT": "test"}
        if any(stage.needs_servers for stage in stages):
            assets.ensure()
            environment |= _servers(stack)
        ready = Outcome("set-up", time.monotonic() - began, "ok")
        return [ready, *(_run_stage(stage, environment) for stage in stages)]


def _servers(stack: ExitStack) -> dict[str, str]:
    """Test servers for all stages together, unless the caller names some."""
    names = ("TEST_DATABASE_URL", "TEST_REDIS_URL")
    if all(os.environ.get(name) for name in names):
        return {}
    addresses = stack.enter_context(temporary())
    found = dict(zip(names, (addresses.database_url, addresses.redis_url), strict=True))
    return {name: os.environ.get(name) or address for name, address in found.items()}


def _run_stage(stage: Stage, environment: Mapping[str, str]) -> Outcome:
    command = stage.command()
    if command is None:
        return Outcome(stage.name, 0.0, f"skipped: {stage.absent}")
    print(f"\n=== {stage.name}: {' '.join(command)}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode
    seconds = time.monotonic() - began
    if code == _NO_TESTS and stage.needs_servers:
        return Outcome(stage.name, seconds, "skipped: no tests there")
    return Outcome(stage.name, seconds, "ok" if code == 0 else "FAILED")


def _tool(name: str, *arguments: str) -> Stage:
    label, *rest = arguments
    return Stage(label, lambda: [str(_TOOLS / name), *rest])


def _tests(name: str, *options: str) -> Stage:
    folder = ROOT / "tests" / name

    def command() -> list[str] | None:
        if not folder.is_dir():
            return None
        return [str(_TOOLS / "python"), "-m", "pytest", f"tests/{name}", "-q", "--tb=short", *options]

    return Stage(name, command, absent=f"there is no tests/{name}", needs_servers=True)


def _in_parallel() -> list[str]:
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    return ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []


def _browser_tests() -> list[str] | None:
    command = _tests("browser").command()
    if command:
        missing = system_packages.chromium_missing()
        if missing:
            system_packages.install(missing)
    return command


def _shellcheck() -> list[str] | None:
    program = shutil.which("shellcheck")
    if not program:
        return None
    return [program, "--external-sources", *map(str, shell_scripts(ROOT))]


def shell_scripts(root: Path) -> list[Path]:
    """The scripts of the checkout that a shell runs, by name or by their first line."""
    folders = ("scripts", "deploy")
    candidates = [file for folder in folders for file in (root / folder).rglob("*")]
    candidates += [root / ".ci" / "run", *root.glob("*.sh")]
    return sorted(path for path in candidates if path.is_file() and _is_shell(path))


def _is_shell(path: Path) -> bool:
    if path.suffix == ".sh":
        return True
    with path.open("rb") as stream:
        first = stream.readline(80)
    return path.suffix == "" and first.startswith(b"#!") and first.rstrip().endswith(b"sh")


STAGES = (
    _tool("ruff", "format", "format", "--check", "."),
    _tool("ruff", "lint", "check", "."),
    _tool("mypy", "types"),
    _tool("lint-imports", "imports"),
    Stage("shell", _shellcheck, absent="shellcheck is not installed"),
    _tests("unit", *_in_parallel()),
    _tests("architecture"),
    _tests("integration", *_in_parallel()),
    _tests("journeys"),
    Stage("browser", _browser_tests, absent="there is no tests/browser", needs_servers=True),
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
