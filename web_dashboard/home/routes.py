"""The home page, its sales chart, and the same figures for programs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from shared.kernel.clock import business_date
from web_dashboard.home.facts import RANGES, load_home, load_sales
from web_dashboard.home.sales_view import chart_view
from web_dashboard.home.summary import Summary, summary_of
from web_dashboard.home.view_models import home_view
from web_dashboard.rendering import fragment, page
from web_dashboard.visitor import CurrentVisitor, SalesVisitor, Visitor, get_program_or_visitor

router = APIRouter()

_DEFAULT_RANGE = 30
RangeDays = Annotated[int, Query(alias="dias")]


@router.get("/", include_in_schema=False)
async def home(request: Request, visitor: CurrentVisitor, dias: RangeDays = _DEFAULT_RANGE) -> HTMLResponse:
    """How the shop is doing and what to do now."""
    now = request.app.state.clock()
    facts = await load_home(visitor, now, _known(dias))
    return await page(
        request,
        visitor,
        "home/page.html",
        section="home",
        today=business_date(now),
        range_days=_known(dias),
        ranges=RANGES,
        home=home_view(facts, now),
        invoice_summary=facts.papers.summary if facts.papers else None,
    )


@router.get("/inicio/ventas", include_in_schema=False)
async def sales_chart(
    request: Request, visitor: SalesVisitor, dias: RangeDays = _DEFAULT_RANGE
) -> HTMLResponse:
    """The sales card for another number of days."""
    facts = await load_sales(visitor, request.app.state.clock(), _known(dias))
    return fragment(
        request,
        visitor,
        "home/_sales.html",
        chart=chart_view(facts),
        sales_failed=facts.days is None,
        range_days=_known(dias),
        ranges=RANGES,
    )


@router.get("/api/dashboard/summary", tags=["dashboard"])
async def summary(
    request: Request,
    visitor: Annotated[Visitor, Depends(get_program_or_visitor)],
    branch_id: UUID | None = None,
    days: Annotated[int, Query(alias="range")] = _DEFAULT_RANGE,
) -> Summary:
    """The home page's figures, with a bearer token or the page's own session."""
    now = request.app.state.clock()
    facts = await load_home(visitor.looking_at(branch_id), now, _known(days))
    return summary_of(home_view(facts, now))


def _known(days: int) -> int:
    return days if days in RANGES else _DEFAULT_RANGE
