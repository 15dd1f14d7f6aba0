"""Processes that end with their parent, and ending those a killed parent left. Standard library only."""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process on file. started: when it began, so that a reused pid is never taken for it."""

    pid: int
    started: str
    stop_signal: int


def leashed(command: Iterable[str | Path], *, stop_signal: signal.Signals) -> list[str]:
    """The command, made to receive stop_signal when its parent dies, where the system can (Linux).

    The kernel ties this to the thread that starts the process: start it from the main thread.
    """
    words = [str(word) for word in command]
    setpriv = _setpriv()
    if not setpriv:
        return words
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--no-new-privs", "--", *words]


@functools.cache
def _setpriv() -> str | None:
    """The program that ties a process to its parent; the one of busybox cannot."""
    found = shutil.which("setpriv") if sys.platform.startswith("linux") else None
    if not found:
        return None
    told = subprocess.run([found, "--help"], capture_output=True, text=True, check=False)
    return found if "--pdeathsig" in told.stdout else None


def started_at(pid: int) -> str | None:
    """When a process began, in whatever unit the system tells; None when it is gone or a zombie."""
    if Path("/proc/self/stat").exists():
        return _started_at_linux(pid)
    told = subprocess.run(
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = told.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _started_at_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    # The name in brackets may hold anything; what follows the last bracket is plain.
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else f"{boot}:{fields[18]}"


def command_line(pid: int) -> str:
    """The words of a running process; empty when it is gone."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    told = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def write_record(file: Path, pid: int, stop_signal: signal.Signals) -> None:
    """Put a process on file, at once or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"pid": pid, "started": started_at(pid), "stop_signal": int(stop_signal)}))
    part.replace(file)


def read_record(file: Path) -> ProcessRecord | None:
    """The process on file if it is still the same and runs; None otherwise."""
    try:
        found = json.loads(file.read_text())
        record = ProcessRecord(int(found["pid"]), str(found["started"]), int(found["stop_signal"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if is_alive(record) else None


def is_alive(record: ProcessRecord) -> bool:
    """Whether this very process still runs."""
    return started_at(record.pid) == record.started


def stop_leftovers(folder: Path, *, patience_seconds: float = 10) -> list[str]:
    """End every process on file in the folder, and the file with it. Returns the names of those that ran."""
    files = sorted(folder.glob("*.json"))
    running = [(file, record) for file in files if (record := read_record(file))]
    for _, record in running:
        _signal(record, record.stop_signal)
    for _, record in running:
        if not wait_until_gone(record, patience_seconds):
            _signal(record, signal.SIGKILL)
            wait_until_gone(record, patience_seconds)
    for file in files:
        file.unlink(missing_ok=True)
    return [file.stem for file, _ in running]


def wait_until_gone(record: ProcessRecord, patience_seconds: float) -> bool:
    """Wait for a process that need not be our child."""
    deadline = time.monotonic() + patience_seconds
    while is_alive(record):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _signal(record: ProcessRecord, number: int) -> None:
    try:
        os.kill(record.pid, number)
    except ProcessLookupError:
        return
