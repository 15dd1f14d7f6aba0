"""The last days in detail: sales of each product spread over the tickets of the day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

from scripts.demo.shop.values import (
    THOUSANDTHS,
    Branch,
    History,
    Product,
    Ticket,
    TicketLine,
    to_decimal,
)

ARGENTINA = ZoneInfo("America/Argentina/Buenos_Aires")
PAYMENTS = ("cash", "debit", "wallet", "credit")
_PAYMENT_SHARES = (0.38, 0.24, 0.28, 0.10)
HOURS = (8, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20)
HOUR_SHARES = (0.5, 0.7, 1.0, 1.3, 1.4, 0.8, 0.6, 1.0, 1.4, 1.6, 1.0)
_PIECES_PER_TICKET = 4.2
_MOST_UNITS_AT_ONCE = 3
_SMALLEST_CUT = 150
_LARGEST_CUT = 600
_GRAM_STEP = 5


def detailed_tickets(
    products: Sequence[Product], branches: Sequence[Branch], history: History, first: date, random: Generator
) -> tuple[Ticket, ...]:
    """Tickets from `first` to the end of the history, oldest first; they add up to the daily sales exactly.

    A product that ran out is sold only on the earlier tickets of that day.
    """
    tickets: list[Ticket] = []
    for offset in range((first - history.first_day).days, history.days):
        for shop, branch in enumerate(branches):
            tickets += _tickets_of_day(products, branch, history, (shop, offset), random)
    return tuple(sorted(tickets, key=lambda ticket: ticket.occurred_at))


def _tickets_of_day(
    products: Sequence[Product], branch: Branch, history: History, where: tuple[int, int], random: Generator
) -> list[Ticket]:
    shop, offset = where
    sold = history.sold[:, shop, offset]
    pieces = {int(row): _pieces(int(sold[row]), products[int(row)], random) for row in np.flatnonzero(sold)}
    count = max(1, round(sum(len(cuts) for cuts in pieces.values()) / _PIECES_PER_TICKET))
    baskets: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row, cuts in pieces.items():
        share = int(sold[row]) / int(history.demand[row, shop, offset])
        latest = max(1, round(count * share))
        for cut, basket in zip(cuts, random.integers(0, latest, len(cuts)).tolist(), strict=True):
            baskets[basket][row] += cut
    day = history.first_day + timedelta(days=offset)
    times = _times(day, count, random)
    payments = random.choice(len(PAYMENTS), count, p=_PAYMENT_SHARES)
    return [
        Ticket(
            id=_ticket_id(branch, day, number),
            branch=branch.key,
            occurred_at=times[number],
            lines=tuple(
                TicketLine(
                    products[row].sku,
                    to_decimal(quantity),
                    Decimal(int(history.price_cents[row, offset])) / 100,
                )
                for row, quantity in sorted(baskets[number].items())
            ),
            payment=PAYMENTS[int(payments[number])],
        )
        for number in sorted(baskets)
    ]


def _pieces(thousandths: int, product: Product, random: Generator) -> list[int]:
    """What single customers took: one to three units, or a cut of cheese."""
    pieces = []
    while thousandths > 0:
        if product.base_unit == "kg":
            piece = int(random.integers(_SMALLEST_CUT, _LARGEST_CUT)) // _GRAM_STEP * _GRAM_STEP
        else:
            piece = THOUSANDTHS * int(random.integers(1, _MOST_UNITS_AT_ONCE + 1))
        pieces.append(min(piece, thousandths))
        thousandths -= pieces[-1]
    return pieces


def _times(day: date, count: int, random: Generator) -> list[datetime]:
    """Moments of the day's tickets, in order, with the rush before lunch and at dusk."""
    hours = random.choice(HOURS, count, p=np.array(HOUR_SHARES) / sum(HOUR_SHARES))
    seconds = np.sort(hours * 3600 + random.integers(0, 3600, count))
    midnight = datetime.combine(day, time(), ARGENTINA)
    return [midnight + timedelta(seconds=int(second)) for second in seconds]


def _ticket_id(branch: Branch, day: date, number: int) -> UUID:
    """The same ticket always gets the same id, so that loading twice changes nothing."""
    return uuid5(NAMESPACE_URL, f"demo-ticket:{branch.key}:{day.isoformat()}:{number}")
