"""Shares with what they prove: Wilson's interval and the bound of a count that never happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, sqrt

_TWO_SIDED = 1.959964
"""Standard deviations of a two-sided 95 % interval."""
_DOUBT = 0.05


@dataclass(frozen=True, slots=True)
class Share:
    """hits of count, with Wilson's 95 % interval. Trials are taken as independent."""

    hits: int
    count: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.hits / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end (Wilson 1927, equation 4)."""
        if not self.count:
            return 0.0, 1.0
        share, square = self.hits / self.count, _TWO_SIDED**2
        middle = share + square / (2 * self.count)
        reach = _TWO_SIDED * sqrt(share * (1 - share) / self.count + square / (4 * self.count**2))
        whole = 1 + square / self.count
        low = 0.0 if self.hits == 0 else (middle - reach) / whole
        high = 1.0 if self.hits == self.count else (middle + reach) / whole
        return low, high


def most_of_none(count: int) -> float:
    """The highest rate, with 95 % certainty, of what was seen in none of `count` trials: about 3 / count."""
    return float(1 - _DOUBT ** (1 / count)) if count else 1.0


def difference(first: Share, second: Share) -> tuple[float, float, float]:
    """The first minus the second with its 95 % interval (Newcombe 1998, method 10). Both need trials."""
    one, other = first.value, second.value
    assert one is not None
    assert other is not None
    (low, high), (other_low, other_high) = first.interval, second.interval
    gap = one - other
    down = sqrt((one - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return gap, gap - down, gap + up


def median_interval(values: Iterable[float]) -> tuple[float, float]:
    """Two of the values between which the median lies with 95 % certainty, whatever the distribution."""
    ranked = sorted(values)
    reach = _TWO_SIDED * sqrt(len(ranked)) / 2
    low = max(0, floor(len(ranked) / 2 - reach))
    return ranked[low], ranked[-1 - low]
