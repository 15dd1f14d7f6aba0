"""Reads what was never read, one process per core, and scores everything."""

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Protocol

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read, to_json
from agente_negocio.invoices.reading.errors import RecogniserMissingError
from benchmarks.reading.cache import Cache, digest_of_values
from benchmarks.reading.processes import cpu_seconds
from benchmarks.reading.scoring import Origin, Reading, Score, score
from benchmarks.reading.tasks import Task, alteration_of, files_of, papers_of
from scripts.demo.papers import OWN_CUITS, truth

MOST_PAGES = 60
"""The service refuses long files sooner; here reading them is what counts, with all their copies."""
_SECONDS_BETWEEN_WORDS = 20
_SECONDS_BETWEEN_LOOKS = 1
_OF_THE_MACHINE = frozenset({"reading_timeout", "reading_out_of_memory", "reading_crashed"})
"""Errors that say more about how busy the machine was than about the file: counted, but tried again."""


class Capture(Protocol):
    """Something to read, known by a key that never changes."""

    @property
    def key(self) -> str:
        """Safe as a file name."""

    def files(self) -> tuple[bytes, ...]:
        """Its pages."""

    def own_cuits(self) -> frozenset[str]:
        """Whom it was sent to."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper of ours."""

    task: Task

    @property
    def key(self) -> str:
        """Of everything the task says."""
        return digest_of_values(asdict(self.task))[:32]

    def files(self) -> tuple[bytes, ...]:
        """Rendered anew: a page takes about 0.35 s of CPU, and would take a megabyte on disk."""
        return files_of(self.task)

    def own_cuits(self) -> frozenset[str]:
        """The demo shop's."""
        return frozenset(OWN_CUITS)


def scores_of(task: Task, reading: Reading) -> list[Score]:
    """How a drawn capture was read."""
    papers = papers_of(task)
    layouts = tuple(paper.layout for paper in papers)
    origin = Origin(layouts, task.condition, task.seed, task.copy, alteration_of(task))
    return score(origin, [truth(paper) for paper in papers], reading)


def readings(captures: Sequence[Capture], cache: Cache, *, jobs: int) -> list[Reading]:
    """The reading of each capture, from the cache where it is; a run that was killed goes on here.

    Raises RecogniserMissingError: without a recogniser nothing is measured.
    """
    known = {capture.key: kept for capture in captures if (kept := cache.get(capture.key)) is not None}
    waiting = [capture for capture in captures if capture.key not in known]
    began = told = time.monotonic()
    print(f"{len(known)} readings kept, {len(waiting)} to make", file=sys.stderr)
    for done, (capture, reading) in enumerate(zip(waiting, _read_all(waiting, cache, jobs), strict=True), 1):
        known[capture.key] = reading
        if time.monotonic() - told > _SECONDS_BETWEEN_WORDS:
            told = time.monotonic()
            left = (told - began) / done * (len(waiting) - done) / 60
            print(f"{done} of {len(waiting)} read, about {left:.0f} minutes left", file=sys.stderr)
    return [known[capture.key] for capture in captures]


def _read_all(waiting: Sequence[Capture], cache: Cache, jobs: int) -> Iterator[Reading]:
    if not waiting:
        return
    with ProcessPoolExecutor(max_workers=jobs, initializer=_leave_with_parent) as pool:
        yield from pool.map(read_one, waiting, [cache] * len(waiting))


def _leave_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def read_one(capture: Capture, cache: Cache) -> Reading:
    """Read and keep. A crash and a timeout are results too, but ones that are tried again next time.

    Raises RecogniserMissingError.
    """
    files = capture.files()
    options = ReadingOptions(own_cuits=capture.own_cuits(), max_pages=MOST_PAGES, pictures=False)
    before = cpu_seconds()
    try:
        documents = read(files, options)
    except UnreadableFileError as error:
        reading = Reading((), error.code, cpu_seconds() - before)
        if error.code in _OF_THE_MACHINE:
            return reading
    except RecogniserMissingError:
        raise
    except Exception as error:  # noqa: BLE001  one crash must not end a night of measuring
        return Reading((), f"crashed: {type(error).__name__}: {error}", cpu_seconds() - before)
    else:
        reading = Reading(tuple(map(to_json, documents)), None, cpu_seconds() - before)
    cache.put(capture.key, reading)
    return reading
