"""Turns posted fields of the review page into the changes negocio is asked for: only what differs."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from shared.clients.negocio_models import Invoice, InvoiceLine
from shared.kernel.cuit import parse_cuit
from shared.kernel.money import plain
from web_dashboard.formats import NotANumberError, parse_number
from web_dashboard.forms import FieldReader
from web_dashboard.invoices.view_models import HEADER, HeaderSpec

_LINE_NUMBERS = ("quantity", "bonus_quantity", "unit_price", "iva_rate", "internal_tax", "subtotal")
_LINE_TEXTS = ("code", "description")
# Never null at negocio: left empty they mean nothing of it.
_ZERO_WHEN_EMPTY = {"bonus_quantity", "internal_tax"}
_DIGITS = re.compile(r"[0-9]{1,14}")


def header_changes(form: FieldReader, invoice: Invoice) -> dict[str, Any]:
    """Header fields that were changed; what cannot be understood is noted in form.mistakes."""
    changes: dict[str, Any] = {}
    for spec in HEADER:
        if not form.has(spec.name):
            continue
        value = _read_header(spec, form)
        if spec.name not in form.mistakes.reasons and value != _current(spec, invoice):
            changes[spec.name] = value
    if form.has("branch_id"):
        branch = form.text("branch_id") or None
        if branch != (str(invoice.branch_id) if invoice.branch_id else None):
            changes["branch_id"] = branch
    return changes


def _current(spec: HeaderSpec, invoice: Invoice) -> str | None:
    field = invoice.header.get(spec.name)
    value = None if field is None or field.value is None else str(field.value)
    return plain(Decimal(value)) if value is not None and spec.kind == "money" else value


def _read_header(spec: HeaderSpec, form: FieldReader) -> str | None:
    """The field as negocio takes it; None when it was emptied."""
    readers: dict[str, Callable[[str, FieldReader], str | None]] = {
        "cuit": _read_cuit,
        "digits": _read_digits,
        "date": _read_date,
        "money": _read_money,
    }
    return readers.get(spec.kind, _read_text)(spec.name, form)


def _read_text(name: str, form: FieldReader) -> str | None:
    return form.text(name) or None


def _read_cuit(name: str, form: FieldReader) -> str | None:
    typed = form.text(name)
    cuit = parse_cuit(typed) if typed else None
    if typed and cuit is None:
        form.mistakes.add(name, "Ese CUIT no existe: revisá los números.", typed)
    return cuit


def _read_digits(name: str, form: FieldReader) -> str | None:
    typed = form.text(name)
    if typed and not _DIGITS.fullmatch(typed):
        form.mistakes.add(name, "Van solo números.", typed)
    # 0003 and 3 are the same number; a CAE never starts with zero.
    return str(int(typed)) if _DIGITS.fullmatch(typed) else None


def _read_date(name: str, form: FieldReader) -> str | None:
    day = form.day(name)
    return day.isoformat() if day else None


def _read_money(name: str, form: FieldReader) -> str | None:
    amount = form.number(name)
    return None if amount is None else plain(amount)


def approved_header(form: FieldReader, invoice: Invoice) -> dict[str, Any]:
    """The field that was declared right as it is: its own value, now somebody's word."""
    name = form.text("esta_bien")
    spec = next((spec for spec in HEADER if spec.name == name), None)
    return {} if spec is None else {name: _current(spec, invoice)}


def line_changes(form: FieldReader, line: InvoiceLine) -> dict[str, Any]:
    """Fields of a line that were changed; what cannot be understood is noted in form.mistakes."""
    changes: dict[str, Any] = {}
    for name in _LINE_NUMBERS:
        if form.has(name):
            value, before = form.number(name), getattr(line, name)
            if name in _ZERO_WHEN_EMPTY:
                value, before = value or Decimal(0), before or Decimal(0)
            if value != before:
                changes[name] = None if value is None else plain(value)
    for name in _LINE_TEXTS:
        if form.has(name) and form.text(name) != (getattr(line, name) or ""):
            changes[name] = form.text(name) or None
    if form.has("discounts") and (steps := _discounts(form)) != _steps(line):
        changes["discounts"] = steps
    if form.has("not_stock_sent") and form.has("not_stock") != line.not_stock:
        changes["not_stock"] = form.has("not_stock")
    return {name: value for name, value in changes.items() if name not in form.mistakes.reasons}


def _discounts(form: FieldReader) -> list[dict[str, str]]:
    """20 + 5 are percentages, $ 30 an amount."""
    typed, steps = form.text("discounts"), []
    for part in filter(None, (step.strip() for step in typed.split("+"))):
        kind = "amount" if part.startswith("$") else "rate"
        try:
            steps.append({kind: plain(parse_number(part.removesuffix("%")))})
        except NotANumberError:
            form.mistakes.add("discounts", "Escribilos así: 20 + 5, o $ 30.", typed)
    return steps


def _steps(line: InvoiceLine) -> list[dict[str, str]]:
    """The cascade as negocio keeps it."""
    return [
        {name: plain(value) for name, value in step.model_dump(exclude_none=True).items()}
        for step in line.discounts
    ]


def approved_line(line: InvoiceLine) -> dict[str, Any]:
    """The doubted fields of a line with the values they have: said again, they are somebody's word."""
    approved: dict[str, Any] = {}
    for name in line.doubts:
        if name in _LINE_NUMBERS and getattr(line, name) is not None:
            approved[name] = plain(getattr(line, name))
        elif name in _LINE_TEXTS and getattr(line, name):
            approved[name] = getattr(line, name)
        elif name == "discounts":
            approved[name] = _steps(line)
        elif name == "not_stock":
            approved[name] = line.not_stock
    return approved


def new_pack_factor(form: FieldReader, line: InvoiceLine) -> Decimal | None:
    """Units per pack, when they were changed for a line whose product is known."""
    if line.product is None or not form.has("pack_factor"):
        return None
    factor = form.number("pack_factor", minimum=Decimal(0))
    return factor if factor is not None and factor != line.pack_factor else None
