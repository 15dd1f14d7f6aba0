"""Which words of a text layer the page shows: uncovered, uncut, inked, large enough for an eye.

What might be hidden is found by what the page is drawn with, which is cheap. Only then the page is drawn with
and without those texts: where both pictures are alike, nobody sees a word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf import calls, compare
from agente_negocio.invoices.reading.pdf.drawing import Drawing, Places
from agente_negocio.invoices.reading.pdf.file import enlargement
from agente_negocio.invoices.reading.pdf.ink import Ink, Painted, painted
from agente_negocio.invoices.reading.pdf.shown import Shown

_LEAST_HEIGHT = 2.0
"""Points, from ascent to descent: smaller letters are dust."""
_CORE = 0.3
"""Of a word's height: what lies over less of its upper or lower edge hides nothing of it."""
_TOUCH = 0.7
"""Points that something must reach into a word to hide any of it."""
_CELL, _MOST_CELLS = 2.0, 500
"""Points, and how many of them along a page."""
_LAST = 1 << 40
_EVERYWHERE = (-1e6, -1e6, 1e6, 1e6)

Flags = NDArray[np.bool_]


class Sight(Enum):
    """How a word is seen. SPOILT: something drawn later hides some of it or all, or its parts differ."""

    SEEN = "seen"
    UNSEEN = "unseen"
    SPOILT = "spoilt"


@dataclass(frozen=True, slots=True)
class Spot:
    """A word, and the places of its first and its last character in the text page."""

    word: Word
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page whose text page is open. shown: how it is shown."""

    page: pdfium.PdfPage
    text: pdfium.PdfTextPage
    drawing: Drawing
    shown: Shown


def sights(sheet: Sheet, spots: Sequence[Spot]) -> list[Sight]:
    """How each word is seen."""
    if not spots:
        return []
    objects = _objects(sheet.text, spots)
    known = {each: painted(each) for each in set().union(*objects)}
    boxes = np.array([(word.x0, word.y0, word.x1, word.y1) for word in (spot.word for spot in spots)])
    inks = [{known[each].ink for each in of} for of in objects]
    covered, grounded = _met(sheet, boxes, objects)
    spoilt = covered | _flags(Ink.NONE in ink for ink in inks)
    unsure = spoilt | grounded | _flags(Ink.UNSURE in ink for ink in inks)
    unsure |= _is_cut(sheet.shown, boxes, objects, known)
    small = (boxes[:, 3] - boxes[:, 1]) * enlargement(sheet.page) < _LEAST_HEIGHT
    unseen = small | _flags(ink == {Ink.NONE} for ink in inks)
    spoilt &= ~unseen
    asked = np.flatnonzero(unsure & ~unseen)
    words, of = [spots[place].word for place in asked.tolist()], [objects[place] for place in asked.tolist()]
    unseen[asked] = ~np.array(compare.shown(sheet.page, words, of), dtype=np.bool_)
    return [
        (Sight.SPOILT if is_spoilt else Sight.UNSEEN) if is_unseen else Sight.SEEN
        for is_unseen, is_spoilt in zip(unseen.tolist(), spoilt.tolist(), strict=True)
    ]


def _flags(found: Iterable[bool]) -> Flags:
    return np.fromiter(found, dtype=np.bool_)


def _objects(text: pdfium.PdfTextPage, spots: Sequence[Spot]) -> list[set[int]]:
    """The text objects each word is made of."""
    handle = calls.handle(text)
    objects: list[set[int | None]] = []
    for spot in spots:
        of = {calls.text_at(handle, spot.first), calls.text_at(handle, spot.last)}
        if len(of) > 1:
            of = {calls.text_at(handle, place) for place in range(spot.first, spot.last + 1)}
        objects.append(of)
    return [{each for each in of if each is not None} for of in objects]


def _met(sheet: Sheet, boxes: Places, objects: Sequence[set[int]]) -> tuple[Flags, Flags]:
    """Which words something drawn later lies over, and which stand on a ground, as far as rectangles tell.

    Nobody knows what lies over the words of nested drawings.
    """
    drawing = sheet.drawing
    places = np.array([min((drawing.texts.get(each, -1) for each in of), default=_LAST) for of in objects])
    covered, grounded = places < 0, np.zeros(len(boxes), dtype=np.bool_)
    low, high = _core(boxes)
    others = sheet.shown.boxes(drawing.bounds)
    for each in _near(np.column_stack((boxes[:, 0], low, boxes[:, 2], high)), others, sheet.page.get_size()):
        x0, y0, x1, y1 = others[each]
        reach = np.minimum(boxes[:, 2], x1) - np.maximum(boxes[:, 0], x0)
        meets = (reach > _TOUCH) & (low < y1) & (y0 < high)
        if not meets.any():
            continue
        later = meets & (places < drawing.places[each])
        if later.any() and drawing.hides(each):
            covered |= later
        if drawing.is_ground(each):
            grounded |= meets
    return covered, grounded


def _near(cores: Places, others: Places, size: tuple[float, float]) -> list[int]:
    """Which of the others may meet any core: thousands of squares of a code, far from all words, do not."""
    cell = max(_CELL, max(size) / _MOST_CELLS)
    shape = (int(size[1] / cell) + 2, int(size[0] / cell) + 2)
    taken = np.zeros(shape, dtype=np.uint8)
    for x0, y0, x1, y1 in _cells(cores, cell, shape).tolist():
        taken[y0:y1, x0:x1] = 1
    sums = cv2.integral(taken)
    x0, y0, x1, y1 = _cells(others, cell, shape).T
    found: list[int] = np.flatnonzero(sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]).tolist()
    return found


def _cells(boxes: Places, cell: float, shape: tuple[int, int]) -> NDArray[np.int64]:
    """First column and row of cells and the ones after the last, within the grid."""
    found = np.floor(boxes / cell)
    found[:, 2:] += 1
    rows, columns = shape
    return np.clip(found, 0, (columns, rows, columns, rows)).astype(np.int64)


def _is_cut(shown: Shown, boxes: Places, objects: Sequence[set[int]], known: Mapping[int, Painted]) -> Flags:
    """Whether less than the page is left of the room a word stands in, and it does not fit there."""
    clips = [next((clip for each in of if (clip := known[each].clip)), _EVERYWHERE) for of in objects]
    if all(clip is _EVERYWHERE for clip in clips):
        return np.zeros(len(boxes), dtype=np.bool_)
    x0, y0, x1, y1 = shown.boxes(np.array(clips)).T
    low, high = _core(boxes)
    cut: Flags = (boxes[:, 0] + _TOUCH < x0) | (boxes[:, 2] - _TOUCH > x1) | (low < y0) | (high > y1)
    return cut


def _core(boxes: Places) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper and lower edge of the middle of each word."""
    margin = _CORE * (boxes[:, 3] - boxes[:, 1])
    return boxes[:, 1] + margin, boxes[:, 3] - margin
