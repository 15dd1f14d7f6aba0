"""Light forecasting methods: plain numpy, all series at once, cheap enough for a web request.

Every method takes a panel and a horizon and returns float64, shape (n_series, horizon):
expected units per period, never negative, 0 for a series without any history.
"""

from collections.abc import Sequence

import numpy as np

from ml.forecasting.panel import SEASON_LENGTHS, Floats, Integers, Panel
from ml.history.rules import Frequency

WEEKS_SHORT, WEEKS_LONG = 8, 13
_PERIODS_PER_STEP = {Frequency.DAY: 7, Frequency.WEEK: 1, Frequency.MONTH: 1}
_GROUP_SHRINKAGE_SERIES = 30
_YEAR_SEASON = 53
_LEAST_FACTOR = 0.05


def mean_known(values: Floats, axis: int) -> Floats:
    """Mean of what is not NaN along an axis; NaN where nothing is known."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    mean = np.full(total.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def level(values: Floats, window: int, otherwise: Floats) -> Floats:
    """Mean of the last `window` periods, `otherwise` where those are unknown; shape (n_series,)."""
    recent = mean_known(values[:, -window:], axis=1)
    return np.where(np.isnan(recent), otherwise, recent)


def trailing_levels(values: Floats, windows: Sequence[int], otherwise: Floats) -> list[Floats]:
    """`level` for several rising windows, each period looked at once."""
    recent = values[:, -windows[-1] :]
    width = recent.shape[1]
    # Disjoint stretches from the newest back: the last 7 periods, the 21 before them, and so on.
    starts = sorted({max(0, width - window) for window in windows})
    known = ~np.isnan(recent)
    sums = np.add.reduceat(np.where(known, recent, 0.0), starts, axis=1)[:, ::-1].cumsum(axis=1)
    counts = np.add.reduceat(known.astype(np.float64), starts, axis=1)[:, ::-1].cumsum(axis=1)
    levels = []
    for window in windows:
        at = len(starts) - 1 - starts.index(max(0, width - window))
        found = np.copy(otherwise)
        np.divide(sums[:, at], counts[:, at], out=found, where=counts[:, at] > 0)
        levels.append(found)
    return levels


def overall_level(panel: Panel) -> Floats:
    """Mean of all that is known of each series, 0 where nothing is; shape (n_series,)."""
    return np.nan_to_num(mean_known(panel.demand, axis=1))


def moving_average(panel: Panel, horizon: int, window: int) -> Floats:
    """The last `window` periods' mean, carried forward."""
    return np.repeat(level(panel.demand, window, overall_level(panel))[:, None], horizon, axis=1)


def moving_average_short(panel: Panel, horizon: int) -> Floats:
    """MA8, the shopkeeper's rule: the last eight weeks (or months)."""
    return moving_average(panel, horizon, WEEKS_SHORT * _PERIODS_PER_STEP[panel.frequency])


def moving_average_long(panel: Panel, horizon: int) -> Floats:
    """MA13: the last thirteen weeks (or months)."""
    return moving_average(panel, horizon, WEEKS_LONG * _PERIODS_PER_STEP[panel.frequency])


def seasonal_naive(panel: Panel, horizon: int) -> Floats:
    """The last season repeated: last week for days, last year for weeks and months."""
    length = 7 if panel.frequency is Frequency.DAY else panel.year
    return repeat_back(panel, horizon, length, otherwise=seasonal_moving_average(panel, horizon))


def repeat_back(panel: Panel, horizon: int, length: int, *, otherwise: Floats) -> Floats:
    """The periods `length` ago, repeated; `otherwise`, shape (n_series, horizon), where those are unknown."""
    if panel.periods < length:
        return otherwise
    columns = panel.periods - length + np.arange(horizon) % length
    repeated = panel.sold[:, columns]
    return np.where(np.isnan(repeated), otherwise, repeated)


