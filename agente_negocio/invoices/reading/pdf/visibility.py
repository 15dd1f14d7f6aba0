"""What a PDF page is drawn with, and which of its words are seen: inked, uncovered, not white on white."""

from collections.abc import Sequence
from ctypes import addressof, c_float, c_int, c_uint, sizeof

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf import calls
from agente_negocio.invoices.reading.pdf.file import POINTS_PER_INCH, render_gray

_UNPAINTED = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_OUTLINED = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP})
_LEAST_ALPHA = 25
_WHITE = 235
"""Of 255: text as pale as this shows only on something darker."""
_DARK_PAPER = 200
_SOLID = 200
"""Of 255: a picture is more solid than this, on the average, where nothing shines through."""
_FEW_CORNERS = 200
"""A code drawn as one path has a thousand."""
_MANY_PATHS = 400
"""A code drawn bar by bar, or square by square, has more."""
_LARGEST_CODE = 170.0
"""Points, 60 mm."""
_ASKED_EACH = 8
"""Every eighth of many paths is asked where it lies; a code has odd sides, so every column gets its turn."""
_WHOLE_PAGE = 0.6
"""Share of the page a picture covers when the page is its scan."""

Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top in page space: rotation and crop not applied."""


class Ink:
    """Asked of one page, as long as its text page is open.

    pictures: pictures and nested drawings the page is made of. paths: its lines and shapes. detail: what
    surrounds everything that may be a code or a part of one; plain rules and frames are not.
    """

    def __init__(self, page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> None:
        self._page, self._text, self._text_handle = page, text, calls.handle(text)
        self._inked: dict[int, bool | None] = {}
        self._shown: Gray | None = None
        self._colour = (c_uint(), c_uint(), c_uint(), c_uint())
        self.pictures = self.paths = 0
        self.detail: Bounds | None = None
        self._covered = self._look_through()

    def shows(self, place: int, word: Word) -> bool:
        """Whether the word whose first character has this place in the text page can be seen."""
        drawn = calls.text_at(self._text_handle, place)
        if drawn is None:
            return True
        if drawn not in self._inked:
            self._inked[drawn] = drawn not in self._covered and self._is_inked(drawn, place)
        inked = self._inked[drawn]
        return self._stands_on_dark(word) if inked is None else inked

    def _look_through(self) -> frozenset[int]:
        """Sort what the page is made of; what is written on it before a picture of the whole page."""
        texts: list[int] = []
        some_paths: list[int] = []
        fine: list[Bounds] = []
        covered, page = 0, calls.handle(self._page)
        for index in range(pdfium_c.FPDFPage_CountObjects(self._page)):
            drawn = calls.object_at(page, index)
            kind = calls.kind_of(drawn)
            if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
                texts.append(drawn)
            elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
                self.paths += 1
                if self.paths % _ASKED_EACH == 0:
                    some_paths.append(drawn)
                if self.paths <= _MANY_PATHS and calls.corners_of(drawn) > _FEW_CORNERS:
                    fine.append(_bounds(drawn))
            else:
                self.pictures += 1
                bounds = _bounds(drawn)
                fine.append(bounds)
                if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE and texts and _covers(self._page, index, bounds):
                    covered = len(texts)
        if self.paths > _MANY_PATHS:
            fine += _squares(some_paths)
        self.detail = _around(fine)
        return frozenset(texts[:covered])

    def _is_inked(self, drawn: int, place: int) -> bool | None:
        """None where it depends on what it stands on."""
        mode = calls.mode_of(drawn)
        if mode in _UNPAINTED:
            return False
        ask = pdfium_c.FPDFText_GetStrokeColor if mode in _OUTLINED else pdfium_c.FPDFText_GetFillColor
        red, green, blue, alpha = self._colour
        if not ask(self._text, place, red, green, blue, alpha):
            return True
        if alpha.value < _LEAST_ALPHA:
            return False
        return None if min(red.value, green.value, blue.value) >= _WHITE else True

    def _stands_on_dark(self, word: Word) -> bool:
        if self._shown is None:
            self._shown = render_gray(self._page, POINTS_PER_INCH)
        factor = self._shown.shape[1] / max(float(self._page.get_width()), 1.0)
        x0, y0, x1, y1 = (round(edge * factor) for edge in (word.x0, word.y0, word.x1, word.y1))
        under = self._shown[max(y0, 0) : max(y1, y0 + 1), max(x0, 0) : max(x1, x0 + 1)]
        return under.size > 0 and float(np.median(under)) < _DARK_PAPER


def _bounds(drawn: int) -> Bounds:
    """Of nothing where PDFium knows none."""
    edges = (c_float * 4)()
    at, size = addressof(edges), sizeof(c_float)
    calls.put_bounds(drawn, at, at + size, at + 2 * size, at + 3 * size)
    left, bottom, right, top = edges
    return left, bottom, right, top


def _squares(paths: Sequence[int]) -> list[Bounds]:
    """Small filled paths; all of them where none is such."""
    everywhere = [_bounds(path) for path in paths]
    return [
        (left, bottom, right, top)
        for path, (left, bottom, right, top) in zip(paths, everywhere, strict=True)
        if max(right - left, top - bottom) < _LARGEST_CODE and _is_filled(path)
    ] or everywhere


def _is_filled(path: int) -> bool:
    """Rules and frames are but outlined."""
    modes = (c_int * 2)()
    calls.put_modes(path, addressof(modes), addressof(modes) + sizeof(c_int))
    return bool(modes[0] != pdfium_c.FPDF_FILLMODE_NONE)


def _around(parts: Sequence[Bounds]) -> Bounds | None:
    """The rectangle that holds them all."""
    if not parts:
        return None
    lefts, bottoms, rights, tops = zip(*parts, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _covers(page: pdfium.PdfPage, index: int, bounds: Bounds) -> bool:
    """Whether a picture hides what was drawn before it on the page: a scan does, a faint stamp does not."""
    left, bottom, right, top = bounds
    area, drawn = (right - left) * (top - bottom), pdfium_c.FPDFPage_GetObject(page, index)
    if area <= _WHOLE_PAGE * float(np.prod(page.get_size())) or pdfium_c.FPDFPageObj_HasTransparency(drawn):
        return False
    painted = pdfium_c.FPDFImageObj_GetRenderedBitmap(page.pdf, page, drawn)
    if not painted:
        return False
    pixels = pdfium.PdfBitmap.from_raw(painted).to_numpy()
    # Blue, green, red and how solid it is.
    solid: bool = pixels.ndim < 3 or pixels.shape[2] < 4 or float(pixels[:, :, 3].mean()) > _SOLID  # noqa: PLR2004
    return solid
