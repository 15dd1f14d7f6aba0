"""The text layer of a PDF page: its visible upright words, each once, at the places where they are shown."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from ctypes import byref, c_int
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf import calls
from agente_negocio.invoices.reading.pdf.file import Edges
from agente_negocio.invoices.reading.pdf.visibility import Bounds, Ink

_MOST_CHARACTERS = 60_000
_FINE = 1000
"""PDFium answers device places in whole numbers, so pages are measured in thousandths."""
_WORD_GAP = 0.18
"""Of the font height: a wider gap between two glyphs starts a new word."""
_BACK_STEP = 0.5
_OTHER_LINE = 0.3
_MOST_SLANT = 0.2
"""Radians; stamps across the page have more."""
_TWIN_WIDTHS, _TWIN_HEIGHTS = 0.5, 0.15
"""How near an equal glyph is the same one printed twice: two letters l stand a whole width apart."""
_CELL = 8.0
"""Points: twins are looked for in the cells of a grid, and again with the grid moved by half a cell."""
_QUIET = 12.0
"""Points, 4 mm."""
_ASKED_ANGLES = 50
_ASKED_EACH = 7
"""Every seventh glyph is asked whether its font tells what it means."""
_MOST_UNKNOWN = 0.03

Boxes = NDArray[np.float64]
"""float64, shape (glyphs, 4): left, top, right, bottom in points of the page as shown."""

_GAP, _NOTHING, _UNKNOWN = " ", "", "\ufffd"
_HYPHENS = frozenset("\x02\ufffe\xad\u2010\u2011\u2012\u2212")
"""The first two are how PDFium marks a hyphen at the end of a line; a printed soft hyphen is one."""
_END_OF_UNICODE = 0x110000
_LIGATURES = range(0xFB00, 0xFB07)
_WIDE_FORMS = range(0xFF01, 0xFF5F)


@dataclass(frozen=True, slots=True)
class TextLayer:
    """Words of a page in points of the page as shown.

    visible: whether most of what the layer says is there to be seen and its fonts tell what they mean.
    pictures, paths: how many pictures or nested drawings, and how many paths, the page is drawn with.
    detail: where codes may be, if anywhere; plain rules and frames are none.
    """

    words: tuple[Word, ...]
    width: float
    height: float
    visible: bool
    pictures: int = 0
    paths: int = 0
    detail: Edges | None = None


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """Printed characters, in the order of the file.

    places: their index in the text page. apart: whether a space stands before each.
    """

    texts: NDArray[np.str_]
    places: NDArray[np.int64]
    boxes: Boxes
    apart: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_]) -> "_Glyphs":
        """Without the others."""
        return _Glyphs(self.texts[kept], self.places[kept], self.boxes[kept], self.apart[kept])


def text_layer(page: pdfium.PdfPage) -> TextLayer:
    """The words printed on the page, each once even where a fake bold prints them twice.

    A page whose text is shown lying or upside down is turned, and stays so for whoever draws it.
    """
    with closing(page.get_textpage()) as text:
        ink, shown = Ink(page, text), _upright(page, text)
        glyphs, unknown = _glyphs(text, shown)
        width, height = page.get_size()
        seen, hidden = [], 0
        for place, word in _words(_without_twins(glyphs)):
            if not (0 <= (word.x0 + word.x1) / 2 <= width and 0 <= word.middle <= height):
                continue
            if shown.is_upright(pdfium_c.FPDFText_GetCharAngle(text, place)) and ink.shows(place, word):
                seen.append(word)
            else:
                hidden += 1
    return TextLayer(
        words=tuple(seen),
        width=width,
        height=height,
        visible=hidden <= len(seen) and unknown <= _MOST_UNKNOWN,
        pictures=ink.pictures,
        paths=ink.paths,
        detail=_on_page(shown.edges(ink.detail), width, height) if ink.detail else None,
    )


def _on_page(edges: Edges, width: float, height: float) -> Edges | None:
    """The part of a rectangle that lies on the page, with the white a code needs around it."""
    left, top, right, bottom = edges
    left, top = max(0.0, left - _QUIET), max(0.0, top - _QUIET)
    right, bottom = min(width, right + _QUIET), min(height, bottom + _QUIET)
    return (left, top, right, bottom) if right - left > _QUIET and bottom - top > _QUIET else None


def _upright(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> "_Shown":
    """How the page is shown once most of its text runs from left to right."""
    shown, count = _Shown(page), min(text.count_chars(), _MOST_CHARACTERS)
    asked = range(0, count, max(1, count // _ASKED_ANGLES))
    turns = Counter(shown.turns(pdfium_c.FPDFText_GetCharAngle(text, index)) for index in asked)
    most = max(turns, key=lambda turn: turns[turn], default=0)
    if not most:
        return shown
    page.set_rotation((page.get_rotation() + 90 * most) % 360)
    return _Shown(page)


def _glyphs(text: pdfium.PdfTextPage, shown: "_Shown") -> tuple[_Glyphs, float]:
    """What is printed, and the share of it that stands for no known character."""
    meant = np.array([_meaning(character) for character in _characters(text)], dtype=np.str_)
    unknown = meant == _UNKNOWN
    gaps = unknown | (meant == _GAP)
    places = np.flatnonzero(~gaps & (meant != _NOTHING))
    apart = np.diff(np.cumsum(gaps)[places], prepend=-1) > 0
    asked = places[::_ASKED_EACH].tolist()
    guessed = sum(pdfium_c.FPDFText_HasUnicodeMapError(text, index) == 1 for index in asked)
    strange = int(unknown.sum())
    share = strange / max(1, strange + len(places)) + guessed / max(1, len(asked))
    return _Glyphs(meant[places], places, _boxes(text, places.tolist(), shown), apart), share


def _characters(text: pdfium.PdfTextPage) -> Sequence[str]:
    """One for each place of the text page."""
    count = min(text.count_chars(), _MOST_CHARACTERS)
    # All at once, unless places without a character make them fewer or a rare one takes two units.
    together: str = text.get_text_range(0, count)
    if len(together) == count:
        return together
    codes = (pdfium_c.FPDFText_GetUnicode(text, index) for index in range(count))
    return [chr(code) if code < _END_OF_UNICODE else _UNKNOWN for code in codes]


@lru_cache(maxsize=4096)
def _meaning(character: str) -> str:
    """What a character of a PDF is on paper: text, a gap, nothing at all, or nobody knows what."""
    if character in _HYPHENS:
        return "-"
    code = ord(character)
    if code in _LIGATURES or code in _WIDE_FORMS:
        return unicodedata.normalize("NFKC", character)
    kind = unicodedata.category(character)
    if kind == "Cf":
        # Marks of direction, joiners: they take no place.
        return _NOTHING
    if kind in {"Co", "Cn", "Cs"} or character == _UNKNOWN:
        return _UNKNOWN
    return character if character.isprintable() and not character.isspace() else _GAP


def _boxes(text: pdfium.PdfTextPage, places: list[int], shown: "_Shown") -> Boxes:
    """Places of glyphs: as wide as their step, as high as their font."""
    # A rectangle is left, top, right, bottom.
    found = np.zeros((len(places), 4), dtype=np.float32)
    handle, start, step = calls.handle(text), found.ctypes.data, found.strides[0]
    for box, index in enumerate(places):
        calls.put_letter_box(handle, index, start + step * box)
    edges = found.astype(np.float64)
    one, other = shown(edges[:, 0], edges[:, 1]), shown(edges[:, 2], edges[:, 3])
    return np.concatenate((np.minimum(one, other), np.maximum(one, other)), axis=1)


class _Shown:
    """From page space (rotation and crop not applied) to points of the page as shown, origin top left."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._width, self._height = page.get_size()
        self._slants: dict[float, float] = {}
        self._origin = self._ask(page, 0, 0)
        self._right = (self._ask(page, 100, 0) - self._origin) / 100
        self._up = (self._ask(page, 0, 100) - self._origin) / 100

    def _ask(self, page: pdfium.PdfPage, x: float, y: float) -> NDArray[np.float64]:
        device_x, device_y = c_int(), c_int()
        size = (round(self._width * _FINE), round(self._height * _FINE))
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, byref(device_x), byref(device_y))
        return np.array((device_x.value, device_y.value), dtype=np.float64) / _FINE

    def __call__(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points, shape (n, 2), of n pairs of page coordinates."""
        moved: NDArray[np.float64] = self._origin + np.outer(x, self._right) + np.outer(y, self._up)
        return moved

    def edges(self, bounds: Bounds) -> Edges:
        """A rectangle of page space as it is shown."""
        left, bottom, right, top = bounds
        corners = self(np.array((left, right)), np.array((bottom, top)))
        (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        return x0, y0, x1, y1

    def is_upright(self, angle: float) -> bool:
        """Whether text at an angle of page space, clockwise in radians, runs from left to right."""
        return abs(self._slant(angle)) < _MOST_SLANT

    def turns(self, angle: float) -> int:
        """Quarter turns clockwise that make such text run from left to right, roughly."""
        return -round(self._slant(angle) / (math.pi / 2)) % 4

    def _slant(self, angle: float) -> float:
        """Radians, clockwise from upright; asked for each word, and hardly two answers on a page."""
        if angle not in self._slants:
            along, down = self._right * math.cos(angle) - self._up * math.sin(angle)
            self._slants[angle] = math.atan2(down, along)
        return self._slants[angle]


def _without_twins(glyphs: _Glyphs) -> _Glyphs:
    """Drop each glyph that lies on an equal one printed before it."""
    if not len(glyphs.texts):
        return glyphs
    boxes = glyphs.boxes
    _, codes = np.unique(glyphs.texts, return_inverse=True)
    kept = np.ones(len(codes), dtype=np.bool_)
    cells = glyphs.boxes[:, :2] / _CELL
    for shift in ((0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.5, 0.5)):
        column, row = (np.floor(cells + np.array(shift)).astype(np.int64) & 0xFFFFF).T
        key = (codes.astype(np.int64) << 40) | (column << 20) | row
        order = np.argsort(key, kind="stable")
        same = np.flatnonzero(key[order][1:] == key[order][:-1])
        first, second = order[same], order[same + 1]
        kept[second[_are_twins(boxes[first], boxes[second])]] = False
    # Letters of one ligature share its box.
    kept[1:] |= _same_boxes(boxes)
    return glyphs.only(kept)


def _same_boxes(boxes: Boxes) -> NDArray[np.bool_]:
    """Whether each glyph but the first has the very box of the one before it."""
    same: NDArray[np.bool_] = (boxes[1:] == boxes[:-1]).all(axis=1)
    return same


def _are_twins(ones: Boxes, others: Boxes) -> NDArray[np.bool_]:
    apart = np.abs(ones[:, :2] - others[:, :2])
    size = others[:, 2:] - others[:, :2]
    near = apart < size * (_TWIN_WIDTHS, _TWIN_HEIGHTS)
    return np.logical_and(near[:, 0], near[:, 1])


def _words(glyphs: _Glyphs) -> Iterator[tuple[int, Word]]:
    """Runs of glyphs without a gap, each with the place of its first."""
    boxes, texts = glyphs.boxes, glyphs.texts.tolist()
    if not texts:
        return
    heights = boxes[:, 3] - boxes[:, 1]
    height = np.maximum(np.maximum(heights[1:], heights[:-1]), 0.1)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    step = (boxes[1:, 0] - boxes[:-1, 2]) / height
    fresh = np.abs(np.diff(middle)) >= _OTHER_LINE * height
    fresh |= (step >= _WORD_GAP) | ((step <= -_BACK_STEP) & ~_same_boxes(boxes)) | glyphs.apart[1:]
    starts = np.concatenate(([0], np.flatnonzero(fresh) + 1))
    ends = np.append(starts[1:], len(texts))
    low = np.minimum.reduceat(boxes[:, :2], starts).tolist()
    high = np.maximum.reduceat(boxes[:, 2:], starts).tolist()
    for start, end, (x0, y0), (x1, y1) in zip(starts.tolist(), ends.tolist(), low, high, strict=True):
        yield int(glyphs.places[start]), Word("".join(texts[start:end]), x0, y0, x1, y1)
