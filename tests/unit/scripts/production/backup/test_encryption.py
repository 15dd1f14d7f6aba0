"""What is encrypted for a key opens with it and no other; without a program for it nothing is written."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.production.backup import encryption
from scripts.production.backup.encryption import sealing, unsealing
from scripts.production.console import RefusedError, ScriptError

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed")


def test_without_a_key_bytes_pass_as_they_are() -> None:
    with sealing(None) as seal, unsealing(None, seal.suffix) as unseal:
        assert unseal.run(seal.run(b"\x00 \xff")) == b"\x00 \xff"


@needs_age
def test_age_opens_with_its_identity_only() -> None:
    mine, other = _age_key(), _age_key()
    with sealing(mine[1]) as seal:
        sealed = seal.run(b"factura")

    assert seal.suffix == ".age"
    with unsealing(mine[0], ".age") as unseal:
        assert unseal.run(sealed) == b"factura"
    with unsealing(other[0], ".age") as unseal, pytest.raises(ScriptError, match="age failed"):
        unseal.run(sealed)


def test_a_key_without_its_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(RefusedError, match="apt-get install age"), sealing("age1qqqq"):
        pass


def test_a_private_key_that_is_neither_text_nor_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="BACKUP_IDENTITY"), unsealing(str(tmp_path / "gone"), ".gpg"):
        pass


def test_a_program_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("_LONGEST_SECONDS", "LONGEST_SECONDS"):
        monkeypatch.setattr(encryption, name, 0.2)
    hangs, source, target = encryption.Cipher(("sleep", "60"), ""), tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"factura")

    with pytest.raises(ScriptError, match="hangs"):
        hangs.run(b"factura")
    with pytest.raises(ScriptError, match="hangs"):
        hangs.run_file(source, target)

    assert not target.exists()


def _age_key() -> tuple[str, str]:
    """Private and public."""
    told = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True)  # noqa: S607
    return told.stdout.splitlines()[-1], told.stdout.splitlines()[1].removeprefix("# public key: ")
