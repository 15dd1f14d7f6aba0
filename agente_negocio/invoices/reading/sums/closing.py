"""A foot that does not close: what arithmetic names, what a second look or other marks put right.

Nothing is invented: a label that could not be read may be named by a sum that only it fits, and an amount may
be replaced by what a second look read at the same place, by the digits before it or by its own digits with
other marks, when only so everything closes to the cent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from math import comb
from typing import Protocol

from agente_negocio.invoices.reading.goods.cells import LEGAL_RATES
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.layout.rows import Place, place_of
from agente_negocio.invoices.reading.numbers import Style, has_cents, parse_amount
from agente_negocio.invoices.reading.sums.adding import Sums, add_up
from agente_negocio.invoices.reading.sums.foot import Entry, Foot, Part
from agente_negocio.invoices.reading.sums.totals import money
from shared.kernel.money import CENT

_MOST_REPLACED = 3
_MOST_TRIALS = 2_000
_LEAST_LOOSE = 2
_GROUP_GAP = 2.0
"""Row heights."""
_HUNDRED = Decimal(100)
_OF_ROWS = frozenset({Part.INTERNAL, Part.IVA, Part.IVA_SUM})
"""Taxes that a table may print in its rows too."""


class Look(Protocol):
    """Reads figures at places of the paper once more."""

    def figures(self, places: Sequence[Place]) -> list[str]:
        """What was read at each place, "" where nothing was."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the rest of the paper says. total: of the QR. letter: of the voucher."""

    items: Sequence[Item]
    total: Decimal | None
    letter: str | None

    def closes(self, foot: Foot) -> bool:
        """Whether rows, foot and total add up, cents of rounding allowed."""
        sums = self._sums(foot)
        return sums is not None and bool(sums.arrangement)

    def closes_exactly(self, foot: Foot) -> bool:
        """Whether they add up to the cent: what was read otherwise than printed has no other proof."""
        sums = self._sums(foot)
        return sums is not None and sums.is_exact

    def splits_net(self, foot: Foot) -> bool:
        """Whether the rows make the net before taxes."""
        sums = self._sums(foot)
        return sums is not None and sums.arrangement == "net"

    def _sums(self, foot: Foot) -> Sums | None:
        printed = foot.value("total")
        if self.total is not None and printed is not None and printed != self.total:
            return None
        total = printed if printed is not None else self.total
        return add_up(self.items, foot, total, self.letter)


def close_foot(foot: Foot, known: Known, style: Style, look: Look | None) -> Foot:
    """The foot as far as arithmetic and a second look can settle it."""
    foot = _named(foot, known)
    if known.closes(foot):
        return foot
    if known.closes(together := _with_one_discount(foot)):
        return together
    whole = _named(foot.with_entries(dict(_put_right(foot))), known)
    for likely in (whole, _with_fewest(foot, known, list(_put_right(foot)))):
        if known.closes_exactly(likely):
            return likely
    if look is None:
        return foot
    return _named(_with_fewest(foot, known, [*_put_right(foot), *_seen_again(foot, style, look)]), known)


def explain_loose(items: Sequence[Item], foot: Foot, style: Style) -> None:
    """Figures that no heading claims, one a row, whose sum the foot prints: a tax of the rows, in place."""
    loose = [item for item in items if item.loose]
    values = [parse_amount(item.loose[0].text, style) for item in loose if len(item.loose) == 1]
    if len(loose) < _LEAST_LOOSE or len(values) < len(loose):
        return
    if not all(has_cents(item.loose[0].text) for item in loose):
        # Units, perhaps: only money is a tax.
        return
    total = sum((value for value in values if value is not None), Decimal(0))
    taxes = (entry for entry in foot.entries if entry.role in _OF_ROWS)
    entry = next((entry for entry in taxes if entry.amount.value == total), None)
    if entry is None or None in values:
        return
    for item, value in zip(loose, values, strict=True):
        item.loose = ()
        if entry.role is Part.INTERNAL and value is not None:
            item.internal_tax = value


def _named(foot: Foot, known: Known) -> Foot:
    """Entries whose label was lost, named by the one sum they fit."""
    changed: dict[int, Entry] = {}
    if known.total is not None and "total" not in foot.single:
        places = [place for place, entry in enumerate(foot.entries) if _may_be_total(entry, known.total)]
        changed |= {place: replace(foot.entries[place], role=Part.TOTAL) for place in places[-1:]}
    rates = {tax.rate for tax in foot.taxes}
    repeats = _known_amounts(foot, known)
    totals = [place for place, entry in enumerate(foot.entries) if entry.role is Part.TOTAL]
    for place, entry in enumerate(foot.entries):
        if place in totals[:-1] and entry.amount.value in repeats:
            # "Total items": the sum of the rows under another name.
            changed[place] = replace(entry, role=Part.ROWS)
        if entry.role is not Part.UNKNOWN or place in changed:
            continue
        if entry.amount.value in repeats:
            changed[place] = replace(entry, role=Part.ASIDE)
        elif entry.rate in rates or entry.rate not in LEGAL_RATES:
            continue
        elif any(is_rate_of(entry, base) for base in bases_of(foot, known.items, entry.rate)):
            changed[place] = replace(entry, role=Part.IVA)
    return foot.with_entries(changed) if changed else foot


