"""What the goods are worth."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from shared.kernel.clock import ARGENTINA, business_date
from web_dashboard.peers import or_none
from web_dashboard.rendering import page
from web_dashboard.visitor import StockVisitor

router = APIRouter(include_in_schema=False)

METHODS = (
    ("average", "Promedio", "Lo que costó en promedio lo que hay."),
    (
        "fifo",
        "Primero entrado, primero salido",
        "Lo que costó lo último que entró, hasta completar lo que hay.",
    ),
    ("last", "Última compra", "Todo al costo de la última compra de cada lugar."),
    ("replacement", "Reposición", "Todo a lo que costó la compra más reciente, en cualquier sucursal."),
)
GROUPS = (
    ("category", "Rubro"),
    ("product", "Producto"),
    ("branch", "Sucursal"),
    ("location", "Lugar"),
)


class ValueQuery(BaseModel):
    """The address of the page, as the browser sends it."""

    metodo: Annotated[str, Field(max_length=20)] = "average"
    por: Annotated[str, Field(max_length=20)] = "category"
    al: Annotated[str, Field(max_length=10)] = ""
    cursor: Annotated[str, Field(max_length=500)] = ""

    @property
    def method(self) -> str:
        """Words it does not know fall back to the usual."""
        return self.metodo if self.metodo in {key for key, _, _ in METHODS} else "average"

    @property
    def group(self) -> str:
        """Words it does not know fall back to the usual."""
        return self.por if self.por in {key for key, _ in GROUPS} else "category"

    @property
    def day(self) -> date | None:
        """The day at whose end the goods are valued; None is now."""
        try:
            return date.fromisoformat(self.al)
        except ValueError:
            return None


@router.get("/valor")
async def value(
    request: Request, visitor: StockVisitor, asked: Annotated[ValueQuery, Query()]
) -> HTMLResponse:
    """The goods' worth by the chosen method, divided as one likes, now or at the end of a past day."""
    today = business_date(request.app.state.clock())
    day = asked.day if asked.day is not None and date(2000, 1, 1) <= asked.day < today else None
    found = await or_none(
        visitor.clients.deposito.valuation(
            method=asked.method,
            group=asked.group,
            at=_end_of(day) if day else None,
            branch_id=visitor.branch_id,
            cursor=asked.cursor,
        )
    )
    context: dict[str, Any] = {
        "found": found,
        "asked": asked,
        "day": day,
        "today": today,
        "methods": METHODS,
        "groups": GROUPS,
        "branch_names": {branch.id: branch.name for branch in visitor.me.branches},
    }
    return await page(request, visitor, "stock/value.html", section="stock", **context)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ARGENTINA) - timedelta(microseconds=1)
