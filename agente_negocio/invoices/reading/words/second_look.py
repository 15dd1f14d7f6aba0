"""The second look at places of a page: cut out, enlarged, many of them in one run of the recogniser."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.picture.clean import GLYPH_PIXELS, erase_lines
from agente_negocio.invoices.reading.words.ocr import read_figures, read_words

_LOOK_GLYPHS = 1.6
"""Enlargement of a cut-out over the page the recogniser saw first."""
_ROW_GAP = 28
_MARGIN = 40
_MOST_PIECES = 90
_SHORT, _LONE, _SHORT_TIMES = 1.35, 1.05, 3
"""Pieces narrower than these shares of their height hold two figures or one, which the recogniser likes to
drop where they stand alone: they are drawn this many times in their line."""
_INK = 140
_PALE, _GRAINS = 20, 6
"""How much darker than the paper pale print is, at least, and in steps of the paper's own grain."""
_LEAST_PALE = 12
"""Pixels of a row that are more than dirt, or the seam of a dark line."""
_UPRIGHT = 0.5
"""Of a room's height: what is inked so far down is a rule between columns."""
_NOTHING = np.full((0, 0), 255, np.uint8)
_BLANK_SHARE = 0.006
"""Of a cell's pixels: even a 1 blackens more."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The clean pages of a document by number, to look at places of them once more."""

    pages: Mapping[int, Gray]
    timeout_seconds: float

    def figures(self, places: Sequence[Place]) -> list[str]:
        """Figures read anew at each place, "" where nothing was read; many places in one run."""
        texts: list[str] = []
        for start in range(0, len(places), _MOST_PIECES):
            pieces = [_cut(self._page(place), place) for place in places[start : start + _MOST_PIECES]]
            texts += _read_pieces(pieces, self.timeout_seconds)
        return texts

    def words(self, place: Place, scale: float) -> list[Word]:
        """Words read anew in a region without its lines, drawn at another scale; edges in page units."""
        x0, y0 = max(0, round(place.x0)), max(0, round(place.y0))
        piece = self._page(place)[y0 : round(place.y1), x0 : round(place.x1)]
        if piece.size == 0:
            return []
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        drawn = np.asarray(cv2.resize(piece, None, fx=scale, fy=scale, interpolation=method), dtype=np.uint8)
        found = read_words(erase_lines(drawn, scale * GLYPH_PIXELS), self.timeout_seconds)
        return [
            replace(
                word,
                x0=word.x0 / scale + x0,
                y0=word.y0 / scale + y0,
                x1=word.x1 / scale + x0,
                y1=word.y1 / scale + y0,
            )
            for word in found
        ]

    def is_blank(self, place: Place) -> bool:
        """Whether there is no ink worth a digit at a place."""
        piece = self._page(place)[round(place.y0) : round(place.y1), round(place.x0) : round(place.x1)]
        return piece.size == 0 or float(np.mean(_inked(piece))) < _BLANK_SHARE

    def holds_line(self, place: Place) -> bool:
        """Whether there may be a line of text at a place: ink as high as letters, no rule's."""
        piece = self._page(place)[round(place.y0) : round(place.y1), round(place.x0) : round(place.x1)]
        if piece.size == 0:
            return False
        pale = _inked(piece)
        between = pale.mean(axis=0) < _UPRIGHT
        dark = (piece[:, between] < _INK).any(axis=1)
        inked = dark | (pale[:, between].sum(axis=1) >= _LEAST_PALE)
        runs = np.diff(np.flatnonzero(np.concatenate(([True], ~inked, [True])))) - 1
        return int(runs.max(initial=0)) > GLYPH_PIXELS / 2

    def _page(self, place: Place) -> Gray:
        """The page of a place; of pages that came as text there is nothing to look at."""
        return self.pages.get(place.page, _NOTHING)


def _inked(piece: Gray) -> NDArray[np.bool_]:
    """Where there is ink, pale ink too."""
    low, middle = np.percentile(piece, (25, 50))
    return np.less(piece, max(_INK, middle - max(_PALE, _GRAINS * (middle - low))))


def _cut(page: Gray, place: Place) -> Gray:
    """The place with a little air, enlarged."""
    height = place.y1 - place.y0
    y0, y1 = max(0, round(place.y0 - 0.22 * height)), round(place.y1 + 0.22 * height)
    x0, x1 = max(0, round(place.x0 - 0.35 * height)), round(place.x1 + 0.35 * height)
    piece = page[y0:y1, x0:x1]
    if piece.size == 0:
        return np.full((8, 8), 255, np.uint8)
    return np.asarray(
        cv2.resize(piece, None, fx=_LOOK_GLYPHS, fy=_LOOK_GLYPHS, interpolation=cv2.INTER_CUBIC),
        dtype=np.uint8,
    )


def _read_pieces(pieces: Sequence[Gray], timeout_seconds: float) -> list[str]:
    """One picture with a piece per line, read at once; words go back to their piece by height."""
    if not pieces:
        return []
    pieces = [_only_ink(piece) for piece in pieces]
    times = [_SHORT_TIMES if _is_narrower(piece, _SHORT) else 1 for piece in pieces]
    lines = [np.hstack([piece] * count) for piece, count in zip(pieces, times, strict=True)]
    width = max(line.shape[1] for line in lines) + 2 * _MARGIN
    height = sum(line.shape[0] + _ROW_GAP for line in lines) + _ROW_GAP
    canvas = np.full((height, width), 255, np.uint8)
    bands, y = [], _ROW_GAP
    for line in lines:
        canvas[y : y + line.shape[0], _MARGIN : _MARGIN + line.shape[1]] = line
        bands.append((y - _ROW_GAP / 2, y + line.shape[0] + _ROW_GAP / 2))
        y += line.shape[0] + _ROW_GAP
    words = read_figures(canvas, timeout_seconds)
    texts = ["".join(word.text for word in words if top <= word.middle < bottom) for top, bottom in bands]
    return [_once(*read) for read in zip(texts, pieces, times, strict=True)]


def _only_ink(piece: Gray) -> Gray:
    """The piece without what is blank at its left and right, and with the same air on both sides."""
    inked = np.flatnonzero((piece < _INK).any(axis=0))
    if inked.size == 0:
        return piece
    # Thin strokes are fainter than ink.
    margin, air = piece.shape[0] // 10, piece.shape[0] // 6
    ink = piece[:, max(0, int(inked[0]) - margin) : int(inked[-1]) + margin + 1]
    return np.pad(ink, ((0, 0), (air, air)), constant_values=255)


def _is_narrower(piece: Gray, share: float) -> bool:
    height, width = piece.shape
    return bool(width < share * height)


def _once(text: str, piece: Gray, times: int) -> str:
    """What was drawn several times and read each time alike; of a lone figure, as most of them were read."""
    part = text[: len(text) // times]
    if text == part * times:
        return part
    figures = re.sub(r"\D", "", text)
    if "-" in text or not figures or len(figures) > times or not _is_narrower(piece, _LONE):
        return ""
    figure, count = Counter(figures).most_common(1)[0]
    return figure if 2 * count > len(figures) else ""
