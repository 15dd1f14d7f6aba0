"""The file of results that is committed."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.provenance import commit, machine
from benchmarks.reading import calibration
from benchmarks.reading.cache import tools
from benchmarks.reading.figures import Line, as_json, cell
from benchmarks.reading.scoring import Confidence, Score

RESULTS = Path(__file__).parents[1] / "results" / "reading.json"


def origin(split: str, seed: int, scores: Sequence[Score]) -> dict[str, Any]:
    """What was measured, on which code and which machine."""
    return {
        "split": split,
        "seed": seed,
        "captures": sum(each.part == 1 for each in scores),
        "documents": len(scores),
        "commit": commit(),
        "machine": machine(),
        "tools": tools(),
    }


def keep(
    figures: Mapping[str, Any], lines: Sequence[Line], scores: Sequence[Score], path: Path = RESULTS
) -> None:
    """Write what was measured and every silent error in full. figures: `origin` and how long it took."""
    cells: dict[str, list[Score]] = defaultdict(list)
    for each in scores:
        cells[f"{each.layout} {each.condition}"].append(each)
    body = {
        **figures,
        "goals": {line.name: as_json(line) for line in lines},
        "all": cell(scores),
        "cells": {name: cell(group) for name, group in sorted(cells.items())},
        "reliability": {
            "header": _reliability([pair for each in scores for pair in each.header_confidences]),
            "rows": _reliability([pair for each in scores for pair in each.line_confidences]),
        },
        "silent": [_in_full(each) for each in scores if each.is_silent],
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n")


def _reliability(pairs: Sequence[Confidence]) -> dict[str, Any]:
    bins = calibration.reliability(pairs)
    return {"expected_error": calibration.expected_error(bins), "bins": [asdict(each) for each in bins]}


def _in_full(score: Score) -> dict[str, Any]:
    """What makes the paper again, and everything in which the reading differs from it."""
    return {
        name: value
        for name, value in asdict(score).items()
        if name not in {"header_confidences", "line_confidences"}
    }
