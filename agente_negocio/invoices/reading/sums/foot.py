"""The foot of a voucher: its labelled amounts as net, taxes, discount and total, and how they close."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from agente_negocio.invoices.reading.layout.evidence import Amount
from agente_negocio.invoices.reading.model import Evidence, Source, Tax, TaxKind


class Part(StrEnum):
    """What an amount of the foot is. ASIDE takes no part in the sums; UNKNOWN has a label nobody knows."""

    NET = "net"
    UNTAXED = "untaxed"
    EXEMPT = "exempt"
    DISCOUNT = "discount"
    ROWS = "rows"
    TOTAL = "total"
    IVA = "iva"
    INTERNAL = "internal"
    PERCEPTION_IVA = "perception_iva"
    PERCEPTION_IIBB = "perception_iibb"
    MUNICIPAL = "municipal"
    OTHER = "other"
    IVA_SUM = "iva_sum"
    OTHERS_SUM = "others_sum"
    ASIDE = "aside"
    UNKNOWN = "unknown"


_SINGLE = frozenset({Part.NET, Part.UNTAXED, Part.EXEMPT, Part.DISCOUNT, Part.ROWS, Part.TOTAL})
_MOST_HIDDEN = Decimal(1)
"""More than all cents that rows and taxes may be rounded by."""
_TAX_KINDS = {Part(kind.value): kind for kind in TaxKind}


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled amount. label: folded. rate: the percentage its label names.

    likely: of an amount whose marks had to be put right, what its label says. It stands ASIDE until the sums
    prove it.
    """

    label: str
    rate: Decimal | None
    role: Part
    amount: Amount
    likely: Part | None = None

    @property
    def settled(self) -> Part:
        """The role it plays: IVA without a rate is the sum of all IVA."""
        return Part.IVA_SUM if self.role is Part.IVA and self.rate is None else self.role


@dataclass(frozen=True)
class Foot:
    """Every labelled amount in reading order, and what follows from them.

    unsure: labels of those that nothing proves and that did not read the same twice.
    """

    entries: tuple[Entry, ...] = ()
    unsure: tuple[str, ...] = ()

    @cached_property
    def single(self) -> Mapping[str, Amount]:
        """Amounts there is one of, by role: the last total, of the others the first."""
        found: dict[str, Amount] = {}
        for entry in self.entries:
            if entry.settled in _SINGLE and (entry.role not in found or entry.role is Part.TOTAL):
                value = abs(entry.amount.value) if entry.role is Part.DISCOUNT else entry.amount.value
                found[entry.role] = replace(entry.amount, value=value)
        whole = [entry.amount for entry in self._nets if entry.rate is None]
        if self.net_by_rate:
            found[Part.NET] = whole[0] if whole else _sum(tuple(self.net_by_rate.values()))
        return found

    @property
    def _nets(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.settled is Part.NET]

    @cached_property
    def net_by_rate(self) -> Mapping[Decimal, Amount]:
        """What each rate of IVA is charged on, where the net is printed in such parts; else nothing."""
        rated = {entry.rate: entry.amount for entry in self._nets if entry.rate is not None}
        claims = {(entry.rate, entry.amount.value) for entry in self._nets if entry.rate is not None}
        return rated if 1 < len(rated) == len(claims) else {}

    @cached_property
    def taxes(self) -> tuple[Tax, ...]:
        """The tax rows, zero rows left out."""
        return tuple(tax for tax, _ in self._printed_taxes)

    def taxes_as_seen(self, source: Source) -> tuple[Tax, ...]:
        """The same with the evidence of each."""
        return tuple(replace(tax, evidence=_evidence(amount, source)) for tax, amount in self._printed_taxes)

    @cached_property
    def _printed_taxes(self) -> tuple[tuple[Tax, Amount], ...]:
        """The tax rows with the amounts they are.

        The foot of a voucher may be repeated on its next page; two equal rows on one page are two taxes, but
        of IVA the same in a table and beside the total.
        """
        found: list[tuple[Tax, Amount]] = []
        for entry in self.entries:
            kind = _TAX_KINDS.get(entry.settled)
            if kind is None or not entry.amount.value:
                continue
            tax = Tax(kind, entry.rate, None, entry.amount.value, _description(entry.label))
            page = entry.amount.sheet.page
            if tax.kind is TaxKind.IVA and any(_is_same_iva(tax, other) for other, _ in found):
                continue
            if all(tax != other or page == its.sheet.page for other, its in found):
                found.append((tax, entry.amount))
        # An IVA amount printed without rate is the tax row itself when no other IVA row exists.
        lone = self._last(Part.IVA_SUM)
        if lone and lone.value and not any(tax.kind is TaxKind.IVA for tax, _ in found):
            found.append((Tax(TaxKind.IVA, None, None, lone.value, "iva"), lone))
        return tuple(found)

    def value(self, name: str) -> Decimal | None:
        """One of the single amounts."""
        found = self.single.get(name)
        return found.value if found else None

    def sum_of(self, role: Part) -> Decimal | None:
        """A printed sum of taxes, the last one printed."""
        found = self._last(role)
        return found.value if found else None

    def _last(self, role: Part) -> Amount | None:
        return next((entry.amount for entry in reversed(self.entries) if entry.settled is role), None)

    def rivals(self, role: Part) -> set[Decimal]:
        """Different amounts that claim the same role; the parts of a net claim it together."""
        if role is Part.NET and self.net_by_rate:
            parts = sum((amount.value for amount in self.net_by_rate.values()), Decimal(0))
            return {parts, *(entry.amount.value for entry in self._nets if entry.rate is None)}
        return {abs(entry.amount.value) for entry in self.entries if entry.settled is role}

    def strange(self) -> list[str]:
        """Labels of amounts nobody understands, payments and the like after the total left out."""
        total = self.single.get("total")
        return [
            entry.label
            for entry in self.entries
            if entry.role is Part.UNKNOWN
            and _is_label(entry)
            and (total is None or not _is_below(entry.amount, total))
        ]

    def with_sum_as_tax(self) -> "Foot":
        """The same where the sum of the other taxes stands alone: then it is the tax.

        For exact text only: of a picture the rows of that sum may have been lost.
        """
        sums = [place for place, entry in enumerate(self.entries) if entry.settled is Part.OTHERS_SUM]
        if not sums or any(tax.kind is not TaxKind.IVA for tax in self.taxes):
            return self
        last = sums[-1]
        if any(
            entry.amount.value and place not in sums and _may_be_tax(entry)
            for place, entry in enumerate(self.entries)
        ):
            return self
        return self.with_entries({last: replace(self.entries[last], role=Part.OTHER)})

    def with_entries(self, changed: Mapping[int, Entry]) -> "Foot":
        """The foot with some entries, by their place, put in place of others."""
        entries = tuple(changed.get(place, entry) for place, entry in enumerate(self.entries))
        return Foot(entries, self.unsure)


