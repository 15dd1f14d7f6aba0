"""Migrations go up and down, are safe on a shop at work, wait for each other, lead where code expects."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from scripts.local.servers.binaries import find_postgres
from scripts.migrations import ddl, lint, lock, run
from scripts.migrations.run import configuration, current_revision, migrate, revisions
from shared.database.revision import SCHEMA_REVISION

_CONCURRENT = """
from scripts.migrations.ddl import run_alone

revision = "9999_concurrent"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_alone("DROP INDEX CONCURRENTLY IF EXISTS negocio.document_tried_idx")
    run_alone("CREATE INDEX CONCURRENTLY document_tried_idx ON negocio.document (id)")


def downgrade() -> None:
    run_alone("DROP INDEX CONCURRENTLY IF EXISTS negocio.document_tried_idx")
"""


def test_the_code_expects_the_newest_schema() -> None:
    assert revisions()[-1] == SCHEMA_REVISION


def test_revisions_are_numbered_in_order() -> None:
    assert [int(revision.split("_")[0]) for revision in revisions()] == list(range(1, len(revisions()) + 1))


def test_every_step_goes_up_down_and_up_again(empty_database_url: str) -> None:
    config = configuration(empty_database_url)
    before: set[str] = set()
    for number, revision in enumerate(revisions()):
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        # The first step leaves what it found: the schema of Alembic's own table.
        if number > 0:
            assert schema_of(empty_database_url) == before, f"{revision} leaves something behind"
        command.upgrade(config, revision)
        before = schema_of(empty_database_url)
    command.downgrade(config, "base")

    with psycopg.connect(empty_database_url) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname IN ('auth', 'negocio', 'deposito', 'ml', 'jobs')"
        ).fetchone()
    assert left == (0,)


def schema_of(url: str) -> set[str]:
    """The statements that would make the schema, without comments and what differs in every dump."""
    dump = subprocess.run(
        [find_postgres().bin / "pg_dump", "--schema-only", "--dbname", url],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = dump.stdout.splitlines()
    return {line for line in lines if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))}


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url)
    migrate(empty_database_url)


def test_every_migration_is_safe_to_run_on_a_shop_at_work() -> None:
    found = [
        line for revision in revisions() for line in lint.findings(lint.sql_of(revision), revision=revision)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE negocio.document DROP COLUMN closed_at;", "ban-drop-column"),
        ("ALTER TABLE negocio.document RENAME COLUMN closed_at TO ended_at;", "renaming-column"),
        ("ALTER TABLE negocio.document ADD COLUMN x bigint NOT NULL;", "adding-required-field"),
        ("CREATE INDEX ON negocio.document (closed_at);", "require-concurrent-index-creation"),
        ("ALTER TABLE negocio.document ALTER COLUMN closed_at TYPE text;", "changing-column-type"),
    ],
)
def test_a_migration_that_would_stop_a_shop_is_found(sql: str, rule: str) -> None:
    limits = "SET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '15min';\n"

    found = lint.findings(limits + sql, revision="9999_unsafe")

    assert any(rule in line for line in found), found


def test_what_was_accepted_before_the_check_is_still_found_there() -> None:
    for revision, accepted in lint.BEFORE_THE_CHECK.items():
        told = "\n".join(lint.findings(lint.sql_of(revision)))
        assert any(rule in told for rule in accepted), revision


@pytest.mark.parametrize(
    ("main", "arguments"),
    [
        (run.main, ["--revision", "bogus"]),
        (run.main, ["--bogus"]),
        (run.main, []),
        (lint.main, ["bogus"]),
        (lint.main, ["--bogus"]),
    ],
)
def test_what_is_called_wrongly_ends_with_a_line_too(
    main: Callable[[list[str]], int],
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DATABASE_URL", "DATABASE_URL_DIRECT"):
        monkeypatch.delenv(name, raising=False)

    assert main(arguments) == 2

    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_two_migrators_started_at_once_both_end_well(empty_database_url: str) -> None:
    with at_work(empty_database_url):
        migrators = [start_migrator(empty_database_url) for _ in range(2)]
        for migrator in migrators:
            assert migrator.stderr
            assert "Another migrator is at work" in migrator.stderr.readline()
        assert current_revision(empty_database_url) is None
    results = [migrator.communicate(timeout=120) for migrator in migrators]

    assert [migrator.returncode for migrator in migrators] == [0, 0], results
    assert {json.loads(out.splitlines()[-1])["after"] for out, _ in results} == {SCHEMA_REVISION}


@contextmanager
def at_work(url: str) -> Iterator[None]:
    """Another migrator has the lock."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [lock.ONE_MIGRATOR])
        yield


