"""The way through: bytes to pages, pages to words, words to documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from agente_negocio.invoices.reading import clean, ocr, page, symbols
from agente_negocio.invoices.reading.document import PageView, understand
from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.files import Colour, Gray, open_picture, sniff
from agente_negocio.invoices.reading.grouping import group_pages, with_kept_pages
from agente_negocio.invoices.reading.layout import lay_out
from agente_negocio.invoices.reading.model import Box, PageImage, ReadDocument, ReadingOptions, Source, Word
from agente_negocio.invoices.reading.pdf import TextLayer, load_page, open_pdf, render, text_layer
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
_REVIEW_SIDE = 1800
_REVIEW_QUALITY = 80
_SURE_TURN = 1.0
_UPSIDE_DOWN_CLARITY = 0.72
_SMALL_SKEW_DEGREES = 0.06
_NO_MEMORY = -4
"""OpenCV's code for an allocation that failed."""


@dataclass(slots=True)
class _Paper:
    """One page being read. picture: how to get its pixels; even: the evened page, once recognised."""

    number: int
    text: TextLayer | None
    picture: Callable[[int], Colour]
    view: PageView | None = None
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
    views = []
    for done, paper in enumerate(papers):
        _view(paper, options)
        assert paper.view is not None
        views.append(paper.view)
        report(round(0.9 * (done + 1) / len(papers), 3))
    by_page = {paper.number: paper for paper in papers}
    groups, documents = group_pages(views), []
    for done, group in enumerate(groups, 1):
        documents.append(_document(group, by_page, options, lambda: report(0.9)))
        report(round(0.9 + 0.1 * done / len(groups), 3))
    return with_kept_pages(documents, [[view.sheet.page for view in group] for group in groups])


def _silent(_heard: float) -> None:
    """Nobody wants to know."""


def _papers(files: Sequence[bytes], options: ReadingOptions) -> list[_Paper]:
    """Every page of every file, numbered through. Raises UnreadableFileError."""
    if not files:
        raise UnreadableFileError("file_empty", "No file was given.")
    papers: list[_Paper] = []
    for content in files:
        if sniff(content) == "pdf":
            papers += _pdf_papers(content, options, first=len(papers) + 1)
        else:
            picture = open_picture(content)
            papers.append(_Paper(len(papers) + 1, None, _as_taken(picture)))
        if len(papers) > options.max_pages:
            raise UnreadableFileError("too_many_pages", f"More than {options.max_pages} pages.")
    return papers


def _as_taken(picture: Colour) -> Callable[[int], Colour]:
    """A photo has the pixels it has."""
    return lambda _dpi: picture


def _pdf_papers(content: bytes, options: ReadingOptions, *, first: int) -> list[_Paper]:
    with open_pdf(content, options.password, options.max_pages) as document:
        layers = [text_layer(load_page(document, index)) for index in range(len(document))]

    def picture(index: int) -> Callable[[int], Colour]:
        def draw(dpi: int) -> Colour:
            with open_pdf(content, options.password, options.max_pages) as document:
                return render(load_page(document, index), dpi)

        return draw

    return [_Paper(first + index, layer, picture(index)) for index, layer in enumerate(layers)]


def _view(paper: _Paper, options: ReadingOptions) -> None:
    """Read a page in the cheapest way that can work."""
    layer = paper.text
    if layer is not None and layer.trusted and len(layer.words) >= _LEAST_WORDS:
        paper.view = _text_view(paper, layer)
    else:
        paper.view = _recognised_view(paper, options)


def _text_view(paper: _Paper, layer: TextLayer) -> PageView:
    picture = paper.picture(_LOOK_DPI)
    found = symbols.find_symbols(_gray(picture), thorough=False)
    height, width = picture.shape[:2]
    return _with_symbols(
        PageView(
            sheet=lay_out(layer.words, page=paper.number, width=layer.width, height=layer.height),
            source=Source.TEXT,
            image=_review_image(picture),
        ),
        found,
        (width, height),
    )


def _recognised_view(paper: _Paper, options: ReadingOptions) -> PageView:
    """Symbols on the raw picture, then the sheet flat and upright, then its words."""
    picture = paper.picture(RASTER_DPI)
    found = symbols.find_symbols(_gray(picture))
    upright, moved = _upright(picture, found, options)
    if not found:
        # A flat, upright sheet sometimes gives up a code that the raw photo did not.
        found, moved = symbols.find_symbols(_gray(upright)), np.eye(3)
    recognised = _recognise(upright, options)
    if not any(symbol.is_qr for symbol in found) and recognised.clarity < _UPSIDE_DOWN_CLARITY:
        # Nothing but the words tells up from down: the clearer reading of the two is the upright one.
        turned = _recognise(page.turn(upright, 2), options)
        if turned.clarity > recognised.clarity:
            recognised, moved = turned, _turn_matrix(2, upright.shape[1], upright.shape[0]) @ moved
    paper.even = recognised.clean.even
    height, width = recognised.clean.ink.shape
    view = PageView(
        sheet=lay_out(recognised.words, page=paper.number, width=width, height=height),
        source=Source.OCR,
        image=_review_image(recognised.picture),
    )
    size = (recognised.picture.shape[1], recognised.picture.shape[0])
    return _with_symbols(view, tuple(_moved(symbol, moved) for symbol in found), size)


