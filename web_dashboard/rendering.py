"""Templates: their filters, and pages with what every page shows."""

from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.clients.negocio_models import InvoiceSummary
from shared.kernel.cuit import format_cuit
from web_dashboard import formats
from web_dashboard.assets import Assets
from web_dashboard.charts import spark_path
from web_dashboard.invoices.titles import STATUS_WORDS, header_title, invoice_title, the_paper, title_case
from web_dashboard.peers import or_none
from web_dashboard.plural import initials
from web_dashboard.sessions.csrf import FIELD
from web_dashboard.visitor import Visitor

_TEMPLATES = Path(__file__).parent / "templates"
_FILTERS = (
    formats.ars,
    formats.ars_document,
    formats.ars_short,
    formats.ars_rough,
    formats.number,
    formats.quantity,
    formats.signed_quantity,
    formats.percent,
    formats.points,
    formats.cover,
    formats.ago,
    formats.long_date,
    formats.short_date,
    formats.day_month,
    formats.moment,
    formats.input_number,
    format_cuit,
    spark_path,
    invoice_title,
    header_title,
    the_paper,
    title_case,
    initials,
)


def make_templates(assets: Assets, *, is_demo: bool) -> Environment:
    """The template environment: everything is escaped, a misspelt name is an error."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({function.__name__: function for function in _FILTERS})
    environment.globals.update(
        assets=assets, csrf_field=FIELD, demo_sign_in_shown=is_demo, status_words=STATUS_WORDS
    )
    return environment


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page or fragment without a visitor."""
    environment: Environment = request.app.state.templates
    html = environment.get_template(template).render(**context)
    return HTMLResponse(html, status)


async def page(
    request: Request, visitor: Visitor, template: str, *, section: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """A whole page: section lights its entry in the navigation."""
    waiting = None
    if visitor.may("invoices:read"):
        waiting = context.get("invoice_summary") or await or_none(visitor.clients.negocio.invoice_summary())
    return render(
        request,
        template,
        status=status,
        visitor=visitor,
        section=section,
        waiting=waiting_papers(waiting),
        path=_path(request),
        **_common(request),
        **context,
    )


def fragment(
    request: Request, visitor: Visitor, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """A part of a page, for htmx."""
    return render(
        request, template, status=status, visitor=visitor, path=_path(request), **_common(request), **context
    )


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for a part; going back in history asks for the whole page."""
    return request.headers.get("hx-request-type") == "partial"


def _common(request: Request) -> dict[str, Any]:
    now: datetime = request.app.state.clock()
    return {"now": now}


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def waiting_papers(summary: InvoiceSummary | None) -> int:
    """How many papers a person still has to look at."""
    return summary.needs_review + summary.ready if summary else 0
