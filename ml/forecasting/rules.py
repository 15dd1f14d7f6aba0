"""From a demand history to forecasts with quantiles: backtest, choose, forecast, say how sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ml.forecasting import methods
from ml.forecasting.accuracy import Tested
from ml.forecasting.backtest import (
    BLEND,
    LEAST_PERIODS,
    Backtest,
    Method,
    blend_at,
    run_backtest,
    scored_origins,
)
from ml.forecasting.blend import tied_to_totals
from ml.forecasting.panel import Floats, Integers, Panel, make_panel
from ml.forecasting.quantiles import Booleans, Spread, quantiles, spread_of_errors, spread_of_history, stretch
from ml.forecasting.selection import Names, choose, losses, patterns, segments, step_sizes
from ml.history.rules import DemandHistory

SIMPLE = "MA8"
NAIVE = "SeasonalNaive"
DEFAULT_LEVELS = (0.1, 0.5, 0.9)
LIGHT_METHODS: Mapping[str, Method] = {
    SIMPLE: methods.moving_average_short,
    "MA13": methods.moving_average_long,
    "SeasonalMA": methods.seasonal_moving_average,
    NAIVE: methods.seasonal_naive,
    "SES": methods.exponential_smoothing,
}
_TOLERATED_LOSS = 1.03


class Note(StrEnum):
    """What a reader must know about a forecast."""

    NO_HISTORY = "no_history"
    NEVER_SOLD = "never_sold"
    LOW_DATA = "low_data"
    UNTESTED = "untested"
    TESTED = "tested"


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Forecasts of every series of a history, in its order.

    mean: float64, shape (n_series, horizon), units per period.
    quantiles: shape (n_levels, n_series, horizon), whole where the series sells in pieces.
    total_sd: shape (n_series, horizon), standard deviation of the error of the sum of the first
        1, 2, ... periods. points: periods known of each series.
    tested: what the choice rests on, None where the history was too short for a backtest.
    """

    mean: Floats
    levels: tuple[float, ...]
    quantiles: Floats
    total_sd: Floats
    method: Names
    pattern: Names
    points: Integers
    notes: tuple[Note, ...]
    tested: Tested | None


def forecast_demand(
    history: DemandHistory,
    horizon: int,
    *,
    levels: Sequence[float] = DEFAULT_LEVELS,
    candidates: Mapping[str, Method] = LIGHT_METHODS,
) -> Forecasts:
    """Forecast every series with the method that its past, and that of its like, supports.

    candidates: must hold MA8 and SeasonalNaive, the yardsticks; the blend always takes part.
    """
    panel = make_panel(history, horizon)
    points = np.sum(~np.isnan(panel.sold), axis=1)
    pattern = patterns(panel.demand)
    segment = segments(pattern, points, LEAST_PERIODS[panel.frequency])
    origins = scored_origins(panel, horizon)
    if not origins:
        return _untested(panel, horizon, levels, pattern, points)
    *blended, (present, projected) = blend_at(panel, horizon, [*origins, panel.periods])
    backtest = run_backtest(panel, horizon, candidates, origins, blended)
    method = choose(losses(backtest), step_sizes(panel.demand), segment, len(origins), simple=SIMPLE)
    past, ties = _tie_where_it_helps(_of_chosen(backtest.forecasts, method), backtest, panel.groups)
    mean = _forecast_with(panel, horizon, {**candidates, BLEND: lambda _panel, _horizon: present}, method)
    if ties:
        mean = tied_to_totals(mean, projected, panel.groups)
    in_pieces = _sells_in_pieces(panel)
    spread = _calibrated(past, backtest.actual, segment, in_pieces)
    return Forecasts(
        mean,
        tuple(levels),
        quantiles(mean, spread.step[:, None], levels, in_pieces),
        np.sqrt(spread.total * np.cumsum(mean, axis=1)),
        method,
        pattern,
        points,
        _notes(panel, points, backtest.actual),
        Tested(past, backtest.actual, backtest.forecasts[NAIVE], spread.step, in_pieces, panel.groups),
    )


def _untested(
    panel: Panel, horizon: int, levels: Sequence[float], pattern: Names, points: Integers
) -> Forecasts:
    """Too little history to test anything: the plain mean, with a wide and honest spread."""
    mean = methods.moving_average_short(panel, horizon)
    spread = spread_of_history(panel.demand, horizon)
    return Forecasts(
        mean,
        tuple(levels),
        quantiles(mean, spread.step[:, None], levels, _sells_in_pieces(panel)),
        np.sqrt(spread.total * np.cumsum(mean, axis=1)),
        np.full(len(mean), SIMPLE),
        pattern,
        points,
        _notes(panel, points, None),
        None,
    )


def _forecast_with(panel: Panel, horizon: int, made_by: Mapping[str, Method], method: Names) -> Floats:
    mean = np.zeros((len(method), horizon))
    for name in np.unique(method):
        mean[method == name] = made_by[name](panel, horizon)[method == name]
    return mean


def _tie_where_it_helps(
    past: Floats, backtest: Backtest, groups: tuple[Integers, ...]
) -> tuple[Floats, bool]:
    """Past forecasts, tied to group totals where that brings totals nearer at no cost to single series."""
    tied = np.stack(
        [tied_to_totals(one, total, groups) for one, total in zip(past, backtest.projected, strict=True)]
    )
    nearer_in_all = _misses_of_totals(tied, backtest.actual) < _misses_of_totals(past, backtest.actual)
    loss, loss_tied = (float(np.nansum(np.abs(said - backtest.actual))) for said in (past, tied))
    helps = nearer_in_all and loss_tied <= _TOLERATED_LOSS * loss
    return (tied if helps else past), helps


def _misses_of_totals(past: Floats, actual: Floats) -> float:
    """How far the sum over all series was off, in units, period by period."""
    return float(np.abs(np.nansum(past - actual, axis=1)).sum())


def _of_chosen(forecasts: Mapping[str, Floats], method: Names) -> Floats:
    chosen = np.zeros_like(next(iter(forecasts.values())))
    for name, forecast in forecasts.items():
        chosen[:, method == name] = forecast[:, method == name]
    return chosen


def _sells_in_pieces(panel: Panel) -> Booleans:
    """Series that were only ever sold in whole units; shape (n_series,)."""
    units = np.nan_to_num(panel.sold)
    whole: Booleans = np.all(units == np.round(units), axis=1)
    return whole


def _calibrated(past: Floats, actual: Floats, segment: Names, in_pieces: Booleans) -> Spread:
    spread = spread_of_errors(past, actual, segment)
    factor = stretch(past, actual, segment, in_pieces)
    return Spread(spread.step * factor, spread.total * factor[:, None])


def _notes(panel: Panel, points: Integers, tested: Floats | None) -> tuple[Note, ...]:
    """What to say of each series. tested: what the backtest compared with, None without one."""
    least = LEAST_PERIODS[panel.frequency]
    sold = np.nansum(panel.sold, axis=1) > 0
    was_tested: Booleans = np.zeros(len(points), dtype=np.bool_)
    if tested is not None:
        was_tested = np.any(~np.isnan(tested), axis=(0, 2))
    return tuple(
        Note.NO_HISTORY
        if points[at] == 0
        else Note.NEVER_SOLD
        if not sold[at]
        else Note.LOW_DATA
        if points[at] < least
        else Note.TESTED
        if was_tested[at]
        else Note.UNTESTED
        for at in range(len(points))
    )
