"""Who runs the database servers when this process is root, and where that account can reach its files."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from scripts.local.errors import SetupError

_OUTSIDE = Path("/var/lib/gondola")
# A file that says where the servers of a folder went.
MOVED = "servers-moved-to"


class RunAs(TypedDict, total=False):
    """Keyword arguments of subprocess that drop to the account; empty when there is nothing to drop."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The account the servers run as: the caller's own, or an unprivileged one when the caller is root."""

    uid: int
    gid: int
    is_other: bool

    def run_as(self) -> RunAs:
        """What subprocess needs to become this account."""
        return RunAs(user=self.uid, group=self.gid, extra_groups=[]) if self.is_other else RunAs()

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account reaches a folder through all that lie above it."""
        return not self.is_other or self._manages("test", "-x", folder)

    def can_run(self, program: Path) -> bool:
        """Whether the account may execute a program where it lies."""
        return not self.is_other or self._manages("test", "-r", program, "-a", "-x", program)

    def _manages(self, *command: str | Path) -> bool:
        done = subprocess.run(command, check=False, cwd="/", capture_output=True, **self.run_as())
        return done.returncode == 0


def server_account(existing_data: Path) -> Account:
    """PostgreSQL refuses to run as root: as root take the owner of existing data, else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    if existing_data.exists() and (owner := existing_data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, is_other=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise SetupError(
            "PostgreSQL does not run as root and there is no account `nobody` here; run as an ordinary user."
        ) from error
    return Account(nobody.pw_uid, nobody.pw_gid, is_other=True)


def reachable_folder(folder: Path) -> Path:
    """The folder itself, or one under /var/lib for a checkout that only root may enter (such as /root)."""
    folder.mkdir(parents=True, exist_ok=True)
    account = server_account(folder / "none")
    if account.is_other:
        _let_pass(folder)
    if account.can_enter(folder):
        return folder
    outside = _OUTSIDE / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    outside.mkdir(parents=True, exist_ok=True)
    _let_pass(_OUTSIDE)
    _let_pass(outside)
    if not account.can_enter(outside):
        raise SetupError(
            f"The database servers do not run as root and cannot enter {folder}; "
            "move the checkout to a folder that others may enter, such as /srv, or run as an ordinary user."
        )
    print(f"The database servers cannot enter {folder}; their data is in {outside}.", flush=True)
    (folder / MOVED).write_text(f"{outside}\n")
    return outside


@dataclass(frozen=True, slots=True)
class Installation:
    """Programs with what they load. parts: the folders under base that belong together; bin: under base."""

    base: Path
    bin: Path
    parts: tuple[str, ...]


def reachable_installation(found: Installation, probe: str, *, home: Path, account: Account) -> Installation:
    """The installation itself, or a copy of it below home when the account cannot run it in place."""
    program = found.bin / probe
    if account.can_run(program):
        return found
    version = f"{found.base}:{program.stat().st_mtime_ns}:{program.stat().st_size}"
    copy = home / "programs" / hashlib.sha256(version.encode()).hexdigest()[:12]
    if not copy.exists():
        part = copy.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for name in found.parts:
            shutil.copytree(found.base / name, part / name, symlinks=True)
        _open_to_all(part)
        part.rename(copy)
    return Installation(copy, copy / found.bin.relative_to(found.base), found.parts)


def _open_to_all(folder: Path) -> None:
    _let_pass(folder.parent)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))


def _let_pass(folder: Path) -> None:
    """Let others pass through a folder to what lies below, without listing it."""
    folder.chmod(folder.stat().st_mode | 0o011)
