"""What the texts of a page are painted with, asked of each once."""

from ctypes import addressof, c_float, c_ulong, create_string_buffer, sizeof
from dataclasses import dataclass
from enum import Enum

import pypdfium2.raw as pdfium_c

from agente_negocio.invoices.reading.pdf import calls
from agente_negocio.invoices.reading.pdf.drawing import Bounds, brightness_of

_UNPAINTED = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP})
_OUTLINED = frozenset({pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP})
_PALE = 150
"""Of 255: whether lighter text than this is seen depends on what it stands on."""
_LAYER = "OC\0".encode("utf-16-le")
"""The mark of content in a layer, which may be switched off (ISO 32000-1, 8.11.3.2)."""
_FAR = 1e6


class Ink(Enum):
    """What a text object alone tells. UNSURE: what it stands on, or in, decides."""

    SURE = "sure"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Painted:
    """One text object. clip: what it is cut to, None for the page alone."""

    ink: Ink
    clip: Bounds | None


def painted(drawn: int) -> Painted:
    """How a text object is painted."""
    return Painted(_ink(drawn), _clip(drawn))


def _ink(drawn: int) -> Ink:
    mode = calls.mode_of(drawn)
    if mode in _UNPAINTED:
        return Ink.NONE
    if calls.is_see_through(drawn) or _is_in_layer(drawn):
        return Ink.UNSURE
    ask = calls.put_line_colour if mode in _OUTLINED else calls.put_fill_colour
    brightness = brightness_of(drawn, ask)
    return Ink.UNSURE if brightness is None or brightness > _PALE else Ink.SURE


def _is_in_layer(drawn: int) -> bool:
    for each in range(calls.marks_of(drawn)):
        name, length = create_string_buffer(len(_LAYER)), c_ulong()
        calls.put_mark_name(calls.mark_at(drawn, each), addressof(name), len(_LAYER), addressof(length))
        if length.value == len(_LAYER) and name.raw == _LAYER:
            return True
    return False


def _clip(drawn: int) -> Bounds | None:
    """The rectangle around what all its clips leave."""
    clip = calls.clip_of(drawn)
    count = calls.clips_in(clip) if clip else 0
    if count <= 0:
        return None
    left, bottom, right, top = -_FAR, -_FAR, _FAR, _FAR
    corner = (c_float * 2)()
    at = addressof(corner)
    for path in range(count):
        xs, ys = [], []
        for each in range(calls.corners_of_clip(clip, path)):
            calls.put_corner(calls.clip_corner(clip, path, each), at, at + sizeof(c_float))
            xs.append(corner[0])
            ys.append(corner[1])
        if not xs:
            # What is cut to nothing is not there.
            return 0.0, 0.0, 0.0, 0.0
        left, right = max(left, min(xs)), min(right, max(xs))
        bottom, top = max(bottom, min(ys)), min(top, max(ys))
    return left, bottom, right, top
