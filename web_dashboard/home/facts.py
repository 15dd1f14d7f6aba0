"""What the home page asks of the services, all at once; a service that is away leaves its part None."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clients.deposito_models import SalesSummary, StockClose, StockPage
from shared.clients.ml import Forecast
from shared.clients.negocio_models import Document, InvoicePage, InvoiceRow, InvoiceSummary
from shared.kernel.clock import business_date
from web_dashboard.peers import or_none
from web_dashboard.visitor import Visitor

RANGES = (7, 30, 90)
FORECAST_DAYS = 7
HEAT_WEEKS = 4
_MONTH_DAYS = 30
_RISKY_PRODUCTS = 60
_RECENTLY_CONFIRMED = 20


@dataclass(frozen=True, slots=True)
class SalesFacts:
    """days: the range and what it is compared with. Each part None when it failed."""

    now: datetime
    range_days: int
    days: SalesSummary | None
    forecast: Forecast | None

    @property
    def weeks_before(self) -> int:
        """How far back the time compared with lies: whole weeks, so that a Saturday meets a Saturday."""
        return max(1, round(self.range_days / 7))


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What waits among the invoices; each part None when it failed."""

    review: InvoicePage | None
    summary: InvoiceSummary | None
    unread: list[Document] | None
    confirmed: InvoicePage | None

    @property
    def failed_receipts(self) -> list[InvoiceRow]:
        """Lately confirmed invoices whose goods did not reach the stock."""
        rows = self.confirmed.items if self.confirmed else []
        return [row for row in rows if row.receipt_status == "failed"]


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """Everything the home page is made of.

    sales and papers are None for a person whose role has nothing to do with them.
    """

    sales: SalesFacts | None
    today: SalesSummary | None
    same_weekday: SalesSummary | None
    recent: SalesSummary | None
    risky: StockPage | None
    closes: list[StockClose] | None
    papers: PaperFacts | None
    may_confirm: bool = True


async def load_sales(visitor: Visitor, now: datetime, range_days: int) -> SalesFacts:
    """Sales of the range and of the one before it, and the forecast."""
    deposito, ml, branch_id = visitor.clients.deposito, visitor.clients.ml, visitor.branch_id
    today = business_date(now)
    first = today - timedelta(days=2 * max(range_days, _MONTH_DAYS) + 6)
    days, forecast = await asyncio.gather(
        or_none(deposito.sales_summary(first=first, last=today, branch_id=branch_id)),
        or_none(ml.total_forecast(branch_id=branch_id, horizon=FORECAST_DAYS)),
    )
    return SalesFacts(now, range_days, days, forecast)


async def load_home(visitor: Visitor, now: datetime, range_days: int) -> HomeFacts:
    """All parts at the same time."""
    deposito, branch_id = visitor.clients.deposito, visitor.branch_id
    (sales, now_sold, then_sold, recent), (risky, closes), papers = await asyncio.gather(
        _load_selling(visitor, now, range_days),
        asyncio.gather(
            or_none(
                deposito.stock(branch_id=branch_id, sort="risk", direction="desc", limit=_RISKY_PRODUCTS)
            ),
            or_none(deposito.closes(branch_id=branch_id, days=_MONTH_DAYS)),
        ),
        _load_papers(visitor),
    )
    may_confirm = visitor.may("invoices:confirm")
    return HomeFacts(sales, now_sold, then_sold, recent, risky, closes, papers, may_confirm)


async def _load_selling(
    visitor: Visitor, now: datetime, range_days: int
) -> tuple[SalesFacts | None, SalesSummary | None, SalesSummary | None, SalesSummary | None]:
    """The range, today, the same weekday and the last weeks; nothing is asked for who does not see sales."""
    if not visitor.may("sales:read"):
        return None, None, None, None
    deposito, branch_id, today = visitor.clients.deposito, visitor.branch_id, business_date(now)
    week_ago, weeks_ago = today - timedelta(days=7), today - timedelta(weeks=HEAT_WEEKS)
    yesterday = today - timedelta(days=1)
    return await asyncio.gather(
        load_sales(visitor, now, range_days),
        or_none(deposito.sales_summary(first=today, last=today, branch_id=branch_id)),
        or_none(deposito.sales_summary(first=week_ago, last=week_ago, branch_id=branch_id)),
        or_none(deposito.sales_summary(first=weeks_ago, last=yesterday, branch_id=branch_id)),
    )


async def _load_papers(visitor: Visitor) -> PaperFacts | None:
    """None for people whose role has nothing to do with invoices."""
    if not visitor.may("invoices:read"):
        return None
    negocio = visitor.clients.negocio
    return PaperFacts(
        *await asyncio.gather(
            or_none(negocio.invoices(status="needs_review", limit=5)),
            or_none(negocio.invoice_summary()),
            or_none(negocio.documents(status="failed", limit=5)),
            or_none(negocio.invoices(status="confirmed", limit=_RECENTLY_CONFIRMED)),
        )
    )
