"""Scores of forecasts as competitions define them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.forecasting.quantiles import quantiles

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

M5_LEVELS = (0.005, 0.025, 0.165, 0.25, 0.5, 0.75, 0.835, 0.975, 0.995)
_LEAST_PERIODS = 8


def wrmsse(past: Floats, actual: Floats, forecast: Floats, levels: Sequence[Integers]) -> Floats:
    """M5's weighted root mean squared scaled error of each level; series weigh by their recent units.

    past: shape (n_series, n_periods), NaN before the start. actual, forecast: (n_series, horizon).
    """
    recent = np.nansum(past[:, -actual.shape[1] :], axis=1)
    return np.array([_one_level(past, actual, forecast, recent, level) for level in levels])


def _one_level(past: Floats, actual: Floats, forecast: Floats, recent: Floats, level: Integers) -> float:
    history, happened, said = (_sums(values, level) for values in (past, actual, forecast))
    weight = _sums(recent[:, None], level)[:, 0]
    error = np.sqrt(np.mean((happened - said) ** 2, axis=1))
    scale = np.array([_scale(row) for row in history])
    scaled = np.where(scale > 0, error / np.maximum(scale, 1e-12), 0.0)
    return float(np.sum(weight * scaled) / max(weight.sum(), 1e-9))


def _scale(row: Floats) -> float:
    """Root mean squared step from one period to the next, from the first sale on."""
    sales = np.flatnonzero(row > 0)
    steps = np.diff(row[sales[0] :] if len(sales) else row)
    return float(np.sqrt(np.mean(steps**2))) if len(steps) else 0.0


def _sums(values: Floats, level: Integers) -> Floats:
    out = np.zeros((int(level.max()) + 1, values.shape[1]))
    np.add.at(out, level, np.nan_to_num(values))
    return out


def step_scales(past: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Mean squared and mean absolute step of each series, and which have enough of both to be scored."""
    steps = np.diff(past, axis=1)
    count = np.maximum(np.sum(~np.isnan(steps), axis=1), 1)
    squared = np.nansum(steps**2, axis=1) / count
    absolute = np.nansum(np.abs(steps), axis=1) / count
    enough = (np.sum(~np.isnan(past), axis=1) >= _LEAST_PERIODS) & (squared > 0)
    return squared, absolute, enough


def scaled_pinball(bands: Floats, actual: Floats, absolute_step: Floats) -> Floats:
    """M5's scaled pinball loss of each series. bands: shape (9, n_series, horizon), M5's levels."""
    at = np.array(M5_LEVELS)[:, None, None]
    miss = actual - bands
    loss = np.where(miss >= 0, at * miss, (at - 1) * miss)
    scaled: Floats = loss.mean(axis=(0, 2)) / np.maximum(absolute_step, 1e-12)
    return scaled


def bands_from_past_errors(forecast: Floats, past_squares: Sequence[Floats], past: Floats) -> Floats:
    """Quantiles for a bare method: negative binomial, spread from its own earlier windows.

    past_squares: mean squared error of each series in each earlier window; without any, the steps of
    the series. The same for every method, so that only the method differs.
    """
    mean = forecast.mean(axis=1)
    squares = np.mean(past_squares[-13:], axis=0) if past_squares else step_scales(past)[0] / 2
    pooled = squares.sum() / max(mean.sum(), 1e-9)
    trust = len(past_squares) / (len(past_squares) + 4)
    variance = trust * squares + (1 - trust) * pooled * mean
    dispersion = np.maximum(variance, mean * 1.02) / np.maximum(mean, 1e-3)
    whole = np.ones(len(mean), dtype=np.bool_)
    return quantiles(np.maximum(forecast, 1e-3), dispersion[:, None], M5_LEVELS, whole)
