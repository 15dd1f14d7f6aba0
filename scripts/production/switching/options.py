"""What both scripts are told about where the platform runs, and that only one of them works at a time."""

import argparse
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import Parser, RefusedError, ScriptError, tell
from scripts.production.switching.compose import NOTED, STATE, Compose
from scripts.production.switching.hosts import Host
from scripts.production.switching.machine import Processes, Systemd

PLACES = """\
Where it runs (--on):
  compose    docker-compose.production.yml; .env.production and var/nginx in this checkout
  systemd    the units in deploy/systemd; /opt/gondola and /etc/gondola
  processes  a machine without systemd: the same folders, processes noted in HOME/run; nobody restarts them
Exit codes: 0 done, 1 failed, 2 wrongly called or refused, 130 interrupted. The summary says which colour is
in use; whatever stops is one that nobody is sent to."""
_READY_SECONDS = 120.0
_MOST_SECONDS = 3600.0
_COMMIT = re.compile("[0-9a-f]{40}")
_HERE = "http://127.0.0.1"


def parser_of(script: str, description: str) -> Parser:
    """A parser with what both scripts take."""
    parser = Parser(
        prog=f"scripts/{script}.sh",
        description=description,
        epilog=PLACES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--on", choices=("compose", "systemd", "processes"), default="compose")
    parser.add_argument("--address", help="where people reach the proxy (PUBLIC_URL)")
    parser.add_argument("--environment-file", type=Path, help="variables of every process")
    parser.add_argument("--home", type=Path, default=Path("/opt/gondola"), help="releases and colours")
    parser.add_argument("--settings", type=Path, default=Path("/etc/gondola"), help="ports and nginx/")
    parser.add_argument("--nginx", default="nginx", help="the program (nginx)")
    parser.add_argument("--prefix", type=Path, help="where NGINX keeps its pid file")
    parser.add_argument(
        "--ready-seconds", type=seconds, default=_READY_SECONDS, help=f"patience ({_READY_SECONDS:g})"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    return parser


def seconds(given: str) -> float:
    """A time that ends. Raises ValueError, which argparse tells as a wrong option."""
    value = float(given)
    if not 0 <= value <= _MOST_SECONDS:
        raise ValueError
    return value


def commit(given: str) -> str:
    """A whole commit: folders and images are named so, and nothing else is looked for."""
    if not _COMMIT.fullmatch(given):
        raise argparse.ArgumentTypeError(f"{given!r} is no commit as `git rev-parse` prints it: 40 digits")
    return given


def host_of(options: argparse.Namespace) -> Host:
    """The place that the options name. Raises RefusedError."""
    if options.on == "compose":
        file = options.environment_file or Path(".env.production")
        told = _read(file)
        shadowing = sorted(NOTED & os.environ.keys())
        if shadowing:
            raise RefusedError(f"unset {', '.join(shadowing)}: Compose would take them for what was noted")
        return Compose(file, STATE, _address(options.address, told, None))
    if options.on == "systemd":
        file = options.environment_file or options.settings / "production.env"
        address = _address(options.address, _read(file), _HERE)
        prefix = options.prefix or Path("/run/gondola-nginx")
        return Systemd(options.home, options.settings, file, address, options.nginx, prefix)
    file = options.environment_file
    address = _address(options.address, _read(file) if file else {}, _HERE)
    prefix = options.prefix or options.settings / "nginx"
    return Processes(options.home, options.settings, file, address, options.nginx, prefix)


@contextmanager
def alone(host: Host, *, is_rehearsal: bool) -> Iterator[None]:
    """Raises RefusedError when another switch is under way; whatever fails tells which colour is in use."""
    with nullcontext() if is_rehearsal else _locked(host.proxy.state / "switch.lock"):
        try:
            yield
        except BaseException as error:
            with suppress(ScriptError):
                tell(error, active=host.proxy.active)
            raise


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    try:
        lock = file.open("w")
    except OSError as error:
        raise RefusedError(f"{file} cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RefusedError("another switch or rollback is under way") from error
        yield


def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        raise RefusedError(f"{file} is not there: make it from .env.production.template")
    return env_file.read(file)


def _address(given: str | None, told: dict[str, str], default: str | None) -> str:
    """What people use, unless said otherwise: it is what has to work. Raises RefusedError."""
    address = given or told.get("PUBLIC_URL") or os.environ.get("PUBLIC_URL") or default
    if not address:
        raise RefusedError("set PUBLIC_URL, or --address, to where people reach the proxy, containers too")
    return address.rstrip("/")
