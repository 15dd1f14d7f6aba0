"""Private folders for what lies in the clear for a while. What killed runs leave the next one sweeps."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Kind = Literal["backup", "restore", "key", "config"]
_KINDS: tuple[Kind, ...] = ("backup", "restore", "key", "config")
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def scratch(kind: Kind) -> Iterator[Path]:
    """A new folder in TMPDIR that only we may enter, gone afterwards."""
    # Short: the socket of gpg's agent may lie inside, and its path may have 100 characters. The agent takes
    # it away when it ends, at the same time as we do.
    is_shared = kind == "key"
    with tempfile.TemporaryDirectory(prefix=_prefix(kind), ignore_cleanup_errors=is_shared) as name:
        held = os.open(name, _OPEN)
        try:
            # The system lets it go when the process ends, however that ends.
            fcntl.flock(held, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(held)


def sweep() -> list[str]:
    """Remove such folders that no process holds any more; their names."""
    found = (folder for kind in _KINDS for folder in Path(tempfile.gettempdir()).glob(f"{_prefix(kind)}*"))
    return [folder.name for folder in found if _removed(folder)]


@contextmanager
def private_files() -> Iterator[None]:
    """New files are for us alone while the block runs."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _prefix(kind: Kind) -> str:
    return f"gondola-{kind}-"


def _removed(folder: Path) -> bool:
    try:
        held = os.open(folder, _OPEN)
    except OSError:
        # No folder, or somebody else's.
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(held)
