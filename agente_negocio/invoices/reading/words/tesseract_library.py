"""Tesseract inside this process: the same answers as the command in about half its time."""

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import tesserocr

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.files import Gray

_LSTM = 1
_NEVER_INVERT = "0"
"""White on black was turned before; looking for it in every line that reads badly costs a twentieth."""
_ASKING_SECONDS = 10


def table(page: Gray, language: str, psm: int, whitelist: str, timeout_seconds: float) -> str:
    """As the command's `table`, with the same errors."""
    api = _api(language)
    api.SetPageSegMode(psm)
    api.SetVariable("tessedit_char_whitelist", whitelist)
    height, width = page.shape
    api.SetImageBytes(page.tobytes(), width, height, 1, width)
    api.SetSourceResolution(300)
    try:
        if not api.Recognize(round(timeout_seconds * 1000)):
            raise UnreadableFileError("reading_timeout", "Recognising the page took too long.")
        return str(api.GetTSVText(0))
    finally:
        api.Clear()


@lru_cache(maxsize=1)
def _api(language: str) -> "tesserocr.PyTessBaseAPI":
    """Loaded once a process: it holds the model."""
    folder = data_folder()
    if folder is None:
        raise RecogniserMissingError("tesseract is not installed")
    try:
        api = tesserocr.PyTessBaseAPI(path=str(folder), lang=language, oem=_LSTM)
    except RuntimeError as error:
        raise RecogniserMissingError(f"tesseract has no data for {language}") from error
    api.SetVariable("invert_threshold", _NEVER_INVERT)
    return api


@lru_cache(maxsize=1)
def data_folder() -> Path | None:
    """Where the language data is: as told by TESSDATA_PREFIX, else where the command has its own."""
    told = os.environ.get("TESSDATA_PREFIX")
    if told:
        return Path(told)
    command = shutil.which("tesseract")
    if command is None:
        return None
    try:
        listed = subprocess.run(
            [command, "--list-langs"], capture_output=True, text=True, timeout=_ASKING_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'"(.+?)"', listed.stdout + listed.stderr)
    return Path(found[1]) if found else None
