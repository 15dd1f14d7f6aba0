"""Copies in a file, told by their text alone, before anything of them is drawn."""

from collections import Counter
from collections.abc import Iterable, Sequence

from agente_negocio.invoices.reading.layout.rows import fold
from agente_negocio.invoices.reading.model import Word

MOST_COPIES = 4
"""Of one paper in a file: original, duplicate, triplicate, quadruplicate."""

_COPIES = frozenset({"duplicado", "triplicado", "cuadruplicado", "copia"})
_NAMES = _COPIES | {"original"}


def without_copies(pages: Sequence[Iterable[Word]]) -> list[int]:
    """Places of the pages to read: without those that call themselves a copy and repeat an earlier page.

    Equal text alone is no proof: some scanners lay the same words over every picture.
    """
    kept: list[int] = []
    seen: set[frozenset[tuple[str, int]]] = set()
    for place, words in enumerate(pages):
        counts = Counter(fold(word.text).strip(".,:;-()") for word in words)
        text = frozenset((word, count) for word, count in counts.items() if word not in _NAMES)
        if text in seen and not _COPIES.isdisjoint(counts):
            continue
        seen.add(text)
        kept.append(place)
    return kept
