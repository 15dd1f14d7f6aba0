"""The text recogniser: Tesseract in Spanish, one thread, with a clock."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytesseract

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.model import Word

LANGUAGE = "spa"
_PAGE = "--psm 6 --oem 1 --dpi 300"
_FIGURES = "--psm 6 --oem 1 --dpi 300 -c tessedit_char_whitelist=0123456789.,-/%"
_LINE_MARKS = frozenset("|_—-–=~[]{}«»‘’'\"`.,:;!¡°·*")

# One page is one thread: the worker runs one process per core, and more threads only wait for each other.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")


def read_words(page: Gray, timeout_seconds: float) -> tuple[Word, ...]:
    """Words of a clean page, edges in its pixels.

    Raises UnreadableFileError after the timeout, RecogniserMissingError.
    """
    return tuple(_words(_run(page, _PAGE, timeout_seconds)))


def read_figures(page: Gray, timeout_seconds: float) -> tuple[Word, ...]:
    """The same for a page that holds nothing but figures."""
    return tuple(_words(_run(page, _FIGURES, timeout_seconds)))


def read_orientation(page: Gray, timeout_seconds: float) -> tuple[int, float]:
    """Quarter turns clockwise that make the page upright and how sure that is; (0, 0) when it cannot tell."""
    with _as_file(page) as path:
        try:
            answer = pytesseract.image_to_osd(
                path, config="--dpi 300", output_type=pytesseract.Output.DICT, timeout=timeout_seconds
            )
        except pytesseract.TesseractNotFoundError as error:
            raise RecogniserMissingError("tesseract is not installed") from error
        except pytesseract.TesseractError:
            # Too few letters to tell: the usual answer for a blank or tiny page.
            return 0, 0.0
        except RuntimeError as error:
            raise UnreadableFileError("reading_timeout", "Finding the orientation took too long.") from error
    return (int(answer["rotate"]) // 90) % 4, float(answer["orientation_conf"])


def _run(page: Gray, config: str, timeout_seconds: float) -> str:
    with _as_file(page) as path:
        try:
            return str(pytesseract.image_to_data(path, lang=LANGUAGE, config=config, timeout=timeout_seconds))
        except pytesseract.TesseractNotFoundError as error:
            raise RecogniserMissingError("tesseract is not installed") from error
        except pytesseract.TesseractError as error:
            if "Failed loading language" in str(error):
                raise RecogniserMissingError("tesseract has no Spanish data") from error
            if error.status in {-signal.SIGXCPU, -signal.SIGKILL}:
                raise UnreadableFileError("reading_timeout", "The recogniser used up its time.") from error
            if error.status < 0:
                raise MemoryError("the recogniser was ended by a signal") from error
            raise UnreadableFileError("file_corrupt", "The recogniser could not read the page.") from error
        except RuntimeError as error:
            raise UnreadableFileError("reading_timeout", "Recognising the page took too long.") from error


@contextmanager
def _as_file(page: Gray) -> Iterator[str]:
    """The picture as an uncompressed file: writing a PNG would cost a tenth of the reading."""
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        path = Path(folder) / "page.pgm"
        encoded, content = cv2.imencode(".pgm", page)
        assert encoded
        path.write_bytes(np.asarray(content).tobytes())
        yield str(path)


def _words(table: str) -> Iterator[Word]:
    """Words of Tesseract's table; what only traces a line or a speck is left out."""
    for line in table.splitlines()[1:]:
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
