"""What the demo shop is made of: plain values, ready to be loaded through the services."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from scripts.demo.papers.paper import Paper
from shared.kernel.money import plain, to_cents

THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Organisation:
    """The demo organisation. Its name says that it is a demo."""

    name: str
    legal_name: str
    cuit: str
    iva_condition: str
    address: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A shop. key: stable short name. sales_share: its sales next to the first branch's.

    closed_weekdays: Monday is 0.
    """

    key: str
    name: str
    address: str
    sales_share: float
    closed_weekdays: frozenset[int]


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers. visit_weekdays: when the seller takes orders, Monday is 0.

    layout and number_style: of the papers it sends. sells_by_pack: its papers count packs.
    discounts: percentages it prints on every row; free_pack_every: one pack free in that many.
    perceptions: whether it collects percepciones on top.
    """

    key: str
    name: str
    fantasy_name: str
    cuit: str
    address: str
    iva_condition: str
    phone: str
    visit_weekdays: tuple[int, ...]
    cutoff: str
    lead_time_days: int
    minimum_order_ars: Decimal
    layout: str
    type_code: int
    point_of_sale: int
    sells_by_pack: bool
    discounts: tuple[Decimal, ...] = ()
    free_pack_every: int = 0
    has_perceptions: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """Something the shop sells.

    base_unit: "un" or "kg". content, content_unit: net content of one base unit.
    ean: of one unit; None when it is weighed, which then has a plu. pack_ean: ITF-14 of the pack.
    net_cost_ars: today's, per base unit, without IVA and with internal tax inside.
    price_ars: today's on the shelf, IVA included. internal_rate: percentage of the price before IVA.
    supplier_code, supplier_text: how the supplier's papers call it.
    """

    sku: str
    name: str
    brand: str
    category: str
    base_unit: str
    content: Decimal
    content_unit: str
    ean: str | None
    plu: str | None
    pack_ean: str | None
    pack_size: int
    iva_rate: Decimal
    internal_rate: Decimal
    bare_cost_ars: Decimal
    net_cost_ars: Decimal
    price_ars: Decimal
    margin_rate: Decimal
    supplier: str
    supplier_code: str
    supplier_text: str
    daily_units: float


@dataclass(frozen=True, slots=True)
class OpeningStock:
    """What a branch held when the history begins. unit_cost_ars: net, per base unit."""

    sku: str
    branch: str
    quantity: Decimal
    unit_cost_ars: Decimal


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Goods of one product. quantity: base units in all, free packs included."""

    sku: str
    packs: int
    free_packs: int
    quantity: Decimal
    unit_cost_ars: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods that a supplier delivered to a branch in the morning of a day."""

    key: str
    supplier: str
    branch: str
    day: date
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True)
class DailySale:
    """Units of a product sold in a branch in a day, and the shelf price of that day."""

    sku: str
    branch: str
    day: date
    quantity: Decimal
    unit_price_ars: Decimal


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price or cost that holds from a day on."""

    sku: str
    effective_on: date
    price_ars: Decimal
    net_cost_ars: Decimal


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One row of a ticket."""

    sku: str
    quantity: Decimal
    unit_price_ars: Decimal


@dataclass(frozen=True, slots=True)
class Ticket:
    """One sale at the till. occurred_at: Argentine time. payment: cash, debit, credit or wallet."""

    id: UUID
    branch: str
    occurred_at: datetime
    lines: tuple[TicketLine, ...]
    payment: str

    @property
    def total_ars(self) -> Decimal:
        """Sum of its rows, in cents."""
        amounts = (line.quantity * line.unit_price_ars for line in self.lines)
        return sum((to_cents(amount) for amount in amounts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Invoice:
    """A supplier paper and what became of it.

    status: "confirmed" when its receipt is part of the history, "to_confirm" when the goods
    stand at the door. skus: product of each printed row, None for one the shop does not know.
    condition: how the file reached us (`scripts.demo.papers.CONDITIONS`), drawn with condition_seed.
    surprise: what makes it special, or "none".
    """

    paper: Paper
    receipt: Receipt
    skus: tuple[str | None, ...]
    received_at: datetime
    status: str
    condition: str
    condition_seed: int
    surprise: str


@dataclass(frozen=True, slots=True)
class History:
    """A year of days, as arrays.

    Each is int64, shape (products, branches, days), in thousandths of a base unit, in the order
    of Shop.products, Shop.branches and the days from first_day on, unless said otherwise.

    opening: shape (products, branches). balance: at closing time. demand: what customers wanted;
    sold never passes it nor the stock. is_open: bool, shape (branches, days).
    price_cents: int64, shape (products, days), on the shelf of every branch.
    """

    first_day: date
    opening: NDArray[np.int64]
    received: NDArray[np.int64]
    sold: NDArray[np.int64]
    demand: NDArray[np.int64]
    balance: NDArray[np.int64]
    is_open: NDArray[np.bool_]
    price_cents: NDArray[np.int64]

    @property
    def days(self) -> int:
        """Days in the history."""
        return int(self.sold.shape[2])

    @property
    def last_day(self) -> date:
        """The last day in it."""
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def was_short(self) -> NDArray[np.bool_]:
        """Days on which customers wanted more than there was; shape of sold."""
        return self.demand > self.sold


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything about the demo shop.

    `daily_sales(until=detailed_from)` and the tickets are together every sale of the history, none twice.
    """

    seed: int
    today: date
    organisation: Organisation
    branches: tuple[Branch, ...]
    suppliers: tuple[Supplier, ...]
    products: tuple[Product, ...]
    opening: tuple[OpeningStock, ...]
    receipts: tuple[Receipt, ...]
    price_changes: tuple[PriceChange, ...]
    tickets: tuple[Ticket, ...]
    invoices: tuple[Invoice, ...]
    history: History
    detailed_from: date

    def daily_sales(self, until: date | None = None) -> Iterator[DailySale]:
        """Sales by product, branch and day, oldest first, zeros left out. until: first day not given."""
        history = self.history
        last = history.days if until is None else (until - history.first_day).days
        for day in range(last):
            rows, shops = np.nonzero(history.sold[:, :, day])
            for row, shop in zip(rows.tolist(), shops.tolist(), strict=True):
                yield DailySale(
                    sku=self.products[row].sku,
                    branch=self.branches[shop].key,
                    day=history.first_day + timedelta(days=day),
                    quantity=to_decimal(int(history.sold[row, shop, day])),
                    unit_price_ars=Decimal(int(history.price_cents[row, day])) / 100,
                )

    def on_hand(self) -> dict[tuple[str, str], Decimal]:
        """Closing stock of the last day by (sku, branch)."""
        last = self.history.balance[:, :, -1]
        return {
            (product.sku, branch.key): to_decimal(int(last[row, shop]))
            for row, product in enumerate(self.products)
            for shop, branch in enumerate(self.branches)
        }


def to_decimal(thousandths: int) -> Decimal:
    """A quantity of the arrays as a decimal without needless zeros."""
    return Decimal(plain(Decimal(thousandths) / THOUSANDTHS))
