"""PDF files: opened within limits, their pages as shown and as drawn."""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.files import COMFORTABLE_PIXELS, Colour, Gray

POINTS_PER_INCH = 72

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom in points of the page as shown."""

_LONGEST_SIDE = 32_000
"""Pixels; a till roll of three metres has more at 300 dpi, and no recogniser takes them."""
_LEAST_WIDTH = 113.0
"""Points, 40 mm: a page said to be narrower counts in a larger UserUnit (ISO 32000-1, 14.11.1)."""
_USUAL_WIDTH = 595.0
_PAINTED = frozenset(
    {
        pdfium_c.FPDF_ANNOT_WIDGET,
        pdfium_c.FPDF_ANNOT_FREETEXT,
        pdfium_c.FPDF_ANNOT_STAMP,
        pdfium_c.FPDF_ANNOT_SQUARE,
        pdfium_c.FPDF_ANNOT_CIRCLE,
        pdfium_c.FPDF_ANNOT_POLYGON,
        pdfium_c.FPDF_ANNOT_LINE,
        pdfium_c.FPDF_ANNOT_INK,
    }
)
"""Annotations that are part of what a reader sees: filled fields, typed notes, stamps, drawings."""


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


class PdfFile:
    """Pages of an open document, each loaded when first asked for and held until it is closed."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._pages: dict[int, pdfium.PdfPage] = {}

    def page(self, index: int) -> pdfium.PdfPage:
        """The page of that place, from 0. Raises UnreadableFileError."""
        if index not in self._pages:
            self._pages[index] = load_page(self._document, index)
        return self._pages[index]

    def close_page(self, index: int) -> None:
        """Let go of it and of every picture it unpacked."""
        page = self._pages.pop(index, None)
        if page is not None:
            page.close()

    def keep(self, indexes: Collection[int]) -> None:
        """Close all others."""
        for index in self._pages.keys() - set(indexes):
            self.close_page(index)


def load_page(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """One page, filled fields part of it. Raises UnreadableFileError when its description is broken."""
    try:
        page = document[index]
        if not _has_painted_annotations(page):
            return page
        if document.formenv is None:
            # Fields without a picture of their value get one here.
            document.init_forms()
        pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
        page.close()
        return document[index]
    except pdfium.PdfiumError as error:
        raise UnreadableFileError("file_corrupt", f"Page {index + 1} cannot be opened.") from error


def _has_painted_annotations(page: pdfium.PdfPage) -> bool:
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind in _PAINTED:
            return True
    return False


def render(page: pdfium.PdfPage, dpi: int) -> Colour:
    """The page as shown, at the resolution asked or less when the paper is huge."""
    bitmap = page.render(scale=_scale(page, dpi), rev_byteorder=True)
    return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)


def render_gray(page: pdfium.PdfPage, dpi: int) -> Gray:
    """The same without colour, in a quarter of the memory."""
    pixels = page.render(scale=_scale(page, dpi), grayscale=True).to_numpy()
    return np.array(pixels.reshape(pixels.shape[:2]), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page's gray picture. left, top: its place in the whole; shape: height and width of that."""

    pixels: Gray
    left: int
    top: int
    shape: tuple[int, int]


def render_part(page: pdfium.PdfPage, dpi: int, edges: Edges) -> Part:
    """What render_gray shows between edges, which lie on the page, at a fraction of the cost."""
    scale, (width, height) = _scale(page, dpi), page.get_size()
    left, top, right, bottom = edges
    crop = (left, height - bottom, width - right, top)
    pixels = page.render(scale=scale, grayscale=True, crop=crop).to_numpy()
    return Part(
        pixels=pixels.reshape(pixels.shape[:2]),
        left=math.ceil(left * scale),
        top=math.ceil(top * scale),
        shape=(math.ceil(height * scale), math.ceil(width * scale)),
    )


def _scale(page: pdfium.PdfPage, dpi: int) -> float:
    width, height = (float(side) for side in page.get_size())
    scale: float = min(
        dpi * enlargement(page) / POINTS_PER_INCH,
        (COMFORTABLE_PIXELS / max(width * height, 1.0)) ** 0.5,
        _LONGEST_SIDE / max(width, height, 1.0),
    )
    return scale


def enlargement(page: pdfium.PdfPage) -> float:
    """How many times larger a page is than its points say: one that counts in a larger unit."""
    narrow = min(float(side) for side in page.get_size())
    return _USUAL_WIDTH / max(narrow, 1.0) if narrow < _LEAST_WIDTH else 1.0
