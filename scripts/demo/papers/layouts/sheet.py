"""A PDF page with its origin at the top left and the few strokes papers need."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import reportlab
from numpy.typing import NDArray
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from scripts.demo.papers.codes import itf_modules, qr_modules
from scripts.demo.papers.traits import FontFamily

A4 = (595.0, 842.0)
MILLIMETRE = 72 / 25.4
LINE_PITCH = 1.15
ECHO_OFFSET = 0.3
"""Points between a text and its second print."""

_FACES = {
    FontFamily.HELVETICA: ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    FontFamily.TIMES: ("Times-Roman", "Times-Bold", "Times-Italic"),
    FontFamily.COURIER: ("Courier", "Courier-Bold", "Courier-Oblique"),
    FontFamily.VERA: ("Vera", "VeraBd", "VeraIt"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A font at a size, in points."""

    name: str
    size: float

    def width(self, text: str) -> float:
        """Width of the text in points."""
        return float(pdfmetrics.stringWidth(text, self.name, self.size))

    def fitting(self, text: str, room: float) -> "Face":
        """The same font, smaller where the text would pass the room it has."""
        width = self.width(text)
        return self if width <= room else Face(self.name, self.size * room / width)


@dataclass(frozen=True, slots=True)
class Faces:
    """Regular, bold and italic of one family."""

    family: FontFamily

    def regular(self, size: float) -> Face:
        """Upright."""
        return self._face(0, size)

    def bold(self, size: float) -> Face:
        """Bold."""
        return self._face(1, size)

    def italic(self, size: float) -> Face:
        """Slanted."""
        return self._face(2, size)

    def label(self, size: float) -> tuple[Face, Face]:
        """Bold for a label, regular for its value."""
        return self.bold(size), self.regular(size)

    def _face(self, index: int, size: float) -> Face:
        name = _FACES[self.family][index]
        if self.family is FontFamily.VERA:
            _register_vera()
        return Face(name, size)


class Sheet:
    """Draws pages of one size. y grows downwards and texts hang from their baseline."""

    def __init__(self) -> None:
        self._buffer = BytesIO()
        self.width, self.height = A4
        self._is_echoed = False
        self._echoes: list[tuple[float, float, str, Face]] = []
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=1, pageCompression=1)

    def finish(self) -> bytes:
        """The PDF, once every page is drawn."""
        self._canvas.save()
        return self._buffer.getvalue()

    def start_page(self, size: tuple[float, float] = A4, *, is_printed_twice: bool = False) -> None:
        """Begin a page of a size in points, all of whose texts may be printed twice."""
        self.width, self.height = size
        self._is_echoed = is_printed_twice
        self._canvas.setPageSize(size)

    def end_page(self) -> None:
        """Close the page being drawn. The second print of its texts comes after everything else."""
        self._is_echoed = False
        for x, y, text, face in self._echoes:
            self.left(x + ECHO_OFFSET, y, text, face)
        self._echoes.clear()
        self._canvas.showPage()

    def left(self, x: float, y: float, text: str, face: Face) -> None:
        """Text starting at x."""
        self._canvas.setFont(face.name, face.size)
        self._canvas.drawString(x, self.height - y, text)
        if self._is_echoed:
            self._echoes.append((x, y, text, face))

    def right(self, x: float, y: float, text: str, face: Face) -> None:
        """Text ending at x."""
        self.left(x - face.width(text), y, text, face)

    def center(self, x: float, y: float, text: str, face: Face) -> None:
        """Text around x."""
        self.left(x - face.width(text) / 2, y, text, face)

    def labelled(self, x: float, y: float, label: str, text: str, faces: tuple[Face, Face]) -> None:
        """A label and its value after it; faces: of the label, of the value."""
        name, value = faces
        self.left(x, y, label, name)
        self.left(x + name.width(label) + name.size * 0.4, y, text, value)

    def fitted(self, x: float, y: float, text: str, face: Face, room: float) -> None:
        """Text starting at x, in smaller print when it would pass the room it has."""
        self.left(x, y, text, face.fitting(text, room))

    def titled(self, x: float, y: float, text: str, face: Face, room: float) -> None:
        """A title that starts at x: in one line, or in two smaller ones that end at y."""
        if face.width(text) <= room:
            self.left(x, y, text, face)
            return
        small = Face(face.name, face.size * 0.62)
        lines = wrap(text, small, room)
        for index, line in enumerate(lines):
            self.fitted(x, y - (len(lines) - 1 - index) * small.size * LINE_PITCH, line, small, room)

    def box(self, x0: float, y0: float, x1: float, y1: float, *, weight: float = 0.6) -> None:
        """Outline of a rectangle."""
        self._canvas.setLineWidth(weight)
        self._canvas.rect(x0, self.height - y1, x1 - x0, y1 - y0, stroke=1, fill=0)

    def rounded(self, x0: float, y0: float, x1: float, y1: float, radius: float = 6) -> None:
        """Outline of a rectangle with round corners."""
        self._canvas.setLineWidth(0.7)
        self._canvas.roundRect(x0, self.height - y1, x1 - x0, y1 - y0, radius, stroke=1, fill=0)

    def fill(self, x0: float, y0: float, x1: float, y1: float, grey: float) -> None:
        """Filled rectangle; grey 0 is black, 1 white. Text stays black."""
        self._canvas.setFillGray(grey)
        self._canvas.rect(x0, self.height - y1, x1 - x0, y1 - y0, stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def line(self, x0: float, y0: float, x1: float, y1: float, weight: float = 0.6) -> None:
        """Straight stroke."""
        self._canvas.setLineWidth(weight)
        self._canvas.line(x0, self.height - y0, x1, self.height - y1)

    def white_on_black(self, x: float, y: float, text: str, face: Face) -> None:
        """Centred text in white, for dark bands."""
        with self.white_ink():
            self.center(x, y, text, face)

    @contextmanager
    def white_ink(self) -> Iterator[None]:
        """Texts in white, for dark bands."""
        self._canvas.setFillGray(1)
        yield
        self._canvas.setFillGray(0)

    def qr(self, x: float, y: float, side: float, text: str) -> None:
        """QR symbol in a square, top left corner at x, y."""
        modules = qr_modules(text)
        step = side / modules.shape[0]
        for row, dark in enumerate(modules):
            for start, end in _runs(dark):
                self.fill(x + start * step, y + row * step, x + end * step, y + (row + 1) * step, 0)

    def itf(self, x: float, y: float, width: float, height: float, digits: str) -> None:
        """Interleaved 2 of 5 barcode."""
        modules = itf_modules(digits)
        step = width / len(modules)
        for start, end in _runs(modules):
            self.fill(x + start * step, y, x + end * step, y + height, 0)


def wrap(text: str, face: Face, width: float) -> list[str]:
    """The text in lines no wider than width, at least one."""
    return simpleSplit(text, face.name, face.size, width) or [""]


def _runs(dark: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end of each run of dark modules."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], dark, [False])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


@cache
def _register_vera() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in _FACES[FontFamily.VERA]:
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
