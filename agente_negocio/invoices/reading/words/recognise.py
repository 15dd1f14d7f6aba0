"""A picture of a page to its words: found on the table, laid flat, turned upright, cleaned, read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from agente_negocio.invoices.reading.files import Colour, Gray
from agente_negocio.invoices.reading.model import PageImage, Word
from agente_negocio.invoices.reading.picture import clean, page
from agente_negocio.invoices.reading.picture.bend import find_bend
from agente_negocio.invoices.reading.picture.flat import Way, whole
from agente_negocio.invoices.reading.picture.sheets import find_sheets
from agente_negocio.invoices.reading.symbols import detect
from agente_negocio.invoices.reading.symbols.detect import Symbol
from agente_negocio.invoices.reading.words import ocr

_DRAFT_SIDE = 1600
"""Longest side of the small sheet on which turns, slopes and letter sizes are measured."""
_REVIEW_SIDE = 1800
_REVIEW_QUALITY = 80
_SMALL_SKEW_DEGREES = 0.06
_STRIP_GLYPHS = 14.0
"""Height of the strip of text that tells up from down."""
_CLEAR = 0.8
"""How sure the recogniser is of text that stands upright; upside down it is not."""
_BLIND = 0.55
_EDGE = 0.03
_QUARTERS = (0, 2, 1, 3)


@dataclass(frozen=True, slots=True)
class Recognised:
    """One page. ink: the clean sheet without its ruled lines, as large as the words' pixels.

    image: for review; None where the picture came without colours.
    """

    words: tuple[Word, ...]
    ink: Gray
    symbols: tuple[Symbol, ...]
    image: PageImage | None


def recognise(picture: Colour | Gray, timeout_seconds: float) -> list[Recognised]:
    """Every sheet of a picture, with words and symbols in pixels of the sheet.

    Raises UnreadableFileError, RecogniserMissingError.
    """
    gray = gray_of(picture)
    seen = None if picture is gray else _Seen.of(picture)
    # Colours are looked at, not read: the large picture of them makes room for what follows.
    del picture
    found = detect.find_symbols(gray)
    return [
        _sheet(seen, gray, way, tuple(_within(way, found)), timeout_seconds)
        for way in find_sheets(gray, found)
    ]


def _within(way: Way, found: Sequence[Symbol]) -> Iterator[Symbol]:
    """Symbols that lie on a sheet, those at its edge included."""
    for symbol in found:
        x, y = np.mean(way.points(symbol.corners), axis=0)
        if (
            -_EDGE * way.width < x < (1 + _EDGE) * way.width
            and -_EDGE * way.height < y < (1 + _EDGE) * way.height
        ):
            yield symbol


@dataclass(frozen=True, slots=True)
class _Seen:
    """The colours of a picture, reduced. factor: by how much."""

    picture: Colour
    factor: float

    @classmethod
    def of(cls, picture: Colour) -> "_Seen":
        """Reduced to what a review needs, with some to spare for a sheet that fills half the picture."""
        factor = 1.5 * _REVIEW_SIDE / max(picture.shape)
        if factor >= 1:
            return cls(picture, 1.0)
        small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return cls(np.asarray(small, dtype=np.uint8), factor)

    def review(self, way: Way) -> PageImage:
        """The sheet as a person sees it. way: from the whole picture."""
        enlarged = np.diag([1 / self.factor, 1 / self.factor, 1.0])
        return review_image(self.picture, replace(way, matrix=way.matrix @ enlarged))


def _sheet(
    seen: _Seen | None, gray: Gray, way: Way, found: tuple[Symbol, ...], timeout_seconds: float
) -> Recognised:
    """One sheet. way: to where it lies; found: the symbols on it, in pixels of the picture."""
    way = way.turned(_turns(way, gray, found, timeout_seconds))
    if not found:
        # A flat, upright sheet sometimes gives up a code that the raw photo did not.
        found = tuple(_back(symbol, way) for symbol in detect.find_faint_symbols(way.picture(gray)))
        turns = _turns_of_code(way, found)
        way = way.turned(turns) if turns else way
    way, glyph, enlarged = _straight(way, gray)
    even = clean.clear(clean.even_light(way.picture(gray)), enlarged)
    ink = clean.erase_lines(even, glyph)
    words = ocr.read_words(ink, timeout_seconds)
    image = seen.review(way) if seen else None
    return Recognised(words, ink, tuple(_there(symbol, way) for symbol in found), image)


def gray_of(picture: Colour | Gray) -> Gray:
    """Brightness of a picture, which may be gray already."""
    if picture.ndim == 2:  # noqa: PLR2004  rows and columns
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def review_image(picture: Colour, way: Way) -> PageImage:
    """A JPEG of the sheet, light enough for a phone, sharp enough to compare figures."""
    small = way.scaled(min(1.0, _REVIEW_SIDE / max(way.width, way.height))).picture(picture)
    encoded, content = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _REVIEW_QUALITY]
    )
    assert encoded
    return PageImage(
        jpeg=np.asarray(content).tobytes(), width=int(small.shape[1]), height=int(small.shape[0])
    )


def _straight(way: Way, gray: Gray) -> tuple[Way, float, float]:
    """The upright sheet without slope and bend, letters at reading size; that size in pixels; the scale."""
    skew = page.skew_degrees(_draft(way, gray)[1])
    if abs(skew) >= _SMALL_SKEW_DEGREES:
        way = way.straightened(skew)
    factor, draft = _draft(way, gray)
    glyph = clean.glyph_height(draft)
    if glyph is None:
        return way, clean.GLYPH_PIXELS, 1.0
    scale = clean.reading_scale(glyph / factor, way.width * way.height)
    return way.scaled(scale).bent(find_bend(draft, glyph)), scale * glyph / factor, scale


def _draft(way: Way, gray: Gray) -> tuple[float, Gray]:
    """A small sheet in even light and its scale."""
    factor = min(1.0, _DRAFT_SIDE / max(way.width, way.height))
    return factor, clean.even_light(way.scaled(factor).picture(gray))


def _turns(way: Way, gray: Gray, found: Sequence[Symbol], timeout_seconds: float) -> int:
    """Quarter turns to upright: the QR knows, else the clearest way to read a strip of the text."""
    if any(symbol.is_qr for symbol in found):
        return _turns_of_code(way, found)
    _, draft = _draft(way, gray)
    sideways = page.lies_sideways(draft)
    clearest, best = 0, 0.0
    for place, quarters in enumerate(_QUARTERS):
        if place == 2 and best >= _BLIND:  # noqa: PLR2004  both ways along the lines were tried
            break
        turns = (quarters + sideways) % 4
        clarity = _clarity(page.turn(draft, turns), timeout_seconds)
        if clarity > best:
            clearest, best = turns, clarity
        if clarity >= _CLEAR:
            break
    return clearest


def _clarity(draft: Gray, timeout_seconds: float) -> float:
    """How sure the recogniser is of a typical letter in the fullest strip of text, 0 to 1."""
    draft = whole(draft).straightened(page.skew_degrees(draft)).picture(draft)
    glyph = clean.glyph_height(draft)
    if glyph is None:
        return 0.0
    draft = whole(draft).bent(find_bend(draft, glyph)).picture(draft)
    ink = np.cumsum((draft < 128).sum(axis=1))  # noqa: PLR2004  the middle of black and white
    height = min(round(_STRIP_GLYPHS * glyph), len(ink) - 1)
    top = int(np.argmax(ink[height:] - ink[:-height]))
    strip = draft[top : top + height]
    scale = clean.reading_scale(glyph, strip.size)
    large = cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    words = ocr.read_words(
        clean.erase_lines(np.asarray(large, dtype=np.uint8), scale * glyph), timeout_seconds
    )
    letters = sum(len(word.text) for word in words)
    return sum(len(word.text) * word.confidence for word in words) / max(letters, 1)


def _turns_of_code(way: Way, found: Sequence[Symbol]) -> int:
    code = next((symbol for symbol in found if symbol.is_qr), None)
    return detect.quarter_turns(_there(code, way)) if code else 0


def _there(symbol: Symbol, way: Way) -> Symbol:
    """A symbol of the picture at its place on the sheet."""
    a, b, c, d = way.points(symbol.corners)
    return replace(symbol, corners=(a, b, c, d))


def _back(symbol: Symbol, way: Way) -> Symbol:
    """A symbol of the sheet at its place in the picture."""
    a, b, c, d = way.inverse().points(symbol.corners)
    return replace(symbol, corners=(a, b, c, d))
