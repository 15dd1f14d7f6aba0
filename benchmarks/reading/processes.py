"""What this process and those it started have used."""

import os
import resource
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> float:
    """Of this process, of its children that ended, and of those that still run where /proc tells."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages) + sum(map(_ticks_of, children()))


def children() -> list[int]:
    """Ids of the running processes that this one started, and those they started; Linux only, else none."""
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        for listed in (_PROC / str(waiting.pop()) / "task").glob("*/children"):
            started = [int(word) for word in _text_of(listed).split()]
            found += started
            waiting += started
    return found


def peak_megabytes(process: int | str = "self") -> float | None:
    """Most memory resident at once since the process began its program; None where /proc does not tell.

    ru_maxrss would say more than is true: it keeps what the parent held when it forked.
    """
    for line in _text_of(_PROC / str(process) / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return None


def command_of(process: int | str) -> tuple[str, ...]:
    """The words of a command line; none when the process has gone."""
    return tuple(_text_of(_PROC / str(process) / "cmdline").rstrip("\0").split("\0"))


def _ticks_of(process: int) -> float:
    """CPU seconds of a running process, with its own ended children."""
    after_name = _text_of(_PROC / str(process) / "stat").rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / _TICKS


def _text_of(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
