"""The currency of a voucher: under its label, else by the sign beside the total; and its rate in pesos."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    WEAK,
    Evidence,
    Printed,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from agente_negocio.invoices.reading.numbers import decimal_style, parse_amount
from shared.kernel.money import plain

CURRENCY_CODES = {
    "PES": "ARS",
    "DOL": "USD",
    "002": "USD",
    "060": "EUR",
    "012": "BRL",
    "011": "UYU",
    "033": "CLP",
    "029": "PYG",
    "031": "BOB",
    "021": "GBP",
}
"""ISO 4217 by ARCA's code (FEParamGetTiposMonedas)."""
_SIGNS = (
    ("USD", re.compile(r"u\$[sd]|\bu\$(?![a-z])|us\$|u\.s\.\$|\bd\$|\buss\b|\busd\b|\bdls\b|\bdolares\b")),
    ("BRL", re.compile(r"(?<![a-z0-9])r\$|\bbrl\b")),
    ("EUR", re.compile(r"\beur\b")),
    ("UYU", re.compile(r"\buyu\b|\$u\b")),
    ("CLP", re.compile(r"\bclp\b")),
    ("PYG", re.compile(r"\bpyg\b")),
    ("GBP", re.compile(r"\bgbp\b")),
)
"""Signs of foreign money, wherever they stand."""
_WORDS = (
    ("USD", re.compile(r"\bdolar")),
    ("EUR", re.compile(r"€|\beuros?\b")),
    ("BRL", re.compile(r"\breales\b|\breais\b")),
    ("UYU", re.compile(r"\bpesos? uruguayos?\b")),
    ("CLP", re.compile(r"\bpesos? chilenos?\b")),
    ("PYG", re.compile(r"\bguaranies\b")),
    ("BOB", re.compile(r"\bbolivianos\b")),
    ("GBP", re.compile(r"£|\blibras esterlinas\b")),
)
"""They mean money only where money is spoken of: goods have such names, specks such shapes."""
_LABELLED_ONLY = (
    ("USD", re.compile(r"\bdol\b")),
    ("BRL", re.compile(r"\breal\b")),
    ("UYU", re.compile(r"\buruguay")),
    ("PYG", re.compile(r"\bguarani")),
    ("GBP", re.compile(r"\blibra")),
    (
        "ARS",
        re.compile(r"\bars\b|\bpes(?:os?)?\b(?! (?:uruguay|chilen|mexic|colombi|bolivi|dominic))|\$(?![us])"),
    ),
)
_NAMED = re.compile(
    r"(?:\b(?:moneda|mon\.|divisa)|\b(?:expresad[oa]s?|importes|valores) en\b)[^\t]{0,40}(?:\t[^\t]{0,20})?"
)
_OTHER_NAME = re.compile(r"\b(?:moneda|mon\.|divisa)\W*[:\t]\W*([a-z]{3,})|\bmoneda (extranjera)")
_LOCAL = re.compile(r"pes|nacional|local|argentin|curso|corriente|tipo|cotiz")
_OF_MONEY = re.compile(r"\btotal|importe|expresad|pagader|tipo de cambio|cotiz|\bmoneda|\bdivisa")
_RATE = re.compile(
    r"(?:tipo de cambio|\bt\.? ?(?:de )?c(?:ambio)?\.?|cotizacion|cotiz\.?)[^\d\t]{0,20}\t?[^\d\t]{0,4}"
    r"(\d[\d.,\xa0 ]*\d|\d)"
)


def read_currency(sheets: Sequence[Sheet], printed: Printed) -> None:
    """The currency, nothing where no word or sign tells; its rate when it is not the peso.

    "currency_unread" holds the name of one that is labelled as such and known by no name.
    """
    currency = _decided(_named(sheets), _foreign(sheets))
    if currency is None:
        _read_other_name(sheets, printed)
        return
    printed["currency"] = currency
    if currency.value == "ARS":
        return
    style = decimal_style(word.text for _, row in rows_of(sheets) for word in row.words)
    for sheet, row in rows_of(sheets):
        found = _RATE.search(row.folded)
        value = parse_amount(found[1].strip(" .,"), style) if found else None
        if found and value:
            printed["exchange_rate"] = hit(sheet, row, found.span(1), plain(value), currency.strength)
            return


def _decided(named: Evidence | None, foreign: Evidence | None) -> Evidence | None:
    """What the label names; but pesos whose total bears a foreign sign are not surely pesos."""
    if named and named.value == "ARS" and foreign and foreign.strength >= FAIR:
        return replace(foreign, strength=WEAK)
    return named or foreign


def _named(sheets: Sequence[Sheet]) -> Evidence | None:
    """The first currency after a label."""
    for sheet, row in (*head_of(sheets), *rows_of(sheets)):
        label = _NAMED.search(row.folded)
        if label is None:
            continue
        found = [
            (place.start(), code)
            for code, pattern in (*_SIGNS, *_WORDS, *_LABELLED_ONLY)
            if (place := pattern.search(label[0]))
        ]
        if found:
            return hit(sheet, row, label.span(), min(found)[1], FAIR)
    return None


def _foreign(sheets: Sequence[Sheet]) -> Evidence | None:
    """Foreign money, surely where the total is in it; a price in it alone makes no voucher in it."""
    seen = [
        hit(sheet, row, span, code, FAIR if "total" in row.folded else WEAK)
        for sheet, row in rows_of(sheets)
        for code, span in _foreign_in(row)
    ]
    return max(seen, key=lambda each: each.strength, default=None)


def _foreign_in(row: Row) -> Iterator[tuple[str, tuple[int, int]]]:
    patterns = (*_SIGNS, *_WORDS) if _OF_MONEY.search(row.folded) else _SIGNS
    for code, pattern in patterns:
        found = pattern.search(row.folded)
        if found:
            yield code, found.span()


def _read_other_name(sheets: Sequence[Sheet], printed: Printed) -> None:
    for sheet, row in rows_of(sheets):
        found = _OTHER_NAME.search(row.folded)
        name = (found[1] or found[2]) if found else None
        if found and name and not _LOCAL.match(name):
            printed["currency_unread"] = hit(sheet, row, found.span(), name, FAIR)
            return
