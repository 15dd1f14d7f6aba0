"""How sure a forecast is: spread from the method's own past errors, quantiles from that spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.forecasting.panel import Floats
from ml.forecasting.selection import Names

Booleans = NDArray[np.bool_]

_SHRINKAGE_ORIGINS = 4.0
_SHRINKAGE_PERIODS = 8.0
_STRETCHES = np.array([0.5, 0.7, 0.85, 1.0, 1.25, 1.6, 2.2])
_CALIBRATION_LEVELS = (0.1, 0.5, 0.75, 0.9, 0.975)
_LEAST_MEAN = 1e-6
_CALIBRATION_SERIES = 300
"""So many series of a segment settle its calibration; more would only cost time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Variance of the errors per unit of mean demand ("dispersion"; 1 is Poisson), per series.

    step: float64, shape (n_series,), of one period. total: shape (n_series, horizon), of the sum
    of the first 1, 2, ... periods, which is what an order has to cover.
    """

    step: Floats
    total: Floats


def spread_of_errors(forecast: Floats, actual: Floats, segment: Names) -> Spread:
    """Spread from backtest errors. forecast, actual: shape (n_origins, n_series, horizon), NaN unknown.

    A series' own dispersion counts the more origins it has; the rest comes from its segment.
    """
    known = ~np.isnan(actual)
    error = np.where(known, forecast - np.nan_to_num(actual), 0.0)
    mean = np.where(known, forecast, 0.0)
    origins = known.any(axis=2).sum(axis=0)
    step = _shrunk(np.sum(error**2, axis=(0, 2)), mean.sum(axis=(0, 2)), origins, segment)
    squares, sums = np.sum(np.cumsum(error, axis=2) ** 2, axis=0), np.sum(np.cumsum(mean, axis=2), axis=0)
    total = [_shrunk(squares[:, at], sums[:, at], origins, segment) for at in range(forecast.shape[2])]
    return Spread(step, np.stack(total, axis=1))


def spread_of_history(demand: Floats, horizon: int) -> Spread:
    """Spread of each series around its own mean, for want of a backtest; wider the less is known."""
    known = ~np.isnan(demand)
    count = known.sum(axis=1)
    total = np.nansum(demand, axis=1)
    mean = total / np.maximum(count, 1)
    squares = np.where(known, (np.nan_to_num(demand) - mean[:, None]) ** 2, 0.0).sum(axis=1)
    pooled = max(1.0, squares.sum() / max(total.sum(), _LEAST_MEAN))
    own = squares / np.maximum(total, _LEAST_MEAN)
    trust = count / (count + _SHRINKAGE_PERIODS)
    inflation = 1 + 1 / np.maximum(count, 1)
    step = np.maximum(1.0, (trust * own + (1 - trust) * pooled) * inflation)
    return Spread(step, np.repeat(step[:, None], horizon, axis=1))


def _shrunk(squares: Floats, sums: Floats, origins: NDArray[np.int64], segment: Names) -> Floats:
    dispersion = np.ones(len(sums))
    trust = origins / (origins + _SHRINKAGE_ORIGINS)
    for label in np.unique(segment):
        members = segment == label
        pooled = squares[members].sum() / max(sums[members].sum(), _LEAST_MEAN)
        own = np.where(sums > _LEAST_MEAN, squares / np.maximum(sums, _LEAST_MEAN), pooled)
        dispersion[members] = (trust * own + (1 - trust) * pooled)[members]
    return np.maximum(dispersion, 1.0)


def quantiles(mean: Floats, dispersion: Floats, levels: Sequence[float], in_pieces: Booleans) -> Floats:
    """Quantiles of demand; float64, shape (n_levels, *mean.shape), never negative, rising with level.

    mean: shape (..., n_series, horizon); dispersion: broadcast against it. in_pieces: shape (n_series,),
    goods counted in pieces get whole numbers (negative binomial), goods by weight any number (gamma of
    the same mean and variance). No mean, no demand: 0.
    """
    # Imported late: it costs a second that the start of a web process need not wait for.
    from scipy import stats  # type: ignore[import-untyped]  # noqa: PLC0415  see above

    usable = np.maximum(mean, _LEAST_MEAN)
    ratio = np.maximum(np.broadcast_to(dispersion, mean.shape), 1.001)
    at = np.asarray(levels, dtype=np.float64).reshape(-1, *([1] * mean.ndim))
    found = stats.nbinom.ppf(at, usable / (ratio - 1), 1 / ratio)
    if not in_pieces.all():
        by_weight = stats.gamma.ppf(at, usable / ratio, scale=ratio)
        found = np.where(in_pieces[:, None], found, by_weight)
    return np.where(mean > _LEAST_MEAN, found, 0.0)


def stretch(forecast: Floats, actual: Floats, segment: Names, in_pieces: Booleans) -> Floats:
    """Factor on the dispersion of each series that made past quantiles right; 1 without evidence.

    The spread is read from the older half of the origins and judged on the newer half.
    """
    factor = np.ones(forecast.shape[1])
    half = len(forecast) // 2
    if half == 0:
        return factor
    spread = spread_of_errors(forecast[:half], actual[:half], segment).step[:, None]
    for label in np.unique(segment):
        members = segment == label
        sample = np.flatnonzero(members)[:: 1 + members.sum() // _CALIBRATION_SERIES]
        newer, happened = forecast[half:, sample], actual[half:, sample]
        scores = [
            pinball(
                quantiles(newer, (spread * size)[sample], _CALIBRATION_LEVELS, in_pieces[sample]),
                happened,
                _CALIBRATION_LEVELS,
            )
            for size in _STRETCHES
        ]
        if np.isfinite(scores).all():
            factor[members] = _STRETCHES[int(np.argmin(scores))]
    return factor


def pinball(found: Floats, actual: Floats, levels: Sequence[float]) -> float:
    """Mean pinball loss in units; NaN when nothing was known."""
    at = np.asarray(levels, dtype=np.float64).reshape(-1, *([1] * actual.ndim))
    miss = actual - found
    loss = np.where(miss >= 0, at * miss, (at - 1) * miss)
    known = loss[:, ~np.isnan(actual)]
    return float(known.mean()) if known.size else float("nan")
