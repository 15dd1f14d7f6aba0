"""The view of a history that methods work on: masked demand and the calendar of each column."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.history.rules import PERIODS_PER_YEAR, DemandHistory, Frequency

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SEASON_LENGTHS = {Frequency.DAY: 7, Frequency.WEEK: 53, Frequency.MONTH: 12}


@dataclass(frozen=True, slots=True)
class Panel:
    """History up to one origin, ready for forecasting.

    sold: float64, shape (n_series, n_periods), units as recorded, NaN where unknown.
    demand: same, also NaN where the goods were missing, unless that would leave the series empty.
    season: int64, shape (at least n_periods + horizon,), place of each period in its season
        (weekday, ISO week or month), running on into the future.
    """

    sold: Floats
    demand: Floats
    season: Integers
    frequency: Frequency
    groups: tuple[Integers, ...]

    @property
    def periods(self) -> int:
        """Columns known at this origin."""
        return int(self.sold.shape[1])

    @property
    def year(self) -> int:
        """Periods in a year."""
        return PERIODS_PER_YEAR[self.frequency]

    def until(self, periods: int) -> Self:
        """The same panel as it stood after that many periods."""
        return type(self)(
            self.sold[:, :periods], self.demand[:, :periods], self.season, self.frequency, self.groups
        )


def make_panel(history: DemandHistory, horizon: int) -> Panel:
    """Masks missing goods and lays the calendar over the history and `horizon` further periods."""
    demand = np.where(history.in_stock, history.units, np.nan)
    never_seen = np.isnan(demand).all(axis=1)
    demand[never_seen] = history.units[never_seen]
    return Panel(
        history.units,
        demand,
        season_positions(history.frequency, history.first_day, history.units.shape[1] + horizon),
        history.frequency,
        history.groups,
    )


def season_positions(frequency: Frequency, first_day: date | None, count: int) -> Integers:
    """Place in the season of `count` periods; counted from zero where no date is known."""
    if first_day is None:
        return np.arange(count, dtype=np.int64) % SEASON_LENGTHS[frequency]
    if frequency is Frequency.DAY:
        return (np.arange(count, dtype=np.int64) + first_day.weekday()) % 7
    if frequency is Frequency.WEEK:
        weeks = ((first_day + timedelta(weeks=offset)).isocalendar().week - 1 for offset in range(count))
        return np.fromiter(weeks, dtype=np.int64, count=count)
    return (np.arange(count, dtype=np.int64) + first_day.month - 1) % 12
