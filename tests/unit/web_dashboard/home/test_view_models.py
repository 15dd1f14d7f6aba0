"""The home page's figures and tasks: what is said, and what is left unsaid without data."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from shared.clients.deposito_models import SalesDay, SalesHour, SalesSummary, StockClose, StockPage, StockRow
from shared.clients.ml import Forecast, ForecastDay
from web_dashboard.formats import NBSP
from web_dashboard.home.facts import HomeFacts, SalesFacts
from web_dashboard.home.sales_view import chart_view, heat_view, today_view
from web_dashboard.home.view_models import home_view, sales_at_risk

NOW = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def summary(*amounts: str, cost: str | None = None, last: date = TODAY) -> SalesSummary:
    """Days in a row that end on `last`."""
    first = last - timedelta(days=len(amounts) - 1)
    days = [
        SalesDay(
            day=first + timedelta(days=index),
            amount=Decimal(amount),
            cost=Decimal(cost) if cost else None,
            units=Decimal(10),
        )
        for index, amount in enumerate(amounts)
    ]
    return SalesSummary(days=days)


def row(name: str, on_hand: str, weekly: str, *, state: str, price: str | None = "100") -> StockRow:
    return StockRow(
        product_id=UUID(int=1),
        name=name,
        on_hand=Decimal(on_hand),
        weekly_sales=Decimal(weekly),
        cover_days=Decimal(2),
        last_sale_price=Decimal(price) if price else None,
        state=state,
    )


def facts(days: SalesSummary | None = None, risky: StockPage | None = None) -> HomeFacts:
    sales = SalesFacts(NOW, 7, days, None)
    return HomeFacts(sales, days, None, days, risky, None, None)


def test_today_is_compared_with_as_much_of_the_same_weekday() -> None:
    hours = [SalesHour(weekday=5, hour=hour, amount=Decimal(100)) for hour in (9, 18, 20)]

    view = today_view(NOW, summary("300"), SalesSummary(hours=hours))

    # 18:30 in Argentina: nine o'clock whole, half of six o'clock, nothing of eight.
    assert view.before == Decimal(150)
    assert view.change == Decimal(1)


def test_nothing_to_compare_with_is_no_change() -> None:
    assert today_view(NOW, summary("300"), SalesSummary()).change is None
    assert today_view(NOW, None, None).amount is None


def test_risk_is_what_the_stock_does_not_cover_in_a_week() -> None:
    assert sales_at_risk(row("Fernet", "9", "28", state="critical")) == Decimal(1900)
    assert sales_at_risk(row("Fernet", "-2", "28", state="negative")) == Decimal(2800)
    assert sales_at_risk(row("Fernet", "9", "28", state="critical", price=None)) == 0


def test_most_money_at_risk_comes_first_and_the_rest_in_one_line() -> None:
    items = [row(f"P{sold}", "0", str(sold), state="out") for sold in (5, 50, 20, 10)]

    tasks = home_view(facts(risky=StockPage(items=items, counts={"out": 4})), NOW).tasks

    assert [task.title for task in tasks] == [
        "P50 está agotado",
        "P20 está agotado",
        "2 productos más se agotan esta semana",
    ]
    assert tasks[2].amount == f"${NBSP}1.500"


def test_margin_leaves_out_days_without_cost_and_says_so() -> None:
    days = summary("100", "100", cost="70")
    days.days[0].cost = None

    figure = home_view(facts(days), NOW).figures[1]

    assert (figure.value, figure.note) == (f"30,0{NBSP}%", "con costo en 1 de 2 días")


def test_without_data_no_figure_is_made_up() -> None:
    view = home_view(facts(), NOW)

    assert [figure.value for figure in view.figures] == ["—", "—", "—", "—"]
    assert (view.chart, view.heat, view.sales_failed, view.tasks_failed) == (None, None, True, True)


def test_forecast_is_told_in_pesos_at_the_price_of_late() -> None:
    days = summary(*["200"] * 30)
    coming = [
        ForecastDay(day=TODAY + timedelta(days=ahead), quantity=10, p10=8, p90=12) for ahead in range(8)
    ]

    chart = chart_view(SalesFacts(NOW, 7, days, Forecast(days=coming)))

    assert chart is not None
    assert [row.expected for row in chart.rows[7:]] == [Decimal(200)] * 7
    assert (chart.expected_low, chart.expected_high) == (Decimal(1120), Decimal(1680))


def test_a_forecast_of_unknown_spread_claims_no_band() -> None:
    coming = [ForecastDay(day=TODAY + timedelta(days=ahead), quantity=10) for ahead in range(8)]

    chart = chart_view(SalesFacts(NOW, 7, summary(*["200"] * 30), Forecast(days=coming)))

    assert chart is not None
    assert chart.expected == Decimal(1400)
    assert (chart.expected_low, chart.expected_high) == (None, None)
    assert not any(json.loads(chart.payload)["high"][7:])


def test_chart_compares_a_saturday_with_a_saturday() -> None:
    days = summary(*[str(amount) for amount in range(1, 41)])

    chart = chart_view(SalesFacts(NOW, 30, days, None))

    assert chart is not None
    assert chart.weeks_before == 4
    assert (chart.rows[-1].sold, chart.rows[-1].before) == (Decimal(40), Decimal(12))


def test_heat_spans_open_hours_and_names_the_peak() -> None:
    hours = [
        SalesHour(weekday=5, hour=18, amount=Decimal(300)),
        SalesHour(weekday=0, hour=9, amount=Decimal(100)),
    ]

    heat = heat_view(SalesSummary(hours=hours))

    assert heat is not None
    assert (heat.hours[0], heat.hours[-1]) == (9, 18)
    assert (heat.peak_weekday, heat.peak_hour, heat.peak_share) == ("sábado", 18, Decimal("0.75"))
    assert heat.rows[5][1][-1].step == 6


def test_goods_and_risk_are_drawn_from_how_the_days_ended_to_now() -> None:
    page = StockPage(items=[], counts={"out": 2, "critical": 1, "low": 3, "ok": 9}, value=Decimal(900))
    closes = [
        StockClose(day=date(2026, 11, 19), value=Decimal(700), by_state={"out": 1, "ok": 14}),
        StockClose(day=date(2026, 11, 20), value=Decimal(800), by_state={"low": 2, "ok": 13}),
    ]

    figures = home_view(replace(facts(risky=page), closes=closes), NOW).figures

    assert figures[2].spark == tuple(map(Decimal, (700, 800, 900)))
    assert figures[3].spark == tuple(map(Decimal, (1, 2, 6)))
    assert (figures[3].value, figures[3].note) == ("6", "2 agotados, 4 con menos de una semana")


def test_without_noted_days_there_is_no_line_to_draw() -> None:
    page = StockPage(items=[], counts={"out": 2, "ok": 9}, value=Decimal(900))

    figures = home_view(facts(risky=page), NOW).figures

    assert figures[2].spark == figures[3].spark == ()
    assert figures[3].shares
