"""Demand history: what was sold per product and period, and when it could not have been sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


class Frequency(StrEnum):
    """Length of one period of a history."""

    DAY = "D"
    WEEK = "W"
    MONTH = "M"


PERIODS_PER_YEAR = {Frequency.DAY: 364, Frequency.WEEK: 52, Frequency.MONTH: 12}
"""Daily years are 52 whole weeks, so that last year's period falls on the same weekday."""


_HABIT_WEEKS = 8


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


@dataclass(frozen=True, slots=True)
class SoldSeries:
    """What one product sold in one branch, one value per calendar day from first_day on.

    in_stock: same length; False where there was nothing to sell all day.
    """

    branch_id: UUID
    product_id: UUID
    first_day: date
    units: tuple[float, ...]
    in_stock: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class ShopHistory:
    """A history with the (branch, product) of each of its series."""

    keys: tuple[tuple[UUID, UUID], ...]
    history: DemandHistory


def shop_history(series: Sequence[SoldSeries], *, first_day: date, last_day: date) -> ShopHistory:
    """One history of whole days, from the first that tells anything to last_day.

    NaN before a series begins and on days its branch was closed.

    More given back than sold on a day is a return, no negative demand. A series that ends early, as
    one page of an answer may, sold nothing afterwards.
    """
    start_day = min((one.first_day for one in series), default=first_day)
    shape = (len(series), (last_day - start_day).days + 1)
    sold, in_stock = np.zeros(shape), np.ones(shape, dtype=np.bool_)
    begun = np.zeros(shape, dtype=np.bool_)
    for row, one in enumerate(series):
        start = (one.first_day - start_day).days
        end = start + len(one.units)
        assert one.first_day >= first_day
        assert end <= shape[1]
        sold[row, start:end], in_stock[row, start:end] = one.units, one.in_stock
        begun[row, start:] = True
    keys = tuple((one.branch_id, one.product_id) for one in series)
    branch = _numbered([branch_id for branch_id, _ in keys])
    is_known = begun & ~_closed_days(sold, branch)[branch]
    units = np.where(is_known, np.maximum(sold, 0.0), np.nan)
    names = tuple(f"{branch_id}/{product_id}" for branch_id, product_id in keys)
    return ShopHistory(keys, DemandHistory(names, units, in_stock, Frequency.DAY, (branch,), start_day))


def _numbered(labels: list[UUID]) -> NDArray[np.int64]:
    numbers: dict[UUID, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


def _closed_days(sold: NDArray[np.float64], branch: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Days on which a branch was shut against its habit; shape (n_branches, n_days).

    A day without a single sale is a closed one. Where the same weekday was closed most of the last
    weeks it is a habit, and its zero is a fact that forecasts have to know.
    """
    total = np.zeros((int(branch.max(initial=-1)) + 1, sold.shape[1]))
    np.add.at(total, branch, sold)
    closed = total <= 0
    return closed & ~_habitual(closed)


def _habitual(closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether most of the last eight same weekdays, this one included, were closed too."""
    count = np.zeros(closed.shape, dtype=np.int64)
    seen = np.zeros(closed.shape[1], dtype=np.int64)
    for weeks in range(_HABIT_WEEKS):
        back = 7 * weeks
        if back < closed.shape[1]:
            count[:, back:] += closed[:, : closed.shape[1] - back]
            seen[back:] += 1
    return 2 * count > seen
