"""The reader measured on papers that people corrected.

A folder made by `python -m agente_negocio.invoices.examples` holds files and a manifest.jsonl. A line is
{"files": [...], "own_cuits": [...], "truth": [...], "corrected": [...], "read": [...]}: one truth for each
document in the files, and paths to what the reader had missed when the paper came, lines counted from 0:
"header.total", "taxes", "lines.2.quantity", "lines.3 (added)", "lines (removed)", "2/header.total" in the
second document. How it was read then is no matter here.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reading import comparing
from benchmarks.reading.bounds import Share
from benchmarks.reading.cache import digest_of_values
from benchmarks.reading.comparing import Document
from benchmarks.reading.scoring import Origin, Reading, Score, paired, score

MANIFEST = "manifest.jsonl"
LAYOUT, CONDITION = "examples", "as sent"
_PATH = re.compile(r"(?:(?P<part>\d+)/)?(?P<place>.+)")
_LINE = re.compile(r"lines\.(?P<place>\d+)(?:\.(?P<name>\w+)| \(added\))")


@dataclass(frozen=True, slots=True)
class Example:
    """One line of the manifest."""

    folder: Path
    names: tuple[str, ...]
    cuits: tuple[str, ...]
    truths: tuple[Document, ...]
    corrected: tuple[str, ...]

    @property
    def key(self) -> str:
        """The names say what is in the files."""
        return digest_of_values({"files": self.names, "own_cuits": self.cuits})[:32]

    def files(self) -> tuple[bytes, ...]:
        """As they were sent."""
        return tuple((self.folder / name).read_bytes() for name in self.names)

    def own_cuits(self) -> frozenset[str]:
        """Of the shop they were sent to."""
        return frozenset(self.cuits)


def load(folder: Path) -> list[Example]:
    """The examples of a folder, in the order of its manifest. Raises OSError, ValueError."""
    lines = (folder / MANIFEST).read_text().splitlines()
    return [_example(folder, json.loads(line)) for line in lines if line.strip()]


def _example(folder: Path, line: Mapping[str, Any]) -> Example:
    return Example(
        folder,
        tuple(line["files"]),
        tuple(cuit for cuit in line["own_cuits"] if cuit),
        tuple(line["truth"]),
        tuple(line["corrected"]),
    )


def scores_of(example: Example, place: int, reading: Reading) -> list[Score]:
    """How an example is read now. place: in the manifest, as the number of the copy."""
    return score(Origin((LAYOUT,), CONDITION, 0, place), _ordered(example, reading), reading)


def mended(example: Example, reading: Reading) -> list[tuple[str, bool]]:
    """Each value that people had to correct, by its path, and whether it is read right today."""
    pairs = paired(_ordered(example, reading), reading.documents)
    # Places are those of the manifest's own rows, so its own truth is asked.
    return [
        (path, _is_right(place, example.truths[part - 1], pairs[part - 1][1]))
        for path in example.corrected
        for part, place in (_split(path),)
    ]


def mended_share(results: Iterable[Sequence[tuple[str, bool]]]) -> Share:
    """Over all examples."""
    every = [is_right for result in results for _, is_right in result]
    return Share(sum(every), len(every))


def _split(path: str) -> tuple[int, str]:
    """The document, from 1, and the path within it."""
    matched = _PATH.fullmatch(path)
    assert matched
    return int(matched["part"] or 1), matched["place"]


def _is_right(path: str, expected: Document, found: Document | None) -> bool:
    if found is None:
        return False
    if path == "taxes":
        return comparing.tax_amounts(expected) == comparing.tax_amounts(found)
    if path == "lines (removed)":
        return len(expected["lines"]) == len(found["lines"])
    line = _LINE.fullmatch(path)
    if line:
        return _is_line_right(int(line["place"]), line["name"], expected["lines"], found["lines"])
    name = path.removeprefix("header.")
    return comparing.is_same(
        name, comparing.header_value(expected, name), comparing.header_value(found, name)
    )


def _is_line_right(
    place: int, name: str | None, expected: Sequence[Document], found: Sequence[Document]
) -> bool:
    """name: None for a row that the reader had not seen at all."""
    row = expected[place]
    if name is None:
        return comparing.figures(row) in map(comparing.figures, found)
    for _, first, last, begin, end in comparing.changes(expected, found):
        if first <= place < last and last - first == end - begin:
            return _is_value_right(name, row, found[begin + place - first])
    return False


def _is_value_right(name: str, row: Document, found: Document) -> bool:
    if name == "discounts":
        return [*map(comparing.discount, row[name])] == [*map(comparing.discount, found[name])]
    return comparing.is_same(name, row[name], found[name])


def _ordered(example: Example, reading: Reading) -> list[Document]:
    """The truths with rows that a person added, which stand last, moved to where they are read now."""
    added: dict[int, list[int]] = {}
    for part, path in map(_split, example.corrected):
        line = _LINE.fullmatch(path)
        if line and line["name"] is None:
            added.setdefault(part, []).append(int(line["place"]))
    return [
        {**truth, "lines": _with_added(truth["lines"], added.get(part, []), found["lines"] if found else [])}
        for part, (truth, found, _) in enumerate(paired(example.truths, reading.documents), 1)
    ]


def _with_added(rows: Sequence[Document], added: Sequence[int], found: Sequence[Document]) -> list[Document]:
    kept = [row for place, row in enumerate(rows) if place not in added]
    read = [*map(comparing.figures, found)]
    for place in added:
        figures = comparing.figures(rows[place])
        kept.insert(read.index(figures) if figures in read else len(kept), rows[place])
    return kept
