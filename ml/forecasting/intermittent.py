"""Methods for goods that sell now and then, from statsforecast; for the worker, not for a web request.

Importing statsforecast compiles and costs seconds, so it happens on the first call.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ml.forecasting.panel import Floats, Panel

Fit = Callable[..., dict[str, Floats]]


def croston_sba(panel: Panel, horizon: int) -> Floats:
    """Croston with the Syntetos-Boylan correction."""
    from statsforecast.models import CrostonSBA  # noqa: PLC0415  slow to import

    return _each(panel, horizon, CrostonSBA())


def tsb(panel: Panel, horizon: int) -> Floats:
    """Teunter-Syntetos-Babai: also forgets goods that stopped selling."""
    from statsforecast.models import TSB  # noqa: PLC0415  slow to import

    return _each(panel, horizon, TSB(alpha_d=0.1, alpha_p=0.1))


def imapa(panel: Panel, horizon: int) -> Floats:
    """Intermittent multiple aggregation."""
    from statsforecast.models import IMAPA  # noqa: PLC0415  slow to import

    return _each(panel, horizon, IMAPA())


INTERMITTENT_METHODS: Mapping[str, Callable[[Panel, int], Floats]] = {
    "CrostonSBA": croston_sba,
    "TSB": tsb,
    "IMAPA": imapa,
}


def _each(panel: Panel, horizon: int, model: Any) -> Floats:
    fit: Fit = model.forecast
    rows = [_one(series[~np.isnan(series)], horizon, fit) for series in panel.demand]
    return np.maximum(np.nan_to_num(np.stack(rows)), 0.0)


def _one(known: Floats, horizon: int, fit: Fit) -> Floats:
    """Forecast of one series; one that never sold has nothing to fit and is zero."""
    if not np.any(known > 0):
        return np.zeros(horizon)
    return fit(y=known, h=horizon)["mean"]
