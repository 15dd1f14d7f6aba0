"""Decisions on sales, and the plain values they take and give."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agente_deposito.sales.errors import (
    DiscountTooLargeError,
    PaymentsDifferError,
    TooLargeError,
    TooLittleError,
)
from shared.kernel.clock import ARGENTINA
from shared.kernel.money import plain, to_cents, to_quantity

_NONE = Decimal(0)
# A thousandth of what the books can hold, so that day and hour can hold the sum of a thousand tickets.
_MOST_PESOS = Decimal(10) ** 11
_MOST_UNITS = Decimal(10) ** 8


class PaymentMethod(StrEnum):
    """How a ticket was paid; account is fiado, wallet any payment by QR."""

    CASH = "cash"
    DEBIT = "debit"
    CREDIT = "credit"
    WALLET = "wallet"
    TRANSFER = "transfer"
    ACCOUNT = "account"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line as the till sent it: a code or a product, quantity of what the code names."""

    code: str | None
    product_id: UUID | None
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """Part of what was paid."""

    method: PaymentMethod
    amount: Decimal
    reference: str | None


@dataclass(frozen=True, slots=True)
class RecordSale:
    """A ticket as the till sent it. reservation_id: of the promise it keeps, which ends with it."""

    id: UUID
    branch_id: UUID
    occurred_at: datetime
    lines: tuple[SaleLine, ...]
    payments: tuple[Payment, ...]
    reservation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line whose product is known. factor: base units in one; amount in pesos after discount."""

    product_id: UUID
    code: str | None
    quantity: Decimal
    factor: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal

    @property
    def base_quantity(self) -> Decimal:
        """Base units that leave."""
        return to_quantity(self.quantity * self.factor)


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it counts in the summaries. cost None: not known when sold."""

    product_id: UUID
    base_quantity: Decimal
    amount: Decimal
    cost: Decimal | None
    price_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class SoldTicket:
    """A ticket as it counts in the summaries. sign: 1 when sold, -1 when voided."""

    branch_id: UUID
    occurred_at: datetime
    lines: tuple[SoldLine, ...]
    sign: int = 1


@dataclass(slots=True)
class ProductDay:
    """What to add to a product's day in a branch."""

    quantity: Decimal = _NONE
    amount: Decimal = _NONE
    cost: Decimal = _NONE
    uncosted: Decimal = _NONE
    last_price: Decimal | None = None


@dataclass(slots=True)
class BranchHour:
    """What to add to a branch's hour."""

    amount: Decimal = _NONE
    cost: Decimal = _NONE
    uncosted: Decimal = _NONE
    tickets: int = 0
    units: Decimal = _NONE


