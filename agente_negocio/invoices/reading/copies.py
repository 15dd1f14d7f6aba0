"""What several papers of one voucher say of each other: its copies alike, its pages in order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from agente_negocio.invoices.reading.layout.evidence import WEAK
from agente_negocio.invoices.reading.model import Check, Kind, ReadDocument

_SHARED = ("issuer_cuit", "letter", "point_of_sale", "number", "issue_date", "authorization_code")
_NOISE = 2
"""Characters of a field that a recogniser may get wrong before it counts as another value."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A further copy as read. is_exact: its text was read, not recognised."""

    document: ReadDocument
    is_exact: bool


def compared(
    document: ReadDocument, copies: Sequence[Copy], *, in_order: bool, is_alone: bool
) -> ReadDocument:
    """The document with what its copies, its pages and their order prove; it waits where they contradict."""
    checks = list(document.checks)
    if not is_alone:
        checks.append(Check("one_voucher", ok=False, detail="A page shows more than one voucher."))
    if not in_order:
        checks.append(
            Check("pages_in_order", ok=False, detail="The page with the total is not the last one.")
        )
    differences = [text for copy in copies if (text := _difference(document, copy))]
    if copies:
        detail = "; ".join(differences) or f"{len(copies)} copies say the same."
        checks.append(Check("copies_agree", ok=not differences, detail=detail))
    accepted = document.accepted and in_order and is_alone and not differences
    return replace(document, checks=tuple(checks), accepted=accepted)


def _difference(document: ReadDocument, copy: Copy) -> str:
    """What the copy says and the paper does not; a copy without prices, or of some pages only, says less."""
    theirs = copy.document
    if theirs.header.number is None and theirs.header.authorization_code is None:
        # Equal goods are ordered every week: a voucher must not pass for the copy of another.
        return "a copy does not say of which voucher it is"
    others = list(_other_fields(document, copy))
    if copy.is_exact or _closes(theirs):
        ours, its = (_figures(each, whole_rows=copy.is_exact) for each in (document, theirs))
        if extra := its - ours:
            others.append(f"{_listed(extra)} instead of {_listed(ours - its) or 'nothing'}")
    return f"a copy says {', '.join(others)}" if others else ""


def _other_fields(document: ReadDocument, copy: Copy) -> Iterator[str]:
    """What must be the same on every copy and is not, as far as both were surely read."""
    theirs = copy.document
    if copy.is_exact and Kind.OTHER not in (document.kind, theirs.kind) and document.kind is not theirs.kind:
        yield f"{theirs.kind.value} instead of {document.kind.value}"
    for name in _SHARED:
        ours, its = getattr(document.header, name), getattr(theirs.header, name)
        if ours is None or its is None or min(ours.confidence, its.confidence) <= WEAK:
            continue
        # A recogniser gets figures wrong; but without a number only the other fields tell vouchers apart.
        noise = 0 if copy.is_exact or theirs.header.number is None else _NOISE
        if len(ours.value) != len(its.value) or sum(map(str.__ne__, ours.value, its.value)) > noise:
            yield f"{name} {its.value} instead of {ours.value}"


def _closes(document: ReadDocument) -> bool:
    return any(check.code == "rows_sum" and check.ok for check in document.checks)


def _figures(document: ReadDocument, *, whole_rows: bool) -> Counter[tuple[str, ...]]:
    """Total, taxes and rows, each as a person would compare them."""
    total = document.header.total
    found: Counter[tuple[str, ...]] = Counter()
    if total is not None:
        found["total", _plain(Decimal(total.value))] += 1
    for tax in document.taxes:
        found[tax.kind.value, _plain(tax.amount)] += 1
    for line in document.lines:
        figures = (line.quantity, line.unit_price, line.subtotal) if whole_rows else (line.subtotal,)
        if line.subtotal is not None:
            found["row", *(_plain(each) for each in figures)] += 1
    return found


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _listed(figures: Counter[tuple[str, ...]]) -> str:
    return ", ".join(" ".join(each) for each in sorted(figures))
