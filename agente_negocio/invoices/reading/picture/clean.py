"""An upright sheet to clean ink: even light, no ruled lines, glyphs of the size the recogniser likes."""

import cv2
import numpy as np

from agente_negocio.invoices.reading.files import Gray

GLYPH_PIXELS = 24.0
"""Median height of a glyph at which the recogniser reads best."""
_SMALLEST_SCALE, _LARGEST_SCALE = 0.35, 4.0
_MOST_PIXELS = 14_000_000
_NEAR_ENOUGH = 0.05
_PAPER_SIDE = 1000
"""Longest side in pixels at which the brightness of the paper is estimated."""
_WIDEST_INK = 17
"""Pixels at that size: strokes of a title are thinner, shadows and dark boxes are wider."""
_PAPER_BLUR = 1.5
_LINE_GLYPHS = 5.0
"""A straight run of ink this many glyphs long is a ruled line."""
_LINE_THICKNESS = 0.45
"""Of a glyph: thicker bars are part of a picture or a title."""


def even_light(gray: Gray) -> Gray:
    """Divide by the brightness of the paper.

    The paper is what remains when everything thinner than _WIDEST_INK is closed: unlike a blur, closing
    leaves the edge of a hard shadow where it is.
    """
    height, width = gray.shape
    factor = min(1.0, _PAPER_SIDE / max(height, width))
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDEST_INK, _WIDEST_INK))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, ink), (0, 0), _PAPER_BLUR)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    divided = np.asarray(cv2.divide(gray, full, scale=255), dtype=np.uint8)
    return _stretch(divided)


def _stretch(gray: Gray) -> Gray:
    """Let faded ink be dark: the darkest hundredth of the page becomes black."""
    dark = float(np.percentile(gray[::4, ::4], 0.7))
    if dark > 200:  # noqa: PLR2004  an almost empty page keeps its noise quiet
        return gray
    table = np.clip((np.arange(256) - dark) * (255.0 / max(245.0 - dark, 1.0)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(gray, table), dtype=np.uint8)


def glyph_height(gray: Gray) -> float | None:
    """Median height of the blobs that look like letters and figures; None on an empty page."""
    _, ink = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    widths, heights, areas = (
        stats[1:, cv2.CC_STAT_WIDTH],
        stats[1:, cv2.CC_STAT_HEIGHT],
        stats[1:, cv2.CC_STAT_AREA],
    )
    ratio = widths / np.maximum(heights, 1)
    fits = (heights >= 5) & (heights < gray.shape[0] * 0.04) & (ratio > 0.15) & (ratio < 1.6) & (areas > 8)  # noqa: PLR2004
    filled = areas / np.maximum(widths * heights, 1)
    fits &= filled < 0.9  # noqa: PLR2004  modules of a QR are full squares
    chosen = heights[fits]
    return float(np.median(chosen)) if len(chosen) >= 30 else None  # noqa: PLR2004


def reading_scale(glyph: float | None, pixels: int) -> float:
    """Enlargement that brings glyphs of a height in pixels to reading size, within what a page may take."""
    if glyph is None:
        return 1.0
    wanted = min(max(GLYPH_PIXELS / glyph, _SMALLEST_SCALE), _LARGEST_SCALE)
    if abs(wanted - 1.0) < _NEAR_ENOUGH:
        return 1.0
    return float(min(wanted, (_MOST_PIXELS / pixels) ** 0.5))


def erase_lines(gray: Gray, glyph: float) -> Gray:
    """Paint ruled lines and boxes white: they make the recogniser drop cells. glyph: height in pixels."""
    ink = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 15)
    length = round(_LINE_GLYPHS * glyph)
    thickness = max(3, round(_LINE_THICKNESS * glyph))
    mask = np.zeros(ink.shape, np.uint8)
    for size, thick in (((length, 1), (1, thickness)), ((1, length), (thickness, 1))):
        runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8))
        bars = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones(thick[::-1], np.uint8))
        mask = np.asarray(cv2.bitwise_or(mask, cv2.subtract(runs, bars)), dtype=np.uint8)
    cleaned = gray.copy()
    cleaned[np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8))) > 0] = 255
    return cleaned
