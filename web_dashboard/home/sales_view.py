"""Sales in words and pictures: today's sentence, the chart with its forecast, the hours of the week."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from shared.clients.deposito_models import SalesDay, SalesSummary
from shared.kernel.clock import ARGENTINA, business_date
from web_dashboard import formats
from web_dashboard.home.facts import SalesFacts

_MINUTES = Decimal(60)
_NOTHING = Decimal(0)
_CENT, _SHARE = Decimal("0.01"), Decimal("0.0001")
_PRICE_DAYS = 28
_WEEK = 7
_MORNING_ENDS, _AFTERNOON_ENDS, _NIGHT_ENDS = 12, 20, 5
_STEPS_OF_HEAT = 6
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


@dataclass(frozen=True, slots=True)
class Today:
    """Today against the same weekday a week ago, up to the same minute.

    amount None: sales could not be loaded. change: a share; None when there is nothing to compare with.
    """

    day: date
    greeting: str
    weekday: str
    amount: Decimal | None
    before: Decimal | None
    change: Decimal | None


def today_view(now: datetime, today: SalesSummary | None, same_weekday: SalesSummary | None) -> Today:
    """The greeting's figures. A day that is not over is compared with as much of the other day."""
    local = now.astimezone(ARGENTINA)
    amount = _total(today.days) if today is not None else None
    before = _until(same_weekday, local) if same_weekday is not None else None
    change = None
    if amount is not None and before:
        change = (amount / before - 1).quantize(_SHARE)
    return Today(local.date(), _greeting(local.hour), formats.weekday(local.date()), amount, before, change)


def _greeting(hour: int) -> str:
    if _NIGHT_ENDS <= hour < _MORNING_ENDS:
        return "Buen día"
    return "Buenas tardes" if _MORNING_ENDS <= hour < _AFTERNOON_ENDS else "Buenas noches"


def _until(summary: SalesSummary, local: datetime) -> Decimal:
    """What that day had sold by this time of day; the running hour counts by its minutes."""
    whole = sum((hour.amount for hour in summary.hours if hour.hour < local.hour), _NOTHING)
    running = sum((hour.amount for hour in summary.hours if hour.hour == local.hour), _NOTHING)
    return (whole + running * local.minute / _MINUTES).quantize(_CENT)


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One day of the chart, for the table beside it; expected, low and high only for days to come."""

    day: date
    sold: Decimal | None
    before: Decimal | None
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The sales chart: rows oldest first, their JSON for the drawing, and what they say.

    expected: of all the days to come; expected_low and expected_high None while nobody can tell how
    far it may be off.
    """

    rows: list[ChartRow]
    payload: str
    expected: Decimal | None
    expected_low: Decimal | None
    expected_high: Decimal | None
    best_weekday: str | None
    has_forecast: bool
    weeks_before: int


def chart_view(facts: SalesFacts) -> Chart | None:
    """The chart, or None when sales could not be loaded or there are none at all."""
    if facts.days is None or not any(day.amount for day in facts.days.days):
        return None
    today, span = business_date(facts.now), facts.range_days
    shift = timedelta(weeks=facts.weeks_before)
    sold = {day.day: day.amount for day in facts.days.days}
    first = today - timedelta(days=span - 1)
    coming = _coming(facts, sold)
    expected = {row.day: row for row in coming}
    past = [
        replace(
            expected.get(day, ChartRow(day, None, sold.get(day - shift), None, None, None)),
            sold=sold.get(day, _NOTHING),
        )
        for day in (first + timedelta(days=index) for index in range(span))
    ]
    coming = [row for row in coming if row.day > today]
    rows = past + coming
    low = sum((row.low for row in coming if row.low is not None), _NOTHING)
    high = sum((row.high for row in coming if row.high is not None), _NOTHING)
    return Chart(
        rows=rows,
        payload=_payload(rows, today),
        expected=sum((row.expected for row in coming if row.expected is not None), _NOTHING) or None,
        expected_low=low if coming and high else None,
        expected_high=high or None,
        best_weekday=_best_weekday(coming),
        has_forecast=bool(coming),
        weeks_before=facts.weeks_before,
    )


