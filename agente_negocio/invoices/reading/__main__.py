"""Command: read files, each in a limited process of its own, and print one JSON line per document found."""

import argparse
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.model import (
    DEFAULT_MAX_PAGES,
    DEFAULT_PAGE_TIMEOUT_SECONDS,
    ReadingOptions,
)
from agente_negocio.invoices.reading.process.isolated import read_measured
from agente_negocio.invoices.reading.wire import json_lines
from shared.kernel.cuit import parse_cuit


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when a file could not be read, 2 for arguments that make no sense."""
    chosen = _parser().parse_args(arguments)
    options = ReadingOptions(
        own_cuits=frozenset(chosen.own_cuit),
        password=chosen.password,
        max_pages=chosen.max_pages,
        page_timeout_seconds=chosen.page_timeout,
        pictures=False,
    )
    failed = False
    for lines in _results(chosen.files, options, jobs=chosen.jobs):
        for line in lines:
            failed = failed or "error" in line
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agente_negocio.invoices.reading", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--own-cuit", type=_cuits, default=(), help="our CUITs, separated by commas")
    parser.add_argument("--password", help="for encrypted PDFs")
    parser.add_argument("--max-pages", type=_whole, default=DEFAULT_MAX_PAGES)
    parser.add_argument(
        "--page-timeout", type=_seconds, default=DEFAULT_PAGE_TIMEOUT_SECONDS, help="seconds a page may take"
    )
    parser.add_argument("--jobs", type=_whole, default=1, help="files read at the same time")
    return parser


def _cuits(text: str) -> tuple[str, ...]:
    found = [parse_cuit(part) for part in text.split(",") if part.strip()]
    if any(cuit is None for cuit in found):
        raise argparse.ArgumentTypeError("no es un CUIT válido")
    return tuple(cuit for cuit in found if cuit is not None)


def _whole(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"tiene que ser un número entero de 1 o más, no «{text}»")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"tienen que ser segundos, más de cero, no «{text}»")
    return seconds


def _results(files: Sequence[str], options: ReadingOptions, *, jobs: int) -> Iterator[list[dict[str, Any]]]:
    """The lines of each file, in order; who stops listening takes the processes with him."""
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            yield from pool.map(partial(_read_file, options=options, stop=stop), files)
        finally:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _read_file(name: str, options: ReadingOptions, stop: threading.Event) -> list[dict[str, Any]]:
    """The lines of one file; CPU seconds include the recogniser's process, but not the start of ours."""
    try:
        read = read_measured([Path(name).read_bytes()], options, stop=stop)
    except OSError as error:
        return [_refused(name, "file_unreadable", error.strerror or "cannot be opened")]
    except UnreadableFileError as error:
        return [_refused(name, error.code, error.detail)]
    except RecogniserMissingError as error:
        return [_refused(name, "recogniser_missing", str(error))]
    lines = json_lines(read.documents)
    if lines:
        lines[0]["cpu_seconds"] = round(read.cpu_seconds, 3)
    return [{"file": name, **line} for line in lines]


def _refused(name: str, code: str, detail: str) -> dict[str, Any]:
    return {"file": name, "error": {"code": code, "detail": detail}}


if __name__ == "__main__":
    # What is printed is JSON: what is noted goes beside it.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.exit(main())
