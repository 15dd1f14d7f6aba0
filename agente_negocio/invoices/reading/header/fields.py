"""Printed header fields: labels and shapes found in the rows, each with the words that hold it."""

import re
from collections.abc import Sequence

from agente_negocio.invoices.reading.header.issue_date import read_dates
from agente_negocio.invoices.reading.header.parties import read_parties
from agente_negocio.invoices.reading.header.voucher_number import read_number
from agente_negocio.invoices.reading.header.voucher_type import read_type
from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    below,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from agente_negocio.invoices.reading.model import Kind
from agente_negocio.invoices.reading.numbers import Style, decimal_style, parse_amount
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload, parse_barcode
from shared.kernel.money import plain

_AUTHORIZATION_LABEL = r"\b(c\.? ?a\.? ?e\.? ?a?|c\.? ?a\.? ?(?:!?[il1|]|!))(?![b-df-mo-z])"
_AUTHORIZATION_CODE = r"(?<!\d)(?<!\d )(\d(?: ?\d){13})(?!\d)"
# The sign after the label may read as a digit or two: "N2 86138374978799".
_AUTHORIZATION = re.compile(
    _AUTHORIZATION_LABEL
    + r"(?:[^\d\t]{0,4}\bn\w?\W{0,2}\s|[^\d\t]{0,16}\t?[^\d\t]{0,6})(\d(?: ?\d){13})(?!\d)"
)
_BARS = re.compile(r"(?<!\d)\d[\d ]{38,46}\d(?!\d)")
_CURRENCIES = (
    ("USD", re.compile(r"u\$s|us\$|\busd\b|dolar")),
    ("EUR", re.compile(r"€|\beur\b|euros?\b")),
    ("BRL", re.compile(r"\bbrl\b|\breal(?:es)?\b")),
    ("UYU", re.compile(r"\buyu\b|uruguayo")),
    ("CLP", re.compile(r"\bclp\b|chileno")),
    ("ARS", re.compile(r"\bars\b|peso")),
)
_NAMED_CURRENCY = re.compile(r"\b(?:moneda|divisa)\b[^\t]{0,40}")
_FOREIGN = re.compile(r"u\$s|us\$|\busd\b|\bdolares\b")
_RATE = re.compile(
    r"(?:tipo de cambio|\bt\.? ?(?:de )?c(?:ambio)?\.?|cotizacion|cotiz\.?)[^\d\t]{0,20}\t?[^\d\t]{0,4}"
    r"(\d[\d.,\xa0 ]*\d|\d)"
)

_DECLARED = re.compile(r"valor(?:es)? declarados?[^\d\t]{0,8}\t?[^\d\t]{0,8}(\d[\d.,\xa0 ]*\d|\d)")


def read_fields(sheets: Sequence[Sheet], own_cuits: frozenset[str]) -> tuple[Printed, Kind | None]:
    """Every header field found in print (amounts apart), and what the paper calls itself."""
    printed: Printed = {}
    kind = read_type(sheets, printed)
    read_parties(sheets, own_cuits, printed)
    read_number(sheets, kind, printed)
    _read_authorization(sheets, printed)
    read_dates(sheets, kind, printed)
    _read_currency(sheets, printed)
    if kind is Kind.REMITO:
        _read_declared_value(sheets, printed)
    return printed, kind


def _read_authorization(sheets: Sequence[Sheet], printed: Printed) -> None:
    for sheet, row in rows_of(sheets):
        found = _AUTHORIZATION.search(row.folded)
        if found is not None:
            code = hit(sheet, row, found.span(2), found[2].replace(" ", ""), STRONG)
            _keep_authorization(sheet, row, found.span(1), code, printed)
            return
    for sheet, row in rows_of(sheets):
        label = re.search(_AUTHORIZATION_LABEL, row.folded)
        if label is None:
            continue
        for under in below(sheet, row, row.words_at(*label.span())):
            found = re.search(_AUTHORIZATION_CODE, under.folded)
            if found is not None:
                code = hit(sheet, under, found.span(1), found[1].replace(" ", ""), FAIR)
                _keep_authorization(sheet, row, label.span(), code, printed)
                return


def _keep_authorization(
    sheet: Sheet, row: Row, label: tuple[int, int], code: Evidence, printed: Printed
) -> None:
    letters = re.sub(r"[^a-z1|]", "", row.folded[slice(*label)])
    kind = "CAI" if letters[2:3] in {"i", "l", "1", "|", ""} else letters.upper()
    printed["authorization_kind"] = hit(sheet, row, label, kind, STRONG)
    printed["authorization_code"] = code


def printed_bars(sheets: Sequence[Sheet], printed: Printed) -> BarcodePayload | None:
    """The digits printed under the bars, when they check and repeat the authorisation printed elsewhere."""
    code = printed.get("authorization_code")
    for _, row in rows_of(sheets):
        for found in _BARS.finditer(row.folded):
            bars = parse_barcode(found[0].replace(" ", ""))
            if bars is not None and code is not None and bars.authorization_code == code.value:
                return bars
    return None


def _read_currency(sheets: Sequence[Sheet], printed: Printed) -> None:
    """The currency under its label, else the sign beside the total; its rate when it is not the peso."""
    currency = _named_currency(sheets) or _currency_of_total(sheets)
    if currency is None:
        return
    printed["currency"] = currency
    if currency.value == "ARS":
        return
    style = _style(sheets)
    for sheet, row in rows_of(sheets):
        found = _RATE.search(row.folded)
        rate = _amount(found[1], style) if found else None
        if found and rate:
            printed["exchange_rate"] = hit(sheet, row, found.span(1), rate, currency.strength)
            return


def _read_declared_value(sheets: Sequence[Sheet], printed: Printed) -> None:
    """What the goods of a remito are worth to the carrier is the only sum it has."""
    for sheet, row in rows_of(sheets):
        found = _DECLARED.search(row.folded)
        value = parse_amount(found[1].strip(" .,"), _style(sheets)) if found else None
        if found and value is not None:
            printed["total"] = hit(sheet, row, found.span(1), f"{value:.2f}", FAIR)


def _style(sheets: Sequence[Sheet]) -> Style:
    return decimal_style(word.text for _, row in rows_of(sheets) for word in row.words)


def _amount(text: str, style: Style) -> str | None:
    value = parse_amount(text.strip(" .,"), style)
    return plain(value) if value else None


def _named_currency(sheets: Sequence[Sheet]) -> Evidence | None:
    for sheet, row in (*head_of(sheets), *rows_of(sheets)):
        named = _NAMED_CURRENCY.search(row.folded)
        if named is None:
            continue
        for code, pattern in _CURRENCIES:
            if pattern.search(named[0]):
                return hit(sheet, row, named.span(), code, FAIR)
    return None


def _currency_of_total(sheets: Sequence[Sheet]) -> Evidence | None:
    """Dollars, surely where the total is in them; a price in dollars alone makes no voucher in dollars."""
    seen = [
        hit(sheet, row, found.span(), "USD", FAIR if "total" in row.folded else WEAK)
        for sheet, row in rows_of(sheets)
        if (found := _FOREIGN.search(row.folded))
    ]
    return max(seen, key=lambda each: each.strength, default=None)
