"""The way from the pixels of a picture to a flat, upright sheet: one resampling for any number of steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.picture.bend import Bend

Matrix = NDArray[np.float64]
"""float64, shape (3, 3): homogeneous pixels before to pixels after."""

_WHITE = 255


@dataclass(frozen=True, slots=True)
class Way:
    """matrix: from the picture to the sheet. width, height: of the sheet, pixels. bend: what is not flat."""

    matrix: Matrix
    width: int
    height: int
    bend: Bend | None = None

    def turned(self, quarter_turns: int) -> "Way":
        """With the sheet turned clockwise by quarters."""
        turns = quarter_turns % 4
        step = {
            0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            1: [[0, -1, self.height], [1, 0, 0], [0, 0, 1]],
            2: [[-1, 0, self.width], [0, -1, self.height], [0, 0, 1]],
            3: [[0, 1, 0], [-1, 0, self.width], [0, 0, 1]],
        }[turns]
        width, height = (self.width, self.height) if turns % 2 == 0 else (self.height, self.width)
        return Way(np.array(step, dtype=np.float64) @ self.matrix, width, height)

    def after_crop(self, x: float, y: float) -> "Way":
        """The same way from the picture that the one it starts from was cut out of, at x, y."""
        step = np.array([[1.0, 0.0, -x], [0.0, 1.0, -y], [0.0, 0.0, 1.0]])
        return replace(self, matrix=self.matrix @ step)

    def straightened(self, degrees: float) -> "Way":
        """With the sheet turned by a small angle, and grown to hold itself."""
        step = cv2.getRotationMatrix2D((self.width / 2, self.height / 2), -degrees, 1.0)
        cosine, sine = abs(step[0, 0]), abs(step[0, 1])
        width = round(self.height * sine + self.width * cosine)
        height = round(self.height * cosine + self.width * sine)
        step[0, 2] += width / 2 - self.width / 2
        step[1, 2] += height / 2 - self.height / 2
        return Way(np.vstack([step, [0, 0, 1]]) @ self.matrix, width, height)

    def scaled(self, factor: float) -> "Way":
        """With the sheet enlarged by a factor."""
        return replace(
            self,
            matrix=np.diag([factor, factor, 1.0]) @ self.matrix,
            width=max(1, round(self.width * factor)),
            height=max(1, round(self.height * factor)),
        )

    def inverse(self) -> "Way":
        """From the sheet back to the picture."""
        return Way(np.linalg.inv(self.matrix).astype(np.float64), self.width, self.height)

    def bent(self, bend: Bend | None) -> "Way":
        """With what is not flat taken out."""
        return replace(self, bend=bend)

    def picture(self, pixels: Gray) -> Gray:
        """The sheet drawn from a picture, gray or colour; white where the picture ends."""
        if self.is_whole(pixels):
            return pixels
        if self.bend is not None:
            xs, ys = self.bend.sources(self.width, self.height)
            return self._sampled(pixels, xs, ys)
        size = (self.width, self.height)
        if self._is_scale():
            method = cv2.INTER_AREA if self._shrinks() else cv2.INTER_CUBIC
            return np.asarray(cv2.resize(pixels, size, interpolation=method), dtype=np.uint8)
        white = (_WHITE, _WHITE, _WHITE)
        sheet = cv2.warpPerspective(pixels, self.matrix, size, flags=cv2.INTER_CUBIC, borderValue=white)
        return np.asarray(sheet, dtype=np.uint8)

    def is_whole(self, pixels: Gray) -> bool:
        """Whether the sheet is the picture itself."""
        same = pixels.shape[:2] == (self.height, self.width)
        return self.bend is None and same and bool(np.allclose(self.matrix, np.eye(3)))

    def points(self, corners: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Where points of the picture lie on the sheet; a bend moves them by less than a line."""
        there = cv2.perspectiveTransform(np.array([corners], dtype=np.float64), self.matrix)[0]
        return [(float(x), float(y)) for x, y in there]

    def _is_scale(self) -> bool:
        rest = self.matrix - np.diag(np.diag(self.matrix))
        return bool(np.allclose(rest, 0) and self.matrix[2, 2] == 1)

    def _shrinks(self) -> bool:
        return abs(float(np.linalg.det(self.matrix[:2, :2]))) < 0.6  # noqa: PLR2004  areas, so sides below 0.78

    def _sampled(self, pixels: Gray, xs: NDArray[np.float32], ys: NDArray[np.float32]) -> Gray:
        """The picture at the places that sheet pixels come from."""
        back = self.inverse().matrix
        depth = back[2, 0] * xs + back[2, 1] * ys + back[2, 2]
        from_x = ((back[0, 0] * xs + back[0, 1] * ys + back[0, 2]) / depth).astype(np.float32)
        from_y = ((back[1, 0] * xs + back[1, 1] * ys + back[1, 2]) / depth).astype(np.float32)
        size = (self.width, self.height)
        map_x = cv2.resize(from_x, size, interpolation=cv2.INTER_LINEAR)
        map_y = cv2.resize(from_y, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(
            cv2.remap(pixels, map_x, map_y, cv2.INTER_CUBIC, borderValue=(_WHITE, _WHITE, _WHITE)),
            dtype=np.uint8,
        )


def whole(pixels: Gray) -> Way:
    """The picture as its own sheet."""
    return Way(np.eye(3), pixels.shape[1], pixels.shape[0])
