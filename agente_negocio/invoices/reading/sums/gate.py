"""The proof of a document: every check tried, and whether it may pass without a person.

A wrong figure that passes costs more than a right one that waits, so a check that cannot be made fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import LEGAL_RATES
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.header.issue_date import is_in_time
from agente_negocio.invoices.reading.header.traits import Trait, fields_with
from agente_negocio.invoices.reading.header.vouchers import NET_LETTERS, TICKET_CODES
from agente_negocio.invoices.reading.model import Check, Conflict, Header, Kind, Tax, TaxKind
from agente_negocio.invoices.reading.sums.adding import ZERO, Sums, base_closes
from agente_negocio.invoices.reading.sums.foot import Foot, Part
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from shared.kernel.money import CENT

SURE = 0.95
"""Confidence from which a header field needs no second opinion."""

_NEEDED = fields_with(Trait.NEEDED)
_WAITING_KINDS = frozenset({Kind.OTHER, Kind.REMITO})
"""Papers that never pass without a person."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything read of one document before anybody believes it.

    conflicts: of the header's witnesses. disclaimers: rows that say it is no voucher. unclaimed: rows that
    may be goods and were not understood. miscounted: what the paper counts and these rows do not come to.
    """

    kind: Kind
    header: Header
    items: Sequence[Item]
    taxes: Sequence[Tax]
    foot: Foot
    sums: Sums
    payload: QrPayload | None
    conflicts: Sequence[Conflict]
    disclaimers: Sequence[str] = ()
    unclaimed: Sequence[str] = ()
    miscounted: Sequence[str] = ()


def prove(claim: Claim) -> tuple[Check, ...]:
    """Every check, in the order a person would want to hear them."""
    checks = [
        _header_complete(claim.kind, claim.header),
        _header_agrees(claim.conflicts),
        _in_time(claim.header),
        _rows_multiply(claim.items),
        _check(
            "rows_claimed",
            not claim.unclaimed,
            f"Not understood: {'; '.join(claim.unclaimed)}."
            if claim.unclaimed
            else "Every row of the table is an item or belongs to one.",
        ),
        _check(
            "counts_agree",
            not claim.miscounted,
            f"The rows are not: {'; '.join(claim.miscounted)}."
            if claim.miscounted
            else "What the paper counts is there.",
        ),
        _check("rows_sum", bool(claim.sums.arrangement), claim.sums.detail),
        _check(
            "taxes_sum",
            bool(claim.sums.arrangement) and not claim.foot.strange(),
            _foot_detail(claim.foot, claim.sums),
        ),
        _tax_rates(claim),
        _groups(claim.taxes, claim.foot),
        _totals_unrivalled(claim.foot),
        _check(
            "foot_sure",
            not claim.foot.unsure,
            f"To look at: {'; '.join(claim.foot.unsure)}."
            if claim.foot.unsure
            else "Every amount is proven or read the same twice.",
        ),
    ]
    if claim.payload is not None:
        printed, payload = claim.foot.value("total"), claim.payload
        agrees = printed is not None and printed == payload.total
        checks.append(_check("total_matches_qr", agrees, f"printed {printed}, QR {payload.total}"))
        checks.append(
            _check(
                "qr_intact",
                not payload.repaired,
                "The QR had to be repaired." if payload.repaired else "As issued.",
            )
        )
    is_known = claim.kind not in _WAITING_KINDS
    checks.append(_check("known_kind", is_known, f"The paper is a {claim.kind.value}."))
    disclaimed = claim.kind is not Kind.REMITO and bool(claim.disclaimers)
    checks.append(
        _check(
            "is_voucher",
            not disclaimed,
            f"The paper says: {claim.disclaimers[0]}" if disclaimed else "Nothing printed denies it.",
        )
    )
    return tuple(checks)


def _check(code: str, ok: bool, detail: str) -> Check:  # noqa: FBT001  a check is its outcome
    return Check(code=code, ok=ok, detail=detail)


def _header_complete(kind: Kind, header: Header) -> Check:
    """Every field that makes up the voucher's identity is there and sure."""
    needed = list(_NEEDED)
    code = header.type_code.value if header.type_code else ""
    is_ticket = code.isdigit() and int(code) in TICKET_CODES
    if not is_ticket:
        needed.append("authorization_code")
    letter = header.letter.value if header.letter else None
    if letter in NET_LETTERS and kind is not Kind.REMITO:
        needed.append("receiver_cuit")
    fields = {name: getattr(header, name) for name in {*needed, "receiver_cuit", "authorization_code"}}
    weak = sorted(
        name
        for name, field in fields.items()
        if (field is None and name in needed) or (field and field.confidence < SURE)
    )
    return _check(
        "header_sure", not weak, f"To look at: {', '.join(weak)}." if weak else "Every field is sure."
    )


