"""Stops what scripts/up runs in this checkout, also what a killed run left. Standard library only."""

import os
import signal
import sys
import time
from pathlib import Path

from scripts.local import processes
from scripts.local.lock import RunLock
from scripts.local.paths import VAR
from scripts.local.unprivileged import MOVED

_PATIENCE_SECONDS = 40
_POLL_SECONDS = 0.1


def main() -> int:
    """Ask the running platform to stop and wait until it has; then end leftovers."""
    lock = RunLock(VAR)
    was_running = lock.is_held()
    holder = lock.holder()
    if holder:
        os.kill(holder.pid, signal.SIGTERM)
        if not _wait_until_free(lock):
            os.kill(holder.pid, signal.SIGKILL)
            _wait_until_free(lock)
    ended = processes.stop_leftovers(VAR / "run")
    moved = VAR / MOVED
    if moved.exists():
        ended += processes.stop_leftovers(Path(moved.read_text().strip()) / "run")
    print("Stopped. The data stays in var/." if was_running or ended else "Nothing was running.")
    return 1 if lock.is_held() else 0


def _wait_until_free(lock: RunLock) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while lock.is_held():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


if __name__ == "__main__":
    sys.exit(main())
