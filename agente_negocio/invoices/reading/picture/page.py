"""A photograph to an upright sheet: find the paper, flatten it, turn it, straighten it."""

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.picture.flat import Way, whole

Quad = NDArray[np.float32]
"""float32, shape (4, 2): corners x y in pixels, clockwise from the top left."""

_SMALL_SIDE = 640
_MOST_LINES = 9
LEAST_AREA = 0.22
_LEAST_CONTRAST = 0.07
"""Of log brightness, paper over table, on the weakest side."""
_SAMPLES = 48
_MOST_HOUGH_LINES = 500
_CLEAR_STEP = 0.06
_LEAST_CLEAR = 0.3
"""Of a line's length across the picture that must separate light from dark."""
_STEP_PIXELS = 5.0
_SKEW_SIDE = 900
_LEAST_LETTER, _LARGEST_LETTER = 5, 0.03
"""Longest side of a letter: at least in pixels, at most of the picture."""
_LEAST_LETTERS = 40
_ASKED_LETTERS = 400
_LARGEST_SKEW_DEGREES = 12.0


def frame(gray: Gray) -> Way:
    """The way to the paper when the picture shows it on a table; else the picture is the sheet."""
    quad = find_quad(gray)
    return whole(gray) if quad is None else way_to(quad)


def way_to(quad: Quad) -> Way:
    """The way to the sheet with these corners."""
    width = round(max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])))
    height = round(max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return Way(cv2.getPerspectiveTransform(quad, target).astype(np.float64), width, height)


def find_quad(gray: Gray, *, least_area: float = LEAST_AREA) -> Quad | None:
    """Corners of a light sheet on a darker table, or None. Every side must be lighter inside than outside.

    least_area: of the sheet, as a share of the picture.
    """
    factor = _SMALL_SIDE / max(gray.shape)
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    logs = np.log1p(cv2.GaussianBlur(small, (0, 0), 2.0).astype(np.float32))
    spread = cv2.normalize(logs, np.empty_like(logs), 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    edges = cv2.Canny(spread, 20, 60)
    lines = cv2.HoughLines(edges, 1, np.pi / 360, threshold=round(0.15 * min(small.shape)))
    if lines is None:
        return None
    polar = np.asarray(lines, dtype=np.float32).reshape(-1, lines.shape[-1])[:_MOST_HOUGH_LINES, :2]
    level, upright = _families(_edges_of_paper(polar, logs), small.shape)
    quads = _quads(level, upright, (small.shape[0], small.shape[1]), least_area)
    if len(quads) == 0:
        return None
    scores = _contrasts(logs, quads)
    best = int(np.argmax(scores))
    if scores[best] < _LEAST_CONTRAST or not _stands_out(logs, quads[best]):
        return None
    return np.asarray(quads[best] / factor, dtype=np.float32)


def _stands_out(logs: NDArray[np.float32], quad: Quad) -> bool:
    """Whether what surrounds the quad is darker than what it holds; around a box on paper is more paper."""
    inside = np.zeros(logs.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(quad).astype(np.int32), 1)
    if inside.all():
        return True
    paper, around = np.percentile(logs[inside > 0], 75), np.percentile(logs[inside == 0], 75)
    return bool(paper - around > _LEAST_CONTRAST)


def _edges_of_paper(lines: NDArray[np.float32], logs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lines with light on one side and dark on the other, clearest first; ruled lines have paper on both."""
    height, width = logs.shape
    reach = float(np.hypot(height, width))
    along = np.linspace(-reach, reach, 4 * _SAMPLES)
    normal = np.stack([np.cos(lines[:, 1]), np.sin(lines[:, 1])], axis=-1)
    direction = np.stack([-normal[:, 1], normal[:, 0]], axis=-1)
    points = lines[:, :1, None] * normal[:, None, :] + along[None, :, None] * direction[:, None, :]
    margin = _STEP_PIXELS + 1
    inside = (
        (points[..., 0] > margin)
        & (points[..., 0] < width - margin)
        & (points[..., 1] > margin)
        & (points[..., 1] < height - margin)
    )

    def sample(offset: float) -> NDArray[np.float32]:
        at = points + offset * normal[:, None, :]
        x = np.clip(np.rint(at[..., 0]), 0, width - 1).astype(int)
        y = np.clip(np.rint(at[..., 1]), 0, height - 1).astype(int)
        return np.asarray(logs[y, x], dtype=np.float32)

    step = np.where(inside, sample(_STEP_PIXELS) - sample(-_STEP_PIXELS), 0.0)
    count = np.maximum(inside.sum(axis=1), 1)
    clear = np.maximum((step > _CLEAR_STEP).sum(axis=1), (step < -_CLEAR_STEP).sum(axis=1)) / count
    order = np.argsort(-clear, kind="stable")
    return np.asarray(lines[order][clear[order] > _LEAST_CLEAR], dtype=np.float32)


def _families(
    lines: NDArray[np.float32], shape: Sequence[int]
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Clearest distinct lines that run across and down."""
    level: list[NDArray[np.float32]] = []
    upright: list[NDArray[np.float32]] = []
    apart = 0.012 * max(shape)
    for line in lines:
        # One way to write each line, around its family's own direction, so that near lines are near.
        rho, theta = (float(line[0]), float(line[1]))
        if theta > 0.75 * np.pi:
            rho, theta = -rho, theta - np.pi
        tilt = abs(np.sin(theta))
        family = (
            level if tilt > np.sin(np.radians(50)) else upright if tilt < np.sin(np.radians(40)) else None
        )
        if family is None or len(family) >= _MOST_LINES:
            continue
        if all(abs(rho - each[0]) > apart or abs(theta - each[1]) > 0.06 for each in family):  # noqa: PLR2004  3 degrees
            family.append(np.array([rho, theta], dtype=np.float32))
    return level, upright


def _quads(
    level: Sequence[NDArray[np.float32]],
    upright: Sequence[NDArray[np.float32]],
    shape: tuple[int, int],
    least_area: float,
) -> NDArray[np.float32]:
    """Every convex, paper-like quadrilateral of two level and two upright lines."""
    if len(level) < 2 or len(upright) < 2:  # noqa: PLR2004  two of each make a sheet
        return np.empty((0, 4, 2), dtype=np.float32)
    points = _crossings(np.array(level, dtype=np.float64), np.array(upright, dtype=np.float64))
    a, b = np.array(list(itertools.combinations(range(len(level)), 2))).T
    c, d = np.array(list(itertools.combinations(range(len(upright)), 2))).T
    rows, columns = np.meshgrid(np.arange(len(a)), np.arange(len(c)), indexing="ij")
    a, b, c, d = a[rows].ravel(), b[rows].ravel(), c[columns].ravel(), d[columns].ravel()
    quads = np.stack([points[a, c], points[a, d], points[b, d], points[b, c]], axis=1)
    quads = _ordered(quads[np.isfinite(quads).all(axis=(1, 2))])
    return np.asarray(quads[_paper_like(quads, shape, least_area)], dtype=np.float32)


def _crossings(level: NDArray[np.float64], upright: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where lines of two families, given as rho and theta, cross; shape (levels, uprights, 2).

    Not a number where two of them are almost parallel.
    """
    (r, t), (q, u) = level.T[:, :, None], upright.T[:, None, :]
    turn = np.sin(u - t)
    turn = np.where(np.abs(turn) < 0.3, np.nan, turn)  # noqa: PLR2004  17 degrees
    x = (r * np.sin(u) - q * np.sin(t)) / turn
    y = (q * np.cos(t) - r * np.cos(u)) / turn
    return np.stack([x, y], axis=-1)


def _ordered(quads: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners of each clockwise from the top left."""
    from_centre = quads - quads.mean(axis=1, keepdims=True)
    ring = np.argsort(np.arctan2(from_centre[..., 1], from_centre[..., 0]), axis=1)
    quads = np.take_along_axis(quads, ring[..., None], axis=1)
    first = quads.sum(axis=2).argmin(axis=1)
    turned = (np.arange(4)[None, :] + first[:, None]) % 4
    return np.take_along_axis(quads, turned[..., None], axis=1)


def _paper_like(quads: NDArray[np.float64], shape: tuple[int, int], least_area: float) -> NDArray[np.bool_]:
    """Which are sheets seen from a sane angle: opposite sides alike, corners between 60 and 120 degrees."""
    height, width = shape
    margin = 0.02 * max(shape)
    within = (quads > -margin) & (quads < np.array([width, height]) + margin)
    sides = np.roll(quads, -1, axis=1) - quads
    following = np.roll(sides, -1, axis=1)
    crosses = sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0]
    x, y = quads[..., 0], quads[..., 1]
    areas = 0.5 * np.abs((x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1))
    lengths = np.maximum(np.linalg.norm(sides, axis=2), 1e-9)
    ratios = np.maximum(lengths[:, :2] / lengths[:, 2:], lengths[:, 2:] / lengths[:, :2])
    cosines = np.abs((sides * following).sum(axis=2) / (lengths * np.roll(lengths, -1, axis=1)))
    return np.asarray(
        within.all(axis=(1, 2))
        & ((crosses > 0).all(axis=1) | (crosses < 0).all(axis=1))
        & (areas >= least_area * width * height)
        & (lengths.min(axis=1) >= 0.15 * max(shape))
        & (ratios.max(axis=1) < 1.7)  # noqa: PLR2004
        & (cosines.max(axis=1) < 0.5)  # noqa: PLR2004
    )


def _contrasts(logs: NDArray[np.float32], quads: NDArray[np.float32]) -> NDArray[np.float64]:
    """Score of each quad: the weakest side's step from table to paper, a little better when large."""
    height, width = logs.shape
    steps = np.linspace(0.06, 0.94, _SAMPLES)
    ends = np.roll(quads, -1, axis=1)
    sides = ends - quads
    normals = np.stack([-sides[..., 1], sides[..., 0]], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    points = quads[:, :, None, :] + steps[None, None, :, None] * sides[:, :, None, :]

    def sample(offset: float) -> NDArray[np.float32]:
        at = points + offset * normals[:, :, None, :]
        x = np.clip(np.rint(at[..., 0]), 0, width - 1).astype(int)
        y = np.clip(np.rint(at[..., 1]), 0, height - 1).astype(int)
        return np.asarray(logs[y, x], dtype=np.float32)

    step = sample(_STEP_PIXELS) - sample(-_STEP_PIXELS)
    typical = np.median(step, axis=2)
    steady = np.mean(step > 0.02, axis=2)  # noqa: PLR2004
    scores = np.where(steady.min(axis=1) > 0.55, typical.min(axis=1), 0.0)  # noqa: PLR2004
    areas = np.array([cv2.contourArea(quad) for quad in quads]) / (height * width)
    return np.asarray(np.where(scores > _LEAST_CONTRAST, scores * (0.5 + areas), 0.0), dtype=np.float64)


def turn(picture: Gray, quarter_turns: int) -> Gray:
    """Turned clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(picture, -quarter_turns % 4))


def skew_degrees(gray: Gray) -> float:
    """How far text lines rise to the right, by the sharpest row profile; 0 when nothing tells."""
    factor = min(1.0, _SKEW_SIDE / max(gray.shape))
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    points = np.argwhere(ink > 0).astype(np.float32)
    if len(points) < 200:  # noqa: PLR2004  an empty page
        return 0.0
    points -= np.array(ink.shape, dtype=np.float32) / 2
    coarse = np.arange(-_LARGEST_SKEW_DEGREES, _LARGEST_SKEW_DEGREES + 0.1, 0.5)
    best = max(coarse, key=lambda angle: _sharpness(points, float(angle)))
    fine = np.arange(best - 0.5, best + 0.51, 0.05)
    return float(max(fine, key=lambda angle: _sharpness(points, float(angle))))


def _sharpness(points: NDArray[np.float32], degrees: float) -> float:
    """How unevenly ink falls on rows slanted by an angle."""
    slope = np.tan(np.radians(degrees))
    rows = np.rint(points[:, 0] + slope * points[:, 1]).astype(np.int64)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float(np.sum(np.diff(counts) ** 2))


def lies_sideways(even: Gray) -> bool:
    """Whether text runs down the picture: the nearest neighbour of a letter stands beside it in its line."""
    _, ink = cv2.threshold(even, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    sizes = np.maximum(widths, heights)
    letters = (sizes >= _LEAST_LETTER) & (sizes < _LARGEST_LETTER * max(even.shape))
    at = centres[1:][letters].astype(np.float32)
    if len(at) < _LEAST_LETTERS:
        return False
    some = at[:: max(1, len(at) // _ASKED_LETTERS)]
    steps = at[None, :, :] - some[:, None, :]
    distances = np.abs(steps).sum(axis=2)
    distances[distances == 0] = np.inf
    nearest = np.abs(steps[np.arange(len(some)), distances.argmin(axis=1)])
    return bool(np.mean(nearest[:, 1] > nearest[:, 0]) > 0.5)  # noqa: PLR2004  the majority
