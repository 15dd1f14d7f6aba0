"""One running platform per checkout, by a lock that dies with its holder. Standard library only."""

import fcntl
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scripts.local.processes import started_at

_PATIENCE_SECONDS = 1.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Running:
    """What the holder says of itself. greeting: the lines shown once it is ready, empty before."""

    pid: int
    greeting: tuple[str, ...]


class RunLock:
    """The lock of one var folder, and a file beside it that says who holds it and where it answers."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "up.lock"
        self._told = folder / "up.json"
        self._stream: IO[str] | None = None

    def take(self) -> bool:
        """Whether this process holds it now; waits a moment, as somebody asking holds it for one too."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._try():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        self.tell(())
        return True

    def tell(self, greeting: Sequence[str]) -> None:
        """Say where the platform answers."""
        pid = os.getpid()
        part = self._told.with_suffix(".part")
        part.write_text(json.dumps({"pid": pid, "started": started_at(pid), "greeting": list(greeting)}))
        part.replace(self._told)

    def release(self) -> None:
        """Let it go."""
        if self._stream:
            self._told.unlink(missing_ok=True)
            self._stream.close()
            self._stream = None

    def is_held(self) -> bool:
        """Whether a running process holds it."""
        if not self._file.exists():
            return False
        probe = RunLock(self._file.parent)
        if not probe._try():
            return True
        assert probe._stream
        probe._stream.close()
        return False

    def holder(self) -> Running | None:
        """Who holds it; None when nobody does, or when the holder has not said so yet."""
        if not self.is_held():
            return None
        try:
            told = json.loads(self._told.read_text())
            running = Running(int(told["pid"]), tuple(told["greeting"]))
        except (OSError, ValueError, KeyError):
            return None
        # The file may be what a killed holder left, before the new one has written its own.
        return running if started_at(running.pid) == told.get("started") else None

    def _try(self) -> bool:
        stream = self._file.open("a")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            return False
        self._stream = stream
        return True
