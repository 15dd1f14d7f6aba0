"""Demand history: what was sold per product and period, and when it could not have been sold."""

from collections.abc import Iterable
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
class SaleDay:
    """What one product sold in one branch on one day. is_in_stock: it could have been bought."""

    branch_id: UUID
    product_id: UUID
    day: date
    units: float
    is_in_stock: bool


class HistoryBuilder:
    """Collects sale days, in any order and in parts, into one history of whole days."""

    def __init__(self, first_day: date, last_day: date) -> None:
        self._first_day = first_day
        self._days = (last_day - first_day).days + 1
        self._row_of: dict[tuple[UUID, UUID], int] = {}
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._units: list[float] = []
        self._in_stock: list[bool] = []

    def add(self, sales: Iterable[SaleDay]) -> None:
        """Take in more sale days; days outside the history are left out."""
        for sale in sales:
            column = (sale.day - self._first_day).days
            if 0 <= column < self._days:
                key = (sale.branch_id, sale.product_id)
                self._rows.append(self._row_of.setdefault(key, len(self._row_of)))
                self._columns.append(column)
                self._units.append(sale.units)
                self._in_stock.append(sale.is_in_stock)

    def build(self) -> "ShopHistory":
        """The history: zero on days without an entry, NaN before a series' first and on closed days."""
        shape = (len(self._row_of), self._days)
        sold, in_stock = np.zeros(shape), np.ones(shape, dtype=np.bool_)
        rows, columns = np.array(self._rows, dtype=np.int64), np.array(self._columns, dtype=np.int64)
        # More was taken back than sold: a return, no negative demand.
        np.add.at(sold, (rows, columns), self._units)
        in_stock[rows, columns] = self._in_stock
        first = np.full(shape[0], self._days)
        np.minimum.at(first, rows, columns)
        keys = tuple(self._row_of)
        branch = _numbered([branch_id for branch_id, _ in keys])
        units = np.maximum(sold, 0.0)
        units[np.arange(self._days) < first[:, None]] = np.nan
        units[_closed_days(sold, branch)[branch]] = np.nan
        history = DemandHistory(
            tuple(f"{branch_id}/{product_id}" for branch_id, product_id in keys),
            units,
            in_stock,
            Frequency.DAY,
            (branch,),
            self._first_day,
        )
        return ShopHistory(keys, history)


@dataclass(frozen=True, slots=True)
class ShopHistory:
    """A history with the (branch, product) of each of its series."""

    keys: tuple[tuple[UUID, UUID], ...]
    history: DemandHistory


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
