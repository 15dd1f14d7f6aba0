"""The archive of the configuration shows no secret, and its own script brings everything back."""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts.production import backup_configs, env_file
from scripts.production.backup.programs import find_programs
from scripts.production.configs.archive import CRITICAL
from tests.integration.scripts.production.backup.conftest import Platform

ROOT = Path(__file__).parents[5]
SECRETS = {
    "SECRET_KEY": "a-secret-key-that-nobody-may-read-$1'2",
    "JWT_SECRET_KEY": "another-key-that-nobody-may-read-0987",
    "REDIS_URL": "redis://:redis-password@cache:6379/0",
    "AFIP_PRIVATE_KEY": "-----BEGIN KEY-----\nprivate-material\n-----END KEY-----",
    "BACKUP_IDENTITY": "the-key-to-every-backup",
}


@pytest.fixture
def unpacked(
    platform: Platform,
    gpg_keys: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Path]:
    """The folder in the archive; a key ring that opens it is at hand."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    monkeypatch.setenv("BACKUP_RECIPIENT", gpg_keys[0])
    assert backup_configs.main([]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    ring = Path(os.environ.get("TMPDIR", "/tmp")) / f"ring-{os.getpid()}"  # noqa: S108  sockets need a short path
    ring.mkdir(mode=0o700, exist_ok=True)
    monkeypatch.setenv("GNUPGHOME", str(ring))
    key = tmp_path / "key"
    key.write_text(gpg_keys[1])
    subprocess.run(["gpg", "--batch", "--quiet", "--import", key], check=True)  # noqa: S607
    plain = subprocess.run(
        ["gpg", "--batch", "--quiet", "--decrypt", platform.backups / told["archive"]],  # noqa: S607
        check=True,
        capture_output=True,
    ).stdout
    (tmp_path / "archive.tar.gz").write_bytes(plain)
    with tarfile.open(tmp_path / "archive.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (folder,) = (tmp_path / "unpacked").iterdir()
    yield folder
    subprocess.run(["gpgconf", "--kill", "all"], check=False)  # noqa: S607
    shutil.rmtree(ring, ignore_errors=True)


def restore(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", folder / "restore.sh", *options],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PG_BIN": str(find_programs(18).folder), **environment},
    )


def test_no_file_shows_a_secret(unpacked: Path) -> None:
    for file in unpacked.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not [value for value in SECRETS.values() if value.encode() in content], file
        assert b"redis-password" not in content
        assert b"private-material" not in content

    assert env_file.read(unpacked / "variables.env")["LOG_LEVEL"] == "WARNING"


def test_its_script_brings_the_variables_back(unpacked: Path, tmp_path: Path) -> None:
    done = restore(unpacked, "--secrets", str(tmp_path / "restored.env"))

    assert done.returncode == 0, done.stderr
    restored = env_file.read(tmp_path / "restored.env")
    assert {name: restored.get(name) for name in SECRETS} == {**SECRETS, "BACKUP_IDENTITY": None}
    assert restored["LOG_LEVEL"] == "WARNING"
    assert (tmp_path / "restored.env").stat().st_mode & 0o777 == 0o600


def test_its_script_brings_schema_and_critical_data_back(
    unpacked: Path, platform: Platform, other_database_url: str
) -> None:
    done = restore(unpacked, "--database", DATABASE_URL=other_database_url)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"script": "restore-configs", "ok": True, "done": "database"}
    with psycopg.connect(other_database_url) as connection:
        for table in CRITICAL:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  our own names
            assert found == (platform.ask(f"SELECT count(*) FROM {table}"),)  # noqa: S608
        assert connection.execute("SELECT count(*) FROM deposito.stock_movement").fetchone() == (0,)
        connection.execute("SET ROLE app_deposito")
        assert connection.execute("SELECT count(*) FROM deposito.product").fetchone() == (0,)


def test_its_script_refuses_a_database_that_holds_anything(unpacked: Path, platform: Platform) -> None:
    done = restore(unpacked, "--database", DATABASE_URL=platform.database_url)

    assert done.returncode == 2
    assert "not empty" in done.stderr


def test_its_script_notices_a_changed_file(unpacked: Path) -> None:
    with (unpacked / "rows.txt").open("a") as file:
        file.write("auth.person 7\n")

    assert restore(unpacked, "--check").returncode == 1


def test_without_a_key_secrets_are_left_out_and_named(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRETS["SECRET_KEY"])
    monkeypatch.delenv("BACKUP_RECIPIENT", raising=False)

    assert backup_configs.main([]) == 0

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"SECRET_KEY", "DATABASE_URL"} <= set(told["secrets_left_out"])
    archive = platform.backups / told["archive"]
    with tarfile.open(archive) as opened:
        texts = [opened.extractfile(member) for member in opened if member.isfile()]
        assert not [text for text in texts if text and SECRETS["SECRET_KEY"].encode() in text.read()]


@pytest.mark.parametrize("script", ["backup_database.sh", "restore_database.sh", "backup-configs.sh"])
def test_every_script_explains_itself(script: str) -> None:
    done = subprocess.run([ROOT / "scripts" / script, "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "DATABASE_URL" in done.stdout + done.stderr or "backup_database.sh" in done.stdout
