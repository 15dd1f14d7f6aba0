"""Whether words are seen on a page: it is drawn with and without them, and both pictures are compared."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf import calls
from agente_negocio.invoices.reading.pdf.file import POINTS_PER_INCH, Part, render_part

_DPI = 2 * POINTS_PER_INCH
_LEAST_DIFFERENCE = 24
"""Of 255, between the page with a word and without it: an eye needs about as much."""
_WIDEST_GAP = 0.42
"""Of a word's height: the widest stretch without ink in a figure; a lost digit leaves more."""
_LEAST_INK_HEIGHT = 0.4
"""Of a word's height: digits have 0.55 to 0.75."""
_CORE = 0.3
"""Of a word's height: the lines of a paper overlap by less than that."""
_EDGE = 2.0
"""Points around the words."""
_BESIDE = 0.7
"""Points that neighbours in a line may share."""
_MOST_CROWDED = 40
"""Words that lie on others are looked for one by one; on a page with more of them, none is believed."""


def shown(page: pdfium.PdfPage, words: Sequence[Word], objects: Sequence[Collection[int]]) -> list[bool]:
    """Whether each word is there to be seen. objects: the text objects each is made of."""
    crowded = _crowded(words)
    alone = [place for place in range(len(words)) if place not in crowded]
    seen = dict.fromkeys(crowded, False)
    seen |= zip(
        alone,
        _shown(page, [words[place] for place in alone], [objects[place] for place in alone]),
        strict=True,
    )
    for place in crowded[:_MOST_CROWDED]:
        (seen[place],) = _shown(page, [words[place]], [objects[place]])
    return [seen[place] for place in range(len(words))]


def _crowded(words: Sequence[Word]) -> list[int]:
    """Words that lie on each other: what one leaves on the picture must not speak for the other."""
    boxes = np.array([(word.x0, word.y0, word.x1, word.y1) for word in words]).reshape(-1, 4)
    margin = _CORE * (boxes[:, 3] - boxes[:, 1])
    boxes[:, 1] += margin
    boxes[:, 3] -= margin
    boxes[:, 2] -= _BESIDE
    return [
        place
        for place, (x0, y0, x1, y1) in enumerate(boxes.tolist())
        if np.count_nonzero((boxes[:, :2] < (x1, y1)).all(axis=1) & (boxes[:, 2:] > (x0, y0)).all(axis=1)) > 1
    ]


def _shown(page: pdfium.PdfPage, words: Sequence[Word], objects: Sequence[Collection[int]]) -> list[bool]:
    """Whether each word is there when the page is drawn and not when it is drawn without these texts."""
    if not words:
        return []
    left, top = min(word.x0 for word in words), min(word.y0 for word in words)
    right, bottom = max(word.x1 for word in words), max(word.y1 for word in words)
    width, height = page.get_size()
    edges = (
        max(left - _EDGE, 0.0),
        max(top - _EDGE, 0.0),
        min(right + _EDGE, width),
        min(bottom + _EDGE, height),
    )
    part = render_part(page, _DPI, edges)
    with _without({each for of in objects for each in of}):
        paper = render_part(page, _DPI, edges).pixels
    ink = np.abs(part.pixels.astype(np.int16) - paper) > _LEAST_DIFFERENCE
    scale = part.shape[1] / width
    return [_is_whole(word, ink[_within(word, part, scale)]) for word in words]


@contextmanager
def _without(drawn: Collection[int]) -> Iterator[None]:
    for each in drawn:
        calls.set_active(each, 0)
    try:
        yield
    finally:
        for each in drawn:
            calls.set_active(each, 1)


def _within(word: Word, part: Part, scale: float) -> tuple[slice, slice]:
    x0, x1 = round(word.x0 * scale) - part.left, round(word.x1 * scale) - part.left
    y0, y1 = round(word.y0 * scale) - part.top, round(word.y1 * scale) - part.top
    return slice(max(y0, 0), max(y1, y0 + 1, 1)), slice(max(x0, 0), max(x1, x0 + 1, 1))


def _is_whole(word: Word, ink: NDArray[np.bool_]) -> bool:
    """Whether a word can be seen; of a figure, every digit."""
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    if not len(columns):
        return False
    if not any(character.isdigit() for character in word.text):
        return True
    height, width = (int(side) for side in ink.shape)
    gap = int(np.diff(columns, prepend=-1, append=width).max()) - 1
    tall = int(rows[-1] - rows[0]) + 2
    return gap <= _WIDEST_GAP * height and tall >= _LEAST_INK_HEIGHT * height
