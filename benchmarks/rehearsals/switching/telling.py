"""How these rehearsals say what they found."""

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.provenance import commit

_RESULTS = Path(__file__).parents[2] / "results"


def tell(name: str, found: Mapping[str, object], *, is_kept: bool) -> int:
    """Print the figures, for people and as one line of JSON, and keep them; 1 when there were faults."""
    faults = found["faults"]
    assert isinstance(faults, list)
    for what, value in found.items():
        if what != "faults":
            print(f"{what:32} {value}")
    print(f"{len(faults)} faults")
    for fault in faults:
        print(" -", fault)
    figures = {"benchmark": name, "commit": commit(), **found}
    if is_kept:
        (_RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    return 1 if faults else 0
