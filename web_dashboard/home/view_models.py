"""What the home page shows, made of facts: four figures, what to resolve, what runs out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shared.clients.deposito_models import SalesDay, StockPage, StockRow
from shared.clients.negocio_models import InvoiceRow
from shared.kernel.clock import business_date
from web_dashboard import formats
from web_dashboard.home.facts import HomeFacts, PaperFacts
from web_dashboard.home.sales_view import Chart, Heat, Today, chart_view, heat_view, today_view
from web_dashboard.invoices.titles import paper_name
from web_dashboard.plural import counted

_NOTHING = Decimal(0)
_MONTH = 30
_SPARK_DAYS = 14
# Less than this is shown as 0,0 points.
_SMALLEST_CHANGE = Decimal("0.0005")
_SINGLE_PRODUCTS = 2
_SINGLE_INVOICES = 2
_LOW_ROWS = 6
_URGENCIES = (
    (("out", "negative", "critical"), "bad"),
    (("low",), "warn"),
    (("idle",), "info"),
    (("ok",), "good"),
)
_GAP = 0.8
_AT_RISK = ("out", "critical", "low")


@dataclass(frozen=True, slots=True)
class Share:
    """A piece of a whole, for a bar of 100: where it starts and how wide it is."""

    tone: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure. is_good: whether the change is welcome, whichever its direction."""

    title: str
    value: str
    note: str
    href: str
    change: str | None = None
    is_rising: bool = False
    is_good: bool = True
    spark: tuple[Decimal, ...] = ()
    tone: str = "brand"
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to resolve. tone: bad, warn or info; amount in words, with what it is."""

    tone: str
    icon: str
    title: str
    detail: str
    action: str
    href: str
    amount: str | None = None
    amount_note: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The whole page. sees_sales False: this person's role has nothing to do with sales."""

    sees_sales: bool
    today: Today
    figures: list[Figure]
    tasks: list[Task]
    running_out: list[StockRow] | None
    chart: Chart | None
    heat: Heat | None
    has_sales: bool
    sales_failed: bool
    tasks_failed: bool


def home_view(facts: HomeFacts, now: datetime) -> Home:
    """Everything the page shows."""
    days = facts.sales.days if facts.sales else None
    today = today_view(now, facts.today, facts.same_weekday)
    return Home(
        sees_sales=facts.sales is not None,
        today=today,
        figures=_figures(facts, today, now),
        tasks=tasks_view(facts, now),
        running_out=None if facts.risky is None else _running_out(facts.risky),
        chart=chart_view(facts.sales) if facts.sales else None,
        heat=heat_view(facts.recent),
        has_sales=days is not None and any(day.amount for day in days.days),
        sales_failed=facts.sales is not None and days is None,
        tasks_failed=facts.risky is None or (facts.papers is not None and facts.papers.review is None),
    )


def _figures(facts: HomeFacts, today: Today, now: datetime) -> list[Figure]:
    of_goods = [_value_figure(facts), _risk_figure(facts)]
    if facts.sales is None:
        return of_goods
    days = facts.sales.days.days if facts.sales.days else None
    return [_sales_figure(today, days), _margin_figure(days, now), *of_goods]


def _sales_figure(today: Today, days: Sequence[SalesDay] | None) -> Figure:
    sold = {day.day: day.amount for day in days or ()}
    recent = (today.day - timedelta(days=back) for back in reversed(range(_SPARK_DAYS)))
    spark = tuple(sold.get(day, _NOTHING) for day in recent) if sold else ()
    change = today.change
    return Figure(
        title="Ventas de hoy",
        value=formats.ars_short(today.amount),
        note=f"vs. el {today.weekday} pasado a esta hora" if change is not None else "últimos 14 días",
        href="#ventas",
        change=formats.percent(abs(change)) if change is not None else None,
        is_rising=change is not None and change > 0,
        is_good=change is not None and change >= 0,
        spark=spark,
    )


