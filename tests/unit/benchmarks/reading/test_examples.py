"""Papers that people corrected, as a test set."""

import json
from pathlib import Path
from typing import Any

from benchmarks.reading import examples
from benchmarks.reading.scoring import Reading
from tests.unit.benchmarks.reading.papers import Document, read_well, row, truth

FIRST, SECOND, THIRD = row("1", "10", "10"), row("2", "20", "40"), row("3", "30", "90")


def corrected(folder: Path, *truths: Document, paths: list[str]) -> examples.Example:
    """As the exporting command writes it: values only."""
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / "ab12.pdf").write_bytes(b"%PDF")
    bare: list[dict[str, Any]] = [
        {name: each[name] for name in ("header", "taxes", "lines")} | {"kind": "factura"} for each in truths
    ]
    line = {"files": ["files/ab12.pdf"], "own_cuits": ["30000000007"], "truth": bare, "corrected": paths}
    (folder / "manifest.jsonl").write_text(json.dumps(line) + "\n")
    (example,) = examples.load(folder)
    return example


def reading(*documents: Document) -> Reading:
    return Reading(documents, None, 1)


def test_an_example_is_what_was_sent_to_whom(tmp_path: Path) -> None:
    example = corrected(tmp_path, truth(), paths=[])

    assert example.files() == (b"%PDF",)
    assert example.own_cuits() == {"30000000007"}


def test_a_paper_read_as_people_left_it_is_exact(tmp_path: Path) -> None:
    example = corrected(tmp_path, truth(), paths=[])

    (score,) = examples.scores_of(example, 0, reading(read_well(truth())))

    assert score.is_exact
    assert not score.is_silent


def test_values_once_corrected_are_told_right_or_wrong(tmp_path: Path) -> None:
    paths = [
        "header.total",
        "header.issue_date",
        "taxes",
        "lines.1.quantity",
        "lines.1.discounts",
        "lines (removed)",
    ]
    example = corrected(tmp_path, truth(FIRST, SECOND), paths=paths)
    found = read_well(truth(FIRST, row("7", "20", "40")), taxes=[])
    found["header"]["issue_date"]["value"] = "2026-01-01"

    told = examples.mended(example, reading(found))

    assert dict(told) == {
        "header.total": True,
        "header.issue_date": False,
        "taxes": False,
        "lines.1.quantity": False,
        "lines.1.discounts": True,
        "lines (removed)": True,
    }
    assert examples.mended_share([told]).hits == 3


def test_a_row_that_a_person_added_may_stand_anywhere(tmp_path: Path) -> None:
    example = corrected(tmp_path, truth(FIRST, THIRD, SECOND), paths=["lines.2 (added)"])
    found = read_well(truth(FIRST, SECOND, THIRD))

    (score,) = examples.scores_of(example, 0, reading(found))

    assert score.is_exact
    assert examples.mended(example, reading(found)) == [("lines.2 (added)", True)]
    assert examples.mended(example, reading(read_well(truth(FIRST, THIRD)))) == [("lines.2 (added)", False)]


def test_the_second_document_of_a_file_has_its_own_paths(tmp_path: Path) -> None:
    first, second = truth(number="7"), truth(number="8")
    example = corrected(tmp_path, first, second, paths=["2/header.number", "header.number"])

    told = examples.mended(example, reading(read_well(first), read_well(truth(number="9"))))

    assert told == [("2/header.number", False), ("header.number", True)]
    assert examples.mended(example, reading()) == [("2/header.number", False), ("header.number", False)]
