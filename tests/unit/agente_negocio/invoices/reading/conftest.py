"""Where the sample vouchers are."""

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[4] / "data/arca/synthetic"
OWN_CUITS = frozenset({"30500010912"})


@pytest.fixture(scope="session")
def truths() -> dict[str, dict[str, Any]]:
    """What each sample says, by file name without ending."""
    found = json.loads((SAMPLES / "ground_truth.json").read_text())
    return {Path(each["file"]).stem: each for each in found}
