"""Migrations go up and down step by step, pass the linter, and lead to the schema the code expects."""

import psycopg
from alembic import command
from alembic.script import ScriptDirectory

from scripts.migrations.run import configuration, migrate
from shared.database.revision import SCHEMA_REVISION


def revisions() -> list[str]:
    script = ScriptDirectory.from_config(configuration("postgresql://unused"))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def test_the_code_expects_the_newest_schema() -> None:
    assert revisions()[-1] == SCHEMA_REVISION


def test_revisions_are_numbered_in_order() -> None:
    assert [int(revision.split("_")[0]) for revision in revisions()] == list(range(1, len(revisions()) + 1))


def test_every_step_goes_up_down_and_up_again(empty_database_url: str) -> None:
    config = configuration(empty_database_url)
    for revision in revisions():
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)
    command.downgrade(config, "base")

    with psycopg.connect(empty_database_url) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname IN ('auth', 'negocio', 'deposito', 'ml', 'jobs')"
        ).fetchone()
    assert left == (0,)


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url)
    migrate(empty_database_url)
