"""The home page as data: `GET /api/dashboard/summary`."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from web_dashboard.home.view_models import Home


class TodayRead(BaseModel):
    """Today's sales and those of the same weekday a week ago by this time."""

    amount: Decimal | None
    same_weekday_by_now: Decimal | None
    change: Decimal | None


class FigureRead(BaseModel):
    """One headline figure as people read it."""

    title: str
    value: str
    note: str
    change: str | None
    is_rising: bool
    is_good: bool


class TaskRead(BaseModel):
    """One thing to resolve."""

    tone: str
    title: str
    detail: str
    amount: str | None
    amount_note: str | None
    href: str


class SalesDayRead(BaseModel):
    """One day: sold in the past, expected between low and high in the days to come."""

    day: date
    sold: Decimal | None
    expected: Decimal | None
    low: Decimal | None
    high: Decimal | None


class Summary(BaseModel):
    """Today, what to resolve, figures, sales with forecast. missing: parts that could not be loaded.

    What the role does not see is left out: no figures of sales, and today empty.
    """

    today: TodayRead
    figures: list[FigureRead]
    tasks: list[TaskRead]
    sales: list[SalesDayRead]
    missing: list[str]


def summary_of(home: Home) -> Summary:
    """The page's values, unformatted where a program computes with them."""
    failed = {"sales": home.sales_failed, "tasks": home.tasks_failed}
    return Summary(
        today=TodayRead(
            amount=home.today.amount, same_weekday_by_now=home.today.before, change=home.today.change
        ),
        figures=[FigureRead.model_validate(figure, from_attributes=True) for figure in home.figures],
        tasks=[TaskRead.model_validate(task, from_attributes=True) for task in home.tasks],
        sales=[
            SalesDayRead.model_validate(row, from_attributes=True)
            for row in (home.chart.rows if home.chart else [])
        ],
        missing=[name for name, has_failed in failed.items() if has_failed],
    )
