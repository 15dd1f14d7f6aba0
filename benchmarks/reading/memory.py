"""The most memory a reading worker holds, measured in a fresh one.

`python -m benchmarks.reading.memory CUITS FOLDER...` reads the files of each folder as one capture sent to
the owners of those CUITs (commas between them) and prints one JSON object: megabytes of the process itself
and of each program it started. It loads nothing but the reader.
"""

import contextlib
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read
from benchmarks.reading.processes import children, command_of, peak_megabytes

_SECONDS_BETWEEN_LOOKS = 0.01
WORKER = "worker"


def peaks(own_cuits: Sequence[str], folders: Sequence[Path]) -> dict[str, float]:
    """Megabytes at the peak, by program, of a fresh process that reads a capture from each folder."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.reading.memory", ",".join(own_cuits), *map(str, folders)],
        check=True,
        capture_output=True,
        text=True,
    )
    return {name: float(size) for name, size in json.loads(said.stdout).items()}


class _Watch(threading.Thread):
    """Looks often at what our children hold; their peak only grows, so the last look counts."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.peaks: dict[str, float] = {}

    def run(self) -> None:
        own = command_of("self")
        while not self.done.wait(_SECONDS_BETWEEN_LOOKS):
            for child in children():
                command, peak = command_of(child), peak_megabytes(child)
                # Between fork and exec a child is still us.
                if command != own and peak:
                    name = _name(command)
                    self.peaks[name] = max(peak, self.peaks.get(name, 0))


def _name(command: Sequence[str]) -> str:
    """The program; of Python, the module it runs."""
    if "-m" in command[:-1]:
        return command[command.index("-m") + 1]
    return Path(command[0]).name


def _measure(own_cuits: frozenset[str], folders: Sequence[Path]) -> dict[str, float]:
    watch = _Watch()
    watch.start()
    for folder in folders:
        with contextlib.suppress(UnreadableFileError):
            files = [path.read_bytes() for path in sorted(folder.iterdir())]
            read(files, ReadingOptions(own_cuits=own_cuits))
    watch.done.set()
    watch.join()
    return {WORKER: peak_megabytes() or _peak_by_rusage(), **watch.peaks}


def _peak_by_rusage() -> float:
    """Where there is no /proc: macOS counts bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    cuits, *names = sys.argv[1:]
    sys.stdout.write(json.dumps(_measure(frozenset(cuits.split(",")), [Path(name) for name in names])))