def _coming(facts: SalesFacts, sold: dict[date, Decimal]) -> list[ChartRow]:
    """The forecast in pesos: units expected, at the average price of one unit in the last four weeks."""
    price = _price_of_a_unit(facts)
    if price is None or facts.forecast is None:
        return []
    today, shift = business_date(facts.now), timedelta(weeks=facts.weeks_before)
    return [
        ChartRow(
            day=day.day,
            sold=None,
            before=sold.get(day.day - shift),
            expected=_pesos(day.quantity, price),
            low=_pesos(day.p10, price),
            high=_pesos(day.p90, price),
        )
        for day in facts.forecast.days
        if day.day >= today
    ]


def _price_of_a_unit(facts: SalesFacts) -> Decimal | None:
    assert facts.days is not None  # noqa: S101  the caller has looked
    oldest = business_date(facts.now) - timedelta(days=_PRICE_DAYS)
    recent = [day for day in facts.days.days if day.day > oldest]
    units = sum((day.units for day in recent), _NOTHING)
    return _total(recent) / units if units > 0 else None


def _pesos(units: float | None, price: Decimal) -> Decimal | None:
    return None if units is None else (Decimal(str(units)) * price).quantize(_CENT)


def _best_weekday(coming: Sequence[ChartRow]) -> str | None:
    whole_week = len(coming) >= _WEEK
    if not whole_week:
        return None
    best = max(coming, key=lambda row: row.expected or _NOTHING)
    return formats.weekday(best.day)


def _payload(rows: Sequence[ChartRow], today: date) -> str:
    """Columns for the drawing; the forecast starts where the line of sales ends, so that they meet."""
    # Today is not over: a morning must not look like a collapse.
    ends = today - timedelta(days=1)
    meets = [row.sold if row.day == ends and any(r.expected for r in rows) else None for row in rows]

    def joined(values: Iterable[Decimal | None]) -> list[int | None]:
        pairs = zip(values, meets, strict=True)
        return [_rounded(value if value is not None else meet) for value, meet in pairs]

    columns = {
        "x": [int(datetime.combine(row.day, time(12), UTC).timestamp()) for row in rows],
        "sold": [_rounded(row.sold) if row.day <= ends else None for row in rows],
        "before": [_rounded(row.before) for row in rows],
        "expected": joined(row.expected for row in rows),
        "low": joined(row.low for row in rows),
        "high": joined(row.high for row in rows),
    }
    return json.dumps(columns, separators=(",", ":"))


def _rounded(value: Decimal | None) -> int | None:
    return None if value is None else round(value)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Sales of one hour of the week. step: 0 (nothing) to 6 (the most)."""

    hour: int
    amount: Decimal
    step: int


@dataclass(frozen=True, slots=True)
class Heat:
    """rows: one per weekday from Monday, all with the same hours. peak_share: of the whole week, 0 to 1."""

    hours: list[int]
    rows: list[tuple[str, list[HeatCell]]]
    peak_weekday: str
    peak_hour: int
    peak_share: Decimal


def heat_view(recent: SalesSummary | None) -> Heat | None:
    """When sales happen; None while there are none."""
    amounts = {(cell.weekday, cell.hour): cell.amount for cell in recent.hours} if recent else {}
    total = sum(amounts.values(), _NOTHING)
    if total <= 0:
        return None
    most = max(amounts.values())
    open_hours = [hour for (_, hour), amount in amounts.items() if amount > 0]
    hours = list(range(min(open_hours), max(open_hours) + 1))
    rows = [
        (
            name,
            [
                HeatCell(hour, amount, _step(amount, most))
                for hour in hours
                for amount in [amounts.get((weekday, hour), _NOTHING)]
            ],
        )
        for weekday, name in enumerate(WEEKDAYS)
    ]
    weekday, hour = max(amounts, key=lambda key: amounts[key])
    return Heat(hours, rows, WEEKDAYS[weekday], hour, most / total)


def _step(amount: Decimal, most: Decimal) -> int:
    return min(_STEPS_OF_HEAT, int(-(-amount * _STEPS_OF_HEAT // most))) if amount > 0 else 0


def _total(days: Iterable[SalesDay]) -> Decimal:
    return sum((day.amount for day in days), _NOTHING)
