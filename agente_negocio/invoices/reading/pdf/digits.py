"""Whether digits are drawn as a text layer says: by how many outlines each font draws them with.

The outline of a glyph is asked for by the character it is said to be. A font that draws a 3 where it says 8
gives one outline for three: the figure and its two holes. Digits with as many outlines pass for each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from agente_negocio.invoices.reading.pdf import calls
from agente_negocio.invoices.reading.pdf.visibility import Spot

_OUTLINES: Mapping[str, range] = {
    "0": range(2, 5),
    "1": range(1, 3),
    "2": range(1, 2),
    "3": range(1, 2),
    "4": range(1, 4),
    "5": range(1, 2),
    "6": range(2, 3),
    "7": range(1, 3),
    "8": range(3, 5),
    "9": range(2, 3),
}
"""A zero may be crossed or dotted, a one have a foot, a four be open, a seven have a bar."""
_NO_CHARACTER = "\ue0f0"
"""What stands for it stands for every character a font does not know."""
_SIZE = 10.0


def are_told(text: pdfium.PdfTextPage, spots: Iterable[Spot]) -> bool:
    """Whether each digit of these words may be what its font says; fonts without outlines are believed."""
    handle = calls.handle(text)
    said: defaultdict[int, set[str]] = defaultdict(set)
    for spot in spots:
        digits = _OUTLINES.keys() & set(spot.word.text)
        drawn = calls.text_at(handle, spot.first) if digits else None
        font = calls.font_of(drawn) if drawn else None
        if font:
            said[font] |= digits
    return all(_looks_right(font, digit) for font, digits in said.items() for digit in digits)


def _looks_right(font: int, digit: str) -> bool:
    path = calls.outline_of(font, ord(digit), _SIZE)
    count = calls.corners_of_outline(path) if path else 0
    stand_in = calls.outline_of(font, ord(_NO_CHARACTER), _SIZE)
    if not path or not count or (stand_in and calls.corners_of_outline(stand_in) == count):
        return True
    starts = sum(
        calls.kind_of_corner(calls.corner_of_outline(path, place)) == pdfium_c.FPDF_SEGMENT_MOVETO
        for place in range(count)
    )
    return starts in _OUTLINES[digit]
