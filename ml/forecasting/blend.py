"""The blend: simple methods weighted by what past forecasts taught; and totals to tie forecasts to.

Learnt without a tree library: on weekly retail series it comes within reach of a global gradient
boosting model at a thousandth of its cost (`python -m benchmarks.forecasting` measures it).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.forecasting.methods import (
    coming,
    deseasonalised,
    overall_level,
    repeat_back,
    season_factors,
    trailing_levels,
)
from ml.forecasting.panel import Floats, Integers, Panel
from ml.history.rules import Frequency

_LEVEL_WINDOWS = {
    Frequency.DAY: (7, 28, 56, 91, 364),
    Frequency.WEEK: (1, 4, 8, 13, 26, 52),
    Frequency.MONTH: (1, 3, 6, 12),
}
_SEASONAL_WINDOWS = {
    Frequency.DAY: (14, 28, 56, 91, 182),
    Frequency.WEEK: (8, 13, 26),
    Frequency.MONTH: (6, 12),
}
_SEASONAL_ANCHOR = {Frequency.DAY: 3, Frequency.WEEK: 1, Frequency.MONTH: 1}
"""Which seasonal window stands for the season when totals are projected."""

_YEAR_SHARES = (0.0, 0.3, 0.6, 0.9)
_SHARPNESS = 8
_TOTAL_SHRINKAGE_UNITS = 20.0
_LARGEST_CORRECTION = 2.0


@dataclass(frozen=True, slots=True)
class Components:
    """Forecasts that the blend is made of.

    values: float64, shape (n_components, n_series, horizon), units per period.
    season: index of the component that follows the season; year: that of last year's periods.
    is_year_known: whether the history reaches back a whole year.
    """

    values: Floats
    season: int
    year: int
    is_year_known: bool


def components(panel: Panel, horizon: int) -> Components:
    """Levels over several windows, seasonal levels, and last year's same periods."""
    factors, otherwise = season_factors(panel), overall_level(panel)
    adjusted = deseasonalised(panel, factors, max(_SEASONAL_WINDOWS[panel.frequency]))
    future = coming(panel, factors, horizon)
    flat = [
        np.repeat(one[:, None], horizon, axis=1)
        for one in trailing_levels(panel.demand, _LEVEL_WINDOWS[panel.frequency], otherwise)
    ]
    seasonal = [
        one[:, None] * future
        for one in trailing_levels(adjusted, _SEASONAL_WINDOWS[panel.frequency], otherwise)
    ]
    anchor = _SEASONAL_ANCHOR[panel.frequency]
    last_year = repeat_back(panel, horizon, panel.year, otherwise=seasonal[anchor])
    values = np.stack([*flat, *seasonal, last_year])
    return Components(
        values,
        season=len(flat) + anchor,
        year=len(values) - 1,
        is_year_known=panel.periods >= panel.year,
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one past origin taught: sums that weights are solved from.

    gram: shape (k, k), cross products of the components; moment: shape (k,), with what happened.
    sums: shape (k,), units each component forecast in all; sold: units that happened.
    year_errors: for each share of last year, how far the overall total was off, relative to what
        happened; all zero while no year was known, so that such an origin has no say.
    """

    gram: Floats
    moment: Floats
    sums: Floats
    sold: float
    year_errors: Floats


def learn(parts: Components, actual: Floats) -> Evidence:
    """Evidence of one origin. actual: shape (n_series, horizon), NaN where nothing can be learnt.

    Each series is scaled by the root of its size, so that neither the big nor the small decide alone.
    """
    scale = np.sqrt(parts.values.mean(axis=(0, 2)) + 0.3)[:, None]
    known = ~np.isnan(actual)
    design = np.where(known, parts.values / scale, 0.0).reshape(len(parts.values), -1)
    target = np.where(known, np.nan_to_num(actual) / scale, 0.0).ravel()
    return Evidence(
        design @ design.T,
        design @ target,
        np.where(known, parts.values, 0.0).sum(axis=(1, 2)),
        float(np.nansum(actual)),
        _year_errors(parts, actual),
    )


def _year_errors(parts: Components, actual: Floats) -> Floats:
    known = ~np.isnan(actual)
    sold = np.nansum(actual)
    if not parts.is_year_known or sold <= 0:
        return np.zeros(len(_YEAR_SHARES))
    misses = [
        np.where(known, np.nan_to_num(actual) - _projected(parts, share), 0.0) for share in _YEAR_SHARES
    ]
    return np.array([np.abs(miss.sum(axis=0)).sum() / sold for miss in misses])


def blend(parts: Components, evidence: Sequence[Evidence]) -> Floats:
    """Forecast with the weights that the evidence supports; without any, the seasonal component.

    Squared errors alone would shrink goods that sell in rare lumps towards zero, so the weights are
    scaled until their past forecasts add up to what was sold.
    """
    if not evidence:
        seasonal: Floats = parts.values[parts.season]
        return seasonal
    gram = np.sum([past.gram for past in evidence], axis=0)
    weights = nonnegative_weights(gram, np.sum([past.moment for past in evidence], axis=0))
    said = float(weights @ np.sum([past.sums for past in evidence], axis=0))
    sold = sum(past.sold for past in evidence)
    unbiased = np.clip(sold / said, 1 / _LARGEST_CORRECTION, _LARGEST_CORRECTION) if said > 0 else 1.0
    mixed: Floats = unbiased * np.tensordot(weights, parts.values, axes=1)
    return mixed


def projection(parts: Components, evidence: Sequence[Evidence]) -> Floats:
    """Season and last year mixed as the evidence supports: trusted for totals, not for one product."""
    errors = np.sum([past.year_errors for past in evidence], axis=0) if evidence else np.zeros(1)
    return _projected(parts, year_share(errors))


def year_share(errors: Floats) -> float:
    """How much of last year to follow: shares weighted by how right they were, 0 without evidence.

    A weighted mean, because the best of a few close ones changes from day to day by luck.
    """
    if errors.sum() <= 0:
        return 0.0
    weights = (errors.min() / errors) ** _SHARPNESS
    return float(np.average(_YEAR_SHARES, weights=weights))


def _projected(parts: Components, share: float) -> Floats:
    projected: Floats = share * parts.values[parts.year] + (1 - share) * parts.values[parts.season]
    return projected


def nonnegative_weights(gram: Floats, moment: Floats) -> Floats:
    """Weights >= 0 that minimise squared error, by scipy's non-negative least squares."""
    # Imported late: scipy.optimize would slow every start of the web process.
    from scipy.optimize import nnls  # type: ignore[import-untyped]  # noqa: PLC0415  see above

    ridge = 1e-6 * max(np.trace(gram), 1e-9) / len(gram)
    root: Floats = np.linalg.cholesky(gram + ridge * np.eye(len(gram)))
    weights, _ = nnls(root.T, np.linalg.solve(root, moment))
    found: Floats = np.asarray(weights, dtype=np.float64)
    return found


def tied_to_totals(forecast: Floats, projected: Floats, groups: tuple[Integers, ...]) -> Floats:
    """Scales the series of each group so that they add up to the group's projected total.

    Totals are far steadier than single products, so season and trend are read there.
    """
    tied: Floats = forecast
    for group in groups or (np.zeros(len(forecast), dtype=np.int64),):
        size = int(group.max()) + 1
        wanted, found = np.zeros((size, forecast.shape[1])), np.zeros((size, forecast.shape[1]))
        np.add.at(wanted, group, projected)
        np.add.at(found, group, tied)
        ratio = (wanted + _TOTAL_SHRINKAGE_UNITS) / (found + _TOTAL_SHRINKAGE_UNITS)
        tied = tied * np.clip(ratio, 1 / _LARGEST_CORRECTION, _LARGEST_CORRECTION)[group]
    return tied
