"""The sums of a voucher: each row, the foot, and how far the printed total is from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agente_negocio.invoices.reading.header.vouchers import NET_LETTERS
from agente_negocio.invoices.reading.model import Discount, Tax, TaxKind
from agente_negocio.invoices.rules.values import ZERO, Draft, DraftLine
from shared.kernel.money import CENT, to_cents

_HUNDRED = Decimal(100)
_ACCEPTABLE_ARS = Decimal(1)
_ACCEPTABLE_SHARE = Decimal("0.0005")
_PERCEPTIONS = frozenset({TaxKind.PERCEPTION_IVA, TaxKind.PERCEPTION_IIBB})


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums as computed. difference: printed total less computed, None without a printed total.

    net: rows less discount, without internal taxes printed inside them. prices_are_net: IVA is added at the
    foot instead of being inside the prices. slack: difference that rounding explains; acceptable:
    the most that a person may accept.
    """

    net: Decimal
    discount: Decimal
    iva: Decimal
    internal_tax: Decimal
    perceptions: Decimal
    others: Decimal
    total: Decimal
    printed_total: Decimal | None
    difference: Decimal | None
    slack: Decimal
    acceptable: Decimal
    prices_are_net: bool

    @property
    def closes(self) -> bool:
        """Whether rounding explains the difference."""
        return self.difference is not None and abs(self.difference) <= self.slack

    @property
    def is_acceptable(self) -> bool:
        """Whether a person may accept the difference."""
        return self.difference is not None and abs(self.difference) <= self.acceptable


def expected_subtotal(line: DraftLine) -> Decimal | None:
    """Quantity by price less the discount cascade, None when a figure is missing."""
    if line.quantity is None or line.unit_price is None:
        return None
    return _discounted(line.quantity * line.unit_price, line.discounts)


def _discounted(amount: Decimal, discounts: Sequence[Discount]) -> Decimal:
    for step in discounts:
        if step.rate is not None:
            amount *= 1 - step.rate / _HUNDRED
        elif step.amount is not None:
            amount -= step.amount
    return amount


def includes_internal_tax(line: DraftLine) -> bool:
    """Whether the row's subtotal carries its internal tax inside, as some distributors print it."""
    expected = expected_subtotal(line)
    if not line.internal_tax or expected is None or line.subtotal is None:
        return False
    return abs(expected - line.subtotal) > CENT and abs(expected + line.internal_tax - line.subtotal) <= CENT


def row_difference(line: DraftLine) -> Decimal | None:
    """Printed subtotal less what the row's figures give; None when one is missing."""
    expected = expected_subtotal(line)
    if expected is None or line.subtotal is None:
        return None
    inside = line.internal_tax if includes_internal_tax(line) else ZERO
    return line.subtotal - inside - expected


def line_net(line: DraftLine) -> Decimal:
    """The row's printed worth without an internal tax printed inside it; zero when nothing is printed."""
    if line.subtotal is None:
        return to_cents(expected_subtotal(line) or ZERO)
    return line.subtotal - line.internal_tax if includes_internal_tax(line) else line.subtotal


def iva_is_itemised(draft: Draft) -> bool:
    """Whether the paper's letter makes its IVA a credit of its own and not part of the price."""
    return draft.header.effective_letter in NET_LETTERS


def add_up(draft: Draft) -> Totals:
    """The voucher's sums, under the arrangement that comes closest to the printed total.

    Prices of A and M papers are net. Others are gross, unless an IVA row only makes sense added to them.
    A printed general discount may only restate what the rows already took off.
    """
    discount = draft.header.discount or ZERO
    discounts = [discount, ZERO] if discount else [ZERO]
    has_iva = any(tax.kind is TaxKind.IVA for tax in draft.taxes)
    arrangements = [True] if iva_is_itemised(draft) else [False, True] if has_iva else [False]
    found = [_sum(draft, discount=off, prices_are_net=is_net) for is_net in arrangements for off in discounts]
    if draft.header.total is None:
        return found[0]
    return min(found, key=lambda totals: abs(totals.difference or ZERO))


def _sum(draft: Draft, *, discount: Decimal, prices_are_net: bool) -> Totals:
    net = sum((line_net(line) for line in draft.lines), ZERO) - discount
    iva = _tax_sum(draft.taxes, {TaxKind.IVA})
    internal = internal_tax_total(draft)
    perceptions = _tax_sum(draft.taxes, _PERCEPTIONS)
    others = _tax_sum(draft.taxes, {TaxKind.MUNICIPAL, TaxKind.OTHER})
    total = net + internal + perceptions + others + (iva if prices_are_net else ZERO)
    printed = draft.header.total
    return Totals(
        net=net,
        discount=discount,
        iva=iva,
        internal_tax=internal,
        perceptions=perceptions,
        others=others,
        total=total,
        printed_total=printed,
        difference=None if printed is None else printed - total,
        slack=CENT * (len(draft.lines) + len(draft.taxes)),
        acceptable=max(_ACCEPTABLE_ARS, abs(printed or total) * _ACCEPTABLE_SHARE),
        prices_are_net=prices_are_net,
    )


def _tax_sum(taxes: Sequence[Tax], kinds: frozenset[TaxKind] | set[TaxKind]) -> Decimal:
    return sum((tax.amount for tax in taxes if tax.kind in kinds), ZERO)


def page_internal_tax(draft: Draft) -> Decimal:
    """Internal tax printed at the foot."""
    return _tax_sum(draft.taxes, {TaxKind.INTERNAL})


def lines_internal_tax(draft: Draft) -> Decimal:
    """Internal tax printed in the rows."""
    return sum((line.internal_tax for line in draft.lines), ZERO)


def internal_tax_total(draft: Draft) -> Decimal:
    """The foot's internal tax, or that of the rows when the foot prints none."""
    return page_internal_tax(draft) or lines_internal_tax(draft)