def _margin_figure(days: Sequence[SalesDay] | None, now: datetime) -> Figure:
    """Margin of the days whose cost is known; a day without cost is left out, not counted as free."""
    title, today = "Margen bruto, 30 días", business_date(now)
    month = [day for day in days or () if 0 <= (today - day.day).days < _MONTH]
    before = [day for day in days or () if _MONTH <= (today - day.day).days < 2 * _MONTH]
    margin = _margin(month)
    if margin is None:
        return Figure(title, formats.NOTHING, "falta el costo de lo vendido", "/stock")
    change = margin - previous if (previous := _margin(before)) is not None else None
    if change is not None and abs(change) < _SMALLEST_CHANGE:
        change = None
    known = sum(day.cost is not None for day in month)
    is_whole = known == len(month)
    return Figure(
        title=title,
        value=formats.percent(margin),
        note=_compared(change) if is_whole else f"con costo en {known} de {len(month)} días",
        href="#ventas",
        change=formats.points(change) if change is not None else None,
        is_rising=change is not None and change > 0,
        is_good=change is None or change >= 0,
        spark=tuple(_weekly_margins(month)),
    )


def _margin(days: Sequence[SalesDay]) -> Decimal | None:
    known = [(day.amount, day.cost) for day in days if day.cost is not None]
    amount = sum((sold for sold, _ in known), _NOTHING)
    return 1 - sum((cost for _, cost in known), _NOTHING) / amount if amount > 0 else None


def _compared(change: Decimal | None) -> str:
    return "igual que los 30 días anteriores" if change is None else "vs. los 30 días anteriores"


def _weekly_margins(days: Sequence[SalesDay]) -> list[Decimal]:
    """The margin of every seven days in a row, which a single odd day does not shake."""
    ordered = sorted(days, key=lambda day: day.day)
    windows = (_margin(ordered[end - 7 : end]) for end in range(7, len(ordered) + 1))
    return [margin for margin in windows if margin is not None]


def _value_figure(facts: HomeFacts) -> Figure:
    value = facts.risky.value if facts.risky else None
    note = "a costo promedio" if value is not None else "no pudimos calcularla"
    if value is not None and (days := _days_of_sales(facts, value)) is not None:
        note = f"a costo promedio · {counted(days, 'día', 'días')} de venta"
    spark = [close.value for close in facts.closes or ()]
    return Figure(
        title="Plata en mercadería",
        value=formats.ars_short(value),
        note=note,
        href="/stock?orden=value&dir=desc",
        spark=_line(spark, value),
    )


def _days_of_sales(facts: HomeFacts, value: Decimal) -> int | None:
    """How many days of sales, at cost, the goods in stock are."""
    days = facts.sales.days.days if facts.sales and facts.sales.days else []
    costs = [day.cost for day in sorted(days, key=lambda day: day.day)[-_MONTH:] if day.cost is not None]
    sold = sum(costs, _NOTHING)
    return round(value / (sold / len(costs))) if sold > 0 else None


def _risk_figure(facts: HomeFacts) -> Figure:
    title = "Productos en riesgo"
    if facts.risky is None:
        return Figure(title, formats.NOTHING, "no pudimos calcularlo", "/stock", tone="warn")
    counts = facts.risky.counts
    out, at_risk = counts.get("out", 0), _at_risk(counts)
    note = f"{counted(out, 'agotado', 'agotados')}, {at_risk - out} con menos de una semana"
    spark = [Decimal(_at_risk(close.by_state)) for close in facts.closes or ()]
    return Figure(
        title=title,
        value=formats.number(Decimal(at_risk)),
        note=note,
        href="/stock?orden=risk&dir=desc",
        tone="warn",
        spark=_line(spark, Decimal(at_risk)),
        shares=() if spark else _shares(counts),
    )


def _at_risk(counts: Mapping[str, int]) -> int:
    return sum(counts.get(state, 0) for state in _AT_RISK)


def _line(past: Sequence[Decimal], now: Decimal | None) -> tuple[Decimal, ...]:
    """The past days and today; one point is no line."""
    return (*past, now) if past and now is not None else ()


