"""The arithmetic of one row: which of the things read for each figure make the row multiply.

The solver chooses, it never invents: every value it answers was read from the paper, in one of the ways the
printed characters allow. A choice other than the plain reading costs, and what costs is reported.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import islice, product

from agente_negocio.invoices.reading.model import Discount
from agente_negocio.invoices.reading.numbers import Style, readings
from shared.kernel.money import CENT

_HUNDRED = Decimal(100)
_MOST_TRIALS = 4000
_MOST_DIGITS = 18
"""No amount has more; what has is a code."""
_LOOKALIKES = str.maketrans(
    {"O": "0", "o": "0", "D": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"}
)
OTHER_STYLE_COST = 1
INEXACT_COST = 2
"""A product that is a cent beside the printed sum: cut off instead of rounded, or a last digit misread."""
MARK_COST = 6
"""All digits as read, the decimal mark where the column has it: the product tells whether that is so."""
REPAIR_COST = 11
"""Another figure than the one read; two lost marks are as bad, since both may have lost the same."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a cell. cost 0: as printed in the document's style; more: the less natural."""

    value: Decimal
    cost: int


@dataclass(frozen=True, slots=True)
class RowReadings:
    """What was read of one row. Quantity and price cells are alternatives; discounts act in their order."""

    quantities: tuple[tuple[Reading, ...], ...]
    prices: tuple[tuple[Reading, ...], ...]
    discounts: tuple[tuple[Reading, ...], ...]
    subtotal: tuple[Reading, ...]
    net_price: tuple[Reading, ...] = ()
    discount_amount: tuple[Reading, ...] = ()
    internal: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """Figures that multiply.

    is_exact: to the printed cent, rounded half up. by_net_price: only by way of the printed price after
    discounts. ambiguous: other figures read at the same cost multiply as well.
    """

    quantity: Decimal
    unit_price: Decimal
    discounts: tuple[Discount, ...]
    subtotal: Decimal
    cost: int
    is_exact: bool = True
    by_net_price: bool = False
    ambiguous: bool = False


@lru_cache(maxsize=4096)
def cell_readings(
    text: str, style: Style, *, decimals: int | None = None, repair: bool = False
) -> tuple[Reading, ...]:
    """Ways to read a printed number.

    decimals: how many the column usually prints. repair: also consider that a recogniser took a digit for a
    letter or dropped the decimal mark; such readings must be confirmed by a second look.
    """
    bare = text.strip().strip("()[]%:;").rstrip("%").strip()
    found = [Reading(value, OTHER_STYLE_COST * place) for place, value in enumerate(readings(bare, style))]
    if repair:
        found += [Reading(value, MARK_COST) for value in _remarked(bare, decimals)]
        fixed = bare.translate(_LOOKALIKES).strip(".,:; '\"")
        repaired = [*readings(fixed, style), *_remarked(fixed, decimals)]
        found += [Reading(value, REPAIR_COST) for value in repaired]
    unique: dict[Decimal, Reading] = {}
    for reading in found:
        unique.setdefault(reading.value, reading)
    return tuple(unique.values())


def _remarked(text: str, decimals: int | None) -> Iterator[Decimal]:
    """The digits with their decimal mark where the column usually has it, else before cents."""
    digits = re.sub(r"[^\d]", "", text)
    places = 2 if decimals is None else decimals
    if places < len(digits) <= _MOST_DIGITS and places and re.fullmatch(r"-?[\d., ]+", text):
        yield Decimal(digits).scaleb(-places)


def solve_row(row: RowReadings) -> Solution | None:
    """The cheapest figures that multiply to the cent, or None."""
    best: list[Solution] = []
    for candidate in islice(_solutions(row), _MOST_TRIALS):
        if not best or candidate.cost < best[0].cost:
            best = [candidate]
        elif candidate.cost == best[0].cost and _figures(candidate) != _figures(best[0]):
            best.append(candidate)
    if not best:
        return None
    return replace(best[0], ambiguous=len(best) > 1)


def _figures(solution: Solution) -> tuple[object, ...]:
    return solution.quantity, solution.unit_price, solution.discounts, solution.subtotal


def _solutions(row: RowReadings) -> Iterator[Solution]:
    quantities = [reading for cell in row.quantities for reading in cell]
    prices = [reading for cell in row.prices for reading in cell]
    for quantity, price, subtotal, *discounts in product(quantities, prices, row.subtotal, *row.discounts):
        cost = quantity.cost + price.cost + subtotal.cost + sum(each.cost for each in discounts)
        if subtotal.value != subtotal.value.quantize(CENT):
            # The sum of a row is money: more decimals are dirt.
            continue
        rates = tuple(each.value for each in discounts if each.value != 0)
        if any(not 0 < rate <= _HUNDRED for rate in rates):
            continue
        steps = tuple(Discount(rate=rate) for rate in rates)
        for closing in _closings(row, quantity.value, price.value, rates, subtotal.value):
            yield Solution(
                quantity.value,
                price.value,
                closing.amounts or steps,
                subtotal.value,
                cost + closing.cost + (0 if closing.is_exact else INEXACT_COST),
                closing.is_exact,
                closing.by_net_price,
            )


@dataclass(frozen=True, slots=True)
class _Closing:
    """One way in which figures close. cost: beyond the factors'. amounts: the discounts that are amounts."""

    cost: int
    is_exact: bool
    amounts: tuple[Discount, ...] = ()
    by_net_price: bool = False


def _closings(
    row: RowReadings, quantity: Decimal, price: Decimal, rates: Sequence[Decimal], subtotal: Decimal
) -> Iterator[_Closing]:
    net = price
    for rate in rates:
        net *= 1 - rate / _HUNDRED
    if any(each.value for each in row.discount_amount):
        yield from _amount_off(row.discount_amount, quantity, price, net, subtotal)
    else:
        for inner in (Reading(Decimal(0), 0), *(each for each in row.internal if each.value)):
            product = quantity * net + inner.value
            if _is_near(product, subtotal):
                yield _Closing(inner.cost, _is_rounded(product, subtotal))
    for printed in row.net_price:
        if _is_near(net, printed.value) and _is_near(quantity * printed.value, subtotal):
            exact = _is_rounded(net, printed.value) and _is_rounded(quantity * printed.value, subtotal)
            yield _Closing(printed.cost, exact, by_net_price=True)


def _amount_off(
    amounts: Sequence[Reading], quantity: Decimal, price: Decimal, net: Decimal, subtotal: Decimal
) -> Iterator[_Closing]:
    """A printed amount off: the discount itself, or, beside a rate, only a restatement of it."""
    for off in amounts:
        kept = quantity * price - off.value
        if not _is_near(kept, subtotal):
            continue
        if net == price:
            amounts_off = (Discount(amount=off.value),) if off.value else ()
            yield _Closing(off.cost, _is_rounded(kept, subtotal), amounts_off)
        elif _is_near(quantity * (price - net), off.value):
            yield _Closing(off.cost, _is_rounded(kept, subtotal))


def _is_near(product: Decimal, printed: Decimal) -> bool:
    return abs(product - printed) <= CENT


def _is_rounded(product: Decimal, printed: Decimal) -> bool:
    """Whether a product, rounded half up to the decimals of the printed figure, at least cents, is that."""
    return product.quantize(min(CENT, last_place(printed)), rounding=ROUND_HALF_UP) == printed


def last_place(value: Decimal) -> Decimal:
    """One in the last printed digit: 0.01 of 12.50."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "what is read from paper is finite"
    return Decimal(1).scaleb(exponent)
