"""From a shop's history to the forecasts that are stored: pure, for the worker."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from ml.forecasting.accuracy import Accuracy, measure, spread_of_totals, untested
from ml.forecasting.intermittent import INTERMITTENT_METHODS
from ml.forecasting.models import StoredForecast
from ml.forecasting.panel import Floats
from ml.forecasting.rules import LIGHT_METHODS, Forecasts, forecast_demand
from ml.history.rules import ShopHistory
from ml.registry.rules import ErrorSums, metrics_of

HORIZON_DAYS = 28
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98)
RECENT_DAYS = 56
CANDIDATES = {**LIGHT_METHODS, **INTERMITTENT_METHODS}
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class NightsWork:
    """What one run gave: forecasts to store, methods by number of series, accuracy of the whole.

    metrics: the fields of `Metrics`, and total_spread: by branch id, and "all", the standard deviation
    of a day's total over its mean, None where nobody can tell.
    """

    forecasts: list[StoredForecast]
    methods: dict[str, int]
    metrics: dict[str, Any]


def forecast_shop(shop: ShopHistory, *, made_on: date) -> NightsWork:
    """Forecast every product and branch for the days from made_on on."""
    if not shop.keys:
        return NightsWork([], {}, {})
    found = forecast_demand(shop.history, HORIZON_DAYS, levels=LEVELS, candidates=CANDIDATES)
    branches = shop.history.groups[0]
    accuracy = measure(found.tested) if found.tested else untested(len(shop.keys), int(branches.max()) + 1)
    stored = [_stored(shop, found, accuracy, row, made_on) for row in range(len(shop.keys))]
    sums = ErrorSums(
        float(accuracy.actual.sum()),
        float(accuracy.absolute_error.sum()),
        float(accuracy.signed_error.sum()),
        float(accuracy.naive_absolute_error.sum()),
        int(accuracy.scored.sum()),
        int(accuracy.covered.sum()),
    )
    spread = _total_spread(shop, accuracy)
    return NightsWork(stored, _counted(found), {**asdict(metrics_of(sums)), "total_spread": spread})


def _total_spread(shop: ShopHistory, accuracy: Accuracy) -> dict[str, float | None]:
    """From past misses where there are any, else from how the totals themselves swing."""
    units, branches = shop.history.units, shop.history.groups[0]
    everything = np.zeros(len(units), dtype=np.int64)
    by_branch = np.where(
        np.isnan(accuracy.group_spread), spread_of_totals(units, branches), accuracy.group_spread
    )
    overall = accuracy.total_spread
    if np.isnan(overall):
        overall = float(spread_of_totals(units, everything)[0])
    spread = {"all": _told(overall)}
    for (branch_id, _), group in zip(shop.keys, branches, strict=True):
        spread[str(branch_id)] = _told(float(by_branch[group]))
    return spread


def _told(spread: float) -> float | None:
    return None if np.isnan(spread) else round(spread, _DECIMALS)


def _counted(found: Forecasts) -> dict[str, int]:
    counted: Mapping[str, int] = Counter(str(name) for name in found.method)
    return dict(counted)


def _stored(
    shop: ShopHistory, found: Forecasts, accuracy: Accuracy, row: int, made_on: date
) -> StoredForecast:
    branch_id, product_id = shop.keys[row]
    recent = shop.history.units[row, -RECENT_DAYS:]
    return StoredForecast(
        made_on=made_on,
        branch_id=branch_id,
        product_id=product_id,
        first_day=made_on,
        mean=_rounded(found.mean[row]),
        levels=list(found.levels),
        quantiles=[_rounded(level) for level in found.quantiles[:, row]],
        total_sd=_rounded(found.total_sd[row]),
        method=str(found.method[row]),
        pattern=str(found.pattern[row]),
        note=found.notes[row].value,
        points=int(found.points[row]),
        actual=float(accuracy.actual[row]),
        absolute_error=float(accuracy.absolute_error[row]),
        signed_error=float(accuracy.signed_error[row]),
        naive_absolute_error=float(accuracy.naive_absolute_error[row]),
        scored=int(accuracy.scored[row]),
        covered=int(accuracy.covered[row]),
        recent_first_day=made_on - timedelta(days=len(recent)),
        recent_units=[None if np.isnan(units) else float(units) for units in recent],
        recent_in_stock=shop.history.in_stock[row, -RECENT_DAYS:].tolist(),
    )


def _rounded(values: Floats) -> list[float]:
    rounded: list[float] = np.round(values, _DECIMALS).tolist()
    return rounded
