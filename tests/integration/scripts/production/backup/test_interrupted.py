"""Whatever ends a restore half-way is told; nothing is left shut, half restored or readable."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts.production.backup import loading
from scripts.production.backup.leftovers import alone
from scripts.production.backup.loading import beside, server
from scripts.production.backup.scratch import scratch, sweep
from scripts.production.backup.store import BackupStore
from tests.integration.scripts.production.backup.conftest import (
    MOVEMENTS,
    Capture,
    Platform,
    back_up,
    bring_back,
    hold_drill,
    stand_in,
)

ROOT = Path(__file__).parents[5]
MOVED = "SELECT count(*) FROM deposito.stock_movement"
_SECONDS = 30


def wait_for(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def small_disk() -> Path:
    """Where nothing can be written for lack of room."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    return full


class TestRestore:
    @pytest.fixture
    def temporary(self) -> Iterator[Path]:
        # The path of a socket of gpg's agent may not be as long as pytest's folders are.
        with tempfile.TemporaryDirectory(prefix="g-") as folder:
            yield Path(folder)

    @pytest.fixture
    def started(
        self,
        *,
        platform: Platform,
        gpg_keys: tuple[str, str],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        temporary: Path,
        capsys: Capture,
    ) -> "subprocess.Popen[str]":
        """scripts/restore_database.sh of an encrypted backup, at the point where pg_restore works."""
        monkeypatch.setenv("BACKUP_RECIPIENT", gpg_keys[0])
        monkeypatch.setenv("BACKUP_IDENTITY", gpg_keys[1])
        assert back_up(capsys)[0] == 0
        mark = tmp_path / "restoring"
        programs = stand_in(tmp_path / "bin", "pg_restore", f'touch {mark}\nsleep 60\nexec REAL "$@"')
        process = subprocess.Popen(
            [ROOT / "scripts/restore_database.sh", "--force"],
            env={**os.environ, "PG_BIN": str(programs), "TMPDIR": str(temporary), "PYTHON": sys.executable},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(lambda: mark.exists() or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        assert list(temporary.glob("gondola-restore-*/database.dump"))
        assert platform.databases_beside() != []
        return process

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
    def test_told_to_stop_it_leaves_nothing(
        self, number: signal.Signals, platform: Platform, started: "subprocess.Popen[str]", temporary: Path
    ) -> None:
        started.send_signal(number)
        told, _ = started.communicate(timeout=_SECONDS)

        assert started.returncode == 130
        assert json.loads(told.splitlines()[-1])["ok"] is False
        assert list(temporary.iterdir()) == []
        assert platform.databases_beside() == []
        assert platform.ask(MOVED) == 2 * MOVEMENTS

    @pytest.mark.parametrize(
        ("next_run", "expected"),
        [(bring_back, 2), (back_up, 0), (hold_drill, 0)],
        ids=["restore", "backup", "drill"],
    )
    def test_what_a_killed_one_left_is_swept_by_the_next(
        self,
        *,
        next_run: Callable[[Capture], tuple[int, dict[str, Any]]],
        expected: int,
        platform: Platform,
        started: "subprocess.Popen[str]",
        temporary: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: Capture,
    ) -> None:
        started.kill()
        started.communicate(timeout=_SECONDS)
        # As if it had been killed in its last seconds, with everybody kept out.
        name = platform.database_url.rpartition("/")[2]
        with server(platform.database_url) as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))

        code, told = next_run(capsys)

        assert code == expected, told
        assert list(temporary.iterdir()) == []
        assert platform.databases_beside() == []
        assert platform.ask(MOVED) == 2 * MOVEMENTS

    @pytest.mark.parametrize("reason", [KeyboardInterrupt(), psycopg.OperationalError("gone")])
    def test_interrupted_while_it_takes_the_place_it_lets_everybody_in_again(
        self, reason: BaseException, platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        assert back_up(capsys)[0] == 0

        def disconnect(connection: psycopg.Connection, *_names: str) -> None:
            connection.close()
            raise reason

        monkeypatch.setattr(loading, "_disconnect", disconnect)
        with psycopg.connect(platform.database_url) as somebody:
            somebody.execute("SELECT 1")
            code, _ = bring_back(capsys, "--force")

        assert code != 0
        assert platform.ask(MOVED) == 2 * MOVEMENTS
        assert platform.databases_beside() == []

    def test_two_at_once_are_refused(self, platform: Platform, capsys: Capture) -> None:
        assert back_up(capsys)[0] == 0
        prefix = platform.database_url.rpartition("/")[2][:33] + "_restoring_"

        with alone(beside(platform.database_url), f"restore of {prefix}"):
            code, told = bring_back(capsys, "--force")

        assert (code, "under way" in told["error"]) == (2, True)

    def test_one_that_is_over_in_a_moment_keeps_nobody(self, platform: Platform, capsys: Capture) -> None:
        assert back_up(capsys)[0] == 0
        prefix = platform.database_url.rpartition("/")[2][:33] + "_restoring_"
        other = ExitStack()
        other.enter_context(alone(beside(platform.database_url), f"restore of {prefix}"))
        ending = threading.Timer(1, other.close)
        ending.start()

        code, told = bring_back(capsys, "--force")

        ending.join()
        assert code == 0, told

    def test_a_full_disk_is_told_as_such(
        self, monkeypatch: pytest.MonkeyPatch, platform: Platform, small_disk: Path, capsys: Capture
    ) -> None:
        assert back_up(capsys)[0] == 0
        fetch = BackupStore.fetch
        monkeypatch.setattr(BackupStore, "fetch", lambda store, key, _file: fetch(store, key, small_disk))

        code, told = bring_back(capsys, "--force")

        assert code == 1
        assert "no room left" in told["error"]
        assert platform.databases_beside() == []


def test_a_backup_that_comes_while_one_restores_leaves_that_alone(
    platform: Platform, capsys: Capture
) -> None:
    prefix = platform.database_url.rpartition("/")[2][:33] + "_restoring_"
    loading_now = f"{prefix}20261122t031500z"
    with server(platform.database_url) as connection:
        connection.execute(f'CREATE DATABASE "{loading_now}"'.encode())

    with alone(beside(platform.database_url), f"restore of {prefix}"):
        assert back_up(capsys)[0] == 0
        assert platform.databases_beside() == [loading_now]
    assert back_up(capsys)[0] == 0

    assert platform.databases_beside() == []


def test_a_killed_archive_of_the_configuration_leaves_nothing_for_long(
    *,
    platform: Platform,
    gpg_keys: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    monkeypatch.setenv("BACKUP_RECIPIENT", gpg_keys[0])
    with tempfile.TemporaryDirectory(prefix="g-") as temporary:
        programs = stand_in(tmp_path / "bin", "pg_dump", "sleep 60")
        process = subprocess.Popen(
            [ROOT / "scripts/backup-configs.sh"],
            env={**os.environ, "PG_BIN": str(programs), "TMPDIR": temporary, "PYTHON": sys.executable},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        wait_for(lambda: list(Path(temporary).glob("*/*/variables.env")) or process.poll() is not None)
        process.kill()
        process.communicate(timeout=_SECONDS)
        assert list(Path(temporary).glob("*/*/variables.env"))
        monkeypatch.setattr(tempfile, "tempdir", temporary)

        assert back_up(capsys)[0] == 0

        assert list(Path(temporary).iterdir()) == []
    assert platform.ask(MOVED) == 2 * MOVEMENTS


def test_only_folders_that_nobody_holds_are_swept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "gondola-key-left").mkdir()
    (tmp_path / "gondola-other").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "gondola-restore-link").symlink_to(tmp_path / "elsewhere")

    with scratch("restore") as held:
        assert sweep() == ["gondola-key-left"]
        assert held.is_dir()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"gondola-other", "elsewhere", "gondola-restore-link"}
