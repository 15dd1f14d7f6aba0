"""The archive of the configuration shows no secret, and its own script brings everything back."""

import json
import os
import re
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
from scripts.production.configs.variables import split
from tests.integration.scripts.production.backup.conftest import Platform

ROOT = Path(__file__).parents[5]
SECRETS = {
    "SECRET_KEY": "a-secret-key-that-nobody-may-read-$1'2",
    "JWT_SECRET_KEY": "another-key-that-nobody-may-read-0987",
    "REDIS_URL": "redis://:redis-password@cache:6379/0",
    "AFIP_PRIVATE_KEY": "-----BEGIN KEY-----\nprivate-material\n-----END KEY-----",
    "BACKUP_IDENTITY": "the-key-to-every-backup",
}

EDITED = "whose-edited-words-nobody-may-read"


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
    monkeypatch.setenv("BACKUP_RECIPIENT", "")
    edited = tmp_path / "etc" / "gondola"
    (edited / "nginx" / "tls").mkdir(parents=True)
    for name in ("nginx/listen.conf", "nginx/tls/privkey.pem", "job-restore-drill.env", "alertmanager.yml"):
        (edited / name).write_text(f"token of {name}: {EDITED}")
    monkeypatch.setattr(backup_configs, "PLACES", (f"{edited}/n*", f"{edited}/alert*", f"{edited}/none"))
    # The file alone says for whom.
    file = tmp_path / "platform.env"
    env_file.write(file, "")
    env_file.change(file, {**os.environ, "BACKUP_RECIPIENT": gpg_keys[0]})
    assert backup_configs.main(["--env-file", str(file)]) == 0
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
        assert EDITED.encode() not in content

    assert env_file.read(unpacked / "variables.env")["LOG_LEVEL"] == "WARNING"


def test_its_script_brings_the_variables_back(unpacked: Path, tmp_path: Path) -> None:
    done = restore(unpacked, "--secrets", str(tmp_path / "restored.env"))

    assert done.returncode == 0, done.stderr
    restored = env_file.read(tmp_path / "restored.env")
    assert {name: restored.get(name) for name in SECRETS} == {**SECRETS, "BACKUP_IDENTITY": None}
    assert restored["LOG_LEVEL"] == "WARNING"
    assert (tmp_path / "restored.env").stat().st_mode & 0o777 == 0o600


def test_its_script_brings_back_what_was_edited_on_the_machine(unpacked: Path, tmp_path: Path) -> None:
    target = tmp_path / "new"
    target.mkdir()

    done = restore(unpacked, "--machine", str(target))

    assert done.returncode == 0, done.stderr
    found = [path for path in target.rglob("*") if path.is_file()]
    assert sorted(path.name for path in found) == ["alertmanager.yml", "listen.conf"]
    assert all(EDITED in path.read_text() for path in found)
    assert restore(unpacked, "--machine", str(target / "none")).returncode == 2


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


_PROGRAM = """#!/bin/sh
printf '%s\\t' "$*" "$PGPASSWORD" "${DATABASE_URL-none}" > "$SEEN"
echo "psql: the server is away" >&2
exit 2
"""


def test_its_script_shows_no_password_and_a_failed_psql_is_a_failure(unpacked: Path, tmp_path: Path) -> None:
    program, seen = tmp_path / "psql", tmp_path / "seen"
    program.write_text(_PROGRAM)
    program.chmod(0o755)
    given = {
        "DATABASE_URL": "postgresql+asyncpg://boss:p%40ss\\%27w@h:5/d?sslmode=require",
        "SEEN": str(seen),
    }

    done = restore(unpacked, "--database", PG_BIN=str(tmp_path), **given)

    told, password, url, _end = seen.read_text().split("\t")
    assert "--dbname postgresql://boss@h:5/d?sslmode=require " in told
    assert "p%40ss" not in told
    assert "p@ss" not in told
    assert (password, url) == ("p@ss\\'w", "none")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "script": "restore-configs",
        "ok": False,
        "done": "failed, see the lines above",
    }


def test_its_script_says_what_it_would_do_and_does_nothing(unpacked: Path, other_database_url: str) -> None:
    done = restore(unpacked, "--database", "--dry-run", DATABASE_URL=other_database_url)

    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True), done.stderr
    with psycopg.connect(other_database_url) as connection:
        assert connection.execute("SELECT to_regnamespace('deposito')").fetchone() == (None,)


def test_its_script_leaves_no_half_file_of_secrets(unpacked: Path, tmp_path: Path) -> None:
    done = restore(unpacked, "--secrets", str(tmp_path / "restored.env"), GNUPGHOME=str(tmp_path))

    assert (done.returncode, json.loads(done.stdout)["ok"]) == (1, False)
    assert not list(tmp_path.glob("restored.env*"))


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_without_a_key_no_archive_is_made(
    options: list[str],
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("BACKUP_RECIPIENT", raising=False)

    assert backup_configs.main(options) == 2

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "password hashes would lie in the clear" in told["error"]
    assert not platform.backups.exists()


def test_without_the_list_of_variables_no_archive_is_made(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKUP_RECIPIENT", "age1x")
    monkeypatch.setattr(backup_configs, "_TEMPLATE", tmp_path / "none")

    assert backup_configs.main(["--dry-run"]) == 2
    assert "names what is to be kept" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    assert not platform.backups.exists()


def test_everything_a_platform_sets_is_kept() -> None:
    template = ROOT / ".env.production.template"
    railway = set(re.findall(r'"([A-Z][A-Z0-9_]+)":', (ROOT / ".railway" / "railway.py").read_text()))
    render = set(re.findall(r"key: ([A-Z][A-Z0-9_]+)", (ROOT / "render.yaml").read_text()))
    otel = {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_TRACES_SAMPLER"}
    named = railway | render | otel | {"POSTGRES_PASSWORD", "PUBLIC_URL", "NGINX_LISTEN"}

    shown, secret = split(dict.fromkeys(named, "x"), template)

    # The words of Railway's own graph, and the key to every backup.
    strange = {"DOCKERFILE", "ON_FAILURE", "NEVER", "BACKUP_IDENTITY"}
    assert named - set(shown) - set(secret) <= strange
    assert {"OTEL_EXPORTER_OTLP_HEADERS", "POSTGRES_PASSWORD"} <= set(secret)
    assert {"OTEL_TRACES_SAMPLER", "PUBLIC_URL"} <= set(shown)


@pytest.mark.parametrize("script", ["backup_database.sh", "restore_database.sh", "backup-configs.sh"])
def test_every_script_explains_itself(script: str) -> None:
    done = subprocess.run([ROOT / "scripts" / script, "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "DATABASE_URL" in done.stdout + done.stderr or "backup_database.sh" in done.stdout
