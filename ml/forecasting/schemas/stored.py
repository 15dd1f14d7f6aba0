"""Wire format of stored forecasts, their accuracy and their runs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from ml.forecasting.models import AccuracyGroup, StoredForecast
from ml.forecasting.reasons import reason
from ml.forecasting.rules import Note
from ml.history.rules import Frequency
from ml.registry.rules import ErrorSums, metrics_of
from shared.web.schemas import Answer, Body, DecimalOut

_STEP = Decimal("0.001")
_TOTALS_DAYS = (7, 14, 21, 28)


def _units(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_STEP)


class DayForecast(Answer):
    """One day: mean units, and one value per stored quantile named p5, p10 ... p98."""

    model_config = ConfigDict(extra="allow")

    day: date
    mean: DecimalOut


class TotalForecast(Answer):
    """The first so many days together: mean units and standard deviation of the error."""

    days: int
    mean: DecimalOut
    sd: DecimalOut


class RecentDay(Answer):
    """A day the forecast was made from; sold is null where the shop was closed."""

    day: date
    sold: DecimalOut | None
    in_stock: bool


class ForecastRead(Answer):
    """Forecast of one product in one branch, with what it was made from and how far to trust it.

    wape, naive_wape and bias: shares of what was sold over the backtest, null without one.
    """

    product_id: UUID
    branch_id: UUID
    made_on: date
    method: str
    pattern: str
    note: str
    reason: str
    low_data: bool
    history_points: int
    wape: float | None
    naive_wape: float | None
    bias: float | None
    days: list[DayForecast]
    totals: list[TotalForecast]
    recent: list[RecentDay]

    @classmethod
    def of(cls, stored: StoredForecast, *, horizon: int) -> Self:
        """The first `horizon` days of a stored forecast."""
        note = Note(stored.note)
        metrics = metrics_of(sums_of(stored))
        return cls(
            product_id=stored.product_id,
            branch_id=stored.branch_id,
            made_on=stored.made_on,
            method=stored.method,
            pattern=stored.pattern,
            note=stored.note,
            reason=reason(note, method=stored.method, points=stored.points, frequency=Frequency.DAY),
            low_data=note in {Note.LOW_DATA, Note.NO_HISTORY},
            history_points=stored.points,
            wape=metrics.wape,
            naive_wape=metrics.naive_wape,
            bias=metrics.bias,
            days=_days(stored, horizon),
            totals=_totals(stored, horizon),
            recent=_recent(stored),
        )


def _days(stored: StoredForecast, horizon: int) -> list[DayForecast]:
    names = [f"p{round(100 * level, 1):g}" for level in stored.levels]
    return [
        DayForecast.model_validate(
            {
                "day": stored.first_day + timedelta(days=at),
                "mean": _units(mean),
                **{
                    name: str(_units(row[at]).normalize())
                    for name, row in zip(names, stored.quantiles, strict=True)
                },
            }
        )
        for at, mean in enumerate(stored.mean[:horizon])
    ]


def _totals(stored: StoredForecast, horizon: int) -> list[TotalForecast]:
    wanted = sorted({days for days in _TOTALS_DAYS if days < horizon} | {min(horizon, len(stored.mean))})
    return [
        TotalForecast(days=days, mean=_units(sum(stored.mean[:days])), sd=_units(stored.total_sd[days - 1]))
        for days in wanted
    ]


def _recent(stored: StoredForecast) -> list[RecentDay]:
    return [
        RecentDay(
            day=stored.recent_first_day + timedelta(days=at),
            sold=None if sold is None else _units(sold),
            in_stock=in_stock,
        )
        for at, (sold, in_stock) in enumerate(zip(stored.recent_units, stored.recent_in_stock, strict=True))
    ]


class AccuracyRead(Answer):
    """How good forecasts were over the backtest.

    beats_naive: whether they were nearer than "as last week"; null where nothing was sold.
    """

    key: str
    series: int
    wape: float | None
    naive_wape: float | None
    bias: float | None
    coverage: float | None
    scored_periods: int
    beats_naive: bool | None

    @classmethod
    def of(cls, group: AccuracyGroup) -> Self:
        """Ratios of a group's sums."""
        metrics = metrics_of(sums_of(group))
        beats = None
        if metrics.wape is not None and metrics.naive_wape is not None:
            beats = metrics.wape < metrics.naive_wape
        return cls(
            key=group.key,
            series=group.series,
            wape=metrics.wape,
            naive_wape=metrics.naive_wape,
            bias=metrics.bias,
            coverage=metrics.coverage,
            scored_periods=metrics.scored_periods,
            beats_naive=beats,
        )


def sums_of(row: StoredForecast | AccuracyGroup) -> ErrorSums:
    """The error sums a row carries."""
    return ErrorSums(
        row.actual, row.absolute_error, row.signed_error, row.naive_absolute_error, row.scored, row.covered
    )


class AccuracyAnswer(Answer):
    """Accuracy of the newest run; made_on is null, and items empty, before the first one."""

    made_on: date | None
    finished_at: datetime | None
    overall: AccuracyRead | None
    items: list[AccuracyRead]

    @classmethod
    def of(
        cls,
        made_on: date | None,
        finished_at: datetime | None,
        overall: Sequence[AccuracyGroup],
        groups: Sequence[AccuracyGroup],
    ) -> Self:
        """overall: no group before the first run, one after it."""
        return cls(
            made_on=made_on,
            finished_at=finished_at,
            overall=AccuracyRead.of(overall[0]) if overall else None,
            items=[AccuracyRead.of(group) for group in groups],
        )


class DayTotalRead(Answer):
    """Units of everything together on one day, and the band that holds 8 days of 10.

    p10 and p90 are null while there is too little history to tell how much a day swings.
    """

    day: date
    quantity: DecimalOut
    p10: DecimalOut | None
    p90: DecimalOut | None

    @classmethod
    def of(cls, day: date, *, units: float, low: float | None, high: float | None) -> Self:
        """Rounded to the scale of quantities."""
        return cls(
            day=day,
            quantity=_units(units),
            p10=None if low is None else _units(low),
            p90=None if high is None else _units(high),
        )


class TotalRead(Answer):
    """The days ahead, nearest first; empty before the first run."""

    days: list[DayTotalRead]


class RunRequest(Body):
    """What to forecast anew. all: every product of every branch, the only scope there is."""

    scope: Annotated[str, Field(pattern="^all$")] = "all"


class RunQueued(Answer):
    """The job that will make the forecasts."""

    job_id: str
    status_url: str