ProductDays = dict[tuple[UUID, UUID, date], ProductDay]
BranchHours = dict[tuple[UUID, date, int], BranchHour]


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What happened to a product in a branch on a day that something did."""

    sold: Decimal = _NONE
    entered: Decimal = _NONE
    departed: Decimal = _NONE


@dataclass(frozen=True, slots=True)
class Series:
    """A product's days in a branch, from first_day on, one value per calendar day.

    quantities: base units sold. in_stock: whether there was something to sell at any time of the day.
    """

    product_id: UUID
    branch_id: UUID
    first_day: date
    quantities: tuple[Decimal, ...]
    in_stock: tuple[bool, ...]


def price_line(line: SaleLine, product_id: UUID, factor: Decimal, *, number: int) -> PricedLine:
    """A line with its amount, rounded to cents.

    Raises DiscountTooLargeError, TooLargeError, TooLittleError.
    """
    gross = to_cents(line.quantity * line.unit_price)
    if line.discount > gross:
        raise DiscountTooLargeError(line=number)
    priced = PricedLine(
        product_id,
        line.code,
        line.quantity,
        factor,
        line.unit_price,
        line.discount,
        to_cents(gross - line.discount),
    )
    if priced.amount >= _MOST_PESOS:
        raise TooLargeError("Amount too large.", fields=(f"lines[{number}].unit_price",))
    if priced.base_quantity >= _MOST_UNITS:
        raise TooLargeError("Quantity too large.", fields=(f"lines[{number}].quantity",))
    if priced.base_quantity <= 0:
        raise TooLittleError(line=number)
    return priced


def total_of(lines: Sequence[PricedLine]) -> Decimal:
    """What the ticket adds up to. Raises TooLargeError."""
    total = sum((line.amount for line in lines), _NONE)
    units = sum((line.base_quantity for line in lines), _NONE)
    if total >= _MOST_PESOS or units >= _MOST_UNITS:
        raise TooLargeError("Ticket too large.", fields=("lines",))
    return total


def check_costs(costs: Sequence[Decimal | None]) -> None:
    """Raise TooLargeError for goods whose cost the days could not add up."""
    for number, cost in enumerate(costs):
        if cost is not None and abs(cost) >= _MOST_PESOS:
            raise TooLargeError("Cost too large.", fields=(f"lines[{number}].quantity",))


def check_payments(payments: Sequence[Payment], total: Decimal) -> None:
    """Raise PaymentsDifferError when payments are given and are not the total, to the cent."""
    paid = sum((payment.amount for payment in payments), _NONE)
    if payments and paid != total:
        raise PaymentsDifferError(total=total, paid=paid)


def content_hash(sale: RecordSale) -> bytes:
    """The same for a retry of the same ticket, however its numbers are spelt."""
    content = [
        str(sale.branch_id),
        sale.occurred_at.timestamp(),
        [
            [line.code, str(line.product_id), *map(plain, (line.quantity, line.unit_price, line.discount))]
            for line in sale.lines
        ],
        [[payment.method, plain(payment.amount), payment.reference] for payment in sale.payments],
    ]
    # Tickets that keep no promise hash as they did before there were any.
    content += [str(sale.reservation_id)] if sale.reservation_id else []
    return hashlib.sha256(json.dumps(content).encode()).digest()


def add_up(tickets: Iterable[SoldTicket]) -> tuple[ProductDays, BranchHours]:
    """What tickets and voids add to the daily summaries."""
    products: ProductDays = defaultdict(ProductDay)
    hours: BranchHours = defaultdict(BranchHour)
    for ticket in tickets:
        local = ticket.occurred_at.astimezone(ARGENTINA)
        hour = hours[ticket.branch_id, local.date(), local.hour]
        hour.tickets += ticket.sign
        for line in ticket.lines:
            day = products[line.product_id, ticket.branch_id, local.date()]
            _add_line(day, hour, line, ticket.sign)
    return products, hours


def _add_line(day: ProductDay, hour: BranchHour, line: SoldLine, sign: int) -> None:
    quantity, amount = sign * line.base_quantity, sign * line.amount
    day.quantity += quantity
    day.amount += amount
    hour.amount += amount
    hour.units += quantity
    if line.cost is None:
        day.uncosted += quantity
        hour.uncosted += amount
    else:
        day.cost += sign * line.cost
        hour.cost += sign * line.cost
    if sign > 0:
        day.last_price = line.price_per_unit


def make_series(
    key: tuple[UUID, UUID], days: Mapping[date, DayFacts], opening: Decimal, first: date, last: date
) -> Series:
    """A series from the first day anything was held or happened. opening: held before `first`.

    A day that sold, or that follows no recorded entry at all, counts as in stock: the books of a
    shop that only records sales say nothing of its shelves.
    """
    start = first if opening > 0 else min((day for day in days if day >= first), default=last)
    held = opening
    keeps_books = opening > 0 or any(facts.entered for facts in days.values())
    quantities, in_stock = [], []
    for offset in range((last - start).days + 1):
        facts = days.get(start + timedelta(days=offset), _NOTHING_HAPPENED)
        quantities.append(facts.sold)
        in_stock.append(not keeps_books or held > 0 or facts.entered > 0 or facts.sold > 0)
        held += facts.entered - facts.departed
    return Series(*key, start, tuple(quantities), tuple(in_stock))


_NOTHING_HAPPENED = DayFacts()
