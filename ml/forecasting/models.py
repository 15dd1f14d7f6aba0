"""Stored forecasts as values; the table is in `scripts/migrations/versions/0005_ml.py`."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StoredForecast:
    """Forecast of one product in one branch, day by day from first_day on; units per day.

    quantiles: one list per level. total_sd: standard deviation of the sum of the first 1, 2, ... days.
    actual .. covered: sums over the backtest, see `ml.registry.rules.ErrorSums`.
    recent_units: the last days it was made from, None where closed or not yet sold there.
    """

    made_on: date
    branch_id: UUID
    product_id: UUID
    first_day: date
    mean: list[float]
    levels: list[float]
    quantiles: list[list[float]]
    total_sd: list[float]
    method: str
    pattern: str
    note: str
    points: int
    actual: float
    absolute_error: float
    signed_error: float
    naive_absolute_error: float
    scored: int
    covered: int
    recent_first_day: date
    recent_units: list[float | None]
    recent_in_stock: list[bool]


@dataclass(frozen=True, slots=True)
class AccuracyGroup:
    """Error sums of the forecasts that share a branch, a method or a pattern."""

    key: str
    series: int
    actual: float
    absolute_error: float
    signed_error: float
    naive_absolute_error: float
    scored: int
    covered: int
