"""What a PDF page is drawn with: its texts in their order, what may lie over them, where codes may be."""

import math
from collections.abc import Callable, Mapping, Sequence
from ctypes import addressof, c_float, c_int, c_uint, sizeof
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from agente_negocio.invoices.reading.pdf import calls

_FEW_CORNERS = 200
"""A code drawn as one path has a thousand."""
_MANY_PATHS = 400
"""A code drawn bar by bar, or square by square, has more."""
_LARGEST_CODE = 170.0
"""Points, 60 mm."""
_ASKED_EACH = 8
"""Every eighth of many paths is asked how it is painted; a code has odd sides: each column has its turn."""
_DARK = 170
"""Of 255."""
_BROAD_LINE = 3.0
"""Points: an outline broader than this may hide a letter."""
_LINE_CORNERS = 2
_FLOAT, _UINT = sizeof(c_float), sizeof(c_uint)

Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top in page space: rotation and crop not applied."""

Places = NDArray[np.float64]
"""float64, shape (objects, 4): bounds of each."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn, asked once for a page.

    texts: the place in the order of drawing of each text of the page itself; those within nested drawings
    have none. things, places, bounds: what else is drawn, paths first, its place in that order, where it is.
    pictures: how many pictures and nested drawings there are. paths: how many lines and shapes.
    detail: what surrounds everything that may be a code or a part of one; plain rules and frames are not.
    """

    texts: Mapping[int, int]
    things: Sequence[int]
    places: Sequence[int]
    bounds: Places
    pictures: int
    paths: int
    detail: Bounds | None

    def hides(self, thing: int) -> bool:
        """Whether the thing of this index may hide a text it is drawn over: all but outlines."""
        return thing >= self.paths or _is_broad(self.things[thing])

    def is_ground(self, thing: int) -> bool:
        """Whether a dark text may not show where it stands on this."""
        path = self.things[thing]
        return thing >= self.paths or (_is_filled(path) and _is_dark(path))


def drawing_of(page: pdfium.PdfPage) -> Drawing:
    """Look through the objects of a page."""
    handle = calls.handle(page)
    drawn = [calls.object_at(handle, place) for place in range(pdfium_c.FPDFPage_CountObjects(page))]
    kinds = np.array([calls.kind_of(each) for each in drawn], dtype=np.int64)
    texts, paths = kinds == pdfium_c.FPDF_PAGEOBJ_TEXT, np.flatnonzero(kinds == pdfium_c.FPDF_PAGEOBJ_PATH)
    others = np.flatnonzero(~texts & (kinds != pdfium_c.FPDF_PAGEOBJ_PATH))
    places = paths.tolist() + others.tolist()
    things = [drawn[place] for place in places]
    bounds = _bounds(things)
    fine = np.concatenate((_fine(things[: len(paths)], bounds[: len(paths)]), bounds[len(paths) :]))
    return Drawing(
        texts={drawn[place]: place for place in np.flatnonzero(texts).tolist()},
        things=things,
        places=places,
        bounds=bounds,
        pictures=len(others),
        paths=len(paths),
        detail=_around(fine),
    )


def _bounds(things: Sequence[int]) -> Places:
    """Of nothing where PDFium knows none."""
    found = np.zeros((len(things), 4), dtype=np.float32)
    at, step, put = found.ctypes.data, found.strides[0], calls.put_bounds
    for thing in things:
        put(thing, at, at + _FLOAT, at + 2 * _FLOAT, at + 3 * _FLOAT)
        at += step
    return np.nan_to_num(found.astype(np.float64))


def _is_dark(path: int) -> bool:
    """By the colour it is filled with; where that is a pattern, nobody knows."""
    brightness = brightness_of(path, calls.put_fill_colour)
    return brightness is None or brightness < _DARK


def brightness_of(drawn: int, ask: Callable[[int, int, int, int, int], int]) -> float | None:
    """How bright the colour of an object is, 0 to 255 (ITU-R BT.601); None for a pattern."""
    colour = (c_uint * 4)()
    at = addressof(colour)
    if not ask(drawn, at, at + _UINT, at + 2 * _UINT, at + 3 * _UINT):
        return None
    red, green, blue, _ = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _is_broad(path: int) -> bool:
    """Whether it is filled, a single line, which is as broad as its bounds say, or broadly outlined."""
    if _is_filled(path) or calls.corners_of(path) <= _LINE_CORNERS:
        return True
    width, matrix = c_float(), (c_float * 6)()
    calls.put_line_width(path, addressof(width))
    calls.put_matrix(path, addressof(matrix))
    a, b, c, d, _, _ = matrix
    return bool(width.value * math.sqrt(abs(a * d - b * c)) >= _BROAD_LINE)


def _is_filled(path: int) -> bool:
    """Rules and frames are but outlined."""
    modes = (c_int * 2)()
    calls.put_modes(path, addressof(modes), addressof(modes) + sizeof(c_int))
    return bool(modes[0] != pdfium_c.FPDF_FILLMODE_NONE)


def _fine(paths: Sequence[int], bounds: Places) -> Places:
    """Bounds of the paths that may be a code or a part of one."""
    if len(paths) <= _MANY_PATHS:
        return bounds[[place for place, path in enumerate(paths) if calls.corners_of(path) > _FEW_CORNERS]]
    some, asked = bounds[_ASKED_EACH - 1 :: _ASKED_EACH], paths[_ASKED_EACH - 1 :: _ASKED_EACH]
    small = (some[:, 2:] - some[:, :2]).max(axis=1) < _LARGEST_CODE
    squares = [each for each in np.flatnonzero(small).tolist() if _is_filled(asked[each])]
    # All of them where none is such.
    return some[squares] if squares else some


def _around(parts: Places) -> Bounds | None:
    """The rectangle that holds them all."""
    if not len(parts):
        return None
    left, bottom = parts[:, :2].min(axis=0).tolist()
    right, top = parts[:, 2:].max(axis=0).tolist()
    return left, bottom, right, top