def _header_agrees(conflicts: Sequence[Conflict]) -> Check:
    said = "; ".join(map(str, conflicts)) or "QR, bars and print agree."
    return replace(_check("header_agrees", not conflicts, said), conflicts=tuple(conflicts))


def _in_time(header: Header) -> Check:
    """The day of issue and the expiry of the authorisation fit together."""
    issued, due, kind = header.issue_date, header.authorization_due, header.authorization_kind
    fits = (
        issued is None
        or due is None
        or is_in_time(
            date.fromisoformat(issued.value), date.fromisoformat(due.value), kind.value if kind else None
        )
    )
    detail = f"issued {issued.value if issued else None}, authorised until {due.value if due else None}"
    return _check("authorization_in_time", fits, detail)


def _rows_multiply(items: Sequence[Item]) -> Check:
    doubtful = [str(place) for place, item in enumerate(items, 1) if item.doubts or item.solution is None]
    if not items:
        return _check("rows_multiply", ok=False, detail="No row was found.")
    return _check(
        "rows_multiply",
        not doubtful,
        f"Rows in doubt: {', '.join(doubtful)}." if doubtful else f"{len(items)} rows multiply.",
    )


def _foot_detail(foot: Foot, sums: Sums) -> str:
    strange = foot.strange()
    if strange:
        return f"Labels not understood: {'; '.join(strange)}."
    if not sums.arrangement:
        return f"Not proven: {sums.detail}"
    return "Every amount of the foot is accounted for."


def _tax_rates(claim: Claim) -> Check:
    """IVA rows against their bases: those of the items, else the printed net."""
    iva = [tax for tax in claim.taxes if tax.kind is TaxKind.IVA]
    rates = [tax.rate for tax in iva]
    if len(set(rates)) != len(rates):
        return _check("tax_rates", ok=False, detail="One rate is printed twice.")
    wrong = [
        f"{tax.rate} % of {tax.base} is not {tax.amount}"
        for tax in iva
        if not base_closes(tax, len(claim.items))
    ]
    net = claim.foot.value("net")
    if claim.sums.arrangement == "net" and rates == [None] and not _is_of_one_rate(iva[0], claim):
        wrong.append(f"IVA of {iva[0].amount} is of several rates that are not told")
    if (
        claim.sums.arrangement == "net"
        and iva
        and net is not None
        and not _implied_bases_fit(iva, net, len(claim.items))
    ):
        wrong.append(f"the IVA rows do not belong to a net of {net}")
    return _check("tax_rates", not wrong, "; ".join(wrong) or "IVA fits its bases.")


def _is_of_one_rate(tax: Tax, claim: Claim) -> bool:
    """Whether one rate of the net makes an IVA that is printed without any."""
    net = claim.foot.value("net")
    base = net if net is not None else claim.sums.rows - (claim.foot.value("discount") or ZERO)
    slack = CENT * (1 + len(claim.items))
    return any(abs(base * rate / 100 - tax.amount) <= slack for rate in LEGAL_RATES)


def _implied_bases_fit(iva: Sequence[Tax], net: Decimal, rows: int) -> bool:
    """Whether the bases the amounts imply make up the net, as far as cents can tell."""
    if any(not tax.rate for tax in iva):
        return True
    implied = sum((tax.amount * 100 / (tax.rate or 1) for tax in iva), ZERO)
    slack = sum((CENT * (1 + rows) * 100 / (tax.rate or 1) for tax in iva), ZERO)
    return abs(implied - net) <= slack


def _groups(taxes: Sequence[Tax], foot: Foot) -> Check:
    """Printed sums of taxes against their rows."""
    iva = sum((tax.amount for tax in taxes if tax.kind is TaxKind.IVA), ZERO)
    others = sum((tax.amount for tax in taxes if tax.kind is not TaxKind.IVA), ZERO)
    slack = CENT * max(1, len(taxes))
    wrong = []
    for name, printed, found in (
        ("IVA", foot.sum_of(Part.IVA_SUM), iva),
        ("other taxes", foot.sum_of(Part.OTHERS_SUM), others),
    ):
        if printed is not None and abs(printed - found) > slack:
            wrong.append(f"{name} printed {printed}, rows {found}")
    return _check("tax_groups", not wrong, "; ".join(wrong) or "Printed sums of taxes agree.")


def _totals_unrivalled(foot: Foot) -> Check:
    """No two different amounts claim to be the same thing."""
    rivals = [role.value for role in (Part.DISCOUNT, Part.NET, Part.TOTAL) if len(foot.rivals(role)) > 1]
    return _check(
        "totals_unrivalled",
        not rivals,
        f"Several amounts for: {', '.join(rivals)}." if rivals else "One of each.",
    )
