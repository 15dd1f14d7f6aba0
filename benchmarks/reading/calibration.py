"""Whether a confidence of 0.98 is right 98 times in a hundred."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.reading.scoring import Confidence

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
"""Lower ends of the bins; confidences crowd near one, so the bins do."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Claims from `start` up to the next edge: how many, what they claimed on average, what was true."""

    start: float
    count: int
    claimed: float
    exact: float


def reliability(pairs: Iterable[Confidence]) -> list[Bin]:
    """The bins that hold something, lowest first."""
    held: dict[int, list[Confidence]] = {}
    for confidence, is_exact in pairs:
        held.setdefault(max(0, bisect_right(EDGES, confidence) - 1), []).append((confidence, is_exact))
    return [
        Bin(
            EDGES[place],
            len(inside),
            sum(confidence for confidence, _ in inside) / len(inside),
            sum(is_exact for _, is_exact in inside) / len(inside),
        )
        for place, inside in sorted(held.items())
    ]


def expected_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error: the mean distance of claim and truth, weighed by count (Naeini 2015)."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.claimed - each.exact) for each in bins) / total if total else None