def _shares(counts: Mapping[str, int]) -> tuple[Share, ...]:
    """All products by how urgent they are, worst first."""
    total = sum(counts.get(state, 0) for states, _ in _URGENCIES for state in states)
    made, start = [], 0.0
    for states, tone in _URGENCIES:
        width = 100 * sum(counts.get(state, 0) for state in states) / total if total else 0.0
        if width:
            made.append(Share(tone, round(start, 2), round(width - _GAP, 2) if width > 2 * _GAP else width))
        start += width
    return tuple(made)


def tasks_view(facts: HomeFacts, now: datetime) -> list[Task]:
    """What to resolve, most urgent first: money at stake, then papers, then loose ends."""
    stock = _stock_tasks(facts.risky, now) if facts.risky else []
    receipts = _receipt_tasks(facts.papers) if facts.papers else []
    papers = _paper_tasks(facts.papers, now, may_confirm=facts.may_confirm) if facts.papers else []
    tasks = [*receipts, *stock, *papers, *_loose_ends(facts.risky)]
    return tasks or _quiet_shelves(facts.risky)


def _stock_tasks(page: StockPage, now: datetime) -> list[Task]:
    urgent = [row for row in page.items if row.state in ("out", "critical") and sales_at_risk(row) > 0]
    urgent.sort(key=sales_at_risk, reverse=True)
    singles = [_product_task(row, now) for row in urgent[:_SINGLE_PRODUCTS]]
    rest = urgent[_SINGLE_PRODUCTS:]
    if not rest:
        return singles
    names = ", ".join(row.name for row in rest[:2])
    return [
        *singles,
        Task(
            tone="bad",
            icon="box",
            title=f"{counted(len(rest), 'producto más se agota', 'productos más se agotan')} esta semana",
            detail=f"{names}{' y otros' if len(rest) > len(rest[:2]) else ''}.",
            action="Ver todos",
            href="/stock?estado=critical",
            amount=formats.ars(sum((sales_at_risk(row) for row in rest), _NOTHING)),
            amount_note="de venta en riesgo",
        ),
    ]


def sales_at_risk(row: StockRow) -> Decimal:
    """Pesos of the next seven days' sales that the stock does not cover, at the last price."""
    if row.weekly_sales is None or row.last_sale_price is None:
        return _NOTHING
    return max(_NOTHING, row.weekly_sales - max(_NOTHING, row.on_hand)) * row.last_sale_price


def _product_task(row: StockRow, now: datetime) -> Task:
    sold = f"vendés {formats.number(row.weekly_sales or _NOTHING)} por semana"
    if row.on_hand <= 0:
        title, detail = f"{row.name} está agotado", f"No queda ninguno y {sold}."
    else:
        title = f"{row.name} se agota {_when(row, now)}"
        detail = f"{counted(int(row.on_hand), 'Queda', 'Quedan', number_last=True)} y {sold}."
    return Task(
        tone="bad",
        icon="box",
        title=title,
        detail=detail,
        action="Ver producto",
        href=f"/stock/{row.product_id}",
        amount=formats.ars(sales_at_risk(row)),
        amount_note="de venta en riesgo",
    )


def _when(row: StockRow, now: datetime) -> str:
    days = int(row.cover_days or 0)
    if days == 0:
        return "hoy"
    return "mañana" if days == 1 else f"el {formats.weekday(business_date(now) + timedelta(days=days))}"


def _paper_tasks(papers: PaperFacts, now: datetime, *, may_confirm: bool) -> list[Task]:
    tasks = [_invoice_task(row, now) for row in (papers.review.items if papers.review else [])]
    waiting = papers.summary.needs_review if papers.summary else len(tasks)
    tasks = tasks[:_SINGLE_INVOICES]
    if waiting > len(tasks) and tasks:
        tasks.append(_more_invoices(waiting - len(tasks)))
    if papers.summary and papers.summary.ready:
        tasks.append(_ready_invoices(papers.summary.ready, may_confirm=may_confirm))
    if papers.unread:
        tasks.append(_unread_documents(len(papers.unread)))
    return tasks