def start_migrator(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.migrations.run"],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_index_is_made_concurrently_while_another_migrator_waits(
    empty_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(empty_database_url)
    (tmp_path / "9999_concurrent.py").write_text(_CONCURRENT.format(head=revisions()[-1]))
    config = with_more(empty_database_url, tmp_path)

    with ThreadPoolExecutor(1) as beside, at_work(empty_database_url):
        waiting = beside.submit(command.upgrade, config, "head")
        wait_for("Another migrator is at work", capsys)
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute("SET lock_timeout = '3s'")
            connection.execute("CREATE INDEX CONCURRENTLY meanwhile_idx ON negocio.document (id)")
    waiting.result()

    with psycopg.connect(empty_database_url) as connection:
        made = connection.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'negocio.document_tried_idx'::regclass"
        ).fetchone()
    assert made == (True,)


def with_more(url: str, folder: Path) -> Config:
    """Alembic's configuration with the migrations of another folder besides ours."""
    config = configuration(url)
    ours = Path(ddl.__file__).parent / "versions"
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join([str(ours), str(folder)]))
    return config


def wait_for(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    deadline, told = time.monotonic() + 30, ""
    while words not in told:
        assert time.monotonic() < deadline, told
        time.sleep(0.05)
        told += capsys.readouterr().err


def test_a_table_in_use_is_waited_for_shortly_and_tried_again(
    empty_database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty_database_url, revision="0009_returns")
    monkeypatch.setattr(ddl, "LOCK_TIMEOUT", "100ms")

    with ThreadPoolExecutor(1) as beside:
        with psycopg.connect(empty_database_url) as reader:
            reader.execute("SELECT count(*) FROM negocio.document")
            migrator = beside.submit(migrate, empty_database_url, revision="0010_set_aside")
            wait_for("Busy (canceling statement due to lock timeout)", capsys)
            assert current_revision(empty_database_url) == "0009_returns"
        migrator.result()

    assert current_revision(empty_database_url) == "0010_set_aside"


def test_a_table_that_stays_in_use_ends_the_migrator(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty_database_url, revision="0009_returns")
    monkeypatch.setattr(ddl, "LOCK_TIMEOUT", "100ms")

    with psycopg.connect(empty_database_url) as reader:
        reader.execute("SELECT count(*) FROM negocio.document")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            migrate(empty_database_url, attempts=1)


def test_a_dry_run_says_what_would_run_and_changes_nothing(
    empty_database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.delenv("DATABASE_URL_DIRECT", raising=False)

    assert run.main(["--dry-run"]) == 0

    assert json.loads(capsys.readouterr().out)["pending"] == revisions()
    assert current_revision(empty_database_url) is None


def test_the_migrator_of_older_code_leaves_a_newer_database_alone(
    empty_database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.delenv("DATABASE_URL_DIRECT", raising=False)
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("UPDATE shared.alembic_version SET version_num = '9999_of_the_future'")

    assert run.main([]) == 0

    assert json.loads(capsys.readouterr().out)["after"] == "9999_of_the_future"


def test_a_database_that_is_away_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.delenv("DATABASE_URL_DIRECT", raising=False)

    assert run.main([]) == 1

    assert json.loads(capsys.readouterr().out)["ok"] is False
