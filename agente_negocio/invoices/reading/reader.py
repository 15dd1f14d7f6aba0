"""The way through: bytes to pages, pages to words, words to documents."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from pypdfium2 import PdfPage

from agente_negocio.invoices.reading.copies import Copy, compared
from agente_negocio.invoices.reading.document import PageView, understand
from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.files import Colour, Gray, open_gray_picture, open_picture, sniff
from agente_negocio.invoices.reading.grouping import group_pages, with_kept_pages
from agente_negocio.invoices.reading.layout.rows import SAME_ROW_SEEN, lay_out
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions, Source
from agente_negocio.invoices.reading.pdf.copies import MOST_COPIES, without_copies
from agente_negocio.invoices.reading.pdf.file import PdfFile, open_pdf, render, render_gray
from agente_negocio.invoices.reading.pdf.text_layer import TextLayer, text_layer
from agente_negocio.invoices.reading.pdf.text_page import text_view, with_symbols
from agente_negocio.invoices.reading.pdf.trust import Trust, trust_in
from agente_negocio.invoices.reading.words.recognise import Recognised, recognise
from agente_negocio.invoices.reading.words.second_look import SecondLook

Progress = Callable[[float], None]
"""Hears the share done, 0 to 1; the same share again says that the work goes on."""

Counted = Callable[[int], None]
"""Hears once how many pages there are."""

RASTER_DPI = 300
_NO_MEMORY = -4
"""OpenCV's code for an allocation that failed."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a page of a PDF, and the page itself for its codes and pictures."""

    layer: TextLayer
    trust: Trust
    file: PdfFile
    index: int


@dataclass(frozen=True, slots=True)
class _Paper:
    """One page of a file. picture: its pixels, drawn or decoded when asked for; gray where nobody looks."""

    picture: Callable[[], Colour | Gray]
    text: _Text | None = None


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One sheet that was read; a photo may show several. ink: its clean picture, if it was recognised."""

    paper: _Paper
    view: PageView
    ink: Gray | None = None


def read(
    files: Sequence[bytes],
    options: ReadingOptions,
    on_progress: Progress | None = None,
    on_pages: Counted | None = None,
) -> tuple[ReadDocument, ...]:
    """Documents found in files that are pages of one capture, in order.

    Raises UnreadableFileError; RecogniserMissingError for pages without usable text.
    """
    try:
        with ExitStack() as opened:
            papers = _papers(files, options, opened)
            (on_pages or _silent)(len(papers))
            return _read(papers, options, on_progress or _silent)
    except cv2.error as error:
        if error.code == _NO_MEMORY:
            raise MemoryError(str(error)) from error
        raise UnreadableFileError("file_corrupt", "The picture cannot be processed.") from error


def _read(papers: Sequence[_Paper], options: ReadingOptions, report: Progress) -> tuple[ReadDocument, ...]:
    leaves: list[_Leaf] = []
    for done, paper in enumerate(papers):
        leaves += _leaves(paper, options, first=len(leaves) + 1)
        report(round(0.9 * (done + 1) / len(papers), 3))
    by_page = {leaf.view.sheet.page: leaf for leaf in leaves}
    vouchers, documents = group_pages([leaf.view for leaf in leaves]), []
    for done, voucher in enumerate(vouchers, 1):
        document = _document(voucher.pages, by_page, options, lambda: report(0.9))
        copies = [_copy(pages, options) for pages in voucher.copies]
        documents.append(compared(document, copies, in_order=voucher.in_order, is_alone=voucher.is_alone))
        report(round(0.9 + 0.1 * done / len(vouchers), 3))
    return with_kept_pages(documents, [[view.sheet.page for view in voucher.pages] for voucher in vouchers])


def _silent(_heard: float) -> None:
    """Nobody wants to know."""


def _papers(files: Sequence[bytes], options: ReadingOptions, opened: ExitStack) -> list[_Paper]:
    """Every page of every file, copies told by their text left out. Raises UnreadableFileError.

    opened: takes the files that stay open while their pages are read.
    """
    if not files:
        raise UnreadableFileError("file_empty", "No file was given.")
    papers: list[_Paper] = []
    for content in files:
        if sniff(content) == "pdf":
            papers += _pdf_papers(content, options, opened)
        else:
            # One at a time: ten photos unpacked at once would not fit in memory.
            papers.append(_Paper(partial(open_picture if options.pictures else open_gray_picture, content)))
        if len(papers) > options.max_pages:
            raise UnreadableFileError("too_many_pages", f"More than {options.max_pages} pages.")
    return papers


def _pdf_papers(content: bytes, options: ReadingOptions, opened: ExitStack) -> list[_Paper]:
    # Copies do not count as pages, but only a reading of the text tells that they are copies.
    document = opened.enter_context(open_pdf(content, options.password, options.max_pages * MOST_COPIES))
    file = PdfFile(document)
    texts = [_text(file, index) for index in range(len(document))]
    kept = without_copies([text.layer.words if text.trust is not Trust.BROKEN else () for text in texts])
    file.keep(kept)
    draw = render if options.pictures else render_gray
    return [_Paper(partial(_drawn, file, index, draw), texts[index]) for index in kept]


def _text(file: PdfFile, index: int) -> _Text:
    layer = text_layer(file.page(index))
    return _Text(layer, trust_in(layer), file, index)


def _drawn(file: PdfFile, index: int, draw: Callable[[PdfPage, int], Gray]) -> Gray:
    """A page's picture; the page goes afterwards, with whatever it unpacked to be drawn."""
    picture = draw(file.page(index), RASTER_DPI)
    file.close_page(index)
    return picture


