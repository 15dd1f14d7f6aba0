"""PDF pages: words of the text layer with their places, and pictures of the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_int
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.files import COMFORTABLE_PIXELS, Colour
from agente_negocio.invoices.reading.model import Word

POINTS_PER_INCH = 72
_MOST_CHARACTERS = 60_000
_LONGEST_SIDE = 32_000
"""Pixels; a till roll of three metres has more at 300 dpi, and no recogniser takes them."""
_FINE = 1000
"""PDFium answers device places in whole numbers, so pages are measured in thousandths."""
_WORD_GAP = 0.18
"""Of the font height: a wider gap between two glyphs starts a new word."""
_TURNED_RADIANS = 0.2
_INVISIBLE = 3


@dataclass(frozen=True, slots=True)
class TextLayer:
    """Words of a page in points of the page as shown. trusted: made of visible upright glyphs."""

    words: tuple[Word, ...]
    width: float
    height: float
    trusted: bool


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@contextmanager
def open_pdf(content: bytes, password: str | None, max_pages: int) -> Iterator[pdfium.PdfDocument]:
    """The document, closed afterwards. Raises UnreadableFileError."""
    try:
        document = pdfium.PdfDocument(content, password=password)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFileError("file_encrypted", "The PDF needs a (different) password.") from error
        raise UnreadableFileError("file_corrupt", "The PDF cannot be opened.") from error
    try:
        if len(document) > max_pages:
            raise UnreadableFileError("too_many_pages", f"{len(document)} pages; at most {max_pages}.")
        if len(document) == 0:
            raise UnreadableFileError("file_empty", "The PDF has no page.")
        yield document
    finally:
        document.close()


def render(page: pdfium.PdfPage, dpi: int) -> Colour:
    """The page as shown, at the resolution asked or less when the paper is huge."""
    width, height = page.get_size()
    scale = min(
        dpi / POINTS_PER_INCH,
        (COMFORTABLE_PIXELS / max(width * height, 1.0)) ** 0.5,
        _LONGEST_SIDE / max(width, height, 1.0),
    )
    bitmap = page.render(scale=scale, rev_byteorder=True)
    return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)


def load_page(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """One page. Raises UnreadableFileError when its description is broken."""
    try:
        return document[index]
    except pdfium.PdfiumError as error:
        raise UnreadableFileError("file_corrupt", f"Page {index + 1} cannot be opened.") from error


def text_layer(page: pdfium.PdfPage) -> TextLayer:
    """The words printed on the page, each once even where a fake bold prints them twice."""
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        count = min(text.count_chars(), _MOST_CHARACTERS)
        glyphs = list(_glyphs(page, text, count))
        turned = _turned_share(text, count)
    finally:
        text.close()
    words = tuple(_without_copies(_words(glyphs)))
    trusted = bool(words) and turned < 0.5 and not _is_hidden(page)  # noqa: PLR2004  the majority
    return TextLayer(words=words, width=width, height=height, trusted=trusted)


def _glyphs(page: pdfium.PdfPage, text: pdfium.PdfTextPage, count: int) -> Iterator[_Glyph]:
    to_shown = _page_to_shown(page)
    for index in range(count):
        character = chr(pdfium_c.FPDFText_GetUnicode(text, index))
        if pdfium_c.FPDFText_IsGenerated(text, index) or not character.isprintable() or character.isspace():
            yield _Glyph(" ", 0, 0, 0, 0)
            continue
        left, bottom, right, top = text.get_charbox(index, loose=True)
        corners = [to_shown(left, bottom), to_shown(right, top)]
        (xa, ya), (xb, yb) = corners
        yield _Glyph(character, min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))


class _page_to_shown:  # noqa: N801  used as a function that remembers its matrix
    """From page space (rotation and crop not applied) to points of the page as shown, origin top left."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._width, self._height = page.get_size()
        origin = self._ask(page, 0, 0)
        right, up = self._ask(page, 100, 0), self._ask(page, 0, 100)
        self._origin = origin
        self._x_step = ((right[0] - origin[0]) / 100, (right[1] - origin[1]) / 100)
        self._y_step = ((up[0] - origin[0]) / 100, (up[1] - origin[1]) / 100)

    def _ask(self, page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
        device_x, device_y = c_int(), c_int()
        size = (round(self._width * _FINE), round(self._height * _FINE))
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, byref(device_x), byref(device_y))
        return device_x.value / _FINE, device_y.value / _FINE

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._x_step[0] + y * self._y_step[0],
            self._origin[1] + x * self._x_step[1] + y * self._y_step[1],
        )


def _words(glyphs: list[_Glyph]) -> Iterator[Word]:
    run: list[_Glyph] = []
    for glyph in glyphs:
        if run and (glyph.text == " " or not _continues(run[-1], glyph)):
            yield _joined(run)
            run = []
        if glyph.text != " ":
            run.append(glyph)
    if run:
        yield _joined(run)


def _continues(last: _Glyph, glyph: _Glyph) -> bool:
    height = max(last.y1 - last.y0, glyph.y1 - glyph.y0, 0.1)
    same_line = abs((last.y0 + last.y1) - (glyph.y0 + glyph.y1)) < height * 0.6
    return same_line and -height * 0.5 < glyph.x0 - last.x1 < height * _WORD_GAP


def _joined(run: list[_Glyph]) -> Word:
    return Word(
        text="".join(glyph.text for glyph in run),
        x0=min(glyph.x0 for glyph in run),
        y0=min(glyph.y0 for glyph in run),
        x1=max(glyph.x1 for glyph in run),
        y1=max(glyph.y1 for glyph in run),
    )


def _without_copies(words: Iterator[Word]) -> Iterator[Word]:
    """Drop a word that lies on an equal one."""
    seen: dict[str, list[Word]] = {}
    for word in words:
        near = max(word.height * 0.25, 0.5)
        twins = seen.setdefault(word.text, [])
        if any(abs(word.x0 - twin.x0) < near and abs(word.y0 - twin.y0) < near for twin in twins):
            continue
        twins.append(word)
        yield word


def _turned_share(text: pdfium.PdfTextPage, count: int) -> float:
    """Share of glyphs that do not stand upright on the page."""
    if count == 0:
        return 0.0
    steps = range(0, count, max(1, count // 200))
    quarter = 1.5707963
    turned = sum(
        1
        for index in steps
        if _TURNED_RADIANS
        < pdfium_c.FPDFText_GetCharAngle(text, index) % (4 * quarter)
        < 4 * quarter - _TURNED_RADIANS
    )
    return turned / len(steps)


def _is_hidden(page: pdfium.PdfPage) -> bool:
    """Whether the text is the invisible layer some scanners lay over their picture."""
    modes = [
        pdfium_c.FPDFTextObj_GetTextRenderMode(item.raw)
        for item in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_TEXT,), max_depth=3)
    ]
    return bool(modes) and modes.count(_INVISIBLE) * 2 > len(modes)
