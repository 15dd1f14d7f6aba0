"""A platform's database with two shops and stored papers, and the environment of the backup scripts."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from benchmarks.rehearsals.filling import add_paper, add_shop
from scripts.local.servers import Addresses
from scripts.production import restore_database, restore_drill
from scripts.production.backup import command
from scripts.production.backup.loading import drop, server
from scripts.production.backup.programs import find_programs
from scripts.production.backup.settings import BackupSettings, load_backup_settings
from tests.conftest import _database, _migrated_template

MOVEMENTS = 120
_DRILL_LOCK = 7_214_002
Capture = pytest.CaptureFixture[str]


def told(capsys: Capture) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return said


def back_up(capsys: Capture, *options: str) -> tuple[int, dict[str, Any]]:
    return command.main(options), told(capsys)


def bring_back(capsys: Capture, *options: str) -> tuple[int, dict[str, Any]]:
    return restore_database.main(options), told(capsys)


def hold_drill(capsys: Capture, *options: str) -> tuple[int, dict[str, Any]]:
    """Only one drills on a server at a time, and test processes share one: they take turns."""
    with server(os.environ["DATABASE_URL"]) as turn:
        turn.execute("SELECT pg_advisory_lock(%s)", [_DRILL_LOCK])
        return restore_drill.main(options), told(capsys)


def stand_in(folder: Path, program: str, script: str) -> Path:
    """A folder with PostgreSQL's programs, of which one is a shell script. REAL in it is the real one."""
    real = find_programs(18).folder
    folder.mkdir()
    for name in {"pg_dump", "pg_restore", "psql"} - {program}:
        (folder / name).symlink_to(real / name)
    version = f'[ "$1" = --version ] && exec {real}/{program} --version\n'
    (folder / program).write_text(f"#!/bin/sh\n{version}{script.replace('REAL', str(real / program))}\n")
    (folder / program).chmod(0o755)
    return folder


@dataclass(frozen=True, slots=True)
class Platform:
    """What is to be saved. papers: files of the stored documents."""

    database_url: str
    storage: Path
    backups: Path
    organisations: tuple[UUID, UUID]
    papers: list[Path]

    def ask(self, query: str, *values: object) -> object:
        """One value of the database."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    def databases_beside(self) -> object:
        """Names of those that restoring made on the server."""
        name = self.database_url.rpartition("/")[2]
        query = (
            "SELECT coalesce(array_agg(datname), '{}') FROM pg_database "
            "WHERE datname LIKE %s AND datname <> current_database()"
        )
        return self.ask(query, f"{name[:33]}%")

    @property
    def settings(self) -> BackupSettings:
        return load_backup_settings()


@pytest.fixture
def platform(
    server_addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    template = _migrated_template(server_addresses.database_url)
    storage, backups = tmp_path / "objects", tmp_path / "backups"
    with _database(server_addresses.database_url, template=template) as url:
        for name in os.environ:
            if name.startswith(("AWS_", "BACKUP_", "DATABASE_URL")):
                monkeypatch.delenv(name)
        told = {"DATABASE_URL": url, "STORAGE_PATH": str(storage), "BACKUP_PATH": str(backups)}
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        shops = (add_shop(url, movements=MOVEMENTS), add_shop(url, movements=MOVEMENTS))
        papers = [add_paper(url, storage, shop, b"factura de %s" % shop.bytes) for shop in shops]
        yield Platform(url, storage, backups, shops, papers)
        with server(url) as connection:
            name = url.rpartition("/")[2].partition("?")[0]
            leftovers = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name[:33]}\\_%\\_2%"]
            ).fetchall()
            for (leftover,) in leftovers:
                drop(connection, str(leftover))


@pytest.fixture
def other_database_url(server_addresses: Addresses) -> Iterator[str]:
    with _database(server_addresses.database_url, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def gpg_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A public and a private key, armoured."""
    home = tmp_path_factory.mktemp("g")
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    made = ["--passphrase", "", "--quick-gen-key", "backup@example.com", "future-default", "default", "never"]
    subprocess.run([*gpg, *made], check=True, capture_output=True)
    public = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True, text=True).stdout
    private = subprocess.run(
        [*gpg, "--armor", "--export-secret-keys"], check=True, capture_output=True, text=True
    ).stdout
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)  # noqa: S607
    return public, private


@pytest.fixture(scope="session")
def age_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A public and a private key. Where age is missing, Debian's package is unpacked."""
    before = os.environ["PATH"]
    if shutil.which("age") is None:
        folder = tmp_path_factory.mktemp("age")
        for line in ("apt-get -qq download age", "dpkg-deb --extract *.deb ."):
            done = subprocess.run(["/bin/sh", "-c", line], cwd=folder, check=False)
            if done.returncode != 0 and "CI" not in os.environ:
                pytest.skip("age is not installed and cannot be fetched")
        os.environ["PATH"] = f"{folder}/usr/bin:{before}"
    made = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S607
    yield made[1].removeprefix("# public key: "), made[2]
    os.environ["PATH"] = before
