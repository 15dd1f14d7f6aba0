"""Command: read files and print one JSON line per document found."""

import argparse
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from agente_negocio.invoices.reading.errors import RecogniserMissingError, UnreadableFileError
from agente_negocio.invoices.reading.model import DEFAULT_MAX_PAGES, ReadingOptions
from agente_negocio.invoices.reading.reader import read
from agente_negocio.invoices.reading.wire import json_lines
from shared.kernel.cuit import parse_cuit


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when a file could not be read."""
    chosen = _parser().parse_args(arguments)
    options = ReadingOptions(
        own_cuits=frozenset(chosen.own_cuit),
        password=chosen.password,
        max_pages=chosen.max_pages,
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
    parser.add_argument("--max-pages", type=int, default=DEFAULT_MAX_PAGES)
    parser.add_argument("--jobs", type=int, default=1, help="files read at the same time")
    return parser


def _cuits(text: str) -> tuple[str, ...]:
    found = [parse_cuit(part) for part in text.split(",") if part.strip()]
    if any(cuit is None for cuit in found):
        raise argparse.ArgumentTypeError("not a CUIT")
    return tuple(cuit for cuit in found if cuit is not None)


def _results(files: Sequence[str], options: ReadingOptions, *, jobs: int) -> Iterator[list[dict[str, Any]]]:
    if jobs <= 1:
        yield from (_read_file(name, options) for name in files)
        return
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(_read_file, files, [options] * len(files))


def _read_file(name: str, options: ReadingOptions) -> list[dict[str, Any]]:
    """The lines of one file; CPU seconds include the recogniser's process."""
    before = _cpu_seconds()
    try:
        content = Path(name).read_bytes()
        lines = json_lines(read([content], options))
    except OSError as error:
        return [
            {
                "file": name,
                "error": {"code": "file_unreadable", "detail": error.strerror or "cannot be opened"},
            }
        ]
    except UnreadableFileError as error:
        return [{"file": name, "error": {"code": error.code, "detail": error.detail}}]
    except RecogniserMissingError as error:
        return [{"file": name, "error": {"code": "recogniser_missing", "detail": str(error)}}]
    if lines:
        lines[0]["cpu_seconds"] = round(_cpu_seconds() - before, 3)
    return [{"file": name, **line} for line in lines]


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    sys.exit(main())
