"""Tesseract as the command of the system: there wherever it is installed."""

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


def table(page: Gray, language: str, psm: int, whitelist: str, timeout_seconds: float) -> str:
    """Tesseract's own table of what it read, one line a box.

    psm: how Tesseract is to take the page apart. whitelist: characters it may answer, "" for any.
    Raises UnreadableFileError after the timeout, RecogniserMissingError.
    """
    config = f"--psm {psm} --oem 1 --dpi 300 -c invert_threshold=0"
    if whitelist:
        config += f" -c tessedit_char_whitelist={whitelist}"
    with _as_file(page) as path:
        try:
            return str(pytesseract.image_to_data(path, lang=language, config=config, timeout=timeout_seconds))
        except pytesseract.TesseractNotFoundError as error:
            raise RecogniserMissingError("tesseract is not installed") from error
        except pytesseract.TesseractError as error:
            if "Failed loading language" in str(error):
                raise RecogniserMissingError(f"tesseract has no data for {language}") from error
            if error.status == -signal.SIGXCPU:
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
