"""From page space to the page as shown: turned and cropped, origin top left."""

import math
from ctypes import byref, c_int

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from agente_negocio.invoices.reading.pdf.drawing import Bounds, Places
from agente_negocio.invoices.reading.pdf.file import Edges

_FINE = 1000
"""PDFium answers device places in whole numbers, so pages are measured in thousandths."""
_MOST_SLANT = 0.2
"""Radians; stamps across the page have more."""


class Shown:
    """From page space (rotation and crop not applied) to points of the page as shown, origin top left."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._width, self._height = page.get_size()
        self._slants: dict[float, float] = {}
        self._origin = self._ask(page, 0, 0)
        self._right = (self._ask(page, 100, 0) - self._origin) / 100
        self._up = (self._ask(page, 0, 100) - self._origin) / 100

    def _ask(self, page: pdfium.PdfPage, x: float, y: float) -> NDArray[np.float64]:
        device_x, device_y = c_int(), c_int()
        size = (round(self._width * _FINE), round(self._height * _FINE))
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, byref(device_x), byref(device_y))
        return np.array((device_x.value, device_y.value), dtype=np.float64) / _FINE

    def __call__(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points, shape (n, 2), of n pairs of page coordinates."""
        moved: NDArray[np.float64] = self._origin + np.outer(x, self._right) + np.outer(y, self._up)
        return moved

    def boxes(self, bounds: Places) -> Places:
        """Rectangles of page space as they are shown: left, top, right, bottom in points."""
        one, other = self(bounds[:, 0], bounds[:, 1]), self(bounds[:, 2], bounds[:, 3])
        return np.concatenate((np.minimum(one, other), np.maximum(one, other)), axis=1)

    def edges(self, bounds: Bounds) -> Edges:
        """One of them."""
        x0, y0, x1, y1 = self.boxes(np.array((bounds,)))[0].tolist()
        return x0, y0, x1, y1

    def is_upright(self, angle: float) -> bool:
        """Whether text at an angle of page space, clockwise in radians, runs from left to right."""
        return abs(self._slant(angle)) < _MOST_SLANT

    def turns(self, angle: float) -> int:
        """Quarter turns clockwise that make such text run from left to right, roughly."""
        return -round(self._slant(angle) / (math.pi / 2)) % 4

    def _slant(self, angle: float) -> float:
        """Radians, clockwise from upright; asked for each word, and hardly two answers on a page."""
        if angle not in self._slants:
            along, down = self._right * math.cos(angle) - self._up * math.sin(angle)
            self._slants[angle] = math.atan2(down, along)
        return self._slants[angle]
