"""The text recogniser: Tesseract in Spanish, one thread, with a clock."""

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.words import tesseract_command

LANGUAGE = "spa"
CHOICE = "READING_RECOGNISER"
"""Environment variable: "command" leaves the wheel aside."""
_ONE_BLOCK = 6
_FIGURES = "0123456789.,-/%"
_LINE_MARKS = frozenset("|_—-–=~[]{}«»‘’'\"`.,:;!¡°·*")

# One page is one thread: the worker runs one process per core, and more threads only wait for each other.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")


class _Recogniser(Protocol):
    """Both ways to run Tesseract."""

    def table(self, page: Gray, language: str, psm: int, whitelist: str, timeout_seconds: float, /) -> str:
        """Tesseract's own table of what it read, one line a box."""


@lru_cache(maxsize=1)
def _recogniser() -> _Recogniser:
    """Tesseract in this process where its wheel is present and nobody asks for the command."""
    if os.environ.get(CHOICE) != "command":
        try:
            from agente_negocio.invoices.reading.words import tesseract_library  # noqa: PLC0415  it may not be there
        except ModuleNotFoundError as error:
            if error.name != "tesserocr":
                raise
        else:
            return tesseract_library
    return tesseract_command


def read_words(page: Gray, timeout_seconds: float) -> tuple[Word, ...]:
    """Words of a clean page, edges in its pixels.

    Raises UnreadableFileError after the timeout, RecogniserMissingError.
    """
    return tuple(_words(_table(page, "", timeout_seconds)))


def read_figures(page: Gray, timeout_seconds: float) -> tuple[Word, ...]:
    """The same for a page that holds nothing but figures."""
    return tuple(_words(_table(page, _FIGURES, timeout_seconds)))


def _table(page: Gray, whitelist: str, timeout_seconds: float) -> str:
    return _recogniser().table(page, LANGUAGE, _ONE_BLOCK, whitelist, timeout_seconds)


def _words(table: str) -> Iterator[Word]:
    """Words of Tesseract's table; what only traces a line or a speck is left out."""
    for line in table.splitlines():
        cells = line.split("\t")
        if len(cells) != 12 or cells[0] != "5":  # noqa: PLR2004  twelve columns, level 5 is a word
            continue
        text = cells[11].strip()
        if not text or set(text) <= _LINE_MARKS - {"-"}:
            continue
        left, top, width, height = (float(cell) for cell in cells[6:10])
        confidence = max(0.0, float(cells[10]) / 100)
        bare = text.strip("|[]{}_")
        yield Word(bare or text, left, top, left + width, top + height, confidence)
