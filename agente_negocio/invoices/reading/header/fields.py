"""Printed header fields: labels and shapes found in the rows, each with the words that hold it."""

import re
from collections.abc import Sequence

from agente_negocio.invoices.reading.header.currencies import read_currency
from agente_negocio.invoices.reading.header.issue_date import read_dates
from agente_negocio.invoices.reading.header.other_papers import OF_ANOTHER
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
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from agente_negocio.invoices.reading.model import Kind
from agente_negocio.invoices.reading.numbers import Style, decimal_style, parse_amount
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload, parse_barcode

_AUTHORIZATION_LABEL = r"\b(c\.? ?a\.? ?e\.? ?a?|c\.? ?a\.? ?(?:!?[il1|]|!))(?![b-df-mo-z])"
_AUTHORIZATION_CODE = r"(?<!\d)(?<!\d )(\d(?: ?\d){13})(?!\d)"
# The sign after the label may read as a digit or two: "N2 86138374978799".
_AUTHORIZATION = re.compile(
    _AUTHORIZATION_LABEL
    + r"(?:[^\d\t]{0,4}\bn\w?\W{0,2}\s|[^\d\t]{0,16}\t?[^\d\t]{0,6})(\d(?: ?\d){13})(?!\d)"
)
_CODE_BESIDE = re.compile(r"[^\d\t]{0,16}\t?[^\d\t]{0,6}\d[\d ]{7}")
"""A code beside its label, of whatever length: then none under it is meant."""
_FORMER = re.compile(r"\bc\.? ?a\.? ?e\.? (?:del? )?(?:original|anterior|origen)")
_OF_ANOTHER = re.compile(rf"{OF_ANOTHER.pattern}|\basoc(?!iacion)|\b(?:cbte|comp\w*)\.? ?as")
_NUMBER = re.compile(r"(?<!\d)\d{4,5} ?[-—–] ?(\d{8})(?!\d)")
_BARS = re.compile(r"(?<!\d)\d[\d ]{38,46}\d(?!\d)")
_DECLARED = re.compile(r"valor(?:es)? declarados?[^\d\t]{0,8}\t?[^\d\t]{0,8}(\d[\d.,\xa0 ]*\d|\d)")


def read_fields(sheets: Sequence[Sheet], own_cuits: frozenset[str]) -> tuple[Printed, Kind | None]:
    """Every header field found in print (amounts apart), and what the paper calls itself."""
    printed: Printed = {}
    kind = read_type(sheets, printed)
    read_parties(sheets, own_cuits, printed)
    read_number(sheets, kind, printed)
    _read_authorization(sheets, printed)
    read_dates(sheets, kind, printed)
    read_currency(sheets, printed)
    if kind is Kind.REMITO:
        _read_declared_value(sheets, printed)
    return printed, kind


def _read_authorization(sheets: Sequence[Sheet], printed: Printed) -> None:
    """The voucher's own code: not that of a voucher it names; of several nobody can tell."""
    own = [
        (sheet, row, match)
        for sheet, row in rows_of(sheets)
        for match in _AUTHORIZATION.finditer(row.folded)
        if not _is_of_another(row, match, printed)
    ]
    if own:
        codes = {match[2].replace(" ", "") for _, _, match in own}
        sheet, row, match = own[0]
        strength = STRONG if len(codes) == 1 else WEAK
        code = hit(sheet, row, match.span(2), match[2].replace(" ", ""), strength)
        _keep_authorization(sheet, row, match.span(1), code, printed)
        return
    for sheet, row in rows_of(sheets):
        label = re.search(_AUTHORIZATION_LABEL, row.folded)
        if (
            label is None
            or _is_of_another(row, label, printed)
            or _CODE_BESIDE.match(row.folded, label.end())
        ):
            continue
        for under in below(sheet, row, row.words_at(*label.span())):
            found = re.search(_AUTHORIZATION_CODE, under.folded)
            if found is not None and not _is_of_another(under, found, printed):
                code = hit(sheet, under, found.span(1), found[1].replace(" ", ""), FAIR)
                _keep_authorization(sheet, row, label.span(), code, printed)
                return


def _is_of_another(row: Row, found: re.Match[str], printed: Printed) -> bool:
    """Whether a code of authorisation is that of a voucher named before it, or is said to be a former one."""
    before = row.folded[: found.start()]
    if _OF_ANOTHER.search(row.folded) or _FORMER.search(row.folded):
        return True
    own = printed.get("number")
    numbers = [int(each[1]) for each in _NUMBER.finditer(before)]
    return any(own is None or number != int(own.value) for number in numbers)


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


def _read_declared_value(sheets: Sequence[Sheet], printed: Printed) -> None:
    """What the goods of a remito are worth to the carrier is the only sum it has."""
    for sheet, row in rows_of(sheets):
        found = _DECLARED.search(row.folded)
        value = parse_amount(found[1].strip(" .,"), _style(sheets)) if found else None
        if found and value is not None:
            printed["total"] = hit(sheet, row, found.span(1), f"{value:.2f}", FAIR)


def _style(sheets: Sequence[Sheet]) -> Style:
    return decimal_style(word.text for _, row in rows_of(sheets) for word in row.words)