def _known_amounts(foot: Foot, known: Known) -> set[Decimal]:
    """Amounts that a foot may repeat under any label: the sum of its rows, its net, its total."""
    rows = sum((item.subtotal or Decimal(0) for item in known.items), Decimal(0))
    return {rows, *(value for name in ("net", "total") if (value := foot.value(name)) is not None)}


def _may_be_total(entry: Entry, total: Decimal) -> bool:
    return entry.role in {Part.UNKNOWN, Part.ASIDE} and entry.amount.value == total


def is_rate_of(entry: Entry, base: Decimal) -> bool:
    """Whether an amount is the rate its label names of a base."""
    if not entry.rate or not base:
        return False
    expected = (base * entry.rate / _HUNDRED).quantize(CENT, rounding=ROUND_HALF_UP)
    return abs(expected - entry.amount.value) <= CENT


def bases_of(foot: Foot, items: Sequence[Item], rate: Decimal | None) -> Iterator[Decimal]:
    """What a rate may be charged on: its own rows less the general discount, or the whole net."""
    rows = sum((item.subtotal or Decimal(0) for item in items), Decimal(0))
    own = sum((item.subtotal or Decimal(0) for item in items if item.iva_rate == rate), Decimal(0))
    if rows:
        yield own * (1 - (foot.value("discount") or Decimal(0)) / rows)
    net = foot.value("net")
    if net is not None:
        yield net


def _with_one_discount(foot: Foot) -> Foot:
    """General discounts that are printed for each rate of IVA, as the one they come to."""
    given = [place for place, entry in enumerate(foot.entries) if entry.role is Part.DISCOUNT]
    if len(given) < 2:  # noqa: PLR2004  one discount is already one
        return foot
    off = sum((abs(foot.entries[place].amount.value) for place in given), Decimal(0))
    first, *others = given
    whole = replace(foot.entries[first], amount=replace(foot.entries[first].amount, value=off))
    return foot.with_entries(
        {first: whole} | {place: replace(foot.entries[place], role=Part.ASIDE) for place in others}
    )


def _put_right(foot: Foot) -> Iterator[tuple[int, Entry]]:
    """Amounts whose marks were put right, as what their labels say."""
    for place, entry in enumerate(foot.entries):
        if entry.likely not in {None, Part.UNKNOWN} and entry.role is Part.ASIDE:
            yield place, replace(entry, role=entry.likely)


def _seen_again(foot: Foot, style: Style, look: Look) -> Iterator[tuple[int, Entry]]:
    """Amounts that a second look, or the figures before them, read otherwise."""
    wanted = [
        (place, replace(entry, role=entry.likely or entry.role))
        for place, entry in enumerate(foot.entries)
        if (entry.likely or entry.role) is not Part.ASIDE and entry.likely is not Part.UNKNOWN
    ]
    texts = look.figures([place_of(entry.amount.sheet.page, entry.amount.words) for _, entry in wanted])
    for (place, entry), text in zip(wanted, texts, strict=True):
        for other in (text, _with_groups_before(entry)):
            value = money(other, style)
            if value is not None and abs(value) != abs(entry.amount.value):
                signed = -abs(value) if entry.amount.value < 0 else value
                yield place, replace(entry, amount=replace(entry.amount, value=signed, raw=other))


def _with_fewest(foot: Foot, known: Known, others: Sequence[tuple[int, Entry]]) -> Foot:
    """The foot with the fewest entries put in place of others that make it close; else as it was."""
    for size in range(1, min(_MOST_REPLACED, len(others)) + 1):
        if comb(len(others), size) > _MOST_TRIALS:
            break
        closing = {
            trial.entries: trial
            for some in combinations(others, size)
            if len({place for place, _ in some}) == size
            and known.closes_exactly(trial := _named(foot.with_entries(dict(some)), known))
        }
        if len(closing) == 1:
            return next(iter(closing.values()))
        if closing:
            break
    return foot


def _with_groups_before(entry: Entry) -> str:
    """The amount with bare digits that stand before it: thousands whose space was wider than usual."""
    first = entry.amount.words[0]
    row = next(row for row in entry.amount.sheet.rows if first in row.words)
    place = row.words.index(first)
    before = row.words[place - 1] if place else None
    if before is None or not before.text.isdecimal() or first.x0 - before.x1 > _GROUP_GAP * row.height:
        return ""
    return before.text + "".join(word.text for word in entry.amount.words)
