"""What the sums of a foot leave open: such amounts, and such figures of rows, must read the same twice."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.layout.rows import place_of
from agente_negocio.invoices.reading.model import TaxKind
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.adding import net_parts
from agente_negocio.invoices.reading.sums.closing import Known, Look, bases_of, is_rate_of
from agente_negocio.invoices.reading.sums.foot import Entry, Foot, Part
from agente_negocio.invoices.reading.sums.totals import money

_SUMMED = frozenset(Part) - {Part.ASIDE, Part.UNKNOWN, Part.ROWS}
_OTHER_TAXES = frozenset(Part(kind.value) for kind in TaxKind if kind is not TaxKind.IVA)
_PARTS_OF_NET = frozenset({Part.UNTAXED, Part.EXEMPT})


def open_single_units(items: Sequence[Item], foot: Foot, known: Known) -> Iterator[tuple[Item, int]]:
    """Where cents remain open, price and sum of rows of one unit, by item and column.

    Both print the same figure, so a recogniser may misread both alike; such a row multiplies, and the cents
    allowed for rounding would let it pass.
    """
    if _is_exact(items, foot, known):
        return
    for item in items:
        if item.solution is not None and item.solution.quantity == 1:
            figures = {Role.UNIT_PRICE, Role.NET_PRICE, Role.SUBTOTAL}
            yield from (
                (item, index)
                for index in item.places
                if item.roles[index] in figures and index in item.tokens
            )


def unsure_amounts(foot: Foot, known: Known, style: Style, look: Look) -> tuple[str, ...]:
    """Labels of amounts that do not read the same twice, where the sums leave them open.

    The cent a row and a tax that are allowed for rounding would hide a misread last digit. What closes to the
    cent is proven, but for amounts of which there are several and nothing else speaks: one read too high and
    another as much too low still make their sum.
    """
    if known.closes_exactly(foot):
        wanted = _of_each_other(foot, known)
    else:
        wanted = [entry for entry in foot.entries if entry.settled in _SUMMED and entry.amount.value]
    texts = look.figures([place_of(entry.amount.sheet.page, entry.amount.words) for entry in wanted])
    return tuple(
        entry.label
        for entry, text in zip(wanted, texts, strict=True)
        if abs(money(text, style) or Decimal(0)) != abs(entry.amount.value)
    )


def _of_each_other(foot: Foot, known: Known) -> list[Entry]:
    """Amounts that prove each other only together: two or more beside the sums of rows and of IVA."""
    has_rates = any(entry.settled is Part.IVA for entry in foot.entries)
    taxes = _OTHER_TAXES if has_rates else _OTHER_TAXES | {Part.IVA_SUM}
    within = net_parts(foot) is not None and known.splits_net(foot)
    groups = (_PARTS_OF_NET, taxes) if within else (taxes | {Part.DISCOUNT},)
    found = [
        [
            entry
            for entry in foot.entries
            if entry.settled in group and entry.amount.value and not _has_own_proof(entry, foot, known.items)
        ]
        for group in groups
    ]
    return [entry for entries in found if len(entries) > 1 for entry in entries]


def _has_own_proof(entry: Entry, foot: Foot, items: Sequence[Item]) -> bool:
    """Whether an amount is the rate its label names, or the sum of what the rows print of it."""
    if entry.role is Part.INTERNAL and entry.amount.value == sum(item.internal_tax for item in items):
        return True
    return any(is_rate_of(entry, base) for base in bases_of(foot, items, entry.rate))


def _is_exact(items: Sequence[Item], foot: Foot, known: Known) -> bool:
    """Whether the rows make the net, or with the taxes the total, without a cent of difference."""
    kept = sum((item.subtotal or Decimal(0) for item in items), Decimal(0)) - (
        foot.value("discount") or Decimal(0)
    )
    net = net_parts(foot)
    if net is not None:
        return kept == net
    total = foot.value("total") or known.total
    added = sum((tax.amount for tax in foot.taxes), Decimal(0))
    return total is not None and kept + added == total
