"""Figures of the served version on reference data, written by `python -m benchmarks.forecasting --record`."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

REFERENCE_PATH = Path(__file__).with_name("reference.json")


@lru_cache(maxsize=1)
def reference_figures() -> dict[str, Any]:
    """wape, bias and coverage of the reference data, with data set, commit and day; read once."""
    figures: dict[str, Any] = json.loads(REFERENCE_PATH.read_text(encoding="utf-8"))
    return figures
