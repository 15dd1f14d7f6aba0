"""What a page costs: CPU against the bare command, on one core and turn by turn; memory of a fresh worker."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Literal

import pypdfium2

from agente_negocio.invoices.reading import ReadingOptions, read
from benchmarks.reading import memory
from benchmarks.reading.bounds import median_interval
from benchmarks.reading.figures import Line, Verdict
from benchmarks.reading.processes import cpu_seconds
from benchmarks.reading.run import MOST_PAGES
from benchmarks.reading.tasks import SHARED, Task, cells, files_of, group_of, papers_of, walk
from scripts.demo.papers import OWN_CUITS, render, truth

_CLEAN_DPI = 300
_POINTS_PER_INCH = 72
_MOST_RATIO = 1.0
_MOST_PDF_MS = 20.0
_MOST_MEGABYTES = 450
_MEMORY_PAPERS = 6
_PHOTOGRAPHED = ("photo", "hard", "other", "crumpled")


@dataclass(frozen=True, slots=True)
class Pair:
    """CPU seconds a page. shown: with pictures of the pages, for people to look at, as the service reads.

    bare: of the command on the same page; None where there is no such command.
    """

    ours: float
    shown: float
    bare: float | None


def cost_lines(seed: int, layouts: Sequence[str], conditions: Sequence[str], pages: int) -> list[Line]:
    """The goals of time and memory, each over as many pages, in processes of their own."""
    photos = [name for name in conditions if group_of(name) in _PHOTOGRAPHED and name not in SHARED]
    with ProcessPoolExecutor(max_workers=1, initializer=_stay_on_one_core) as pool:
        shot = pool.submit(_photographed, seed, layouts, photos, pages).result() if photos else []
        sent = pool.submit(_sent, seed, layouts, pages).result() if "pdf" in conditions else []
    held = [_memory_line(seed, layouts, photos)] if photos else []
    return [*_photo_lines(shot), *_pdf_lines(sent), *held]


def _photo_lines(pairs: Sequence[Pair]) -> list[Line]:
    """As the command reads, and as the service does: its pictures cost too."""
    bare = [pair.bare for pair in pairs if pair.bare]
    if not bare:
        return []
    return [
        _at_most(
            name,
            [ours / theirs for ours, theirs in zip(seconds, bare, strict=True)],
            "ratio",
            _MOST_RATIO,
            f"{median(seconds):.2f} CPU s a page",
        )
        for name, seconds in (
            ("CPU per photographed page / tesseract", [pair.ours for pair in pairs]),
            ("CPU per photographed page, pictures / tesseract", [pair.shown for pair in pairs]),
        )
    ]


def _pdf_lines(pairs: Sequence[Pair]) -> list[Line]:
    if not pairs:
        return []
    ratios = [pair.ours / pair.bare for pair in pairs if pair.bare]
    lines = [
        _at_most("PDF text page", [1000 * pair.ours for pair in pairs], "ms", _MOST_PDF_MS),
        _at_most("PDF text page, pictures", [1000 * pair.shown for pair in pairs], "ms", _MOST_PDF_MS),
    ]
    return lines + ([_at_most("PDF text page / pdftotext -bbox", ratios, "ratio", None)] if ratios else [])


def _memory_line(seed: int, layouts: Sequence[str], conditions: Sequence[str]) -> Line:
    """A worker and the recogniser it calls; what else it starts, such as a second engine, is told apart."""
    with tempfile.TemporaryDirectory(prefix="reading-memory-") as name:
        folders = []
        for place, task in enumerate(islice(walk(seed, cells(layouts, conditions)), _MEMORY_PAPERS)):
            folder = Path(name) / str(place)
            folder.mkdir()
            for page, content in enumerate(files_of(task)):
                (folder / f"{page:03d}").write_bytes(content)
            folders.append(folder)
        peaks = memory.peaks(OWN_CUITS, folders)
    together = peaks[memory.WORKER] + peaks.get("tesseract", 0)
    verdict: Verdict = "met" if together <= _MOST_MEGABYTES else "missed"
    note = ", ".join(f"{program} {size:.0f} MB" for program, size in peaks.items())
    goal = f"<= {_MOST_MEGABYTES} MB"
    return Line("peak memory per worker", goal, together, "MB", verdict, _MEMORY_PAPERS, note=note)


def _at_most(
    name: str, values: Sequence[float], unit: Literal["ratio", "ms"], most: float | None, note: str = ""
) -> Line:
    middle = median(values)
    low, high = median_interval(values)
    verdict: Verdict = "" if most is None else "met" if middle <= most else "missed"
    goal = "" if most is None else f"<= {most:g}" + (" ms" if unit == "ms" else "")
    return Line(name, goal, middle, unit, verdict, len(values), low, high, note)


def _stay_on_one_core() -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _photographed(seed: int, layouts: Sequence[str], conditions: Sequence[str], pages: int) -> list[Pair]:
    """Papers of one page, so that a page of ours is a page of theirs."""
    program = shutil.which("tesseract")
    pairs = []
    # One more than asked for: the first reading pays for loading every library.
    for turn, task in enumerate(islice(_single_pages(seed, layouts, conditions), pages + 1)):
        with tempfile.TemporaryDirectory(prefix="reading-speed-") as folder:
            files, clean = files_of(task), Path(folder) / "page.png"
            with pypdfium2.PdfDocument(render(papers_of(task)[0])) as pdf:
                picture = pdf[0].render(scale=_CLEAN_DPI / _POINTS_PER_INCH, grayscale=True).to_pil()
            picture.save(clean, dpi=(_CLEAN_DPI, _CLEAN_DPI))
            command = [program, str(clean), "-", "-l", "spa", "--psm", "6"] if program else None
            pairs.append(_pair(turn, files, command, pages=1))
    return pairs[1:]


def _sent(seed: int, layouts: Sequence[str], pages: int) -> list[Pair]:
    """PDFs as suppliers send them, every copy in them counted."""
    program = shutil.which("pdftotext")
    pairs = []
    for turn, task in enumerate(islice(walk(seed, cells(layouts, ("pdf",))), pages + 1)):
        with tempfile.TemporaryDirectory(prefix="reading-speed-") as folder:
            (content,), path = files_of(task), Path(folder) / "paper.pdf"
            path.write_bytes(content)
            with pypdfium2.PdfDocument(content) as pdf:
                count = len(pdf)
            command = [program, "-bbox", str(path), "-"] if program else None
            pairs.append(_pair(turn, (content,), command, pages=count))
    return pairs[1:]


def _single_pages(seed: int, layouts: Sequence[str], conditions: Sequence[str]) -> Iterator[Task]:
    return (
        task
        for task in walk(seed, cells(layouts, conditions))
        if [truth(paper)["pages"] for paper in papers_of(task)] == [1]
    )


def _pair(turn: int, files: tuple[bytes, ...], command: Sequence[str] | None, *, pages: int) -> Pair:
    ways: list[Callable[[], None]] = [partial(_read, files, pictures=shown) for shown in (False, True)]
    if command:
        ways.append(partial(_run, command))
    ours, shown, *bare = (seconds / pages for seconds in _turn_by_turn(turn, ways))
    return Pair(ours, shown, bare[0] if bare else None)


def _turn_by_turn(turn: int, acts: Sequence[Callable[[], None]]) -> list[float]:
    """CPU seconds of each; who goes first changes with every turn, as a machine slows down and speeds up."""
    first = turn % len(acts)
    costs = {place: _cost(acts[place]) for place in (*range(first, len(acts)), *range(first))}
    return [costs[place] for place in range(len(acts))]


def _cost(act: Callable[[], None]) -> float:
    before = cpu_seconds()
    act()
    return cpu_seconds() - before


def _read(files: tuple[bytes, ...], *, pictures: bool) -> None:
    read(files, ReadingOptions(own_cuits=frozenset(OWN_CUITS), max_pages=MOST_PAGES, pictures=pictures))


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
