"""What happens to the sheet itself: tilt, turns, crumpling, folds."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from scripts.demo.papers.conditions.raster import Picture

WHITE = (255, 255, 255)
Field = NDArray[np.float32]


def tilt(picture: Picture, degrees: float) -> Picture:
    """The sheet turned a little inside a white scan, nothing cut off."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    new_width, new_height = int(height * sin + width * cos), int(height * cos + width * sin)
    matrix[0, 2] += (new_width - width) / 2
    matrix[1, 2] += (new_height - height) / 2
    turned = cv2.warpAffine(picture, matrix, (new_width, new_height), borderValue=WHITE)
    return np.asarray(turned, dtype=np.uint8)


def quarter_turns(picture: Picture, turns: int) -> Picture:
    """Turned anticlockwise by 90 degrees, that many times."""
    return np.ascontiguousarray(np.rot90(picture, turns))


def crumple(picture: Picture, random: Generator, amplitude: float) -> Picture:
    """Bumps and creases over the whole sheet. amplitude: displacement as a share of the width."""
    height, width = picture.shape[:2]
    relief = _smooth_noise(random, (height, width), 5) + 0.4 * _smooth_noise(random, (height, width), 11)
    sideways = _smooth_noise(random, (height, width), 4)
    creased = np.abs(_smooth_noise(random, (height, width), 9))
    reach = amplitude * width
    shaded = _shade(picture, (relief + 0.5 * creased).astype(np.float32))
    return _displace(shaded, reach * sideways * 0.5, reach * relief)


def fold(picture: Picture, random: Generator) -> Picture:
    """Two or three panels that do not lie flat, with a bright and dark crease between them."""
    height, width = picture.shape[:2]
    creases = np.sort(random.uniform(0.25, 0.75, int(random.integers(1, 3)))) * height
    rows = np.arange(height, dtype=np.float32)
    slope, light = np.zeros(height, np.float32), np.ones(height, np.float32)
    for crease in creases:
        distance = (rows - np.float32(crease)) / np.float32(width)
        lift = np.float32(random.uniform(0.02, 0.06))
        slope += lift * np.maximum(0, 0.25 - np.abs(distance))
        light -= 0.10 * np.exp(-((distance * 220) ** 2)) - 0.05 * np.sign(distance) * np.exp(
            -np.abs(distance) * 4
        )
    columns = np.linspace(-1, 1, width, dtype=np.float32)
    sideways = slope[:, None] * columns[None, :] * width * 0.6
    downwards = np.repeat((slope * width * 0.5)[:, None], width, axis=1)
    lit = np.clip(picture * np.clip(light, 0.6, 1.05)[:, None, None], 0, 255).astype(np.uint8)
    return _displace(lit, sideways, downwards)


def _displace(picture: Picture, sideways: Field, downwards: Field) -> Picture:
    height, width = picture.shape[:2]
    xs = np.arange(width, dtype=np.float32)[None, :] + sideways.astype(np.float32)
    ys = np.arange(height, dtype=np.float32)[:, None] + downwards.astype(np.float32)
    moved = cv2.remap(picture, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _smooth_noise(random: Generator, size: tuple[int, int], cells: int) -> Field:
    """Bumpy field in -1..1 with about `cells` bumps across."""
    height, width = size
    coarse = random.uniform(-1, 1, (max(3, cells * height // width), cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _shade(picture: Picture, relief: Field) -> Picture:
    """Light from the left: slopes that face it are brighter."""
    slope = np.gradient(relief, axis=1)
    factor = np.clip(0.9 + 0.07 * slope / slope.std(), 0.6, 1.04)[:, :, None].astype(np.float32)
    lit: Picture = np.clip(picture * factor, 0, 255).astype(np.uint8)
    return lit
