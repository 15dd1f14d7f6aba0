"""What several papers of one voucher say of each other: its copies alike, its pages in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from agente_negocio.invoices.reading.model import Check, ReadDocument


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
    if not copy.is_exact and not _closes(copy.document):
        # Badly recognised, perhaps: it proves nothing.
        return ""
    ours, theirs = (_figures(each, whole_rows=copy.is_exact) for each in (document, copy.document))
    extra, missing = theirs - ours, ours - theirs
    if not extra:
        return ""
    return f"a copy says {_listed(extra)} instead of {_listed(missing) or 'nothing'}"


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
