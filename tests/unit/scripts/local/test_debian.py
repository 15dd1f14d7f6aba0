"""Programs of Debian for tests: what is installed or unpacked is taken, half a package never."""

from pathlib import Path

import pytest

from scripts.local import debian
from scripts.local.errors import SetupError


def make(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with apt, whose only package holds /usr/bin/odd-program; what it runs is in its bin."""
    make(tmp_path / "bin", "apt-get", "touch odd.deb")
    make(tmp_path / "bin", "dpkg-deb", 'mkdir -p "$3/usr/bin" && cp /bin/sh "$3/usr/bin/odd-program"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(debian, "VAR", tmp_path / "var")
    debian.ensure.cache_clear()
    return tmp_path


def test_a_package_is_unpacked_once_and_then_found(machine: Path) -> None:
    first = debian.ensure("odd", "odd-program")
    debian.ensure.cache_clear()
    make(machine / "bin", "apt-get", "exit 1")

    assert first == machine / "var" / "tools" / "odd" / "usr" / "bin" / "odd-program"
    assert debian.ensure("odd", "odd-program") == first
    assert [path.name for path in first.parents[2].parent.iterdir()] == ["odd"]


def test_an_installed_one_goes_first(machine: Path) -> None:
    make(machine / "bin", "odd-program", "exit 0")

    assert debian.ensure("odd", "odd-program") == machine / "bin" / "odd-program"


def test_another_test_may_unpack_it_meanwhile(machine: Path) -> None:
    place = machine / "var" / "tools" / "odd" / "usr" / "bin"
    make(machine / "bin", "apt-get", f'touch odd.deb; mkdir -p "{place}" && cp /bin/sh "{place}/odd-program"')

    assert debian.ensure("odd", "odd-program") == place / "odd-program"


def test_what_cannot_be_fetched_is_said_with_the_command(machine: Path) -> None:
    make(machine / "bin", "apt-get", "exit 1")

    with pytest.raises(SetupError, match="apt-get install odd"):
        debian.ensure("odd", "odd-program")