def _is_same_iva(tax: Tax, other: Tax) -> bool:
    """A voucher charges each rate once."""
    return other.kind is TaxKind.IVA and (tax.rate, tax.amount) == (other.rate, other.amount)


def _sum(amounts: Sequence[Amount]) -> Amount:
    """Amounts as the one they come to, with the words of those beside the first."""
    first = amounts[0]
    return Amount(
        sum((each.value for each in amounts), Decimal(0)),
        " + ".join(each.raw for each in amounts),
        tuple(word for each in amounts if each.sheet is first.sheet for word in each.words),
        first.sheet,
    )


def _evidence(amount: Amount, source: Source) -> Evidence:
    return Evidence(amount.raw, source, amount.sheet.box(amount.words))


def _may_be_tax(entry: Entry) -> bool:
    """Whether an amount that takes no part in the sums may be one of the other taxes all the same."""
    set_aside = entry.settled in {Part.ASIDE, Part.UNKNOWN}
    return set_aside and re.search(r"impuest|tribut|perc|iibb|tasa|\bret", entry.label) is not None


def _is_label(entry: Entry) -> bool:
    """Whether an amount stands behind a word; of pictures, one or two letters may be specks.

    Such an amount matters where the cents allowed for rounding would hide it: more of it would not add up.
    """
    is_hidden = 0 < abs(entry.amount.value) < _MOST_HIDDEN
    return re.search(r"[a-z]{3}" if not is_hidden else r"[a-z]\.? ?[a-z]", entry.label) is not None


def _is_below(amount: Amount, other: Amount) -> bool:
    return (amount.sheet.page, amount.words[0].y0) > (other.sheet.page, other.words[0].y1)


def _description(label: str) -> str:
    return re.sub(r"^[\W\d]+(?=[^\W\d])|[:$\s]+$", "", label.replace("\t", " ")).strip()
