"""How far a crumpled or folded sheet bends its lines: letters that follow each other tell.

Neighbouring letters of a line stand on one level on a flat sheet. Each pair of neighbours measures how the
level changes between them; a smooth field over the sheet is fitted to all of them by least squares, first to
close neighbours, then, with the field taken out, to ever wider gaps, as between the columns of a table.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from agente_negocio.invoices.reading.files import Gray

Floats = NDArray[np.float64]
Links = tuple[NDArray[np.int64], NDArray[np.int64]]

_CELL_GLYPHS = 6.0
"""Grid pitch of the field, in glyph heights."""
_MOST_NODES = 1400
_REACHES = (1.6, 4.0, 9.0, 18.0, 40.0)
"""Widest gap between neighbours, in glyph heights, pass by pass."""
_SAME_LEVEL = (0.75, 0.5, 0.45, 0.45, 0.4)
"""Greatest difference of level between neighbours, in glyph heights, pass by pass."""
_SMOOTHNESS = 0.02
_STILLNESS = 1e-4
_LEAST_LINKS = 150
_ALIKE = 1.25
"""Neighbours of one line and case differ at most this much in height."""
_ROUNDS = 2
_FLAT_GLYPHS = 0.22
"""A field that bends less than this, in glyph heights, is left alone."""
_SAMPLE = 16
"""Pixels between the places at which the field is worked out in full."""


@dataclass(frozen=True, slots=True)
class Bend:
    """Levels on a grid. nodes: float64, shape (rows, columns), as a share of the sheet's height.

    The grid spans the sheet from its first to its last pixel; a positive level means lower on the sheet.
    """

    nodes: Floats

    def sources(self, width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Coarse maps: for places on the flat sheet of width by height pixels, x and y on the bent one."""
        columns, rows = max(2, width // _SAMPLE), max(2, height // _SAMPLE)
        xs, ys = np.meshgrid(np.linspace(0, width - 1, columns), np.linspace(0, height - 1, rows))
        there = ys
        for _ in range(3):
            # Levels belong to bent places: a few rounds find the bent place of each flat one.
            there = ys + height * _levels(self.nodes, xs / width, there / height)
        return xs.astype(np.float32), there.astype(np.float32)


def find_bend(even: Gray, glyph: float) -> Bend | None:
    """The bend of an upright sheet, None where it is flat or too empty to tell. glyph: height in pixels."""
    boxes = _letters(even, glyph)
    height, width = even.shape
    shape = _grid(width, height, glyph)
    nodes = np.zeros(shape)
    for reach, level in zip(_REACHES, _SAME_LEVEL, strict=True):
        moved = boxes[:, 3] - height * _levels(nodes, boxes[:, 4] / width, boxes[:, 3] / height)
        first, second = _links(boxes, moved, glyph, reach, level)
        if len(first) < _LEAST_LINKS:
            return None
        nodes = _fitted(boxes, (first, second), shape, (width, height))
        if height * float(np.abs(np.diff(nodes, axis=1)).max()) < _FLAT_GLYPHS * glyph:
            return None
    return Bend(nodes)


def _letters(even: Gray, glyph: float) -> Floats:
    """Boxes like letters: x0, y0, x1, bottom, middle x; shape (count, 5)."""
    _, ink = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    x, y, w, h, area = (stats[1:, column].astype(np.float64) for column in range(5))
    fits = (h > 0.6 * glyph) & (h < 1.8 * glyph) & (w < 6 * glyph) & (w > 0.1 * glyph)
    fits &= area < 0.9 * w * h
    x, y, w, h = x[fits], y[fits], w[fits], h[fits]
    order = np.argsort(x, kind="stable")
    return np.stack([x, y, x + w, y + h, x + w / 2], axis=1)[order]


def _grid(width: int, height: int, glyph: float) -> tuple[int, int]:
    pitch = max(_CELL_GLYPHS * glyph, (width * height / _MOST_NODES) ** 0.5)
    return max(3, round(height / pitch) + 1), max(3, round(width / pitch) + 1)


def _links(boxes: Floats, bottoms: Floats, glyph: float, reach: float, level: float) -> Links:
    """Each letter with its nearest follower on the same level, at most reach glyphs away."""
    order = np.argsort(bottoms, kind="stable")
    y, left, right = bottoms[order], boxes[order, 0], boxes[order, 2]
    heights = boxes[order, 3] - boxes[order, 1]
    nearest, follower = np.full(len(order), reach * glyph), np.full(len(order), -1)
    apart = 1
    while apart < len(order):
        # Sorted by level, so the partners of a letter are among its next few, on whichever side they stand.
        on_level = y[apart:] - y[:-apart] < level * glyph
        if not on_level.any():
            break
        low, high = heights[:-apart], heights[apart:]
        fits = on_level & (high < _ALIKE * low) & (low < _ALIKE * high)
        here, there = np.flatnonzero(fits), np.flatnonzero(fits) + apart
        for first, second in ((here, there), (there, here)):
            gap = left[second] - right[first]
            near = (gap > -0.3 * glyph) & (gap < nearest[first]) & (left[second] > left[first])
            nearest[first[near]], follower[first[near]] = gap[near], second[near]
        apart += 1
    found = np.flatnonzero(follower >= 0)
    return order[found], order[follower[found]]


def _fitted(boxes: Floats, links: Links, shape: tuple[int, int], size: tuple[int, int]) -> Floats:
    """Node levels that explain the steps between neighbours, smoothly; outliers count ever less."""
    width, height = size
    first, second = links
    places, weights = _weights(shape, boxes[:, 4] / width, boxes[:, 3] / height)
    at = np.concatenate([places[second], places[first]], axis=1)
    share = np.concatenate([weights[second], -weights[first]], axis=1)
    steps = (boxes[second, 3] - boxes[first, 3]) / height
    trust: Floats = np.ones(len(first))
    count = shape[0] * shape[1]
    pairs = (at[:, :, None] * count + at[:, None, :]).ravel()
    nodes: Floats = np.zeros(count)
    for _ in range(_ROUNDS):
        weighted = share * trust[:, None]
        products = (weighted[:, :, None] * share[:, None, :]).ravel()
        normal = np.bincount(pairs, products, count * count).reshape(count, count)
        moment = np.bincount(at.ravel(), (weighted * steps[:, None]).ravel(), count)
        nodes = np.asarray(np.linalg.solve(normal + _regular(shape), moment), dtype=np.float64)
        wrong = np.abs((nodes[at] * share).sum(axis=1) - steps)
        scale = max(float(np.median(wrong)), 1e-5)
        trust = np.asarray(1.0 / (1.0 + (wrong / (3 * scale)) ** 2), dtype=np.float64)
    return np.asarray(nodes.reshape(shape) - nodes.mean())


@lru_cache(maxsize=8)
def _regular(shape: tuple[int, int]) -> Floats:
    """What keeps the field smooth where no letter speaks: second differences both ways, and rest."""
    count = shape[0] * shape[1]
    index = np.arange(count).reshape(shape)
    total = _STILLNESS * np.eye(count)
    for axis in (0, 1):
        moved = np.moveaxis(index, axis, 0)
        before, here, after = moved[:-2].ravel(), moved[1:-1].ravel(), moved[2:].ravel()
        rows = np.zeros((len(here), count))
        lines = np.arange(len(here))
        rows[lines, before], rows[lines, here], rows[lines, after] = 1, -2, 1
        total += _SMOOTHNESS * rows.T @ rows
    return np.asarray(total)


def _weights(shape: tuple[int, int], x: Floats, y: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The four nodes around each place and their bilinear weights; both shape (count, 4)."""
    rows, columns = shape
    across = np.clip(x, 0, 1) * (columns - 1)
    down = np.clip(y, 0, 1) * (rows - 1)
    column = np.minimum(across.astype(np.int64), columns - 2)
    row = np.minimum(down.astype(np.int64), rows - 2)
    fx, fy = across - column, down - row
    base = row * columns + column
    places = np.stack([base, base + 1, base + columns, base + columns + 1], axis=-1)
    weights = np.stack([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy], axis=-1)
    return places, weights


def _levels(nodes: Floats, x: Floats, y: Floats) -> Floats:
    """The field at places given as shares of the sheet."""
    places, weights = _weights((nodes.shape[0], nodes.shape[1]), x.ravel(), y.ravel())
    return np.asarray((nodes.ravel()[places] * weights).sum(axis=1).reshape(x.shape))