def _invoice_task(row: InvoiceRow, now: datetime) -> Task:
    who = (row.supplier.name if row.supplier else None) or "un proveedor sin leer"
    doubts = counted(row.blockers, "duda", "dudas") if row.blockers else "algo para mirar"
    came = {"telegram": "Llegó por Telegram", "api": "Llegó de otro sistema"}.get(
        row.source or "", "Se cargó"
    )
    return Task(
        tone="warn",
        icon="invoice",
        title=f"{paper_name(row.kind)} de {who} con {doubts}",
        detail=f"{came} {formats.ago(row.created_at, now)}. Resolvé lo marcado y confirmá.",
        action="Revisar",
        href=f"/facturas/{row.id}",
        amount=formats.ars(row.total) if row.total is not None else None,
        amount_note=counted(row.lines, "renglón", "renglones"),
    )


def _more_invoices(count: int) -> Task:
    title = f"{counted(count, 'factura más', 'facturas más')} para revisar"
    detail = "Hasta que no las confirmes, no suman al stock."
    return Task("warn", "invoice", title, detail, "Ver todas", "/facturas?estado=needs_review")


def _ready_invoices(count: int, *, may_confirm: bool) -> Task:
    title = f"{counted(count, 'factura lista', 'facturas listas')} para confirmar"
    detail = "La cuenta cierra y los productos están reconocidos."
    if not may_confirm:
        detail += " Las confirma quien esté a cargo."
    action = "Confirmar" if may_confirm else "Ver"
    return Task("info", "check", title, detail, action, "/facturas?estado=ready")


def _unread_documents(count: int) -> Task:
    title = f"No pudimos leer {counted(count, 'papel', 'papeles')}"
    detail = "Probá con otra foto: apoyada, con luz y entera."
    return Task("warn", "camera", title, detail, "Ver", "/facturas#no-leidos")


def _receipt_tasks(papers: PaperFacts) -> list[Task]:
    failed = papers.failed_receipts
    if not failed:
        return []
    title = f"{counted(len(failed), 'factura confirmada', 'facturas confirmadas')} sin sumar al stock"
    detail = "El depósito no pudo recibir la mercadería."
    return [Task("bad", "truck", title, detail, "Ver", f"/facturas/{failed[0].id}")]


def _loose_ends(stock: StockPage | None) -> list[Task]:
    counts = stock.counts if stock else {}
    tasks = []
    if negative := counts.get("negative", 0):
        title = f"{counted(negative, 'producto', 'productos')} con stock negativo"
        detail = "Se vendió más de lo que figuraba: seguramente falta cargar una factura."
        tasks.append(Task("warn", "box", title, detail, "Ver", "/stock?estado=negative"))
    if idle := counts.get("idle", 0):
        title = f"{counted(idle, 'producto', 'productos')} sin moverse"
        detail = "Tienen stock y no se venden: ocupan lugar y plata."
        tasks.append(Task("info", "clock", title, detail, "Ver", "/stock?estado=idle"))
    return tasks


def _quiet_shelves(stock: StockPage | None) -> list[Task]:
    """Products out of stock that nobody buys are worth a word only when nothing else is."""
    out = stock.counts.get("out", 0) if stock else 0
    if not out:
        return []
    title = f"{counted(out, 'producto', 'productos')} sin stock"
    detail = "No se vendieron en las últimas semanas: fijate si todavía los trabajás."
    return [Task("info", "box", title, detail, "Ver", "/stock?estado=out")]


def _running_out(page: StockPage) -> list[StockRow]:
    rows = [row for row in page.items if row.state in _AT_RISK and row.on_hand > 0]
    rows.sort(key=lambda row: row.cover_days if row.cover_days is not None else Decimal("Infinity"))
    return rows[:_LOW_ROWS]
