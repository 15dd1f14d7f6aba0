"""The drill says yes to a whole backup, and no to each thing that may be wrong with one."""

import psycopg
import pytest

from scripts.production.backup import command
from tests.integration.scripts.production.backup.conftest import MOVEMENTS, Capture, Platform, hold_drill


def change(platform: Platform, *statements: str) -> None:
    with psycopg.connect(platform.database_url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def noted(platform: Platform) -> object:
    return platform.ask(
        "SELECT jsonb_build_array(ok, facts->'faults') FROM shared.operation_run "
        "WHERE kind = 'restore_drill' ORDER BY started_at DESC LIMIT 1"
    )


def test_a_whole_backup_passes_and_leaves_nothing_behind(platform: Platform, capsys: Capture) -> None:
    command.main([])

    code, told = hold_drill(capsys)

    assert code == 0, told
    assert told["movements"] == 2 * MOVEMENTS
    assert told["papers"] == 2
    assert told["tables_by_role"] > 20
    assert noted(platform) == [True, []]
    assert platform.ask("SELECT count(*) FROM pg_database WHERE datname ~ '^gondola_drill'") == 0


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("ALTER TABLE negocio.supplier NO FORCE ROW LEVEL SECURITY", "negocio.supplier is not forced"),
        (
            "CREATE POLICY leak ON deposito.product TO app_deposito USING (true)",
            "another organisation sees 800 rows",
        ),
        ("DROP POLICY organisation ON deposito.product", "an organisation sees 0 rows"),
        ("UPDATE deposito.stock_balance SET quantity = quantity + 1", "are not the sum of its movements"),
    ],
)
def test_what_is_wrong_in_the_database_is_found(
    platform: Platform, capsys: Capture, damage: str, fault: str
) -> None:
    change(platform, damage)
    command.main([])

    code, told = hold_drill(capsys)

    assert code == 1
    assert any(fault in each for each in told["faults"]), told["faults"]
    assert noted(platform) == [False, told["faults"]]


def test_a_damaged_copy_of_a_paper_is_found(platform: Platform, capsys: Capture) -> None:
    command.main([])
    copy = next(file for file in (platform.backups / "documents").rglob("*") if file.is_file())
    copy.write_bytes(b"rotten")

    code, told = hold_drill(capsys)

    assert (code, len(told["faults"]), told["papers_copied_again"]) == (1, 1, 1)
    assert hold_drill(capsys)[0] == 0


def test_a_damaged_copy_stays_as_it_is_when_the_paper_is_lost_too(
    platform: Platform, capsys: Capture
) -> None:
    command.main([])
    copy = next(file for file in (platform.backups / "documents").rglob("*") if file.is_file())
    copy.write_bytes(b"rotten")
    for paper in platform.papers:
        paper.unlink()

    _, told = hold_drill(capsys)

    assert (told["papers_copied_again"], copy.read_bytes()) == (0, b"rotten")


def test_no_backup_at_all_is_a_failed_drill(platform: Platform, capsys: Capture) -> None:
    code, told = hold_drill(capsys)

    assert code == 2
    assert "no backup" in told["error"]
    assert noted(platform) == [False, None]


def test_an_old_backup_is_a_failed_drill(platform: Platform, capsys: Capture) -> None:
    command.main([])
    (made,) = [file for file in platform.backups.iterdir() if file.name.startswith("2")]
    old = made.rename(made.with_name("20250101T040000Z"))
    manifest = old / "manifest.json"
    manifest.write_text(manifest.read_text().replace(made.name, old.name))

    code, told = hold_drill(capsys)

    assert code == 1
    assert told["faults"] == ["the newest backup is of 2025-01-01 04:00 UTC"]
