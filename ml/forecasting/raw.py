"""Sales as a caller sends them, laid side by side into one history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ml.forecasting.panel import Integers
from ml.history.rules import DemandHistory, Frequency


@dataclass(frozen=True, slots=True)
class RawSeries:
    """One product's sales, oldest first; dates and in_stock, when given, are as long as sales."""

    sales: tuple[float, ...]
    dates: tuple[date, ...] | None
    in_stock: tuple[bool, ...] | None


def longest(series: Sequence[RawSeries], frequency: Frequency) -> int:
    """Periods that one history of them all covers; every series takes that many places in it."""
    latest = _latest(series)
    undated = max((len(one.sales) for one in series if not one.dates), default=0)
    if latest is None:
        return max(undated, 1)
    first = min(one.dates[0] for one in series if one.dates)
    return max(undated, _number(latest, frequency) - _number(first, frequency) + 1)


def lay_out(series: Sequence[RawSeries], frequency: Frequency) -> DemandHistory:
    """One history whose last period is the latest anybody named.

    Series without dates end there; in series with dates, periods they leave out from their first
    date on sold nothing.
    """
    latest = _latest(series)
    last = None if latest is None else _number(latest, frequency)
    places = [_places(one, frequency, last) for one in series]
    length = longest(series, frequency)
    units = np.full((len(series), length), np.nan)
    in_stock = np.ones((len(series), length), dtype=np.bool_)
    for row, (one, back) in enumerate(zip(series, places, strict=True)):
        if not back.size:
            continue
        columns = length - 1 - back
        units[row, columns[0] :] = 0.0
        np.add.at(units[row], columns, one.sales)
        if one.in_stock is not None:
            np.logical_and.at(in_stock[row], columns, one.in_stock)
    first_day = None if latest is None else _start(latest, frequency, length - 1)
    return DemandHistory(
        tuple(str(row) for row in range(len(series))), units, in_stock, frequency, first_day=first_day
    )


def _latest(series: Sequence[RawSeries]) -> date | None:
    return max((one.dates[-1] for one in series if one.dates), default=None)


def _places(one: RawSeries, frequency: Frequency, last: int | None) -> Integers:
    """How many periods before the last one each amount belongs."""
    if one.dates is None or last is None:
        return np.arange(len(one.sales) - 1, -1, -1, dtype=np.int64)
    return np.array([last - _number(day, frequency) for day in one.dates], dtype=np.int64)


def _number(day: date, frequency: Frequency) -> int:
    """Periods since the calendar began; weeks start on Monday."""
    if frequency is Frequency.DAY:
        return day.toordinal()
    if frequency is Frequency.WEEK:
        return (day.toordinal() - 1) // 7
    return 12 * day.year + day.month - 1


def _start(latest: date, frequency: Frequency, periods_back: int) -> date:
    """First day of the period that lies so many before that of `latest`."""
    number = _number(latest, frequency) - periods_back
    if frequency is Frequency.DAY:
        return latest - timedelta(days=periods_back)
    if frequency is Frequency.WEEK:
        return date.fromordinal(number * 7 + 1)
    return date(number // 12, number % 12 + 1, 1)
