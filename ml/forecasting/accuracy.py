"""What past forecasts of the chosen methods were worth, series by series."""

from dataclasses import dataclass

import numpy as np

from ml.forecasting.panel import Floats, Integers
from ml.forecasting.quantiles import Booleans, quantiles

_COVERAGE_LEVELS = (0.1, 0.9)
_LEAST_TOTALS = 7


@dataclass(frozen=True, slots=True)
class Tested:
    """Forecasts of past origins beside what happened, oldest origin first.

    past, actual, naive: float64, shape (n_origins, n_series, horizon); past by the chosen methods,
        naive "as last week"; actual NaN where nothing can be compared.
    dispersion: shape (n_series,), see `Spread.step`. groups: as in the history.
    """

    past: Floats
    actual: Floats
    naive: Floats
    dispersion: Floats
    in_pieces: Booleans
    groups: tuple[Integers, ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Sums over the backtest of each series, shape (n_series,); add them up to score any group.

    actual, absolute_error, signed_error (forecast minus actual), naive_absolute_error: units.
    scored: periods compared; covered: of these, how many fell between the 10 and 90 % quantiles.
    group_spread: shape (n_groups,) of the first grouping, standard deviation of one period's total
        over its mean; total_spread: the same of the total of everything; NaN where untested.
    """

    actual: Floats
    absolute_error: Floats
    signed_error: Floats
    naive_absolute_error: Floats
    scored: Integers
    covered: Integers
    group_spread: Floats
    total_spread: float


def measure(tested: Tested) -> Accuracy:
    """Compare what was said with what happened."""
    past, actual = tested.past, tested.actual
    known = ~np.isnan(actual)
    low, high = quantiles(past, tested.dispersion[:, None], _COVERAGE_LEVELS, tested.in_pieces)
    error = np.where(known, past - np.nan_to_num(actual), 0.0)
    naive = np.where(known, tested.naive - np.nan_to_num(actual), 0.0)
    everything = np.zeros(past.shape[1], dtype=np.int64)
    return Accuracy(
        actual=np.nansum(actual, axis=(0, 2)),
        absolute_error=np.abs(error).sum(axis=(0, 2)),
        signed_error=error.sum(axis=(0, 2)),
        naive_absolute_error=np.abs(naive).sum(axis=(0, 2)),
        scored=known.sum(axis=(0, 2)),
        covered=np.sum(known & (actual >= low) & (actual <= high), axis=(0, 2)),
        group_spread=_spread_of_misses(error, past, known, tested.groups[0] if tested.groups else everything),
        total_spread=float(_spread_of_misses(error, past, known, everything)[0]),
    )


def untested(series: int, groups: int) -> Accuracy:
    """Nothing was compared."""
    nothing, none = np.zeros(series), np.zeros(series, dtype=np.int64)
    return Accuracy(nothing, nothing, nothing, nothing, none, none, np.full(groups, np.nan), float("nan"))


def spread_of_totals(units: Floats, group: Integers) -> Floats:
    """How much each group's total swings from period to period, over its mean; for want of a backtest.

    units: shape (n_series, n_periods), NaN unknown. Wider the fewer periods there are; NaN with less
    than a week of them or nothing sold, from which no swing can be told.
    """
    spread = np.full(int(group.max(initial=-1)) + 1, np.nan)
    for label in range(len(spread)):
        own = units[group == label]
        totals = np.nansum(own, axis=0)[~np.isnan(own).all(axis=0)]
        if len(totals) >= _LEAST_TOTALS and totals.mean() > 0:
            inflation = np.sqrt(1 + 1 / len(totals))
            spread[label] = totals.std(ddof=1) / totals.mean() * inflation
    return spread


def _spread_of_misses(error: Floats, past: Floats, known: Booleans, group: Integers) -> Floats:
    """Root mean square miss of each group's total in one period, over that total's mean.

    NaN for a group of which nothing was compared.
    """
    shape = (int(group.max()) + 1, past.shape[0], past.shape[2])
    miss, total = np.zeros(shape), np.zeros(shape)
    np.add.at(miss, group, np.moveaxis(error, 1, 0))
    np.add.at(total, group, np.moveaxis(past, 1, 0))
    size = total.mean(axis=(1, 2))
    compared = np.zeros(len(size), dtype=np.int64)
    np.add.at(compared, group, known.sum(axis=(0, 2)))
    spread = np.full(len(size), np.nan)
    where = (size > 0) & (compared > 0)
    np.divide(np.sqrt(np.mean(miss**2, axis=(1, 2))), size, out=spread, where=where)
    return spread
