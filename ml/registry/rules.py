"""The served model: what it is called, which version it is, what it looks at."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

MODEL_NAME = "gondola-demand"
MODEL_VERSION = "1.0"
"""Raised whenever the same history would get another forecast."""

FEATURES = (
    "sales per day, week or month",
    "periods out of stock (masked)",
    "days the shop was closed (masked)",
    "pooled weekday, week or month factors",
    "last year's same periods",
    "totals per branch",
)


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One run. status: running, done or failed; finished_at None while running."""

    id: UUID
    made_on: date
    status: str
    model_version: str
    finished_at: datetime | None
    series: int
    methods: dict[str, int]
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """The served model as somebody sees it. metrics_source: own_history or reference_data.

    metrics: wape, bias, coverage and coverage_band among others. run_id None: not of their own history.
    """

    trained_at: datetime | None
    metrics: dict[str, Any]
    metrics_source: str
    run_id: str | None


@dataclass(frozen=True, slots=True)
class ErrorSums:
    """Sums over compared periods; add them up to score any group. Errors and actual in units.

    scored: periods compared; covered: of these, how many fell between the 10 and 90 % quantiles.
    """

    actual: float
    absolute_error: float
    signed_error: float
    naive_absolute_error: float
    scored: int
    covered: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Accuracy of a group of forecasts; None where nothing was sold or compared.

    wape: sum of absolute errors over sum of sales. bias: sum of (forecast - sales) over sum of sales.
    naive_wape: the same as wape for "as last week". coverage: share of periods in the 80 % band.
    """

    wape: float | None
    bias: float | None
    naive_wape: float | None
    coverage: float | None
    scored_periods: int


def metrics_of(sums: ErrorSums) -> Metrics:
    """Ratios of the sums, rounded to 4 decimals."""
    return Metrics(
        wape=_ratio(sums.absolute_error, sums.actual),
        bias=_ratio(sums.signed_error, sums.actual),
        naive_wape=_ratio(sums.naive_absolute_error, sums.actual),
        coverage=_ratio(sums.covered, sums.scored),
        scored_periods=sums.scored,
    )


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole > 0 else None