def seasonal_moving_average(panel: Panel, horizon: int, window: int | None = None) -> Floats:
    """SeasonalMA: the mean of deseasonalised demand times pooled seasonal factors.

    window: periods of the mean; thirteen weeks (or months) by default.
    """
    window = window or WEEKS_LONG * _PERIODS_PER_STEP[panel.frequency]
    factors = season_factors(panel)
    adjusted = deseasonalised(panel, factors, window)
    return level(adjusted, window, overall_level(panel))[:, None] * coming(panel, factors, horizon)


def deseasonalised(panel: Panel, factors: Floats, window: int) -> Floats:
    """Demand of the last `window` periods without its season; shape (n_series, at most window)."""
    recent = panel.demand[:, -window:]
    return recent / factors[:, panel.season[panel.periods - recent.shape[1] : panel.periods]]


def coming(panel: Panel, factors: Floats, horizon: int) -> Floats:
    """Seasonal factors of the periods to come; shape (n_series, horizon)."""
    return factors[:, panel.season[panel.periods : panel.periods + horizon]]


def season_factors(panel: Panel) -> Floats:
    """Seasonal factor of every series at each place of the season; shape (n_series, season length).

    Pooled over all series, then over each group in the measure of its size: one product alone
    sells too little to show its season.
    """
    length = SEASON_LENGTHS[panel.frequency]
    place = panel.season[: panel.periods]
    known = ~np.isnan(panel.demand)
    happened = np.where(known, panel.demand, 0.0)
    expected = np.where(known, overall_level(panel)[:, None], 0.0)
    pooled = _pooled_factors(happened.sum(axis=0), expected.sum(axis=0), place, length)
    factors = np.tile(pooled, (len(happened), 1))
    for group in panel.groups:
        for label in np.unique(group):
            members = group == label
            own = _pooled_factors(happened[members].sum(axis=0), expected[members].sum(axis=0), place, length)
            trust = members.sum() / (members.sum() + _GROUP_SHRINKAGE_SERIES)
            factors[members] = (1 - trust) * factors[members] + trust * own
    return np.maximum(factors, _LEAST_FACTOR)


def _pooled_factors(happened: Floats, expected: Floats, place: Integers, length: int) -> Floats:
    """What happened at each place of the season over what the mean of each series expects there.

    Each series is compared with its own mean, so one that starts or ends does not look like season.
    """
    total = np.bincount(place, weights=happened, minlength=length)
    base = np.bincount(place, weights=expected, minlength=length)
    factors = np.full(length, np.nan)
    np.divide(total, base, out=factors, where=base > 0)
    if np.isnan(factors).all():
        return np.ones(length)
    return _smoothed_year(factors) if length == _YEAR_SEASON else np.where(base > 0, factors, 1.0)


def _smoothed_year(factors: Floats) -> Floats:
    """Weeks of a year, gaps filled from neighbours and averaged over three weeks."""
    places = np.arange(len(factors))
    known = ~np.isnan(factors)
    filled = np.interp(places, places[known], factors[known])
    weight = np.convolve(np.ones_like(filled), np.ones(3), mode="same")
    return np.convolve(filled, np.ones(3), mode="same") / weight


def exponential_smoothing(panel: Panel, horizon: int) -> Floats:
    """SES with the smoothing constant that served each series best, out of a small grid."""
    smoothed, error = _smooth(panel.demand, np.array([0.05, 0.1, 0.2, 0.3, 0.5]))
    chosen = np.take_along_axis(smoothed, np.argmin(error, axis=0)[None], axis=0)[0]
    return np.repeat(chosen[:, None], horizon, axis=1)


def _smooth(demand: Floats, constants: Floats) -> tuple[Floats, Floats]:
    """Final levels and sums of squared one-step errors, shape (n_constants, n_series).

    Unknown periods change nothing. All constants in one pass: a long series costs by its periods.
    """
    alpha = constants[:, None]
    current = np.full((len(constants), demand.shape[0]), np.nan)
    error = np.zeros(current.shape)
    for column in demand.T:
        known = ~np.isnan(column)
        started = known & ~np.isnan(current)
        miss = np.where(started, column - current, 0.0)
        error += miss**2
        current = np.where(started, current + alpha * miss, np.where(known, column, current))
    return np.nan_to_num(current), error
