"""A PDF page whose text is believed: its words laid out, its code found on a small picture of it."""

import re
from dataclasses import replace

import numpy as np
import pypdfium2 as pdfium

from agente_negocio.invoices.reading.document import PageView
from agente_negocio.invoices.reading.layout.rows import lay_out
from agente_negocio.invoices.reading.model import Box, Source
from agente_negocio.invoices.reading.pdf.file import Edges, render, render_gray, render_part
from agente_negocio.invoices.reading.pdf.text_layer import TextLayer
from agente_negocio.invoices.reading.picture.flat import whole
from agente_negocio.invoices.reading.symbols import detect
from agente_negocio.invoices.reading.symbols.detect import Symbol
from agente_negocio.invoices.reading.words.recognise import gray_of, review_image

_CODE_DPI = 150
"""A module of the fiscal QR, 25 mm of 73, is two pixels: drawn, not photographed, that is enough."""
_FINE_DPI = 200
Shape = tuple[int, int]
"""Height and width in pixels."""

_AUTHORIZED = re.compile(r"\bc\.? ?a\.? ?[ei]\.? ?a?\b")


def text_view(page: pdfium.PdfPage, layer: TextLayer, *, number: int, pictures: bool) -> PageView:
    """The page by its text. number: of the sheet; pictures: whether a person will look at it."""
    sheet = lay_out(layer.words, page=number, width=layer.width, height=layer.height)
    view = PageView(sheet=sheet, source=Source.TEXT, image=None, stamps=layer.stamps)
    if pictures:
        colours = render(page, _CODE_DPI)
        view = replace(view, image=review_image(colours, whole(gray_of(colours))))
    if layer.detail is None:
        return view
    found, shape = _drawn_code(page, layer.detail)
    if not detect.payload_of(found) and any(_AUTHORIZED.search(row.folded) for row in sheet.rows):
        # The paper speaks of a code: a small or pasted one is worth a longer search.
        gray = render_gray(page, _FINE_DPI)
        found, shape = detect.find_symbols(gray), gray.shape
    return with_symbols(view, found, shape)


def _drawn_code(page: pdfium.PdfPage, detail: Edges) -> tuple[tuple[Symbol, ...], Shape]:
    """The code in a part of the page, at its place on the picture of the whole, and the shape of that."""
    part = render_part(page, _CODE_DPI, detail)
    found = detect.find_drawn_code(part.pixels)
    return tuple(detect.moved(symbol, part.left, part.top) for symbol in found), part.shape


def with_symbols(view: PageView, found: tuple[Symbol, ...], shape: Shape) -> PageView:
    """The page with the codes found on a picture of its sheet. shape: height and width of the picture."""
    qr, bars = detect.payload_of(found), detect.bars_of(found)
    return replace(
        view,
        payload=qr[0] if qr else None,
        payload_box=_symbol_box(view.sheet.page, qr[1], shape) if qr else None,
        bars=bars[0] if bars else None,
        bars_box=_symbol_box(view.sheet.page, bars[1], shape) if bars else None,
    )


def _symbol_box(number: int, symbol: Symbol, shape: Shape) -> Box:
    height, width = shape
    places = np.array(symbol.corners) / (width, height)
    x0, y0 = np.maximum(places.min(axis=0), 0.0).tolist()
    x1, y1 = np.minimum(places.max(axis=0), 1.0).tolist()
    return Box(number, round(x0, 5), round(y0, 5), round(x1 - x0, 5), round(y1 - y0, 5))
