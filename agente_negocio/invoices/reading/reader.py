"""The way through: bytes to pages, pages to words, words to documents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2

from agente_negocio.invoices.reading import symbols
from agente_negocio.invoices.reading.copies import MOST_COPIES, without_copies
from agente_negocio.invoices.reading.document import PageView, understand
from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.files import Colour, Gray, open_picture, sniff
from agente_negocio.invoices.reading.flat import whole
from agente_negocio.invoices.reading.grouping import group_pages, with_kept_pages
from agente_negocio.invoices.reading.layout import SAME_ROW_SEEN, lay_out
from agente_negocio.invoices.reading.model import Box, ReadDocument, ReadingOptions, Source
from agente_negocio.invoices.reading.pdf import TextLayer, load_page, open_pdf, render, text_layer
from agente_negocio.invoices.reading.recognise import Recognised, gray_of, recognise, review_image
from agente_negocio.invoices.reading.second import SecondLook
from agente_negocio.invoices.reading.symbols import Symbol

Progress = Callable[[float], None]
"""Hears the share done, 0 to 1; the same share again says that the work goes on."""

Counted = Callable[[int], None]
"""Hears once how many pages there are."""

RASTER_DPI = 300
_LOOK_DPI = 200
_LEAST_WORDS = 12
"""A text layer with fewer words than any voucher is decoration."""
_NO_MEMORY = -4
"""OpenCV's code for an allocation that failed."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """One page of a file. picture: how to get its pixels at a resolution."""

    text: TextLayer | None
    picture: Callable[[int], Colour]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One sheet that was read; a photo may show several. even: its evened picture, if it was recognised."""

    paper: _Paper
    view: PageView
    even: Gray | None = None


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
        papers = _papers(files, options)
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
    groups, documents = group_pages([leaf.view for leaf in leaves]), []
    for done, group in enumerate(groups, 1):
        documents.append(_document(group, by_page, options, lambda: report(0.9)))
        report(round(0.9 + 0.1 * done / len(groups), 3))
    return with_kept_pages(documents, [[view.sheet.page for view in group] for group in groups])


def _silent(_heard: float) -> None:
    """Nobody wants to know."""


def _papers(files: Sequence[bytes], options: ReadingOptions) -> list[_Paper]:
    """Every page of every file, copies told by their text left out. Raises UnreadableFileError."""
    if not files:
        raise UnreadableFileError("file_empty", "No file was given.")
    papers: list[_Paper] = []
    for content in files:
        if sniff(content) == "pdf":
            papers += _pdf_papers(content, options)
        else:
            papers.append(_Paper(None, _as_taken(open_picture(content))))
        if len(papers) > options.max_pages:
            raise UnreadableFileError("too_many_pages", f"More than {options.max_pages} pages.")
    return papers


def _as_taken(picture: Colour) -> Callable[[int], Colour]:
    """A photo has the pixels it has."""
    return lambda _dpi: picture


def _pdf_papers(content: bytes, options: ReadingOptions) -> list[_Paper]:
    # Copies do not count as pages, but only a reading of the text tells that they are copies.
    most = options.max_pages * MOST_COPIES
    with open_pdf(content, options.password, most) as document:
        layers = [text_layer(load_page(document, index)) for index in range(len(document))]

    def picture(index: int) -> Callable[[int], Colour]:
        def draw(dpi: int) -> Colour:
            with open_pdf(content, options.password, most) as document:
                return render(load_page(document, index), dpi)

        return draw

    kept = without_copies([layer.words if layer.trusted else () for layer in layers])
    return [_Paper(layers[index], picture(index)) for index in kept]


def _leaves(paper: _Paper, options: ReadingOptions, *, first: int) -> list[_Leaf]:
    """The sheets of a page, numbered from first, each read in the cheapest way that can work."""
    layer = paper.text
    if layer is not None and layer.trusted and len(layer.words) >= _LEAST_WORDS:
        return [_Leaf(paper, _text_view(paper, layer, number=first))]
    return _recognised_leaves(paper, options, first=first)


def _text_view(paper: _Paper, layer: TextLayer, *, number: int) -> PageView:
    picture = paper.picture(_LOOK_DPI)
    gray = gray_of(picture)
    found = symbols.find_symbols(gray)
    height, width = picture.shape[:2]
    return _with_symbols(
        PageView(
            sheet=lay_out(layer.words, page=number, width=layer.width, height=layer.height),
            source=Source.TEXT,
            image=review_image(picture, whole(gray)),
        ),
        found,
        (width, height),
    )


def _recognised_leaves(paper: _Paper, options: ReadingOptions, *, first: int) -> list[_Leaf]:
    """The sheets of a page by its picture."""
    sheets = recognise(paper.picture(RASTER_DPI), options.page_timeout_seconds)
    return [
        _Leaf(paper, _recognised_view(seen, number=first + place), seen.even)
        for place, seen in enumerate(sheets)
    ]


def _recognised_view(seen: Recognised, *, number: int) -> PageView:
    height, width = seen.even.shape
    view = PageView(
        sheet=lay_out(seen.words, page=number, width=width, height=height, same_row=SAME_ROW_SEEN),
        source=Source.OCR,
        image=seen.image,
    )
    return _with_symbols(view, seen.symbols, (width, height))


def _with_symbols(view: PageView, found: Sequence[Symbol], size: tuple[int, int]) -> PageView:
    qr, bars = symbols.payload_of(found), symbols.bars_of(found)
    return replace(
        view,
        payload=qr[0] if qr else None,
        payload_box=_symbol_box(view.sheet.page, qr[1], size) if qr else None,
        bars=bars[0] if bars else None,
        bars_box=_symbol_box(view.sheet.page, bars[1], size) if bars else None,
    )


def _symbol_box(number: int, symbol: Symbol, size: tuple[int, int]) -> Box:
    width, height = size
    xs, ys = [x / width for x, _ in symbol.corners], [y / height for _, y in symbol.corners]
    x0, y0 = max(0.0, min(xs)), max(0.0, min(ys))
    return Box(
        number, round(x0, 5), round(y0, 5), round(min(1.0, max(xs)) - x0, 5), round(min(1.0, max(ys)) - y0, 5)
    )


def _document(
    group: Sequence[PageView], leaves: Mapping[int, _Leaf], options: ReadingOptions, alive: Callable[[], None]
) -> ReadDocument:
    """Understand one document; where a text layer fails the gate, recognise the paper, keep what proves."""
    document = _understood([leaves[view.sheet.page] for view in group], options)
    has_text = any(view.source is Source.TEXT for view in group)
    if document.accepted or not has_text or not _text_is_suspect(document):
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


def _understood(leaves: Sequence[_Leaf], options: ReadingOptions) -> ReadDocument:
    views = [leaf.view for leaf in leaves]
    evens = {leaf.view.sheet.page: leaf.even for leaf in leaves if leaf.even is not None}
    recognised = any(view.source is Source.OCR for view in views)
    look = SecondLook(evens, options.page_timeout_seconds) if recognised else None
    return understand(views, options.own_cuits, look)


def _text_is_suspect(document: ReadDocument) -> bool:
    """Whether the failure looks like broken text rather than an honest difference of amounts."""
    failed = {check.code for check in document.checks if not check.ok}
    return bool(failed & {"rows_multiply"}) or (not document.lines and "rows_sum" in failed)
