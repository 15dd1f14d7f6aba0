"""What the stock pages show: the list's address, and a product's history in words."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, Field

from shared.clients.deposito_models import MovementPage, MovementRow
from web_dashboard import formats
from web_dashboard.stock.reasons import REASON_WORDS

PER_PAGE = 20
_MOST_PREVIOUS = 40
_START = "-"

STATES = (
    ("", "all", "Todos"),
    ("out", "out", "Agotados"),
    ("critical", "critical", "Se agotan"),
    ("low", "low", "Bajos"),
    ("idle", "idle", "Sin moverse"),
    ("negative", "negative", "Negativos"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. sort: how the service names its order, None when it has none."""

    label: str
    sort: str | None
    css: str = ""
    first_direction: str = "asc"


COLUMNS = (
    Column("Producto", "name"),
    Column("Hay", "on_hand", "right"),
    Column("Alcanza para", "cover_days", "wide"),
    Column("Venta semanal", "weekly_sales", "wide", "desc"),
    Column("Precio", None, "right"),
    Column("Margen", None, "right"),
    Column("Estado", "risk", "", "desc"),
)
_SORTS = {column.sort for column in COLUMNS if column.sort} | {"value"}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the address asks for. previous: the cursors of the pages before, for going back."""

    q: str
    state: str
    sort: str
    direction: str
    cursor: str
    previous: tuple[str, ...]

    def url(self, **changes: str) -> str:
        """The address with something else asked; from the first page again."""
        return _address(replace(self, **{"cursor": "", "previous": (), **changes}))  # type: ignore[arg-type]

    def sorted_by(self, column: Column) -> str:
        """The address sorted by a column: the other way round when it already is."""
        assert column.sort is not None  # noqa: S101  the template asks only for those
        if self.sort != column.sort:
            return self.url(sort=column.sort, direction=column.first_direction)
        return self.url(direction="desc" if self.direction == "asc" else "asc")

    def next_page(self, cursor: str) -> str:
        """The address of the following page."""
        previous = (*self.previous, self.cursor or _START)[-_MOST_PREVIOUS:]
        return _address(replace(self, cursor=cursor, previous=previous))

    @property
    def previous_page(self) -> str | None:
        """The address of the page before, None on the first."""
        if not self.previous:
            return None
        *before, last = self.previous
        return _address(replace(self, cursor="" if last == _START else last, previous=tuple(before)))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return len(self.previous) * PER_PAGE


class StockQuery(BaseModel):
    """The address of the list, as the browser sends it."""

    q: Annotated[str, Field(max_length=200)] = ""
    estado: Annotated[str, Field(max_length=20)] = ""
    orden: Annotated[str, Field(max_length=20)] = "risk"
    dir: Annotated[str, Field(max_length=4)] = "desc"
    cursor: Annotated[str, Field(max_length=500)] = ""
    previos: Annotated[str, Field(max_length=16_000)] = ""

    def to_listing(self) -> Listing:
        """What it means; words it does not know fall back to the usual."""
        return Listing(
            q=self.q.strip(),
            state=self.estado if self.estado in {value for value, _, _ in STATES} else "",
            sort=self.orden if self.orden in _SORTS else "risk",
            direction=self.dir if self.dir in ("asc", "desc") else "asc",
            cursor=self.cursor,
            previous=tuple(part for part in self.previos.split(".") if part),
        )


def _address(listing: Listing) -> str:
    asked = {
        "q": listing.q,
        "estado": listing.state,
        "orden": listing.sort,
        "dir": listing.direction,
        "cursor": listing.cursor,
        "previos": ".".join(listing.previous),
    }
    return "/stock?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class Step:
    """One movement in words. href: the paper behind it."""

    title: str
    when: str
    place: str
    quantity: str
    is_entry: bool
    balance_after: str
    note: str | None
    is_reversed: bool
    href: str | None


_PAGES = {"invoice": "/facturas/", "transfer": "/envios/"}


def history_view(page: MovementPage, *, now: datetime) -> list[Step]:
    """A page of the ledger, newest first, as sentences."""
    return [_step(row, now) for row in page.items]


def _step(row: MovementRow, now: datetime) -> Step:
    return Step(
        title=REASON_WORDS.get(row.kind, row.kind.replace("_", " ").capitalize()),
        when=f"{formats.moment(row.occurred_at)} · {formats.ago(row.occurred_at, now)}",
        place=row.location_name or "",
        quantity=formats.signed_quantity(row.quantity),
        is_entry=row.quantity > Decimal(0),
        balance_after=formats.quantity(row.balance_after),
        note=row.note,
        is_reversed=row.reversed_by is not None,
        href=_paper(row.source),
    )


def _paper(source: str | None) -> str | None:
    """invoice:<id> leads to that invoice; so does invoice:<id>:anything."""
    kind, _, tail = (source or "").partition(":")
    return f"{_PAGES[kind]}{tail.partition(':')[0]}" if kind in _PAGES and tail else None
