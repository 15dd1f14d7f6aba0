"""What a perfect reader would answer for a paper."""

from decimal import Decimal
from typing import Any

from scripts.demo.papers.codes import qr_values
from scripts.demo.papers.layouts import LAYOUTS, page_count
from scripts.demo.papers.paper import ZERO, Line, Paper, Totals, add_up, printed_total
from shared.kernel.money import plain


def truth(paper: Paper) -> dict[str, Any]:
    """The shape of a read document (values only: no confidence, source, raw or box).

    Every figure is as printed, so an altered total shows in header.total while qr.importe
    keeps the authorised one. A field the paper does not print is None. IVA contained in a B
    is not a tax row. `accepted` is whether the printed arithmetic closes and agrees with the QR.
    """
    totals = add_up(paper)
    return {
        "kind": paper.kind.kind,
        "accepted": printed_total(paper) == totals.total,
        "pages": page_count(paper),
        "qr": qr_values(paper),
        "header": _header(paper, totals),
        "taxes": _taxes(totals),
        "lines": [_line(paper, line) for line in paper.lines],
    }


def _header(paper: Paper, totals: Totals) -> dict[str, str | None]:
    is_net = paper.letter == "A"
    due = paper.authorization_due
    return {
        "issuer_cuit": paper.issuer.cuit,
        "issuer_name": paper.issuer.name,
        "receiver_cuit": paper.receiver.cuit,
        "receiver_name": paper.receiver.name,
        "letter": paper.letter,
        "type_code": str(paper.type_code),
        "point_of_sale": str(paper.point_of_sale),
        "number": str(paper.number),
        "issue_date": paper.issued_on.isoformat(),
        "currency": "ARS",
        "exchange_rate": "1",
        "net": _cents(totals.net) if is_net else None,
        "untaxed": "0.00" if is_net else None,
        "exempt": _cents(totals.exempt) if is_net else None,
        "discount": _cents(totals.discount),
        "total": _cents(printed_total(paper)),
        "authorization_kind": "CAE" if paper.authorization_code else None,
        "authorization_code": paper.authorization_code,
        "authorization_due": due.isoformat() if due else None,
    }


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
    prints = LAYOUTS[paper.layout].prints
    shows_rate = "iva_rate" in prints and (paper.letter == "A" or paper.layout == "ticket")
    shows_internal = "internal_tax" in prints and paper.letter == "A"
    return {
        "code": line.code if "code" in prints else None,
        "description": line.description,
        "quantity": plain(line.quantity),
        "bonus_quantity": plain(line.bonus_quantity),
        "unit": line.unit if "unit" in prints else None,
        "pack_size": str(line.pack_size) if "pack_size" in prints else None,
        "unit_price": plain(line.unit_price),
        "discounts": [{"rate": plain(rate)} for rate in line.discounts if rate != ZERO],
        "iva_rate": plain(line.iva_rate) if shows_rate and line.iva_rate is not None else None,
        "internal_tax": _cents(line.internal_tax) if shows_internal else None,
        "subtotal": _cents(line.subtotal),
    }


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"
