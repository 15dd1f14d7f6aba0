"""Demand history: what was sold per product and period, and when it could not have been sold."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Frequency(StrEnum):
    """Length of one period of a history."""

    DAY = "D"
    WEEK = "W"
    MONTH = "M"


PERIODS_PER_YEAR = {Frequency.DAY: 364, Frequency.WEEK: 52, Frequency.MONTH: 12}
"""Daily years are 52 whole weeks, so that last year's period falls on the same weekday."""


@dataclass(frozen=True, slots=True)
class DemandHistory:
    """Demand of many series (a product in a branch) over the same periods.

    units: float64, shape (n_series, n_periods), base units per period, oldest first.
        NaN: the period is unknown to this series (shop closed, before its launch);
        0: open and nothing sold.
    in_stock: bool, same shape. False: the goods were missing, so sales understate demand.
    groups: int64 arrays of shape (n_series,), each a way to pool series (branch, category).
    first_day: day on which the oldest period starts; None when nobody told us.
    """

    series_ids: tuple[str, ...]
    units: NDArray[np.float64]
    in_stock: NDArray[np.bool_]
    frequency: Frequency
    groups: tuple[NDArray[np.int64], ...] = ()
    first_day: date | None = None

    def __post_init__(self) -> None:
        assert self.units.shape == (len(self.series_ids), self.units.shape[-1])
        assert self.in_stock.shape == self.units.shape
        assert all(group.shape == (len(self.series_ids),) for group in self.groups)
