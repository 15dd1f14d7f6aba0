"""Reads thousands of damaged and hostile files and counts what the reader did not survive.

`python -m benchmarks.rehearsals.fuzz_reading [--quick] [--seed N] [--minutes M]` prints a table, then one
JSON line. Each file is read in the isolated child, with small limits: the outcome must be documents or one of
the codes of UnreadableFileError but reading_crashed, in the time the limits allow, with no process and no
temporary file left behind. A file that broke one of these is kept in var/fuzz under the name printed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.model import ReadingOptions
from agente_negocio.invoices.reading.process.isolated import read_isolated
from agente_negocio.invoices.reading.process.limits import MEBIBYTE, Limits
from benchmarks.provenance import commit
from benchmarks.rehearsals.fuzzing.damage import damaged
from benchmarks.rehearsals.fuzzing.hostile import bombs, hostile_files
from benchmarks.rehearsals.fuzzing.valid import PASSWORD, valid_files

RESULTS = Path(__file__).parents[1] / "results" / "fuzz_reading.json"
KEPT = Path(__file__).parents[2] / "var" / "fuzz"
OPTIONS = ReadingOptions(password=PASSWORD, max_pages=3, page_timeout_seconds=8)
LIMITS = Limits(start_seconds=15, page_seconds=10, page_cpu_seconds=10, memory_bytes=1536 * MEBIBYTE)
GRACE_SECONDS = 5.0
_DYING_SECONDS = 3.0
_QUICK_READINGS = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """One file to read. damage: what was done to the sample, "none" for those read as they are."""

    number: int
    sample: str
    damage: str
    content: bytes

    @property
    def kind(self) -> str:
        """The ending of the sample's name."""
        return self.sample.rpartition(".")[2]


@dataclass(slots=True)
class Tally:
    """Outcomes by kind of file, findings in words, and the longest reading."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    findings: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    readings: int = 0


def trials(seed: int, samples: Mapping[str, bytes]) -> Iterator[Trial]:
    """Every sample as it is, then damaged ones without end; a trial depends on seed and number alone."""
    names, whole = sorted(samples), list(valid_files().values())
    for number in count():
        name, random = names[number % len(names)], Random(f"{seed}:{number}")
        if number < len(names):
            yield Trial(number, name, "none", samples[name])
        else:
            content, damage = damaged(samples[name], whole, random)
            yield Trial(number, name, damage, content)


def rehearse(*, seed: int, seconds: float, most: int | None = None) -> Tally:
    """Read until the time is over or `most` files were read, one after the other."""
    tally, deadline = Tally(), time.monotonic() + seconds
    samples = valid_files() | hostile_files(Random(seed)) | bombs()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, _temporary_files_in(folder):
        for trial in trials(seed, samples):
            if time.monotonic() > deadline or tally.readings == most:
                break
            _read(trial, Path(folder), tally, seed)
    return tally


class _temporary_files_in:  # noqa: N801  used like a function
    """Every temporary file of this process goes to a folder of its own, which also marks its children."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._before, tempfile.tempdir = tempfile.tempdir, self._folder

    def __exit__(self, *_: object) -> None:
        tempfile.tempdir = self._before


def _read(trial: Trial, folder: Path, tally: Tally, seed: int) -> None:
    started = time.monotonic()
    outcome = _outcome(trial.content)
    seconds = time.monotonic() - started
    tally.readings += 1
    tally.outcomes[trial.kind][outcome] += 1
    tally.slowest_seconds = max(tally.slowest_seconds, seconds)
    for fault in _faults(outcome, seconds, folder):
        name = f"{seed}-{trial.number}-{trial.sample}"
        KEPT.mkdir(parents=True, exist_ok=True)
        (KEPT / name).write_bytes(trial.content)
        tally.findings.append(f"{fault}: var/fuzz/{name}, damage {trial.damage}")
        print(" -", tally.findings[-1], flush=True)


def _outcome(content: bytes) -> str:
    try:
        found = read_isolated([content], OPTIONS, limits=LIMITS)
    except UnreadableFileError as error:
        return error.code
    except RecogniserMissingError as error:
        raise SystemExit(f"Nothing to rehearse without the recogniser: {error}") from error
    except Exception as error:  # noqa: BLE001  whatever it is, the parent must not have met it
        return f"raised {type(error).__name__}: {error}"
    return "accepted" if any(document.accepted for document in found) else "documents"


def _faults(outcome: str, seconds: float, folder: Path) -> Iterator[str]:
    """What was wrong with a reading, in words."""
    if outcome == "reading_crashed" or outcome.startswith("raised"):
        yield outcome
    allowed = LIMITS.start_seconds + LIMITS.page_seconds * OPTIONS.max_pages + GRACE_SECONDS
    if seconds > allowed:
        yield f"took {seconds:.1f} s of {allowed:.0f}"
    left = sorted(path.name for path in folder.iterdir())
    if left:
        yield f"left files behind: {left}"
    alive = _processes_that_stay(str(folder))
    if alive:
        yield f"left processes behind: {alive}"


def _processes_that_stay(marker: str) -> list[int]:
    """One that was killed takes a moment to give its memory back."""
    deadline = time.monotonic() + _DYING_SECONDS
    while (found := _processes_of(marker)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _processes_of(marker: str) -> list[int]:
    """Live processes that were told this folder for temporary files; on Linux only."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if marker.encode() in environment and state != "Z" and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def _print_table(outcomes: Mapping[str, Counter[str]]) -> None:
    columns = sorted({code for counter in outcomes.values() for code in counter})
    print(f"{'kind':6}" + "".join(f"{code:>{len(code) + 2}}" for code in columns))
    for kind, counter in sorted(outcomes.items()):
        print(f"{kind:6}" + "".join(f"{counter[code]:>{len(code) + 2}}" for code in columns))


def main() -> int:
    """Rehearse; 0 when every reading ended as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK_READINGS} readings")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    started, code = time.monotonic(), commit()
    most = _QUICK_READINGS if options.quick else None
    tally = rehearse(seed=options.seed, seconds=60 * options.minutes, most=most)
    seconds = time.monotonic() - started
    _print_table(tally.outcomes)
    print(
        f"{tally.readings} readings in {seconds:.0f} s, the longest {tally.slowest_seconds:.1f} s,"
        f" {len(tally.findings)} findings"
    )
    figures = {
        "benchmark": "fuzz_reading",
        "commit": code,
        "seed": options.seed,
        "readings": tally.readings,
        "outcomes": {kind: dict(sorted(counter.items())) for kind, counter in sorted(tally.outcomes.items())},
        "slowest_seconds": round(tally.slowest_seconds, 1),
        "findings": tally.findings,
        "seconds": round(seconds, 1),
    }
    if not options.quick:
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
