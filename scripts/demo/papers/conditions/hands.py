"""Thumbs that hold a sheet by its edges. They never cover ink."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from scripts.demo.papers.conditions.raster import Picture

_SKINS = ((222, 178, 150), (198, 150, 120), (160, 112, 84), (122, 82, 60))
_DEPTHS_MM = (24, 18, 13, 9, 6, 4)
_WIDTHS_MM = (15, 20)
_REACH_MM = 30
"""How much of a thumb is drawn off the sheet."""
_CLEARANCE_MM = 1.5
_TRIES = 30
_DARK = 215
_STEP = 4
"""Ink is looked for on every fourth pixel of a sheet that was darkened first."""
_OUTLINE = np.array([np.exp(1j * angle) for angle in np.linspace(-np.pi / 2, np.pi / 2, 24)])

Outline = NDArray[np.float32]


def hold(seen: Picture, sheet: Picture, place: NDArray[np.float64], dpi: float, random: Generator) -> Picture:
    """One to three thumbs over the edges of a sheet.

    seen: the picture so far. place: 3 x 3, from pixels of the sheet to pixels of the picture.
    dpi: of the sheet. A thumb that finds no free margin is left out.
    """
    pixels = dpi / 25.4
    ink = _ink(sheet, _CLEARANCE_MM * pixels)
    skin = np.array(_SKINS[int(random.integers(len(_SKINS)))], np.float32)
    for _ in range(int(random.integers(1, 4))):
        thumb = _free_thumb(sheet.shape[:2], ink, pixels, random)
        if thumb is not None:
            outline, nail = (cv2.perspectiveTransform(points[None], place)[0] for points in thumb)
            seen = _paint(seen, outline, nail, skin)
    return seen


def _ink(sheet: Picture, clearance: float) -> NDArray[np.uint8]:
    """Everything that may not be covered, at a quarter of the size, 255 where it stands."""
    grey = cv2.cvtColor(sheet, cv2.COLOR_RGB2GRAY)
    darkest = cv2.erode(grey, np.ones((_STEP, _STEP), np.uint8))[::_STEP, ::_STEP]
    dark = np.asarray(darkest < _DARK, np.uint8) * 255
    side = 2 * round(clearance / _STEP) + 3
    return np.asarray(cv2.dilate(dark, np.ones((side, side), np.uint8)), dtype=np.uint8)


def _free_thumb(
    size: tuple[int, int], ink: NDArray[np.uint8], pixels: float, random: Generator
) -> tuple[Outline, Outline] | None:
    """Outline of a thumb and of its nail on the sheet, as far in as ink allows."""
    for _ in range(_TRIES):
        pose = _Pose(
            side=int(random.integers(4)),
            along=random.uniform(0.12, 0.9),
            width=random.uniform(*_WIDTHS_MM) * pixels,
            lean=random.uniform(-0.45, 0.45),
        )
        for depth in _DEPTHS_MM:
            thumb = _thumb(size, pose, depth * pixels, _REACH_MM * pixels)
            if not _covers(thumb[0], ink):
                return thumb
    return None


@dataclass(frozen=True, slots=True)
class _Pose:
    """side: 0 left, then clockwise. along: share of that side. width: pixels. lean: radians."""

    side: int
    along: float
    width: float
    lean: float


def _thumb(size: tuple[int, int], pose: _Pose, depth: float, reach: float) -> tuple[Outline, Outline]:
    """A thumb that comes in from a side; depth on the sheet and reach off it in pixels."""
    height, breadth = size
    edge = (
        complex(0, pose.along * height),
        complex(pose.along * breadth, 0),
        complex(breadth, pose.along * height),
        complex(pose.along * breadth, height),
    )[pose.side]
    inward = (1, 1j, -1, -1j)[pose.side] * np.exp(1j * pose.lean)
    half = pose.width / 2
    tip = edge + inward * (depth - half)
    root = edge - inward * reach
    outline = np.concatenate((tip + inward * _OUTLINE * half, root + inward * half * np.array([1.2j, -1.2j])))
    nail = tip + inward * half * (0.12 + 0.66 * np.exp(1j * np.linspace(0, 2 * np.pi, 24)))
    return _points(outline), _points(nail)


def _points(shape: NDArray[np.complex128]) -> Outline:
    return np.stack((shape.real, shape.imag), axis=1).astype(np.float32)


def _covers(outline: Outline, ink: NDArray[np.uint8]) -> bool:
    mask = np.zeros_like(ink)
    cv2.fillPoly(mask, [np.round(outline / _STEP).astype(np.int32)], 255)
    return bool(cv2.countNonZero(cv2.bitwise_and(mask, ink)))


def _paint(seen: Picture, outline: Outline, nail: Outline, skin: NDArray[np.float32]) -> Picture:
    """Skin, lighter along its middle, and a paler nail; only the part of the picture around it is touched."""
    height, width = seen.shape[:2]
    x0, y0 = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 12, 0)
    x1, y1 = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 12, (width, height))
    if x1 <= x0 or y1 <= y0:
        return seen
    corner = np.array([x0, y0], np.float32)
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(mask, [np.round(outline - corner).astype(np.int32)], 255)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    roundness = 0.72 + 0.28 * np.sqrt(np.clip(inside / max(1.0, float(inside.max())), 0, 1))
    colour = skin * roundness[:, :, None]
    cv2.fillPoly(colour, [np.round(nail - corner).astype(np.int32)], (skin * 1.05 + 12).tolist())
    cover = cv2.GaussianBlur(mask, (0, 0), 1.5).astype(np.float32)[:, :, None] / 255
    painted = seen.copy()
    part = painted[y0:y1, x0:x1]
    painted[y0:y1, x0:x1] = np.clip(part * (1 - cover) + colour * cover, 0, 255).astype(np.uint8)
    return painted
