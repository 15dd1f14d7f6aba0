"""Who issued a paper to whom, which voucher it is, and whether its QR tells the same."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from agente_negocio.invoices.reading.header.vouchers import NET_LETTERS, TICKET_CODES
from agente_negocio.invoices.reading.model import Check, Kind
from agente_negocio.invoices.rules.values import (
    Blocker,
    Buyer,
    Draft,
    Header,
    State,
)

SURE = 0.95
"""Confidence from which a header field needs no second look."""

IDENTITY = ("issuer_cuit", "type_code", "point_of_sale", "number")
_AUTHORISED = frozenset({Kind.FACTURA, Kind.NOTA_CREDITO, Kind.NOTA_DEBITO})
_OF_PAPER = {
    "copies_agree": "copies.differ",
    "pages_in_order": "pages.order",
    "one_voucher": "paper.several",
    "is_voucher": "paper.denied",
    "rows_claimed": "rows.unread",
    "counts_agree": "rows.miscounted",
}
"""From a proof of the reader that failed to what to warn of."""


def needed_fields(draft: Draft) -> tuple[str, ...]:
    """Header fields without which the paper cannot be confirmed."""
    needed = [*IDENTITY, "issue_date"]
    if draft.kind is not Kind.REMITO:
        needed.append("total")
    if draft.kind in _AUTHORISED and draft.header.type_code not in TICKET_CODES:
        needed.append("authorization_code")
    return tuple(needed)


def header_blockers(draft: Draft, buyer: Buyer) -> Iterator[Blocker]:
    """What is missing or contradictory in the header."""
    for name in needed_fields(draft):
        if getattr(draft.header, name) is None:
            yield Blocker("header.missing", f"header.{name}", {"field": name})
    header = draft.header
    if header.issuer_cuit is not None and header.issuer_cuit == buyer.cuit:
        yield Blocker("header.issuer_is_us", "header.issuer_cuit", {"cuit": buyer.cuit})
    if is_for_somebody_else(draft, buyer):
        yield Blocker(
            "receiver.other", "header.receiver_cuit", {"cuit": header.receiver_cuit or "", "own": buyer.cuit}
        )
    if header.currency != "ARS" and not header.exchange_rate:
        yield Blocker("header.missing", "header.exchange_rate", {"field": "exchange_rate"})
    yield from _qr_blockers(draft)


def is_for_somebody_else(draft: Draft, buyer: Buyer) -> bool:
    """Whether the paper names another receiver and nobody said that this is right."""
    receiver = draft.header.receiver_cuit
    return receiver is not None and receiver != buyer.cuit and not draft.accept_receiver


def _qr_blockers(draft: Draft) -> Iterator[Blocker]:
    total = qr_total(draft.qr)
    printed = draft.header.total
    if total is not None and printed is not None and total != printed:
        facts = {"printed": f"{printed:.2f}", "qr": f"{total:.2f}"}
        yield Blocker("qr.total_differs", "header.total", facts)
    for name in contradicted(draft):
        value, printed_value = getattr(draft.header, name), str(draft.evidence[name]["printed"])
        yield Blocker(
            "qr.differs", f"header.{name}", {"field": name, "qr": str(value), "printed": printed_value}
        )


def contradicted(draft: Draft) -> list[str]:
    """Header fields on which print and symbol disagree and no person has decided."""
    return [
        name
        for name, evidence in draft.evidence.items()
        if evidence.get("printed") is not None and evidence.get("source") != "user"
    ]


def qr_total(qr: Mapping[str, Any] | None) -> Decimal | None:
    """The amount of a decoded QR, in the paper's currency."""
    if not qr or qr.get("importe") is None:
        return None
    try:
        amount = Decimal(str(qr["importe"]).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def print_contradictions(checks: tuple[Check, ...]) -> dict[str, str]:
    """What the print says of fields where the reader found that it contradicts the QR or the bars."""
    return {
        conflict.field: conflict.printed
        for check in checks
        for conflict in check.conflicts
        if conflict.printed is not None
    }


def is_receiver_unread(checks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the paper names a receiver whose CUIT the reader could not make out."""
    return any(
        conflict["is_unread"] and conflict["field"] == "receiver_cuit"
        for check in checks
        for conflict in check.get("conflicts", ())
    )


def paper_doubts(checks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Codes of the warnings that the reader's proofs give of the paper as a whole, not of a value on it."""
    failed = {check["code"] for check in checks if not check["ok"]}
    return tuple(warning for code, warning in _OF_PAPER.items() if code in failed)


def field_state(draft: Draft, name: str) -> State:
    """How far a header field can be trusted."""
    value = getattr(draft.header, name)
    if value is None:
        if name == "receiver_cuit" and draft.receiver_unread:
            return State.CHECK
        return State.BAD if name in needed_fields(draft) else State.SURE
    evidence = draft.evidence.get(name, {})
    if evidence.get("source") == "user":
        return State.SURE
    if evidence.get("printed") is not None:
        return State.BAD
    return State.SURE if float(evidence.get("confidence", 0)) >= SURE else State.CHECK


def needs_receiver(header: Header) -> bool:
    """Whether a paper of this letter always names its receiver."""
    return header.effective_letter in NET_LETTERS


def is_dated_oddly(header: Header, today: date) -> bool:
    """Whether the issue date lies ahead, or more than a year back."""
    if header.issue_date is None:
        return False
    days = (today - header.issue_date).days
    return days < 0 or days > 366  # noqa: PLR2004  a year