@dataclass(frozen=True, slots=True)
class _Recognised:
    """A picture of a page with its words."""

    picture: Colour
    clean: clean.CleanPage
    words: tuple[Word, ...]

    @property
    def clarity(self) -> float:
        """How sure the recogniser is of a typical letter, 0 to 1."""
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) * word.confidence for word in self.words) / max(letters, 1)


def _recognise(picture: Colour, options: ReadingOptions) -> _Recognised:
    cleaned = clean.clean(_gray(picture))
    return _Recognised(picture, cleaned, ocr.read_words(cleaned.ink, options.page_timeout_seconds))


def _upright(
    picture: Colour, found: Sequence[Symbol], options: ReadingOptions
) -> tuple[Colour, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The sheet flat, turned and straight, and the matrix from the raw pixels to it."""
    flat = page.flatten(picture)
    turns = _turns(flat.picture, found, flat.moved, options)
    turned = page.turn(flat.picture, turns)
    matrix = _turn_matrix(turns, flat.picture.shape[1], flat.picture.shape[0]) @ flat.moved
    skew = page.skew_degrees(_gray(turned))
    if abs(skew) < _SMALL_SKEW_DEGREES:
        return turned, matrix
    straight, rotation = page.rotate(turned, skew)
    return straight, rotation @ matrix


def _turns(
    picture: Colour,
    found: Sequence[Symbol],
    moved: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    options: ReadingOptions,
) -> int:
    """Quarter turns to upright: the QR knows, else the recogniser, else the lie of the lines."""
    code = next((symbol for symbol in found if symbol.is_qr), None)
    if code is not None:
        return symbols.quarter_turns(_moved(code, moved))
    gray = _gray(picture)
    factor = min(1.0, 1600 / max(gray.shape))
    small = np.asarray(
        cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    turns, sure = ocr.read_orientation(clean.even_light(small), options.page_timeout_seconds)
    if sure >= _SURE_TURN:
        return turns
    return 1 if page.lies_sideways(gray) else 0


def _turn_matrix(turns: int, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Pixels before to pixels after quarter turns clockwise."""
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return np.array(matrices[turns % 4], dtype=np.float64)


def _moved(symbol: Symbol, matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Symbol:
    points = np.array([symbol.corners], dtype=np.float64)
    there = cv2.perspectiveTransform(points, matrix)[0]
    a, b, c, d = ((float(x), float(y)) for x, y in there)
    return replace(symbol, corners=(a, b, c, d))


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
    group: Sequence[PageView], papers: dict[int, _Paper], options: ReadingOptions, alive: Callable[[], None]
) -> ReadDocument:
    """Understand one document; where a text layer fails the gate, recognise the paper, keep what proves."""
    document = _understood(group, papers, options)
    texts = [papers[view.sheet.page] for view in group if view.source is Source.TEXT]
    if document.accepted or not texts or not _text_is_suspect(document):
        return document
    for paper in texts:
        paper.view = _recognised_view(paper, options)
        alive()
    views = [papers[view.sheet.page].view or view for view in group]
    recognised = _understood(views, papers, options)
    return recognised if recognised.accepted else document


def _understood(
    group: Sequence[PageView], papers: dict[int, _Paper], options: ReadingOptions
) -> ReadDocument:
    evens = {view.sheet.page: even for view in group if (even := papers[view.sheet.page].even) is not None}
    recognised = any(view.source is Source.OCR for view in group)
    look = SecondLook(evens, options.page_timeout_seconds) if recognised else None
    return understand(group, options.own_cuits, look)


def _text_is_suspect(document: ReadDocument) -> bool:
    """Whether the failure looks like broken text rather than an honest difference of amounts."""
    failed = {check.code for check in document.checks if not check.ok}
    return bool(failed & {"rows_multiply"}) or (not document.lines and "rows_sum" in failed)


def _gray(picture: Colour) -> Gray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _review_image(picture: Colour) -> PageImage:
    """A JPEG light enough for a phone, sharp enough to compare figures."""
    factor = min(1.0, _REVIEW_SIDE / max(picture.shape[:2]))
    small = (
        cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        if factor < 1
        else picture
    )
    encoded, content = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _REVIEW_QUALITY]
    )
    assert encoded
    return PageImage(
        jpeg=np.asarray(content).tobytes(), width=int(small.shape[1]), height=int(small.shape[0])
    )
