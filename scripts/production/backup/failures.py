"""What a database, a store or a disk raises, as one sentence for people."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from obstore.exceptions import BaseError

from scripts.production.console import ScriptError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def told() -> Iterator[None]:
    """Turns it into a ScriptError while the block runs."""
    try:
        yield
    except (psycopg.Error, BaseError, OSError) as error:
        raise ScriptError(sentence(error)) from error


def sentence(error: BaseException) -> str:
    """Without the dozens of lines that object stores add for programmers."""
    if isinstance(error, OSError) and error.errno in _FULL:
        where = error.filename or f"temporary files in {tempfile.gettempdir()}"
        return f"no room left on the disk of {where}: make room, or name another folder in TMPDIR"
    text = str(error).strip()
    if isinstance(error, BaseError):
        text = text.partition("\n\n")[0]
    return (text or type(error).__name__)[:1000]
