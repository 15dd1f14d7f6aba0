"""A backup comes back on a server whose owner has another name: everything is theirs then."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from benchmarks.rehearsals.filling import add_shop
from scripts.local.servers import Postgres
from scripts.migrations.run import migrate
from scripts.production import restore_database, restore_drill
from scripts.production.backup import command
from scripts.production.backup.encryption import OPEN
from scripts.production.backup.loading import server
from scripts.production.backup.programs import find_programs
from scripts.production.configs.archive import write_archive
from scripts.production.configs.machine import Packed
from tests.integration.scripts.production.backup.conftest import (
    MOVEMENTS,
    Capture,
    Platform,
    bring_back,
    hold_drill,
)

_HOST = "host_user"


@pytest.fixture(params=["SUPERUSER", "CREATEDB CREATEROLE"])
def foreign_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server whose only user we have is called, and may do, as a host would have it; no database yet."""
    with tempfile.TemporaryDirectory(prefix="gondola-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = Postgres(folder, fast=True)
        postgres.start()
        try:
            parts = urlsplit(postgres.url("postgres"))
            at = f"127.0.0.1:{parts.port}"
            with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
                connection.execute("CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 'x'")
                connection.execute(f"CREATE ROLE {_HOST} {request.param} LOGIN PASSWORD 'x'".encode())
            # Nobody renames himself.
            with psycopg.connect(f"postgresql://keeper:x@{at}/postgres", autocommit=True) as connection:
                connection.execute("ALTER ROLE gondola RENAME TO first_user")
            yield f"postgresql://{_HOST}:x@{at}/shop"
        finally:
            postgres.stop()


def test_everything_belongs_to_the_new_owner_and_is_still_apart(
    platform: Platform, foreign_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert platform.ask("SELECT count(*) FROM auth.organisation") == 2
    command.main([])
    monkeypatch.setenv("DATABASE_URL", foreign_url)

    code = restore_database.main([])

    assert code == 0, capsys.readouterr().out
    with psycopg.connect(foreign_url) as connection:
        strangers = "SELECT count(*) FROM pg_roles WHERE rolname = 'gondola'"
        assert connection.execute(strangers).fetchone() == (0,)
        owners = (
            "SELECT array_agg(DISTINCT tableowner ORDER BY tableowner) FROM pg_tables WHERE schemaname IN "
        )
        owners += "('auth', 'negocio', 'deposito', 'ml', 'shared', 'jobs')"
        assert connection.execute(owners).fetchone() == ([_HOST, "jobs_owner"],)
        policies = "SELECT array_agg(DISTINCT roles) FROM pg_policies WHERE policyname = 'owner'"
        assert connection.execute(policies).fetchone() == ([[_HOST]],)
        moved = connection.execute("SELECT count(*) FROM deposito.stock_movement").fetchone()
        assert moved == (2 * MOVEMENTS,)
    # What it saves from now on is whole again.
    assert command.main([]) == 0
    assert restore_drill.main([]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["faults"], told["movements"]) == ([], 2 * MOVEMENTS)


def test_what_was_made_there_comes_back_there(
    foreign_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Migrated, saved, drilled and put in its own place by the same user, while people are connected."""
    with server(foreign_url) as connection:
        connection.execute("CREATE DATABASE shop")
    migrate(foreign_url)
    given = {"DATABASE_URL": foreign_url, "STORAGE_PATH": "objects", "BACKUP_PATH": "backups"}
    for name, value in given.items():
        monkeypatch.setenv(name, value if name == "DATABASE_URL" else str(tmp_path / value))
    add_shop(foreign_url, movements=MOVEMENTS)

    assert command.main([]) == 0, capsys.readouterr().out
    with closing(psycopg.connect(foreign_url, autocommit=True)) as somebody:
        somebody.execute("SELECT 1")
        code, restored = bring_back(capsys, "--force")
    assert code == 0, restored
    code, drilled = hold_drill(capsys)

    assert (code, drilled["faults"], drilled["movements"]) == (0, [], MOVEMENTS)
    assert command.main(["--no-prune"]) == 0


def test_the_archive_of_the_configuration_comes_back_there(foreign_url: str, tmp_path: Path) -> None:
    with server(foreign_url) as connection:
        connection.execute("CREATE DATABASE shop")
        connection.execute("CREATE DATABASE another")
    migrate(foreign_url)
    add_shop(foreign_url, movements=MOVEMENTS)
    write_archive(tmp_path, foreign_url, ({}, {}), Packed(b"", [], []), OPEN)
    # As on a server where the roles were never made.
    with server(foreign_url) as connection:
        connection.execute("REVOKE jobs_owner FROM CURRENT_USER")
    given = {
        "DATABASE_URL": foreign_url.replace("/shop", "/another"),
        "PG_BIN": str(find_programs(18).folder),
    }

    done = subprocess.run(
        ["bash", tmp_path / "restore.sh", "--database"],  # noqa: S607
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
