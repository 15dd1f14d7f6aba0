"""CUIT: the 11-digit Argentine tax number."""

from typing import NewType

from stdnum.ar import cuit as _cuit
from stdnum.exceptions import ValidationError

Cuit = NewType("Cuit", str)


def parse_cuit(text: str) -> Cuit | None:
    """Eleven digits of a well-formed CUIT written in any usual way, or None.

    Checks length and the modulo 11 digit (weights 5 4 3 2 7 6 5 4 3 2), not whether
    the taxpayer exists.
    """
    try:
        return Cuit(_cuit.validate(text))
    except ValidationError:
        return None


def format_cuit(cuit: str) -> str:
    """As people write it: 30-71234567-1."""
    return f"{cuit[:2]}-{cuit[2:10]}-{cuit[10:]}"
