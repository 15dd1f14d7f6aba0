"""Embedded servers on real data: what an interrupted or privileged start must survive."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from scripts.local import unprivileged
from scripts.local.servers import Servers, running
from scripts.local.servers.binaries import find_postgres
from scripts.local.servers.process import free_port
from scripts.local.unprivileged import MOVED, Installation, reachable_installation, server_account

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to drop")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that the servers' account can enter."""
    with tempfile.TemporaryDirectory(prefix="gondola-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def add_row(url: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row
    return int(row[0])


def test_data_outlives_a_restart(folder: Path) -> None:
    with running(folder) as first:
        add_row(first.database_url)
        with Redis.from_url(first.redis_url) as redis:
            redis.set("greeting", "hola")

    with running(folder) as second:
        rows = add_row(second.database_url)
        with Redis.from_url(second.redis_url) as redis:
            kept = redis.get("greeting")

    assert rows == 2
    assert kept == b"hola"


def test_the_database_has_what_the_platform_builds_on(folder: Path) -> None:
    with running(folder, fast=True) as addresses, psycopg.connect(addresses.database_url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute(
            "SELECT uuid_extract_version(uuidv7()), lower('ÑANDÚ'), current_setting('TimeZone'), "
            "current_setting('server_version_num')::int"
        ).fetchone()

    assert row
    assert row[:3] == (7, "ñandú", "UTC")
    assert row[3] >= 180_000


def test_wrong_passwords_are_refused(folder: Path) -> None:
    with running(folder, fast=True) as addresses:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(addresses.database_url.replace("gondola:", "gondola:x"))
        with (
            Redis.from_url(addresses.redis_url.replace("//:", "//:x")) as redis,
            pytest.raises(Exception, match="invalid username-password"),
        ):
            redis.ping()


def test_a_pid_file_that_names_another_program_blocks_nothing(folder: Path) -> None:
    with running(folder, fast=True) as addresses:
        add_row(addresses.database_url)
    # As after a restart of a container: the pid of the old server is now somebody else's.
    (folder / "postgres/data/postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n1\n{free_port()}\n")

    with running(folder, fast=True) as addresses:
        assert add_row(addresses.database_url) == 2


def test_a_half_made_data_folder_blocks_nothing(folder: Path) -> None:
    part = folder / "postgres" / "data.part"
    part.mkdir(parents=True)
    (part / "PG_VERSION").write_text("18\n")

    with running(folder, fast=True) as addresses:
        assert add_row(addresses.database_url) == 1


def test_servers_of_a_killed_launcher_are_ended_first(folder: Path) -> None:
    first = Servers(folder, fast=True)
    first.start()
    add_row(first.addresses.database_url)

    with running(folder, fast=True) as second:
        assert add_row(second.database_url) == 2

    first.stop()


def test_a_killed_postmaster_is_revived_with_its_data(folder: Path) -> None:
    servers = Servers(folder, fast=False)
    servers.start()
    url = servers.addresses.database_url
    add_row(url)
    pid = int((folder / "postgres/data/postmaster.pid").read_text().split("\n")[0])

    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    revived = servers.revive()

    assert revived == ["Postgres"]
    assert add_row(url) == 2
    servers.stop()


def test_given_addresses_are_used_as_they_are(folder: Path) -> None:
    servers = Servers(
        folder, fast=True, database_url="postgresql://elsewhere/shop", redis_url="redis://elsewhere"
    )

    servers.start()

    assert servers.addresses.database_url == "postgresql://elsewhere/shop"
    assert servers.revive() == []
    assert servers.marks is None
    servers.stop()


@needs_root
def test_below_a_folder_only_root_may_enter_the_data_goes_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unprivileged, "_OUTSIDE", folder / "outside")
    private = folder / "private"
    private.mkdir(mode=0o700)

    with running(private / "var", fast=True) as addresses:
        assert add_row(addresses.database_url) == 1
    with running(private / "var", fast=True) as addresses:
        assert add_row(addresses.database_url) == 2

    moved = Path((private / "var" / MOVED).read_text().strip())
    assert moved.is_relative_to(folder / "outside")
    assert (moved / "postgres/data/PG_VERSION").exists()


@needs_root
def test_programs_only_root_may_reach_run_from_a_copy(folder: Path) -> None:
    found = find_postgres()
    private = folder / "private"
    private.mkdir(mode=0o700)
    for part in found.parts:
        shutil.copytree(found.base / part, private / part, symlinks=True)
    hidden = Installation(private, private / found.bin.relative_to(found.base), found.parts)
    account = server_account(folder / "none")
    assert not account.can_run(hidden.bin / "initdb")

    copy = reachable_installation(hidden, "postgres", home=folder, account=account)

    assert account.can_run(copy.bin / "initdb")
    assert account.can_run(copy.bin / "postgres")
    assert copy == reachable_installation(hidden, "postgres", home=folder, account=account)
