"""PDFium's functions that are asked for every letter or line of a page, with handles as plain numbers.

The pointer objects that the bindings make of each handle cost more than these functions themselves.
"""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_float, c_int, c_uint32, c_ulong, c_void_p, cast
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

font_of: Callable[[int], int | None] = _plain(pdfium_c.FPDFTextObj_GetFont, c_void_p, gives=c_void_p)
"""The font a text is written in."""

outline_of: Callable[[int, int, float], int | None] = _plain(
    pdfium_c.FPDFFont_GetGlyphPath, c_void_p, c_uint32, c_float, gives=c_void_p
)
"""What a font draws for a character, by its code point, at a size in points."""

corners_of_outline: Callable[[int], int] = _plain(pdfium_c.FPDFGlyphPath_CountGlyphSegments, c_void_p)
"""How many it has."""

corner_of_outline: Callable[[int, int], int] = _plain(
    pdfium_c.FPDFGlyphPath_GetGlyphPathSegment, c_void_p, c_int, gives=c_void_p
)
"""One of them."""

kind_of_corner: Callable[[int], int] = _plain(pdfium_c.FPDFPathSegment_GetType, c_void_p)
"""FPDF_SEGMENT_MOVETO, _LINETO or _BEZIERTO."""

put_letter_box: Callable[[int, int, int], int] = _plain(
    pdfium_c.FPDFText_GetLooseCharBox, c_void_p, c_int, c_void_p
)
"""The box of a character of a text page, an FS_RECTF put at the address given."""

put_fill_colour: Callable[[int, int, int, int, int], int] = _plain(
    pdfium_c.FPDFPageObj_GetFillColor, *[c_void_p] * 5
)
"""Red, green, blue and how solid, 0 to 255, each an unsigned int put so too."""

put_line_colour: Callable[[int, int, int, int, int], int] = _plain(
    pdfium_c.FPDFPageObj_GetStrokeColor, *[c_void_p] * 5
)
"""The same of its outline."""

put_line_width: Callable[[int, int], int] = _plain(pdfium_c.FPDFPageObj_GetStrokeWidth, *[c_void_p] * 2)
"""How thick a path is outlined, in the units of its own matrix: a float put at the address given."""

put_matrix: Callable[[int, int], int] = _plain(pdfium_c.FPDFPageObj_GetMatrix, *[c_void_p] * 2)
"""From the units of an object to the page: six floats, put so too."""

is_see_through: Callable[[int], int] = _plain(pdfium_c.FPDFPageObj_HasTransparency, c_void_p)
"""Whether an object has an opacity, a mask or a way of mixing of its own."""

clip_of: Callable[[int], int | None] = _plain(pdfium_c.FPDFPageObj_GetClipPath, c_void_p, gives=c_void_p)
"""What an object is cut to."""

clips_in: Callable[[int | None], int] = _plain(pdfium_c.FPDFClipPath_CountPaths, c_void_p)
"""How many paths, each within the one before; -1 for none."""

corners_of_clip: Callable[[int | None, int], int] = _plain(
    pdfium_c.FPDFClipPath_CountPathSegments, c_void_p, c_int
)
"""How many one of them has."""

clip_corner: Callable[[int | None, int, int], int] = _plain(
    pdfium_c.FPDFClipPath_GetPathSegment, c_void_p, c_int, c_int, gives=c_void_p
)
"""A corner of one of them."""

put_corner: Callable[[int, int, int], int] = _plain(pdfium_c.FPDFPathSegment_GetPoint, *[c_void_p] * 3)
"""Where a corner is: x and y, each a float put at the address given."""

marks_of: Callable[[int], int] = _plain(pdfium_c.FPDFPageObj_CountMarks, c_void_p)
"""How many marks of content an object stands in."""

mark_at: Callable[[int, int], int] = _plain(pdfium_c.FPDFPageObj_GetMark, c_void_p, c_int, gives=c_void_p)
"""One of them."""

put_mark_name: Callable[[int, int, int, int], int] = _plain(
    pdfium_c.FPDFPageObjMark_GetName, c_void_p, c_void_p, c_ulong, c_void_p
)
"""Its name in UTF-16 with a zero at the end: where to put it, how much fits there, where to put its bytes."""

set_active: Callable[[int, int], int] = _plain(pdfium_c.FPDFPageObj_SetIsActive, c_void_p, c_int)
"""Whether an object is drawn."""
