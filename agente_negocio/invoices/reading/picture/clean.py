"""An upright sheet to clean ink: even light, clear edges, no ruled lines, glyphs of reading size."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

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
_TALLEST_BAND = 75
"""Pixels at that size: dark bands with white headings are narrower, shadows wider."""
_SMALLEST_BAND = 12
_BAND_MEAN, _BAND_TEXT = 0.6, 0.75
"""Of the paper around: a band is darker on the whole, its letters are brighter; in a shadow nothing is."""
_BAND_EXTENT = 0.7
"""Of its box: a band is a rectangle, a logo or a finger is none."""
_LINE_GLYPHS = 5.0
"""A straight run of ink this many glyphs long is a ruled line."""
_LINE_THICKNESS = 0.45
"""Of a glyph: thicker bars are part of a picture or a title."""
_SAMPLE_SIDE = 1500
"""Pixels of a sheet that tell how sharp and how quiet it is."""
_FAINTEST_PAPER, _PALEST_INK = 200, 128
_LEAST_INK, _LEAST_PAPER = 2_000, 1_000
"""Pixels: fewer tell nothing."""
_NOISE = 0.3
"""Standard deviation of quiet paper in even light, of 255: more comes from a camera in the dark."""
_QUIET_BLUR = 1.0
_VAGUE = 1.8
"""Standard deviation in pixels of the blur of an edge: in sharp pictures at reading size 1.3 to 1.7."""
_VAGUE_TAKEN = 1.2
"""The same in pixels of the picture: what enlarging alone has blurred does not get better by sharpening."""
_SHARPENED_AT, _SHARPENED_BY = 1.2, 1.5


def even_light(gray: Gray) -> Gray:
    """Divide by the brightness of the paper.

    The paper is what remains when everything thinner than _WIDEST_INK is closed: unlike a blur, closing
    leaves the edge of a hard shadow where it is.
    """
    height, width = gray.shape
    factor = min(1.0, _PAPER_SIDE / max(height, width))
    reduced = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = np.asarray(reduced, dtype=np.uint8)
    ink = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_WIDEST_INK, _WIDEST_INK))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, ink), (0, 0), _PAPER_BLUR)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    divided = np.asarray(cv2.divide(gray, full, scale=255), dtype=np.uint8)
    return _with_bands(_stretch(divided), gray, small)


def _with_bands(even: Gray, gray: Gray, small: Gray) -> Gray:
    """White letters on dark bands as black ones on white. small: the same sheet, reduced."""
    around = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_TALLEST_BAND, _TALLEST_BAND), np.uint8))
    mean = cv2.blur(small, (_SMALLEST_BAND, _SMALLEST_BAND))
    _, _, stats, _ = cv2.connectedComponentsWithStats((mean < _BAND_MEAN * around).astype(np.uint8))
    factor = gray.shape[0] / small.shape[0]
    for x, y, width, height, area in stats[1:]:
        if not (_SMALLEST_BAND < height < _TALLEST_BAND < width) or area < _BAND_EXTENT * width * height:
            continue
        box = (slice(y, y + height), slice(x, x + width))
        there = (_scaled(y, height, factor), _scaled(x, width, factor))
        size = gray[there].shape[::-1]
        paper = cv2.resize(around[box], size, interpolation=cv2.INTER_LINEAR)
        band = np.asarray(cv2.divide(gray[there], paper, scale=255), dtype=np.uint8)
        dark, bright = float(np.median(band)), float(np.percentile(band, 98))
        if bright > _BAND_TEXT * 255:
            table = np.clip((bright - np.arange(256)) * (255 / (bright - dark)), 0, 255).astype(np.uint8)
            even[there] = cv2.LUT(band, table)
    return even


def _scaled(start: int, length: int, factor: float) -> slice:
    return slice(round(start * factor), round((start + length) * factor))


def _stretch(gray: Gray) -> Gray:
    """Let faded ink be dark: the darkest hundredth of the page becomes black."""
    dark = float(np.percentile(gray[::4, ::4], 0.7))
    if dark > 200:  # noqa: PLR2004  an almost empty page keeps its noise quiet
        return gray
    table = np.clip((np.arange(256) - dark) * (255.0 / max(245.0 - dark, 1.0)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(gray, table), dtype=np.uint8)


def clear(even: Gray, enlarged: float) -> Gray:
    """A sheet at reading size, smoothed where a camera saw it in the dark, sharpened where it shook.

    enlarged: pixels of the sheet for one of the picture.
    """
    sample = _middle(even).astype(np.float32)
    if _noise(sample) > _NOISE:
        return np.asarray(cv2.GaussianBlur(even, (0, 0), _QUIET_BLUR), dtype=np.uint8)
    blur = _edge_blur(sample)
    if blur < max(_VAGUE, _VAGUE_TAKEN * enlarged):
        return even
    vague = cv2.GaussianBlur(even, (0, 0), _SHARPENED_AT * blur)
    return np.asarray(cv2.addWeighted(even, 1 + _SHARPENED_BY, vague, -_SHARPENED_BY, 0), dtype=np.uint8)


def _middle(gray: Gray) -> Gray:
    """A part of the sheet that shows what its text is like."""
    top, left = (max(0, (side - _SAMPLE_SIDE) // 3) for side in gray.shape)
    return gray[top : top + _SAMPLE_SIDE, left : left + _SAMPLE_SIDE]


def _noise(sample: NDArray[np.float32]) -> float:
    """Standard deviation of the noise on bare paper (Immerkær, Fast noise variance estimation, 1996)."""
    bare = cv2.erode((sample > _FAINTEST_PAPER).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    if np.count_nonzero(bare) < _LEAST_PAPER:
        return 0.0
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    return float(np.abs(cv2.filter2D(sample, -1, mask)[bare]).mean()) * math.sqrt(math.pi / 2) / 6


def _edge_blur(sample: NDArray[np.float32]) -> float:
    """Standard deviation in pixels of a Gaussian as steep as the ink's steepest edges; 0 without ink."""
    smooth = cv2.GaussianBlur(sample, (0, 0), 0.7)
    ink = cv2.dilate((smooth < _PALEST_INK).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if np.count_nonzero(ink) < _LEAST_INK:
        return 0.0
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, x, 1 - x, ksize=3, scale=1 / 8) for x in (1, 0))
    slope = float(np.percentile(cv2.magnitude(across, down)[ink], 90))
    return 255 / (slope * math.sqrt(2 * math.pi)) if slope else 0.0


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


def reading_scale(glyph: float, pixels: int) -> float:
    """Enlargement that brings glyphs of a height in pixels to reading size, within what a page may take."""
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
