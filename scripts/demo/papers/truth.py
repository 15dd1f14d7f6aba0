"""What a perfect reader would answer for a paper."""

from decimal import Decimal
from typing import Any

from scripts.demo.papers.adding import Totals, add_up, printed_total
from scripts.demo.papers.codes import qr_values
from scripts.demo.papers.kinds import INTERNAL_REMITO
from scripts.demo.papers.layouts import LAYOUTS, page_count
from scripts.demo.papers.paper import ZERO, Line, Paper
from shared.kernel.money import plain


def truth(paper: Paper) -> dict[str, Any]:
    """The shape of a read document (values only: no confidence, source, raw or box).

    Every figure is as printed, so an altered total shows in header.total while qr.importe
    keeps the authorised one, and an altered tax or figure of a row shows where it stands. A field the
    paper does not print is None. IVA contained in a B is not a tax row. `accepted` is whether the printed
    arithmetic closes and agrees with the QR; a remito is never accepted.
    """
    totals = add_up(paper)
    return {
        "kind": paper.kind.kind,
        "accepted": not paper.is_remito and printed_total(paper) == totals.total and not _is_altered(paper),
        "pages": page_count(paper),
        "qr": qr_values(paper),
        "header": _header(paper, totals),
        "taxes": _taxes(totals),
        "lines": [_line(paper, line) for line in paper.lines],
    }


def _is_altered(paper: Paper) -> bool:
    """Whether a tax or a figure of a row is not what it was."""
    return paper.traits.altered_tax is not None or any(line.altered for line in paper.lines)


def _header(paper: Paper, totals: Totals) -> dict[str, str | None]:
    due = paper.authorization_due
    return {
        "issuer_cuit": paper.issuer.cuit,
        "issuer_name": paper.issuer.name,
        "receiver_cuit": paper.receiver.cuit,
        "receiver_name": paper.receiver.name,
        "letter": paper.letter or None,
        "type_code": None if paper.type_code == INTERNAL_REMITO else str(paper.type_code),
        "point_of_sale": str(paper.point_of_sale),
        "number": str(paper.number),
        "issue_date": paper.issued_on.isoformat(),
        "currency": paper.currency if paper.has_prices else None,
        "exchange_rate": plain(paper.exchange_rate) if paper.has_prices else None,
        "net": _cents(totals.net) if paper.is_net else None,
        "untaxed": _cents(totals.untaxed) if paper.is_net else None,
        "exempt": _cents(totals.exempt) if paper.is_net else None,
        "discount": _cents(totals.discount) if paper.has_prices else None,
        "total": _cents(printed_total(paper)) if paper.has_prices else None,
        "authorization_kind": _authorization_kind(paper),
        "authorization_code": paper.authorization_code,
        "authorization_due": due.isoformat() if due else None,
    }


def _authorization_kind(paper: Paper) -> str | None:
    if paper.authorization_code is None:
        return None
    return "CAI" if paper.is_remito else "CAE"


def _taxes(totals: Totals) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = [
        {
            "kind": "iva",
            "rate": plain(row.rate),
            "base": _cents(row.base),
            "amount": _cents(row.amount),
            "description": None,
        }
        for row in totals.iva
    ]
    if totals.internal:
        rows.append(
            {
                "kind": "internal",
                "rate": None,
                "base": None,
                "amount": _cents(totals.internal),
                "description": None,
            }
        )
    return rows + [
        {
            "kind": row.perception.kind,
            "rate": plain(row.perception.rate),
            "base": _cents(row.base),
            "amount": _cents(row.amount),
            "description": row.perception.description,
        }
        for row in totals.perceptions
    ]


def _line(paper: Paper, line: Line) -> dict[str, Any]:
    layout = LAYOUTS[paper.layout]

    def shown(name: str, text: str) -> str | None:
        return text if layout.shows(paper, name) else None

    return {
        "code": shown("code", line.code) or None,
        "description": line.description,
        "quantity": plain(line.printed("quantity")),
        "bonus_quantity": plain(line.bonus_quantity),
        "unit": shown("unit", line.unit),
        "pack_size": shown("pack_size", str(line.pack_size)),
        "unit_price": plain(line.printed("unit_price")) if paper.has_prices else None,
        "discounts": _discounts(line),
        "iva_rate": None if line.iva_rate is None else shown("iva_rate", plain(line.iva_rate)),
        "internal_tax": shown("internal_tax", _cents(line.internal_tax)),
        "subtotal": _cents(line.printed("subtotal")) if paper.has_prices else None,
    }


def _discounts(line: Line) -> list[dict[str, str]]:
    rates = [{"rate": plain(rate)} for rate in line.discounts if rate != ZERO]
    return rates + ([{"amount": _cents(line.discount_amount)}] if line.discount_amount else [])


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"
