"""Codes as scanners and people give them, brought to the one form that is stored."""

import re
from collections.abc import Sequence
from decimal import Decimal

from agente_deposito.catalog.errors import BarcodeRepeatedError, WrongCheckDigitError
from agente_deposito.catalog.rules.values import Barcode, BarcodeKind
from shared.kernel.barcode import GTIN_LENGTHS, is_gtin

ONE = Decimal(1)
_EAN13 = 13
_EAN8 = 8
# GS1 application identifier 01: a GTIN-14 inside a longer code.
_GS1_GTIN = re.compile(r"(?:\]C1|\]d2|\]Q3)?\(?01\)?(\d{14})")
_SEPARATORS = re.compile(r"[\s.\-]")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{8,14}(?!\d)")


def canonical_code(code: str) -> str:
    """The stored form: a GTIN in its shortest usual length, any other code trimmed.

    UPC-12 and GTIN-14 with leading zeros name the same goods as the EAN-13 without them.
    """
    code = code.strip()
    inside = _GS1_GTIN.fullmatch(code)
    if inside:
        code = inside[1]
    digits = _SEPARATORS.sub("", code)
    if not (digits.isascii() and digits.isdigit() and is_gtin(digits)):
        return code
    if len(digits) == _EAN8:
        return digits
    number = digits.lstrip("0")
    if len(number) <= _EAN8 and is_gtin(number.zfill(_EAN8)):
        return number.zfill(_EAN8)
    return number.zfill(_EAN13) if len(number) <= _EAN13 else number


def has_wrong_check_digit(code: str) -> bool:
    """Whether it has the length of a GTIN and digits only, but its last one does not fit."""
    digits = _SEPARATORS.sub("", code.strip())
    return digits.isascii() and digits.isdigit() and len(digits) in GTIN_LENGTHS and not is_gtin(digits)


def check_barcode(code: str, factor: Decimal, kind: BarcodeKind, *, field: str) -> Barcode:
    """The barcode to store. Raises WrongCheckDigitError."""
    if has_wrong_check_digit(code):
        raise WrongCheckDigitError(code, field=field)
    return Barcode(canonical_code(code), factor, kind)


def check_different(barcodes: Sequence[Barcode]) -> None:
    """Raise BarcodeRepeatedError for the first stored form that comes again."""
    seen: set[str] = set()
    for number, barcode in enumerate(barcodes):
        if barcode.code in seen:
            raise BarcodeRepeatedError(barcode.code, field=f"barcodes[{number}].code")
        seen.add(barcode.code)


def gtins_inside(text: str) -> list[str]:
    """Every valid barcode written in a text, in its stored form."""
    return [canonical_code(found) for found in _LONG_NUMBER.findall(text) if is_gtin(found)]
