"""Two columns of quantities in one table: whether they count the same goods in two measures.

Only one of them is multiplied by the price. The other may be packs beside their units, but also what was
delivered or given away, and no sum tells.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

_PACKS, _WEIGHT, _UNITS, _PLAIN = "packs", "weight", "units", ""
_MEASURES = (
    (_PACKS, r"bultos?|bul|cajas?|packs?|fardos?|docenas?"),
    (_WEIGHT, r"kilos?|kgs?"),
    (_UNITS, r"unid\w*|uds?|u|piezas?|pzas?|botellas?"),
    (_PLAIN, r"cant\w*|c(?:an|nt|td|dad|tdad)|qty|q|total|de|x|y|fact\w*|entreg\w*"),
)
"""The last are words for any quantity."""
_ORDERED = re.compile(r"\bped(?:id[ao]s?)?\b")


def measure_of(title: str) -> str | None:
    """What a folded title counts in; None where it holds a word nobody knows."""
    found = _named_in(title) - {_PLAIN}
    return None if None in found or len(found) > 1 else next(iter(found), _PLAIN)


def _named_in(title: str) -> set[str | None]:
    return {_named(word) for word in re.findall(r"[^\W\d_]+", title)}


def _named(word: str) -> str | None:
    return next((measure for measure, words in _MEASURES if re.fullmatch(words, word)), None)


def is_explained(titles: Mapping[int, str], values: Mapping[int, frozenset[Decimal]], used: Decimal) -> bool:
    """Whether every column of quantities counts what the used quantity counts.

    By place: titles, and the ways to read what stands in the row.
    """
    multiplied = next((titles[place] for place, read in values.items() if used in read), "")
    return all(
        any(_counts_the_same(titles[place], value, multiplied, used) for value in read)
        for place, read in values.items()
    )


def _counts_the_same(title: str, value: Decimal, multiplied: str, used: Decimal) -> bool:
    """Packs hold a whole number of units; what is weighed may come in any number of pieces."""
    measures = {measure_of(title), measure_of(multiplied)}
    # Both measures in one title are the size of a pack.
    if value == used or _ORDERED.search(title) or {_PACKS, _UNITS} <= _named_in(title):
        return True
    if None in measures:
        return value == 0
    if len(measures) == 1:
        return False
    return _WEIGHT in measures or not value or not used % value or not value % used
