"""A backup from before a migration comes back with the schema this code needs, unless asked otherwise."""

import psycopg
import pytest
from alembic import command as alembic

from scripts.migrations.run import configuration, revisions
from tests.integration.scripts.production.backup.conftest import Capture, Platform, back_up, bring_back

BEFORE, NEWEST = revisions()[-2:]
REVISION = "SELECT version_num FROM shared.alembic_version"


@pytest.fixture
def older(platform: Platform, capsys: Capture) -> Platform:
    """The only backup is of the schema before the newest migration."""
    alembic.downgrade(configuration(platform.database_url), BEFORE)
    assert back_up(capsys)[0] == 0
    return platform


def test_the_schema_is_migrated_before_anybody_sees_it(older: Platform, capsys: Capture) -> None:
    code, told = bring_back(capsys, "--force")

    assert (code, told["revision"], told["migrated_to"]) == (0, BEFORE, NEWEST), told
    assert older.ask(REVISION) == NEWEST


def test_when_asked_it_stays_and_the_command_that_is_missing_is_told(
    older: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from scripts.production.backup import restoring  # noqa: PLC0415  to hear what it says

    said: list[str] = []
    monkeypatch.setattr(restoring, "say", said.append)

    code, told = bring_back(capsys, "--force", "--no-migrate")

    assert (code, told["migrated_to"], older.ask(REVISION)) == (0, None, BEFORE)
    assert any("SERVICE=migrator scripts/start-production.sh" in line for line in said)


def test_a_migration_that_fails_leaves_the_old_database(
    older: Platform, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scripts.production.backup import restoring  # noqa: PLC0415  to have it fail

    def fail(*_given: object, **_named: object) -> None:
        raise TimeoutError("no lock")

    monkeypatch.setattr(restoring, "migrate", fail)

    code, told = bring_back(capsys, "--force")

    assert (code, "cannot be migrated" in told["error"]) == (1, True)
    assert older.databases_beside() == []


def test_a_schema_newer_than_this_code_is_refused(platform: Platform, capsys: Capture) -> None:
    with psycopg.connect(platform.database_url) as connection:
        connection.execute("UPDATE shared.alembic_version SET version_num = '9999_later'")
    assert back_up(capsys)[0] == 0

    code, told = bring_back(capsys, "--force")

    assert (code, "newer than this code" in told["error"]) == (2, True)
    assert platform.databases_beside() == []
