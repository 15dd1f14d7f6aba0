"""Headings a recogniser spelt almost right: the known word that is one or two characters away."""

from functools import lru_cache

_KNOWN = (
    "cantidad",
    "unidades",
    "descripcion",
    "detalle",
    "producto",
    "articulo",
    "codigo",
    "precio",
    "unitario",
    "importe",
    "subtotal",
    "descuento",
    "s/cargo",
    "gratis",
    "regalo",
    "obsequio",
    "bonificadas",
)
_ALIKE = str.maketrans("10|58!", "loisbi")
_SHORT, _LONG = 6, 8
"""Letters from which one and two of them may be wrong."""


@lru_cache(maxsize=512)
def near_name(word: str) -> str | None:
    """The known heading a folded word may be, None where it is no near one or is spelt right."""
    plain = word.strip(".:,;").translate(_ALIKE)
    if word in _KNOWN or len(plain) < _SHORT - 1:
        return None
    return next((known for known in _KNOWN if _distance(plain, known) <= _allowed(known)), None)


def _allowed(known: str) -> int:
    return 2 if len(known) >= _LONG else 1


def _distance(first: str, second: str) -> int:
    """Characters put in, left out or changed between two words."""
    if abs(len(first) - len(second)) > 2:  # noqa: PLR2004  more than is ever allowed
        return len(first)
    above = list(range(len(second) + 1))
    for row, character in enumerate(first, 1):
        costs = [row]
        for column, other in enumerate(second, 1):
            costs.append(
                min(above[column] + 1, costs[-1] + 1, above[column - 1] + (character != other)),
            )
        above = costs
    return above[-1]
