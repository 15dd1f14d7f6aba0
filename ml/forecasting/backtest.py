"""Rolling-origin backtests: what each method would have said, and what then happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.forecasting.blend import Evidence, blend, components, learn, projection
from ml.forecasting.panel import Floats, Panel
from ml.history.rules import Frequency

Method = Callable[[Panel, int], Floats]

BLEND = "Blend"
_SCORED_ORIGINS = 8
_LESSONS_BEFORE = {Frequency.DAY: 52, Frequency.WEEK: 52, Frequency.MONTH: 36}
_LESSON_STEP = {Frequency.DAY: 7, Frequency.WEEK: 1, Frequency.MONTH: 1}
_LEAST_TO_SCORE = {Frequency.DAY: 14, Frequency.WEEK: 4, Frequency.MONTH: 3}
LEAST_PERIODS = {Frequency.DAY: 28, Frequency.WEEK: 13, Frequency.MONTH: 6}
"""Below this much history nothing can be tested, and a series counts as young."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """Forecasts of several origins beside what happened, oldest origin first.

    forecasts: per method, float64, shape (n_origins, n_series, horizon).
    projected: same shape as one method's; what group totals may be tied to.
    actual: same shape; NaN where the period was unknown, the goods were missing or the series too new.
    """

    forecasts: Mapping[str, Floats]
    projected: Floats
    actual: Floats


def scored_origins(panel: Panel, horizon: int) -> tuple[int, ...]:
    """Up to eight origins, their horizons side by side up to the present; fewer on short histories."""
    latest = panel.periods - horizon
    step = horizon if panel.periods >= 2 * panel.year else max(1, horizon // 2)
    origins = (latest - step * back for back in range(_SCORED_ORIGINS))
    return tuple(sorted(origin for origin in origins if origin >= LEAST_PERIODS[panel.frequency]))


def run_backtest(
    panel: Panel,
    horizon: int,
    methods: Mapping[str, Method],
    origins: Sequence[int],
    blended: Sequence[tuple[Floats, Floats]],
) -> Backtest:
    """Lets every method forecast each origin. blended: what `blend_at` made for the same origins."""
    forecasts = {
        name: np.stack([method(panel.until(origin), horizon) for origin in origins])
        for name, method in methods.items()
    }
    forecasts[BLEND] = np.stack([forecast for forecast, _ in blended])
    return Backtest(
        forecasts,
        np.stack([projected for _, projected in blended]),
        np.stack([_happened(panel, at, horizon) for at in origins]),
    )


def _happened(panel: Panel, origin: int, horizon: int) -> Floats:
    """Demand after an origin, NaN for series too new there for anybody to forecast."""
    known = np.sum(~np.isnan(panel.sold[:, :origin]), axis=1)
    is_fair = known >= _LEAST_TO_SCORE[panel.frequency]
    return np.where(is_fair[:, None], panel.demand[:, origin : origin + horizon], np.nan)


def blend_at(panel: Panel, horizon: int, origins: Sequence[int]) -> list[tuple[Floats, Floats]]:
    """The blend and the projected totals of each origin, from lessons that had ended by then."""
    step = _LESSON_STEP[panel.frequency]
    lessons: dict[int, Evidence] = {}
    made = []
    for origin in origins:
        for at in lesson_origins(panel, origin, horizon, step):
            if at not in lessons:
                parts = components(panel.until(at), horizon)
                lessons[at] = learn(parts, panel.sold[:, at : at + horizon])
        known = [lessons[at] for at in lesson_origins(panel, origin, horizon, step)]
        parts = components(panel.until(origin), horizon)
        made.append((blend(parts, known), projection(parts, known)))
    return made


def lesson_origins(panel: Panel, origin: int, horizon: int, step: int) -> list[int]:
    """Origins whose whole horizon was past at `origin`, newest first on a fixed grid."""
    least = LEAST_PERIODS[panel.frequency]
    latest = (origin - horizon) // step * step
    return list(range(latest, least - 1, -step))[: _LESSONS_BEFORE[panel.frequency]]
