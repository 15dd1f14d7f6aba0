"""Headings a recogniser spelt almost right: the known word that is one or two characters away."""

from functools import lru_cache

from rapidfuzz.distance import Levenshtein

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
    return next((known for known in _KNOWN if _is_near(plain, known)), None)


def _is_near(word: str, known: str) -> bool:
    """Whether so few characters are put in, left out or changed that one may be the other."""
    allowed = 2 if len(known) >= _LONG else 1
    return Levenshtein.distance(word, known, score_cutoff=allowed) <= allowed
