"""What stands around and above the sheet: table, perspective, light, camera."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from scripts.demo.papers.conditions.raster import Picture

Field = NDArray[np.float32]
Place = NDArray[np.float64]
"""3 x 3, from pixels of a page to pixels of the picture."""

_TABLES = ((92, 62, 40), (58, 60, 66), (136, 118, 96), (38, 46, 60), (120, 44, 40))
_TILE = 512
_SLANT = 0.03
"""Displacement of a corner as a share of the side."""
_GRAIN_SCALE = 4
_OLD_PAPER = (246, 240, 233)


def lay(pages: Sequence[Picture], random: Generator) -> tuple[Picture, list[Place]]:
    """Pages beside each other on a table, each seen in perspective, and where each one lies."""
    margin = int(0.06 * max(max(page.shape[:2]) for page in pages))
    width = sum(page.shape[1] for page in pages) + (len(pages) + 1) * margin
    height = max(page.shape[0] for page in pages) + 2 * margin
    seen = table((height, width), random)
    places, x = [], margin
    # Neighbours must not reach over each other; a single page may come nearer to the edge.
    room = margin * (0.85 if len(pages) == 1 else 0.45)
    for page in pages:
        place = _place(page, (x, margin), room, random)
        seen = _put(seen, page, place)
        places.append(place)
        x += page.shape[1] + margin
    return seen, places


def _place(page: Picture, corner: tuple[int, int], room: float, random: Generator) -> Place:
    """From pixels of the page to pixels of the table, its corners displaced by a share of its sides."""
    height, width = page.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    shift = random.uniform(-_SLANT, _SLANT, (4, 2)) * (width, min(height, 2 * width))
    target = (corners + corner + np.clip(shift, -room, room)).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, target), dtype=np.float64)


def _put(canvas: Picture, page: Picture, place: Place) -> Picture:
    """The page and the shadow it casts."""
    size = (canvas.shape[1], canvas.shape[0])
    seen = cv2.warpPerspective(page, place, size)
    mask = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), place, size)
    offset = np.array([[1, 0, 9], [0, 1, 11]], np.float32)
    cast = cv2.blur(cv2.warpAffine(mask, offset, size), (31, 31))
    dark = np.asarray(cv2.convertScaleAbs(cast, alpha=-0.45, beta=255), dtype=np.uint8)
    return np.asarray(cv2.copyTo(seen, mask, _dimmed(canvas, dark)), dtype=np.uint8)


def table(size: tuple[int, int], random: Generator) -> Picture:
    """A tabletop with grain."""
    height, width = (side // _GRAIN_SCALE + 1 for side in size)
    colour = np.array(_TABLES[int(random.integers(len(_TABLES)))], dtype=np.float32)
    grain = random.normal(0, 7, (height // 40 + 3, width)).astype(np.float32)
    streaks = cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    small = np.clip(colour[None, None, :] + streaks[:, :, None], 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(small, (size[1], size[0])), dtype=np.uint8)


def lit(picture: Picture, random: Generator, *, darkest: float = 0.72, level: float = 1.0) -> Picture:
    """Uneven light, brightest at one side. darkest: share of light at the far corner."""
    height, width = picture.shape[:2]
    angle = random.uniform(0, 2 * np.pi)
    xs = np.linspace(-0.5, 0.5, width, dtype=np.float32)
    ys = np.linspace(-0.5, 0.5, height, dtype=np.float32)
    slope = np.float32(np.cos(angle)) * xs[None, :] + np.float32(np.sin(angle)) * ys[:, None]
    depth = (slope - slope.min()) / (slope.max() - slope.min())
    factor = level * (1 - (1 - darkest) * depth)
    return _scale(picture, factor.astype(np.float32))


def shadowed(picture: Picture, random: Generator, *, darkness: float = 0.5) -> Picture:
    """The hard shadow of a hand or phone over part of the page."""
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    start, end = random.uniform(0.15, 0.55, 2) * width
    points = [(0, 0), (start, 0), (end + 0.2 * width, height * random.uniform(0.5, 1.0)), (0, height)]
    if random.integers(2):
        points = [(width - x, y) for x, y in points]
    cv2.fillPoly(mask, [np.array(points, dtype=np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.006 * width).astype(np.float32) / 255
    return _scale(picture, (1 - darkness * soft).astype(np.float32))


def tinted(picture: Picture, gains: tuple[float, float, float]) -> Picture:
    """Coloured light; gains of red, green and blue."""
    return np.asarray(cv2.transform(picture, np.diag(gains)), dtype=np.uint8)


def noisy(picture: Picture, random: Generator, deviation: float) -> Picture:
    """Sensor noise, tiled from one small field."""
    height, width = picture.shape[:2]
    tile = random.normal(0, deviation, (_TILE, _TILE, 3)).astype(np.int16)
    field = np.tile(tile, (height // _TILE + 1, width // _TILE + 1, 1))[:height, :width]
    return np.asarray(cv2.add(picture, field, dtype=cv2.CV_8U), dtype=np.uint8)


def blurred(picture: Picture, deviation: float) -> Picture:
    """Out of focus; deviation in pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), deviation), dtype=np.uint8)


def faded(picture: Picture, random: Generator) -> Picture:
    """Thermal print gone grey, unevenly and in bands."""
    height, width = picture.shape[:2]
    coarse = random.uniform(0.28, 0.62, (max(4, height // 350), 4)).astype(np.float32)
    strength = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    strength = strength * (1 + 0.08 * random.normal(0, 1, (1, width)).astype(np.float32))
    ink = _scale(np.asarray(255 - picture, dtype=np.uint8), np.clip(strength, 0.2, 0.8).astype(np.float32))
    return np.asarray(cv2.subtract(np.full_like(picture, _OLD_PAPER), ink), dtype=np.uint8)


def shrunk(picture: Picture, longest: int) -> Picture:
    """Scaled down so that the longest side fits."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def moved(picture: Picture, length: float, degrees: float) -> Picture:
    """The camera moved: every point becomes a stroke of that length in pixels."""
    side = 2 * int(length / 2) + 3
    kernel = np.zeros((side, side), np.float32)
    angle = np.deg2rad(degrees)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = (np.round((side // 2 + sign * reach) * 16).astype(int).tolist() for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), dtype=np.uint8)


def _scale(picture: Picture, factor: Field) -> Picture:
    """Every pixel by its share of light, 0 to 1."""
    return _dimmed(picture, np.asarray(cv2.convertScaleAbs(factor, alpha=255), dtype=np.uint8))


def _dimmed(picture: Picture, light: NDArray[np.uint8]) -> Picture:
    """Every pixel by its light, 255 for all of it."""
    return np.asarray(cv2.multiply(picture, cv2.merge([light, light, light]), scale=1 / 255), dtype=np.uint8)
