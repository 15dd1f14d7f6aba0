"""A backup comes back on a server whose owner has another name: everything is theirs then."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from scripts.local.servers import Postgres
from scripts.production import restore_database, restore_drill
from scripts.production.backup import command
from tests.integration.scripts.production.backup.conftest import MOVEMENTS, Platform

_HOST = "host_user"


@pytest.fixture
def foreign_url() -> Iterator[str]:
    """A server whose only user that may sign in is called as a host would call it; no database yet."""
    with tempfile.TemporaryDirectory(prefix="gondola-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = Postgres(folder, fast=True)
        server.start()
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE ROLE {_HOST} SUPERUSER LOGIN PASSWORD 'x'")
            parts = urlsplit(server.url("shop"))
            url = urlunsplit(("postgresql", f"{_HOST}:x@127.0.0.1:{parts.port}", parts.path, "", ""))
            with psycopg.connect(url.replace("/shop", "/postgres"), autocommit=True) as connection:
                connection.execute("ALTER ROLE gondola RENAME TO first_user")
            yield url
        finally:
            server.stop()


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
