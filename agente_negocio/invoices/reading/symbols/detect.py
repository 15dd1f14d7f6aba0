"""Machine-readable symbols of a page: the QR by a cascade of ever stronger pictures, and the ITF bars."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import cv2
import numpy as np
import zxingcpp

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload, parse_barcode
from agente_negocio.invoices.reading.symbols.qr import QrPayload, parse_qr

_LONGEST_TEXT = 4096
_ENLARGE_BELOW = 2600
"""Longest side in pixels up to which the last step of the cascade enlarges the picture."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Symbol:
    """One decoded symbol. corners: in pixels of the picture, the symbol's own top left first."""

    text: str
    is_qr: bool
    corners: tuple[Point, Point, Point, Point]


def find_drawn_code(gray: Gray) -> tuple[Symbol, ...]:
    """The QR of an upright page drawn from its description: sharp, straight and black on white."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    codes = zxingcpp.read_barcodes(
        gray, formats=formats, try_rotate=False, try_downscale=False, try_invert=False
    )
    return tuple(_symbols(codes, 1.0))


def find_symbols(gray: Gray) -> tuple[Symbol, ...]:
    """Every QR and ITF of a picture as it came; the light is evened out where no fiscal code turns up."""
    return _first_fiscal(islice(_cascade(gray), 2))


def find_faint_symbols(gray: Gray) -> tuple[Symbol, ...]:
    """The same with every means, for a flat sheet whose raw picture gave nothing."""
    return _first_fiscal(_cascade(gray))


def _first_fiscal(pictures: Iterable[tuple[float, Gray]]) -> tuple[Symbol, ...]:
    """Symbols of ever stronger pictures until one of them is a voucher's code."""
    found: list[Symbol] = []
    for scale, picture in pictures:
        for symbol in _decode(picture, scale):
            if all(symbol.text != each.text for each in found):
                found.append(symbol)
        if any(symbol.is_qr and parse_qr(symbol.text) for symbol in found):
            break
    return tuple(found)


def payload_of(symbols: Sequence[Symbol]) -> tuple[QrPayload, Symbol] | None:
    """The fiscal QR to believe, intact before repaired."""
    parsed = [(payload, symbol) for symbol in symbols if symbol.is_qr and (payload := parse_qr(symbol.text))]
    return min(parsed, key=lambda each: each[0].repaired, default=None)


def bars_of(symbols: Sequence[Symbol]) -> tuple[BarcodePayload, Symbol] | None:
    """The voucher's bars, when there are any."""
    for symbol in symbols:
        bars = None if symbol.is_qr else parse_barcode(symbol.text)
        if bars is not None:
            return bars, symbol
    return None


def quarter_turns(symbol: Symbol) -> int:
    """How many quarter turns clockwise make the page upright, by the way its QR lies."""
    (x0, y0), (x1, y1) = symbol.corners[0], symbol.corners[1]
    angle = np.degrees(np.arctan2(y1 - y0, x1 - x0))
    return round(-float(angle) / 90) % 4


def moved(symbol: Symbol, right: float, down: float) -> Symbol:
    """The symbol of a part of a picture at its place in the whole."""
    a, b, c, d = ((x + right, y + down) for x, y in symbol.corners)
    return replace(symbol, corners=(a, b, c, d))


def _cascade(gray: Gray) -> Iterator[tuple[float, Gray]]:
    """Raw, light evened out, sharpened, enlarged: each step costs more and rescues fewer."""
    yield 1.0, gray
    even = _even_coarsely(gray)
    yield 1.0, even
    sharp = _sharpen(even)
    yield 1.0, sharp
    if max(gray.shape) <= _ENLARGE_BELOW:
        yield 2.0, _resized(sharp, 2.0)
    else:
        yield 0.5, _resized(even, 0.5)


def _decode(picture: Gray, scale: float) -> Iterator[Symbol]:
    formats = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.ITF))
    return _symbols(zxingcpp.read_barcodes(np.ascontiguousarray(picture), formats=formats), scale)


def _symbols(codes: Iterable[zxingcpp.Barcode], scale: float) -> Iterator[Symbol]:
    for code in codes:
        if not code.valid or len(code.text) > _LONGEST_TEXT:
            continue
        at = code.position
        a, b, c, d = (
            (point.x / scale, point.y / scale)
            for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        )
        yield Symbol(code.text, code.format != zxingcpp.BarcodeFormat.ITF, (a, b, c, d))


def _even_coarsely(gray: Gray) -> Gray:
    """Divide by the brightness around: enough for a code's black and white, too rough for thin letters."""
    kernel = max(15, (max(gray.shape) // 40) | 1)
    paper = cv2.GaussianBlur(cv2.dilate(gray, np.ones((9, 9), np.uint8)), (kernel, kernel), 0)
    return np.asarray(cv2.divide(gray, paper, scale=255), dtype=np.uint8)


def _sharpen(gray: Gray) -> Gray:
    blurred = cv2.GaussianBlur(gray, (0, 0), 2.0)
    return np.asarray(cv2.addWeighted(gray, 2.5, blurred, -1.5, 0), dtype=np.uint8)


def _resized(gray: Gray, factor: float) -> Gray:
    method = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(gray, None, fx=factor, fy=factor, interpolation=method), dtype=np.uint8)
