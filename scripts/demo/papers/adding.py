"""The one function that adds a paper up, so that every sum ARCA checks closes to the cent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from scripts.demo.papers.paper import HUNDRED, ZERO, Line, Paper, Perception
from shared.kernel.money import to_cents


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that one IVA treatment covers.

    below: taken off by lines of their own; kept: what is left after these and the general discount.
    """

    rate: Decimal | None
    is_untaxed: bool
    rows: Decimal
    below: Decimal
    kept: Decimal


@dataclass(frozen=True, slots=True)
class IvaAmount:
    """IVA of one rate on its base."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PerceptionAmount:
    """A perception with its figures."""

    perception: Perception
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of a paper, in cents.

    rows: sum of the subtotals; discount: taken off it, also by lines below rows. net, untaxed, exempt and
    iva are printed on A only.
    contained_iva, contained_internal: inside the price of a B, never added again.
    """

    groups: tuple[Group, ...]
    rows: Decimal
    discount: Decimal
    net: Decimal
    untaxed: Decimal
    exempt: Decimal
    iva: tuple[IvaAmount, ...]
    internal: Decimal
    perceptions: tuple[PerceptionAmount, ...]
    total: Decimal
    contained_iva: Decimal
    contained_internal: Decimal

    @property
    def below(self) -> Decimal:
        """What lines of their own take off below rows."""
        return _sum(group.below for group in self.groups)

    @property
    def iva_total(self) -> Decimal:
        """IVA of every rate."""
        return _sum(row.amount for row in self.iva)

    @property
    def perception_total(self) -> Decimal:
        """Every perception."""
        return _sum(row.amount for row in self.perceptions)


def add_up(paper: Paper) -> Totals:
    """The totals of a paper.

    Bases are rounded first and each tax is worked out from its rounded base (ARCA 10051);
    the total is the sum of the printed parts (ARCA 10048), but for a tax that someone altered.
    """
    groups = tuple(_groups(paper))
    totals = _add_up_net(paper, groups) if paper.is_net else _add_up_gross(paper, groups)
    return totals if paper.traits.altered_tax is None else _with_tax(totals, *paper.traits.altered_tax)


def printed_total(paper: Paper) -> Decimal:
    """The total as printed, which someone may have altered."""
    altered = paper.traits.altered_total
    return add_up(paper).total if altered is None else altered


def _add_up_net(paper: Paper, groups: tuple[Group, ...]) -> Totals:
    iva = tuple(
        IvaAmount(group.rate, group.kept, to_cents(group.kept * group.rate / HUNDRED))
        for group in groups
        if group.rate is not None
    )
    net = _sum(row.base for row in iva)
    untaxed = _sum(group.kept for group in groups if group.is_untaxed)
    exempt = _sum(group.kept for group in groups) - net - untaxed
    internal = _sum(line.internal_tax for line in paper.lines)
    perceptions = _perceptions(paper, net)
    added = _sum(row.amount for row in iva) + internal + _sum(row.amount for row in perceptions)
    rows = _sum(group.rows for group in groups)
    return Totals(
        groups=groups,
        rows=rows,
        discount=rows - net - untaxed - exempt,
        net=net,
        untaxed=untaxed,
        exempt=exempt,
        iva=iva,
        internal=internal,
        perceptions=perceptions,
        total=net + untaxed + exempt + added,
        contained_iva=ZERO,
        contained_internal=ZERO,
    )


def _add_up_gross(paper: Paper, groups: tuple[Group, ...]) -> Totals:
    rows = _sum(group.rows for group in groups)
    kept = _sum(group.kept for group in groups)
    perceptions = _perceptions(paper, kept)
    internal = _sum(line.internal_tax for line in paper.lines)
    return Totals(
        groups=groups,
        rows=rows,
        discount=rows - kept,
        net=kept,
        untaxed=ZERO,
        exempt=ZERO,
        iva=(),
        internal=ZERO,
        perceptions=perceptions,
        total=kept + _sum(row.amount for row in perceptions),
        contained_iva=_sum(_contained_iva(paper, group) for group in groups) if paper.contains_iva else ZERO,
        contained_internal=internal if paper.contains_iva else ZERO,
    )


def _with_tax(totals: Totals, place: int, amount: Decimal) -> Totals:
    """With another amount printed for one tax: IVA rows first, then perceptions, internal tax last."""
    iva, perceptions = list(totals.iva), list(totals.perceptions)
    if place < len(iva):
        iva[place] = replace(iva[place], amount=amount)
    elif place < len(iva) + len(perceptions):
        perceptions[place - len(iva)] = replace(perceptions[place - len(iva)], amount=amount)
    else:
        totals = replace(totals, internal=amount)
    return replace(totals, iva=tuple(iva), perceptions=tuple(perceptions))


def _groups(paper: Paper) -> Iterable[Group]:
    """Highest rate first, then exempt, then untaxed rows."""
    treatments = {(line.iva_rate, line.is_untaxed) for line in paper.lines}
    for rate, is_untaxed in sorted(treatments, key=lambda one: (one[1], one[0] is None, -(one[0] or ZERO))):
        rows = _sum(line.subtotal for line in _rows_of(paper, rate, is_untaxed=is_untaxed))
        below = _sum(line.below for line in _rows_of(paper, rate, is_untaxed=is_untaxed))
        kept = to_cents((rows - below) * (1 - paper.discount_rate / HUNDRED))
        yield Group(rate, is_untaxed, rows, below, kept)


def _rows_of(paper: Paper, rate: Decimal | None, *, is_untaxed: bool) -> Iterable[Line]:
    return (line for line in paper.lines if (line.iva_rate, line.is_untaxed) == (rate, is_untaxed))


def _contained_iva(paper: Paper, group: Group) -> Decimal:
    if group.rate is None:
        return ZERO
    internal = _sum(line.internal_tax for line in _rows_of(paper, group.rate, is_untaxed=False))
    taxed = group.kept - internal
    return to_cents(taxed - taxed / (1 + group.rate / HUNDRED))


def _perceptions(paper: Paper, base: Decimal) -> tuple[PerceptionAmount, ...]:
    return tuple(
        PerceptionAmount(perception, base, to_cents(base * perception.rate / HUNDRED))
        for perception in paper.perceptions
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
