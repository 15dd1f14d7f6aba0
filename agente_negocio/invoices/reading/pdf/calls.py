"""PDFium's functions that are asked for every letter or line of a page, with handles as plain numbers.

The pointer objects that the bindings make of each handle cost more than these functions themselves.
"""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_int, c_void_p, cast
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c


def handle(opened: pdfium.PdfPage | pdfium.PdfTextPage) -> int:
    """The number of an open page or text page."""
    return cast(opened.raw, c_void_p).value or 0


def _plain(function: Any, *takes: Any, gives: Any = c_int) -> Callable[..., Any]:
    return CFUNCTYPE(gives, *takes)(cast(function, c_void_p).value or 0)


object_at: Callable[[int, int], int] = _plain(pdfium_c.FPDFPage_GetObject, c_void_p, c_int, gives=c_void_p)
"""What a page draws in that place of its order."""

kind_of: Callable[[int], int] = _plain(pdfium_c.FPDFPageObj_GetType, c_void_p)
"""FPDF_PAGEOBJ_TEXT, _PATH, _IMAGE, _SHADING or _FORM."""

corners_of: Callable[[int], int] = _plain(pdfium_c.FPDFPath_CountSegments, c_void_p)
"""How many a path has."""

put_bounds: Callable[[int, int, int, int, int], int] = _plain(pdfium_c.FPDFPageObj_GetBounds, *[c_void_p] * 5)
"""Left, bottom, right, top of an object, each a float put at the address given."""

put_modes: Callable[[int, int, int], int] = _plain(pdfium_c.FPDFPath_GetDrawMode, *[c_void_p] * 3)
"""How a path is filled, FPDF_FILLMODE_NONE and so on, and whether it is outlined: each an int, put so too."""

text_at: Callable[[int, int], int | None] = _plain(
    pdfium_c.FPDFText_GetTextObject, c_void_p, c_int, gives=c_void_p
)
"""The object that a character of a text page belongs to."""

mode_of: Callable[[int], int] = _plain(pdfium_c.FPDFTextObj_GetTextRenderMode, c_void_p)
"""FPDF_TEXTRENDERMODE_FILL and so on, of a text."""

put_letter_box: Callable[[int, int, int], int] = _plain(
    pdfium_c.FPDFText_GetLooseCharBox, c_void_p, c_int, c_void_p
)
"""The box of a character of a text page, an FS_RECTF put at the address given."""
