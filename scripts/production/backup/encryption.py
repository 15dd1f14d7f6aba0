"""Encrypting backups for one public key, with age or gpg as the key says; both are run as filters."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.production.backup.programs import LONGEST_SECONDS
from scripts.production.backup.scratch import scratch
from scripts.production.console import RefusedError, ScriptError

_GPG = ("gpg", "--batch", "--no-tty", "--quiet", "--yes")
_GPG_NAME, _AGE_NAME = "gpg", "age"
# One paper, or a person who types a passphrase.
_LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Cipher:
    """A filter from standard input to standard output. suffix: of the files it makes; "" is none at all."""

    command: tuple[str, ...]
    suffix: str

    def run(self, content: bytes) -> bytes:
        """The bytes passed through. Raises ScriptError."""
        return self._run(_LONGEST_SECONDS, input=content, stdout=subprocess.PIPE)

    def run_file(self, source: Path, target: Path) -> None:
        """One file passed through into another. Raises ScriptError; nothing is left then."""
        try:
            with source.open("rb") as read, target.open("wb") as write:
                self._run(LONGEST_SECONDS, stdin=read, stdout=write)
        except ScriptError:
            target.unlink()
            raise

    def _run(self, longest_seconds: float, **streams: Any) -> bytes:
        try:
            done = subprocess.run(
                self.command, **streams, stderr=subprocess.PIPE, check=False, timeout=longest_seconds
            )
        except subprocess.TimeoutExpired as error:
            raise ScriptError(f"{self.command[0]} hangs: it was ended after {longest_seconds} s") from error
        if done.returncode != 0:
            raise ScriptError(f"{self.command[0]} failed: {done.stderr.decode(errors='replace').strip()}")
        content: bytes = done.stdout
        return content


# Without a key, bytes pass as they are.
OPEN = Cipher(("cat",), "")


@contextmanager
def sealing(recipient: str | None) -> Iterator[Cipher]:
    """Encrypts for a public key while the block runs; None leaves everything in the open.

    Raises RefusedError when the program the key needs is not installed.
    """
    if recipient is None:
        yield OPEN
    elif _is_age(recipient):
        yield Cipher((_program(_AGE_NAME), "--encrypt", "--recipient", recipient.strip()), ".age")
    else:
        with _key_home(recipient, private=False) as words:
            gpg = (_program(_GPG_NAME), *_GPG[1:], *words)
            # What is inside is compressed already.
            yield Cipher((*gpg, "--trust-model", "always", "--compress-algo", "none", "--encrypt"), ".gpg")


@contextmanager
def unsealing(identity: str | None, suffix: str) -> Iterator[Cipher]:
    """Decrypts files with this suffix while the block runs. identity: the private key or a file with it.

    Raises RefusedError when a key is needed and none is given.
    """
    if suffix == "":
        yield OPEN
    elif suffix == ".age":
        if identity is None:
            raise RefusedError("the backup is encrypted with age: BACKUP_IDENTITY must be its private key")
        with _text_as_file(identity) as file:
            yield Cipher((_program(_AGE_NAME), "--decrypt", "--identity", str(file)), "")
    elif identity is None:
        # A person's own key ring, asking through their agent.
        yield Cipher((_program(_GPG_NAME), "--quiet", "--yes", "--decrypt"), "")
    else:
        with _key_home(identity, private=True) as words:
            yield Cipher((_program(_GPG_NAME), *_GPG[1:], *words, "--decrypt"), "")


def _is_age(recipient: str) -> bool:
    return recipient.strip().startswith(("age1", "ssh-"))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RefusedError(
            f"the key of the backups is for {name}, which is not installed: apt-get install {name}"
        )
    return found


@contextmanager
def _key_home(key: str, *, private: bool) -> Iterator[tuple[str, ...]]:
    """Options of gpg for a key that is text or a file, in a key ring of its own; else for one by its name."""
    if not private and not _is_material(key):
        yield ("--recipient", key)
        return
    with scratch("key") as folder, _text_as_file(key) as file:
        home = ("--homedir", str(folder))
        if not private:
            yield (*home, "--recipient-file", str(file))
            return
        try:
            done = subprocess.run([*_GPG, *home, "--import", file], capture_output=True, check=False)
            if done.returncode != 0:
                complaint = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
                raise RefusedError(
                    f"BACKUP_IDENTITY is no private key that gpg reads without a passphrase: {complaint}"
                )
            yield home
        finally:
            subprocess.run(["gpgconf", *home, "--kill", "all"], capture_output=True, check=False)  # noqa: S607


def _is_material(key: str) -> bool:
    return "\n" in key.strip() or Path(key).is_file()


@contextmanager
def _text_as_file(key: str) -> Iterator[Path]:
    """The key's file: the one that is named, or a private one with the text."""
    if "\n" not in key.strip() and not key.startswith("AGE-SECRET-KEY-"):
        if not Path(key).is_file():
            raise RefusedError("BACKUP_IDENTITY is neither a private key nor a file that is there")
        yield Path(key)
        return
    with scratch("key") as folder:
        file = folder / "key"
        file.write_text(key.replace("\\n", "\n").strip() + "\n")
        yield file
