"""A backup is whole, checked before it is used, and put in place at once or not at all."""

import json
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.scripts.production.backup.conftest import (
    MOVEMENTS,
    Capture,
    Platform,
    back_up,
    bring_back,
)

MOVED = "SELECT count(*) FROM deposito.stock_movement"


def test_everything_comes_back_and_the_old_database_is_kept(platform: Platform, capsys: Capture) -> None:
    code, backup = back_up(capsys)
    assert code == 0, backup
    with psycopg.connect(platform.database_url) as connection:
        connection.execute("DROP TABLE negocio.supplier_alias CASCADE")
        connection.execute("UPDATE auth.organisation SET name = 'damaged'")
    for paper in platform.papers:
        paper.unlink()

    code, restored = bring_back(capsys, "--force")

    assert code == 0, restored
    assert platform.ask("SELECT count(*) FROM negocio.supplier_alias") == 0
    assert platform.ask("SELECT count(*) FROM auth.organisation WHERE name = 'Ensayo'") == 2
    assert platform.ask(MOVED) == 2 * MOVEMENTS
    assert [paper.exists() for paper in platform.papers] == [True, True]
    assert restored["documents_brought_back"] == 2
    aside = platform.database_url.rpartition("/")[0] + "/" + restored["aside"]
    with psycopg.connect(aside) as connection:
        assert connection.execute("SELECT name FROM auth.organisation LIMIT 1").fetchone() == ("damaged",)


def test_the_restored_ledger_is_still_append_only_and_apart(platform: Platform, capsys: Capture) -> None:
    back_up(capsys)
    bring_back(capsys, "--force")

    with psycopg.connect(platform.database_url) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
            connection.execute("DELETE FROM deposito.stock_movement")
        connection.execute("SET ROLE app_deposito")
        assert connection.execute(MOVED).fetchone() == (0,)
        connection.execute(
            "SELECT set_config('app.organisation_id', %s, true)", [str(platform.organisations[0])]
        )
        assert connection.execute(MOVED).fetchone() == (MOVEMENTS,)


def test_a_target_with_data_is_refused_without_force(platform: Platform, capsys: Capture) -> None:
    back_up(capsys)

    code, refused = bring_back(capsys)

    assert code == 2
    assert "--force" in refused["error"]
    assert platform.databases_beside() == []


def test_a_database_that_is_gone_is_made_again(platform: Platform, capsys: Capture) -> None:
    back_up(capsys)
    name = platform.database_url.rpartition("/")[2]
    with psycopg.connect(platform.database_url.replace(name, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    code, restored = bring_back(capsys)

    assert code == 0, restored
    assert restored["aside"] is None
    assert platform.ask(MOVED) == 2 * MOVEMENTS


def test_a_damaged_backup_is_refused_before_anything_is_touched(platform: Platform, capsys: Capture) -> None:
    _, backup = back_up(capsys)
    dump = platform.backups / backup["backup"] / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)

    code, failed = bring_back(capsys, "--force")

    assert code == 1
    assert "checksum" in failed["error"]
    assert platform.databases_beside() == []


def test_a_restore_that_fails_half_way_leaves_the_old_database(platform: Platform, capsys: Capture) -> None:
    """The dump is another, whole one: its checksum was written again, its content is not what was counted."""
    _, backup = back_up(capsys)
    with psycopg.connect(platform.database_url) as connection:
        connection.execute("UPDATE auth.organisation SET name = 'now'")
    folder = platform.backups / backup["backup"]
    facts = json.loads((folder / "facts.json").read_text())
    facts["rows"]["auth.organisation"] += 1
    (folder / "facts.json").write_text(json.dumps(facts))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["facts.json"] = _facts_of(folder / "facts.json")
    (folder / "manifest.json").write_text(json.dumps(manifest))

    code, failed = bring_back(capsys, "--force")

    assert code == 1
    assert failed["differences"] == ["auth.organisation has 2 rows, not 3 rows"]
    assert platform.ask("SELECT name FROM auth.organisation LIMIT 1") == "now"
    assert platform.databases_beside() == []


def test_only_what_the_snapshot_saw_is_in_dump_and_facts(
    platform: Platform, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes between the counting and the dumping."""
    from scripts.production.backup import making  # noqa: PLC0415  to put something in between

    dump = making._dump

    def write_then_dump(*given: Any) -> Path:
        with psycopg.connect(platform.database_url) as connection:
            connection.execute(
                "INSERT INTO auth.person (email, name, password_hash) VALUES ('x@y', 'x', 'x')"
            )
        return dump(*given)

    monkeypatch.setattr(making, "_dump", write_then_dump)

    assert back_up(capsys)[0] == 0
    assert bring_back(capsys, "--force")[0] == 0
    assert platform.ask("SELECT count(*) FROM auth.person") == 0


def test_runs_are_noted_and_failed_ones_too(
    platform: Platform, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(capsys)
    platform.papers[0].write_bytes(b"rotten")
    _forget_copies(platform)
    code, failed = back_up(capsys)
    monkeypatch.setenv("BACKUP_RECIPIENT", "age1nobodyhasthiskey")
    back_up(capsys)

    assert (code, failed["documents_missing"]) == (1, 1)
    query = "SELECT array_agg(ok ORDER BY started_at) FROM shared.operation_run WHERE kind = 'backup'"
    assert platform.ask(query) == [True, False, False]


def test_lost_papers_come_back_without_touching_the_database(platform: Platform, capsys: Capture) -> None:
    back_up(capsys)
    platform.papers[0].unlink()
    platform.papers[1].write_bytes(b"rotten")

    code, told = bring_back(capsys, "--documents-only")

    assert (code, told["documents_brought_back"], told["documents_missing"]) == (0, 2, 0)
    assert platform.papers[1].read_bytes().startswith(b"factura de")
    assert platform.databases_beside() == []


def test_a_dry_run_changes_nothing(platform: Platform, capsys: Capture) -> None:
    assert back_up(capsys, "--dry-run")[0] == 0
    assert list(platform.backups.iterdir()) == []
    back_up(capsys)

    code, checked = bring_back(capsys, "--dry-run", "--force")

    assert (code, checked["dry_run"]) == (0, True)
    assert platform.databases_beside() == []


def test_old_and_unfinished_backups_go(platform: Platform, capsys: Capture) -> None:
    _, newest = back_up(capsys)
    source = platform.backups / newest["backup"]
    for name in ("20250101T040000Z", "20250102T040000Z", "20250103T040000Z"):
        shutil.copytree(source, platform.backups / name)
    shutil.copytree(source, platform.backups / "20250103T050000Z")
    (platform.backups / "20250103T050000Z" / "database.dump").unlink()
    (platform.backups / "20250104T040000Z").mkdir()
    (platform.backups / "20250104T040000Z" / "database.dump").write_bytes(b"half")
    (platform.backups / "notes").mkdir()

    _, made = back_up(capsys)

    # Seven days with a backup are not reached yet, so only what never became one goes.
    assert made["removed"] == [newest["backup"], "20250103T050000Z", "20250104T040000Z"]
    assert (platform.backups / "notes").exists()


def _facts_of(file: Path) -> dict[str, Any]:
    from scripts.production.backup.manifest import file_facts  # noqa: PLC0415

    facts = file_facts(file)
    return {"size_bytes": facts.size_bytes, "sha256": facts.sha256}


def _forget_copies(platform: Platform) -> None:
    for file in (platform.backups / "documents").rglob("*"):
        if file.is_file():
            file.unlink()
