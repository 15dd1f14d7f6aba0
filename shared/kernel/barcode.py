"""Product barcodes: GTIN-8, 12, 13 and 14 with their check digit."""

from stdnum import ean
from stdnum.exceptions import ValidationError

GTIN_LENGTHS = (8, 12, 13, 14)


def is_gtin(code: str) -> bool:
    """Whether the text is a GTIN with a right check digit (GS1 General Specifications 7.9)."""
    if len(code) not in GTIN_LENGTHS or not code.isdigit():
        return False
    try:
        ean.validate(code)
    except ValidationError:
        return False
    return True


def check_digit(payload: str) -> str:
    """The digit that completes a GTIN whose other digits are given."""
    return ean.calc_check_digit(payload)
