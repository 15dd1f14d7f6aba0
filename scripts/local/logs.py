"""Log files of child processes: a new one for each start, the last few kept."""

from pathlib import Path

_KEPT = 3
_TAIL_BYTES = 8_000


def rotate(log: Path) -> None:
    """Move name.log to name.log.1 and so on, so that the next start writes a fresh file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if not log.exists() or log.stat().st_size == 0:
        return
    for number in range(_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented for a person to read; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL_BYTES))
        text = stream.read().decode(errors="replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
