"""Reads an export back from disk and holds it against its manifest."""

import csv
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from scripts.production.export import manifest
from scripts.production.export.manifest import DatasetFacts, Manifest
from scripts.production.export.values import cell
from scripts.production.export.writing import files_of

# A line holds a row; none of ours comes near this, and a damaged file must not fill the memory.
_LONGEST_LINE = 64 * 2**20
csv.field_size_limit(_LONGEST_LINE)


def verify(folder: Path) -> tuple[Manifest, list[str]]:
    """What is wrong with an export, in sentences; empty when it is whole. Raises RefusedError."""
    told = manifest.read(folder)
    problems = [
        f"{organisation.cuit} {dataset.name}: {problem}"
        for organisation in told.organisations
        for dataset in organisation.datasets
        for problem in _problems(folder, dataset)
    ]
    return told, problems


def _problems(folder: Path, dataset: DatasetFacts) -> Iterator[str]:
    for file in files_of(dataset):
        try:
            with (folder / file.path).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            yield f"{file.path} cannot be read ({error.strerror})"
            return
        if digest != file.sha256:
            yield f"{file.path} is not what was written"
            return
    try:
        yield from _differences(folder, dataset)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        yield f"{dataset.jsonl.path} does not read back ({type(error).__name__}: {error})"


def _differences(folder: Path, dataset: DatasetFacts) -> Iterator[str]:
    """Row by row: both files say the same, and together what the database counted."""
    rows, sums = 0, {name: Decimal(0) for name in dataset.sums}
    for row, cells in zip_longest(_lines(folder, dataset), _cells(folder, dataset)):
        if row is None or cells is None:
            yield f"the two files have different numbers of rows (from row {rows + 1} on)"
            return
        rows += 1
        if list(row) != dataset.columns or [cell(value) for value in row.values()] != cells:
            yield f"row {rows} differs between the two files"
            return
        for name in sums:
            sums[name] += Decimal(str(row[name])) if row[name] is not None else 0
    if rows != dataset.rows:
        yield f"has {rows} rows, the database counted {dataset.rows}"
    for name, total in dataset.sums.items():
        if sums[name] != Decimal(total):
            yield f"{name} adds up to {sums[name]}, in the database to {total}"


def _lines(folder: Path, dataset: DatasetFacts) -> Iterator[dict[str, Any]]:
    with (folder / dataset.jsonl.path).open(encoding="utf-8", newline="\n") as stream:
        for text in stream:
            yield json.loads(text)


def _cells(folder: Path, dataset: DatasetFacts) -> Iterator[list[str]]:
    with (folder / dataset.csv.path).open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        if next(reader, None) != dataset.columns:
            raise ValueError("the CSV has other columns")
        yield from reader