def _leaves(paper: _Paper, options: ReadingOptions, *, first: int) -> list[_Leaf]:
    """The sheets of a page, numbered from first, each read in the cheapest way that can work."""
    text = paper.text
    if text is None or text.trust is Trust.BROKEN:
        return _recognised_leaves(paper, options, first=first)
    page = text.file.page(text.index)
    view = text_view(page, text.layer, number=first, pictures=options.pictures)
    text.file.close_page(text.index)
    return [_Leaf(paper, view)]


def _recognised_leaves(paper: _Paper, options: ReadingOptions, *, first: int) -> list[_Leaf]:
    """The sheets of a page by its picture."""
    sheets = recognise(paper.picture(), options.page_timeout_seconds)
    return [
        _Leaf(paper, _recognised_view(seen, number=first + place), _set_aside(seen.ink))
        for place, seen in enumerate(sheets)
    ]


def _set_aside(ink: Gray) -> Gray:
    """The same picture, waiting on disk: hardly any of it is looked at again, and there may be ten."""
    with tempfile.TemporaryFile(prefix="reading-") as file:
        ink.tofile(file)
        return np.asarray(np.memmap(file, dtype=np.uint8, mode="c", shape=ink.shape))


def _recognised_view(seen: Recognised, *, number: int) -> PageView:
    height, width = seen.ink.shape
    view = PageView(
        sheet=lay_out(seen.words, page=number, width=width, height=height, same_row=SAME_ROW_SEEN),
        source=Source.OCR,
        image=seen.image,
    )
    return with_symbols(view, seen.symbols, seen.ink.shape)


def _document(
    group: Sequence[PageView], leaves: Mapping[int, _Leaf], options: ReadingOptions, alive: Callable[[], None]
) -> ReadDocument:
    """Understand one document; where a text layer fails the gate, recognise the paper, keep what proves."""
    document = _understood([leaves[view.sheet.page] for view in group], options)
    texts = [text for view in group if (text := leaves[view.sheet.page].paper.text) is not None]
    if document.accepted or not _text_is_suspect(document, texts):
        return document
    again: list[_Leaf] = []
    for view in group:
        leaf = leaves[view.sheet.page]
        if view.source is Source.TEXT:
            # A page of a file is one sheet: whatever else its picture seems to show is left alone.
            leaf = _recognised_leaves(leaf.paper, options, first=view.sheet.page)[0]
            alive()
        again.append(leaf)
    recognised = _understood(again, options)
    return recognised if recognised.accepted else document


def _copy(pages: Sequence[PageView], options: ReadingOptions) -> Copy:
    """A further copy, read once, to be compared."""
    is_exact = all(view.source is Source.TEXT for view in pages)
    return Copy(understand(pages, options.own_cuits, None), is_exact)


def _understood(leaves: Sequence[_Leaf], options: ReadingOptions) -> ReadDocument:
    views = [leaf.view for leaf in leaves]
    inks = {leaf.view.sheet.page: leaf.ink for leaf in leaves if leaf.ink is not None}
    recognised = any(view.source is Source.OCR for view in views)
    look = SecondLook(inks, options.page_timeout_seconds) if recognised else None
    return understand(views, options.own_cuits, look)


def _text_is_suspect(document: ReadDocument, texts: Sequence[_Text]) -> bool:
    """Whether the failure looks like broken text rather than an honest difference of amounts."""
    read = [text for text in texts if text.trust is not Trust.BROKEN]
    if all(text.trust is Trust.SOUND for text in read):
        # What a sound text does not hold may be a picture.
        return not document.lines and any(text.layer.pictures for text in read)
    failed = {check.code for check in document.checks if not check.ok}
    return bool(read) and ("rows_multiply" in failed or (not document.lines and "rows_sum" in failed))
