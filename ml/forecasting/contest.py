"""Whether methods chosen anew forecast a shop better than those that are served: pure.

The last horizon is held out: the new choice is made from what was known before it, and both are compared on
what then happened. The served choice may have seen those days already, so a tie is won by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import numpy as np

from ml.forecasting.backtest import LEAST_PERIODS, Backtest, blend_at, run_backtest, scored_origins
from ml.forecasting.nightly import CANDIDATES, HORIZON_DAYS
from ml.forecasting.panel import Floats, Panel, make_panel
from ml.forecasting.quantiles import Booleans
from ml.forecasting.rules import NAIVE, SIMPLE
from ml.forecasting.selection import Names, choose, losses, patterns, segments, step_sizes
from ml.history.rules import ShopHistory
from ml.registry.rules import ErrorSums, Metrics, metrics_of

TIE = 0.0005
"""Differences of wape up to here are chance."""


class Verdict(StrEnum):
    """What became of the comparison."""

    FIRST = "first"
    BETTER = "better"
    AS_GOOD_AND_NEWER = "as_good_and_newer"
    NO_BETTER = "no_better"
    WORSE = "worse"
    UNTESTED = "untested"

    @property
    def is_for_new(self) -> bool:
        """Whether the new forecasts are to be served."""
        return self in {Verdict.FIRST, Verdict.BETTER, Verdict.AS_GOOD_AND_NEWER}


@dataclass(frozen=True, slots=True)
class Contest:
    """Both choices on the same days of the same series.

    days: of the hold-out. changed: series that have another method now.
    """

    served: Metrics
    new: Metrics
    series: int
    changed: int
    days: int


def compare(shop: ShopHistory, served: Mapping[tuple[UUID, UUID], str]) -> Contest | None:
    """served: method of each (branch, product). None with too little history, or nothing in common."""
    panel = make_panel(shop.history, HORIZON_DAYS)
    origins = scored_origins(panel, HORIZON_DAYS)
    # Lessons that had ended when the held-out days began.
    lessons = [origin for origin in origins if origin + HORIZON_DAYS <= origins[-1]]
    if not lessons:
        return None
    tried = [*lessons, origins[-1]]
    backtest = run_backtest(panel, HORIZON_DAYS, CANDIDATES, tried, blend_at(panel, HORIZON_DAYS, tried))
    old = np.array([served.get(key, "") for key in shop.keys])
    new = _chosen(panel.until(origins[-1]), _before_last(backtest))
    is_known: Booleans = np.isin(old, list(backtest.forecasts))
    actual = np.where(is_known[:, None], backtest.actual[-1], np.nan)
    if np.isnan(actual).all():
        return None
    last = {name: forecast[-1] for name, forecast in backtest.forecasts.items()}
    return Contest(
        served=_scores(_of(last, old), last[NAIVE], actual),
        new=_scores(_of(last, new), last[NAIVE], actual),
        series=int(is_known.sum()),
        changed=int(np.sum(is_known & (old != new))),
        days=HORIZON_DAYS,
    )


def judge(contest: Contest | None, *, served_on: date | None, made_on: date) -> Verdict:
    """served_on: the day the served forecasts were made, None when there are none."""
    if served_on is None:
        return Verdict.FIRST
    if contest is None or contest.new.wape is None or contest.served.wape is None:
        return Verdict.UNTESTED
    gain = contest.served.wape - contest.new.wape
    if gain > TIE:
        return Verdict.BETTER
    if gain < -TIE:
        return Verdict.WORSE
    return Verdict.AS_GOOD_AND_NEWER if served_on < made_on else Verdict.NO_BETTER


def _chosen(panel: Panel, lessons: Backtest) -> Names:
    """The choice as a run at that origin would have made it."""
    points = np.sum(~np.isnan(panel.sold), axis=1)
    segment = segments(patterns(panel.demand), points, LEAST_PERIODS[panel.frequency])
    return choose(losses(lessons), step_sizes(panel.demand), segment, len(lessons.actual), simple=SIMPLE)


def _before_last(backtest: Backtest) -> Backtest:
    forecasts = {name: forecast[:-1] for name, forecast in backtest.forecasts.items()}
    return Backtest(forecasts, backtest.projected[:-1], backtest.actual[:-1])


def _of(forecasts: Mapping[str, Floats], method: Names) -> Floats:
    chosen = np.zeros_like(forecasts[NAIVE])
    for name, forecast in forecasts.items():
        chosen[method == name] = forecast[method == name]
    return chosen


def _scores(forecast: Floats, naive: Floats, actual: Floats) -> Metrics:
    """Coverage is not looked at: bands follow from the choice."""
    known = ~np.isnan(actual)
    error = np.where(known, forecast - np.nan_to_num(actual), 0.0)
    naive_error = np.where(known, naive - np.nan_to_num(actual), 0.0)
    return metrics_of(
        ErrorSums(
            actual=float(np.nansum(actual)),
            absolute_error=float(np.abs(error).sum()),
            signed_error=float(error.sum()),
            naive_absolute_error=float(np.abs(naive_error).sum()),
            scored=0,
            covered=0,
        )
    )
