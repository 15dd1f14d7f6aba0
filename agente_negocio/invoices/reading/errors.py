"""Why a file cannot be read, with stable codes, and what is missing here to read any."""

from typing import Literal

UnreadableCode = Literal[
    "file_corrupt",
    "file_empty",
    "file_encrypted",
    "file_too_large",
    "too_many_pages",
    "unsupported_format",
    "reading_timeout",
    "reading_out_of_memory",
    "reading_killed",
    "reading_crashed",
]


class UnreadableFileError(Exception):
    """A file from which no document can be read.

    code: stable, for programs. detail: one English sentence for logs and the command line.
    """

    def __init__(self, code: UnreadableCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: UnreadableCode = code
        self.detail = detail


class RecogniserMissingError(Exception):
    """Tesseract or its Spanish data is not installed: nothing is said about the file, which can wait."""
