"""A backup that fails is told in a line, noted where people look, and leaves nothing that looks whole."""

from pathlib import Path
from typing import Any

import pytest

from scripts.production.backup import command, encryption, making
from scripts.production.backup.store import BackupStore
from tests.integration.scripts.production.backup.conftest import (
    Capture,
    Platform,
    back_up,
    bring_back,
    hold_drill,
    stand_in,
)

RUNS = "SELECT array_agg(facts->>'error' ORDER BY started_at) FROM shared.operation_run WHERE NOT ok"
WAITING = b"""{"kind": "backup", "started_at": "2026-11-01T00:00:00Z", "finished_at": "2026-11-01T01:00:00Z",
 "facts": {"error": "away"}}"""


def test_a_store_that_is_away_is_told_in_a_line_and_noted(
    platform: Platform,
    gpg_keys: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    told = {
        "BACKUP_BUCKET_NAME": "b",
        "BACKUP_AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "BACKUP_AWS_ACCESS_KEY_ID": "a",
        "BACKUP_AWS_SECRET_ACCESS_KEY": "s",
        "BACKUP_SIGNING_KEY": "k" * 32,
        "BACKUP_RECIPIENT": gpg_keys[0],
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    for act in (back_up, hold_drill):
        code, failed = act(capsys)
        assert (code, "\n" in failed["error"]) == (1, False), failed
    assert len(list(platform.ask(RUNS))) == 2  # type: ignore[call-overload]


def test_a_folder_that_cannot_be_made_is_noted(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("BACKUP_PATH", "/dev/null/backups")

    code, failed = back_up(capsys)

    assert code == 1
    assert "/dev/null/backups" in failed["error"]
    assert platform.ask(RUNS) == [failed["error"]]


def test_a_full_disk_is_the_reason_that_is_told(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """The filter cannot write, and pg_dump fails only because of that."""
    cipher = encryption.sealing

    class Full:
        def __init__(self, recipient: str | None) -> None:
            self._inner = cipher(recipient)

        def __enter__(self) -> Any:
            seal = self._inner.__enter__()
            script = "head -c 1000 > /dev/null; echo 'write error: No space left on device' >&2; exit 1"
            return type(seal)(("sh", "-c", script), "")

        def __exit__(self, *reason: object) -> None:
            self._inner.__exit__(None, None, None)

    monkeypatch.setattr(making, "sealing", Full)

    code, failed = back_up(capsys)

    assert code == 1
    assert "No space left on device" in failed["error"]
    assert platform.ask(RUNS) == [failed["error"]]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("sleep 60", "hangs"),
        ("head -c 1000000 /dev/zero | tr '\\0' w >&2; exec REAL \"$@\"", None),
        ("head -c 1000000 /dev/zero | tr '\\0' w >&2; echo fatal >&2; exit 1", "fatal"),
    ],
    ids=["hangs", "is talkative", "is talkative and fails"],
)
def test_a_dump_that(
    *,
    script: str,
    reason: str | None,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    monkeypatch.setenv("PG_BIN", str(stand_in(tmp_path / "bin", "pg_dump", script)))
    monkeypatch.setattr(making, "LONGEST_SECONDS", 5)

    code, told = back_up(capsys)

    assert (code == 0) == (reason is None), told
    if reason:
        assert reason in told["error"]
        assert platform.ask(RUNS) == [told["error"][:500]]


def test_two_at_once_are_refused_and_the_first_stays_whole(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    write = BackupStore.write
    second: list[int] = []

    def write_and_begin_another(store: BackupStore, key: str, content: bytes | Path) -> None:
        write(store, key, content)
        if key.endswith("facts.json") and not second:
            second.append(command.main([]))

    monkeypatch.setattr(BackupStore, "write", write_and_begin_another)

    code, made = back_up(capsys)

    assert (code, second) == (0, [2]), made
    assert platform.ask(RUNS) is None
    assert bring_back(capsys, "--dry-run", "--force")[0] == 0


def test_a_backup_whose_files_went_away_gets_no_manifest(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    write = BackupStore.write

    def lose_the_dump(store: BackupStore, key: str, content: bytes | Path) -> None:
        if not key.endswith("database.dump"):
            write(store, key, content)

    monkeypatch.setattr(BackupStore, "write", lose_the_dump)

    code, failed = back_up(capsys)

    assert (code, "database.dump" in failed["error"]) == (1, True)
    assert list(platform.backups.rglob("manifest.json")) == []


def test_a_failure_of_the_database_is_noted_when_it_is_back(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with monkeypatch.context() as away:
        away.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
        code, failed = back_up(capsys)
    assert code == 1
    assert platform.ask(RUNS) is None

    assert back_up(capsys)[0] == 0

    assert platform.ask(RUNS) == [failed["error"]]
    assert list((platform.backups / "runs").iterdir()) == []


@pytest.mark.parametrize(
    "planted",
    [
        b"\xff",
        b"[]",
        b'{"kind": "backup"}',
        WAITING.replace(b"backup", b"another kind"),
        WAITING.replace(b"00:00Z", b"yesterday"),
        WAITING.replace(b"away", b"\\u0000"),
        WAITING.replace(b"01:00Z", b"01:00Z", 1).replace(b"2026-11-01T01", b"2026-10-01T01"),
    ],
)
def test_what_is_no_note_is_left_where_it_is_and_holds_nothing_up(
    planted: bytes, platform: Platform, capsys: Capture
) -> None:
    runs = platform.backups / "runs"
    runs.mkdir(parents=True)
    (runs / "0.json").write_bytes(planted)
    (runs / "backup-20261101T000000Z.json").write_bytes(WAITING)

    assert command.main([]) == 0

    assert "runs/0.json" in capsys.readouterr().err
    assert [path.name for path in runs.iterdir()] == ["0.json"]
    assert platform.ask(RUNS) == ["away"]
    assert platform.ask("SELECT count(*) FROM shared.operation_run") == 2


def test_nobody_else_on_the_machine_can_read_it(platform: Platform, capsys: Capture) -> None:
    platform.backups.mkdir(mode=0o755)

    assert back_up(capsys)[0] == 0

    assert platform.backups.stat().st_mode & 0o077 == 0
    files = [path for path in platform.backups.rglob("*") if path.is_file()]
    assert len(files) == 5
    assert [path for path in files if path.stat().st_mode & 0o077] == []
