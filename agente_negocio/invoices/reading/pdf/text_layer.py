"""The text layer of a PDF page: its visible upright words, each once, at the places where they are shown."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf import calls, digits
from agente_negocio.invoices.reading.pdf.drawing import drawing_of
from agente_negocio.invoices.reading.pdf.file import Edges
from agente_negocio.invoices.reading.pdf.shown import Shown
from agente_negocio.invoices.reading.pdf.visibility import Sheet, Sight, Spot, sights

_MOST_CHARACTERS = 60_000
_WORD_GAP = 0.18
"""Of the font height: a wider gap between two glyphs starts a new word."""
_BACK_STEP = 0.5
_OTHER_LINE = 0.3
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

_NEXT = 3
"""Places of the text page, blanks and ends of lines between."""

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
    spoilt: words that something drawn over them hides, wholly or in part: there something else is seen.
    pictures, paths: how many pictures or nested drawings, and how many paths, the page is drawn with.
    stamps: what is printed across the page or along its edge, piece by piece.
    detail: where codes may be, if anywhere; plain rules and frames are none.
    """

    words: tuple[Word, ...]
    width: float
    height: float
    visible: bool
    spoilt: tuple[Word, ...] = ()
    stamps: tuple[str, ...] = ()
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
        shown = _upright(page, text)
        sheet = Sheet(page, text, drawing_of(page), shown)
        glyphs, unknown = _glyphs(text, shown)
        width, height = page.get_size()
        spots = [spot for spot in _words(_without_twins(glyphs)) if _is_on(spot.word, width, height)]
        levels = [shown.is_upright(pdfium_c.FPDFText_GetCharAngle(text, spot.first)) for spot in spots]
        upright = [spot for spot, is_upright in zip(spots, levels, strict=True) if is_upright]
        aslant = [spot for spot, is_upright in zip(spots, levels, strict=True) if not is_upright]
        seen = sights(sheet, upright)
        told = digits.are_told(text, upright)
        stamps = _stamps(text, aslant)
    words = [(spot.word, sight) for spot, sight in zip(upright, seen, strict=True)]
    read = tuple(word for word, sight in words if sight is Sight.SEEN)
    detail = sheet.drawing.detail
    return TextLayer(
        words=read,
        width=width,
        height=height,
        visible=len(spots) - len(read) <= len(read) and unknown <= _MOST_UNKNOWN and told,
        spoilt=tuple(word for word, sight in words if sight is Sight.SPOILT),
        stamps=stamps,
        pictures=sheet.drawing.pictures,
        paths=sheet.drawing.paths,
        detail=_on_page(shown.edges(detail), width, height) if detail else None,
    )


def _stamps(text: pdfium.PdfTextPage, aslant: Sequence[Spot]) -> tuple[str, ...]:
    """Words that do not run from left to right, those that follow each other in the file together."""
    runs: list[tuple[int, int]] = []
    for spot in aslant:
        start = runs.pop()[0] if runs and spot.first - runs[-1][1] <= _NEXT else spot.first
        runs.append((start, spot.last))
    return tuple(" ".join(text.get_text_range(start, end - start + 1).split()) for start, end in runs)


def _is_on(word: Word, width: float, height: float) -> bool:
    return 0 <= (word.x0 + word.x1) / 2 <= width and 0 <= word.middle <= height


def _on_page(edges: Edges, width: float, height: float) -> Edges | None:
    """The part of a rectangle that lies on the page, with the white a code needs around it."""
    left, top, right, bottom = edges
    left, top = max(0.0, left - _QUIET), max(0.0, top - _QUIET)
    right, bottom = min(width, right + _QUIET), min(height, bottom + _QUIET)
    return (left, top, right, bottom) if right - left > _QUIET and bottom - top > _QUIET else None


def _upright(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> Shown:
    """How the page is shown once most of its text runs from left to right."""
    shown, count = Shown(page), min(text.count_chars(), _MOST_CHARACTERS)
    asked = range(0, count, max(1, count // _ASKED_ANGLES))
    turns = Counter(shown.turns(pdfium_c.FPDFText_GetCharAngle(text, index)) for index in asked)
    most = max(turns, key=lambda turn: turns[turn], default=0)
    if not most:
        return shown
    page.set_rotation((page.get_rotation() + 90 * most) % 360)
    return Shown(page)


def _glyphs(text: pdfium.PdfTextPage, shown: Shown) -> tuple[_Glyphs, float]:
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


def _boxes(text: pdfium.PdfTextPage, places: list[int], shown: Shown) -> Boxes:
    """Places of glyphs: as wide as their step, as high as their font."""
    # A rectangle is left, top, right, bottom.
    found = np.zeros((len(places), 4), dtype=np.float32)
    handle, start, step = calls.handle(text), found.ctypes.data, found.strides[0]
    for box, index in enumerate(places):
        calls.put_letter_box(handle, index, start + step * box)
    edges = found.astype(np.float64)
    one, other = shown(edges[:, 0], edges[:, 1]), shown(edges[:, 2], edges[:, 3])
    return np.concatenate((np.minimum(one, other), np.maximum(one, other)), axis=1)


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


def _words(glyphs: _Glyphs) -> Iterator[Spot]:
    """Runs of glyphs without a gap."""
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
        word = Word("".join(texts[start:end]), x0, y0, x1, y1)
        yield Spot(word, int(glyphs.places[start]), int(glyphs.places[end - 1]))
