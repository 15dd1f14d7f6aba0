"""Which method forecasts which series: by what each one's past forecasts were worth."""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ml.forecasting.backtest import Backtest
from ml.forecasting.methods import mean_known
from ml.forecasting.panel import Floats, Integers

Names = NDArray[np.str_]

_LEAST_SEGMENT_SERIES = 30
_OWN_TRUST_ORIGINS = 24.0
_INTERVAL_BORDER, _VARIATION_BORDER = 1.32, 0.49


class Pattern(StrEnum):
    """How a product sells (Syntetos and Boylan's four classes), or that it does not."""

    SMOOTH = "smooth"
    ERRATIC = "erratic"
    INTERMITTENT = "intermittent"
    LUMPY = "lumpy"
    NONE = "none"


_PATTERNS = np.array([Pattern.SMOOTH, Pattern.ERRATIC, Pattern.INTERMITTENT, Pattern.LUMPY, Pattern.NONE])


def patterns(demand: Floats) -> Names:
    """The pattern of each series, from the gaps between its sales and how their sizes vary."""
    sales = np.where(demand > 0, demand, np.nan)
    count = np.sum(~np.isnan(sales), axis=1)
    interval = np.sum(~np.isnan(demand), axis=1) / np.maximum(count, 1)
    size = np.nan_to_num(mean_known(sales, axis=1))
    spread = np.nan_to_num(mean_known((sales - size[:, None]) ** 2, axis=1))
    variation = spread / np.maximum(size, 1e-9) ** 2
    place = 2 * (interval >= _INTERVAL_BORDER).astype(np.int64) + (variation >= _VARIATION_BORDER)
    names: Names = _PATTERNS[np.where(count == 0, len(_PATTERNS) - 1, place)]
    return names


def segments(pattern: Names, known_periods: Integers, least_periods: int) -> Names:
    """Where evidence is pooled: by pattern, young series apart; small segments join the rest."""
    segment: Names = np.where(known_periods < least_periods, "young", pattern).astype(np.str_)
    labels, count = np.unique(segment, return_counts=True)
    small = labels[count < _LEAST_SEGMENT_SERIES]
    return np.where(np.isin(segment, small), "rest", segment)


def losses(backtest: Backtest) -> dict[str, Floats]:
    """Mean squared error of each method and series over the backtest; NaN where nothing was known."""
    return {
        name: mean_known(_by_series((forecast - backtest.actual) ** 2), axis=1)
        for name, forecast in backtest.forecasts.items()
    }


def _by_series(values: Floats) -> Floats:
    """(origins, series, horizon) as (series, origins x horizon)."""
    return np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)


def step_sizes(demand: Floats) -> Floats:
    """Root mean squared step of each series from one known period to the next; 1 where it never moves.

    What competitions scale errors by, so that series of any size weigh alike.
    """
    steps = mean_known(np.diff(demand, axis=1) ** 2, axis=1)
    return np.sqrt(np.where(np.nan_to_num(steps) > 0, steps, 1.0))


def choose(loss: Mapping[str, Floats], scale: Floats, segment: Names, origins: int, *, simple: str) -> Names:
    """Name of the method for each series. loss: mean squared errors; scale: see `step_sizes`.

    A method's score is its root mean squared error over the scale: mostly that of the series' whole
    segment, the series' own the more origins there are. So within a segment no simpler method would
    have done better over the backtest, and luck of a single series does not decide.
    """
    names = sorted(loss, key=lambda name: name != simple)
    table = np.stack([loss[name] for name in names])
    known: NDArray[np.bool_] = np.all(~np.isnan(table), axis=0)
    scaled = np.sqrt(table) / scale
    trust = origins / (origins + _OWN_TRUST_ORIGINS)
    chosen = np.full(len(segment), names[0], dtype=object)
    for label in np.unique(segment):
        members = segment == label
        if not np.any(known & members):
            continue
        pooled = mean_known(np.where(known & members, scaled, np.nan), axis=1)
        own = np.where(known[members], scaled[:, members], pooled[:, None])
        score = trust * own + (1 - trust) * pooled[:, None]
        chosen[members] = np.array(names, dtype=object)[np.argmin(score, axis=0)]
    return chosen.astype(np.str_)
