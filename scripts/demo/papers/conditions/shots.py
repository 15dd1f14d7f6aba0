"""Every way a sheet becomes a picture: what happens to it, how it lies, what the camera does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from scripts.demo.papers.conditions import hands, scene, shape
from scripts.demo.papers.conditions.raster import Picture, jpeg, png

JPEG = "image/jpeg"
PNG = "image/png"

_TICKET_WIDTH_POINTS = 300
_TICKET_DPI = 300
_PHOTO_DPI = 235


def _as_it_is(page: Picture, _: Generator) -> Picture:
    return page


@dataclass(frozen=True, slots=True)
class Shot:
    """One condition of a picture.

    dpi: of the page before the camera. camera: light, lens and file. sheet: what happens to the paper.
    is_photo: it lies on a table, seen at an angle. has_fingers: somebody holds it there.
    """

    name: str
    dpi: int
    media_type: str
    camera: Callable[[Picture, Generator], bytes]
    sheet: Callable[[Picture, Generator], Picture] = _as_it_is
    is_photo: bool = False
    has_fingers: bool = False

    def dpi_for(self, width_points: float) -> int:
        """A ticket is small, so that phones come nearer."""
        is_near = self.dpi == _PHOTO_DPI and width_points < _TICKET_WIDTH_POINTS
        return _TICKET_DPI if is_near else self.dpi

    def take(self, pages: Sequence[Picture], dpi: float, random: Generator) -> bytes:
        """The file of one shot. Several pages lie beside each other, which only a photo shows."""
        sheets = [self.sheet(page, random) for page in pages]
        if not self.is_photo:
            (sheet,) = sheets
            return self.camera(sheet, random)
        seen, places = scene.lay(sheets, random)
        if self.has_fingers:
            for sheet, place in zip(sheets, places, strict=True):
                seen = hands.hold(seen, sheet, place, dpi, random)
        return self.camera(seen, random)


def _scan300(page: Picture, random: Generator) -> bytes:
    return png(scene.noisy(page, random, 1.5))


def _scan200(page: Picture, random: Generator) -> bytes:
    return jpeg(scene.noisy(shape.tilt(page, random.uniform(-0.6, 0.6)), random, 3), 70)


def _low110(page: Picture, random: Generator) -> bytes:
    return jpeg(scene.noisy(page, random, 2), 60)


def _tilt(page: Picture, random: Generator) -> bytes:
    degrees = random.uniform(4, 8) * random.choice((-1, 1))
    return jpeg(scene.noisy(shape.tilt(page, degrees), random, 3), 80)


def _rotated(page: Picture, random: Generator) -> bytes:
    return jpeg(shape.quarter_turns(page, int(random.integers(1, 4))), 80)


def _thermal(page: Picture, random: Generator) -> bytes:
    return jpeg(scene.noisy(scene.blurred(scene.faded(page, random), 0.7), random, 4), 75)


def _photo(seen: Picture, random: Generator) -> bytes:
    return jpeg(_taken(seen, random), 85)


def _shadow(seen: Picture, random: Generator) -> bytes:
    dark = scene.shadowed(seen, random, darkness=random.uniform(0.4, 0.6))
    return jpeg(scene.noisy(scene.blurred(scene.lit(dark, random), 1.2), random, 4), 80)


def _whatsapp(seen: Picture, random: Generator) -> bytes:
    return jpeg(scene.shrunk(_taken(seen, random), 1600), 60)


def _low_light(seen: Picture, random: Generator) -> bytes:
    lit = scene.lit(seen, random, darkest=0.6, level=random.uniform(0.34, 0.45))
    return jpeg(scene.noisy(scene.tinted(scene.blurred(lit, 0.9), (1.0, 0.9, 0.72)), random, 10), 75)


def _blur(seen: Picture, random: Generator) -> bytes:
    """Out of focus, or moved while it was taken."""
    lit = scene.lit(seen, random, darkest=random.uniform(0.7, 0.9))
    if random.integers(2):
        vague = scene.blurred(lit, random.uniform(1.6, 2.3))
    else:
        vague = scene.moved(lit, random.uniform(5, 8), random.uniform(0, 180))
    return jpeg(scene.noisy(vague, random, 3), 80)


def _taken(seen: Picture, random: Generator) -> Picture:
    """An ordinary phone picture."""
    lit = scene.lit(seen, random, darkest=random.uniform(0.62, 0.85))
    return scene.noisy(scene.blurred(lit, 0.6), random, 3)


def _crumple(page: Picture, random: Generator) -> Picture:
    return shape.crumple(page, random, random.uniform(0.006, 0.011))


SHOTS = {
    shot.name: shot
    for shot in (
        Shot("scan300", 300, PNG, _scan300),
        Shot("scan200", 200, JPEG, _scan200),
        Shot("low110", 110, JPEG, _low110),
        Shot("tilt", 230, JPEG, _tilt),
        Shot("rotated", 200, JPEG, _rotated),
        Shot("photo", _PHOTO_DPI, JPEG, _photo, is_photo=True),
        Shot("shadow", _PHOTO_DPI, JPEG, _shadow, is_photo=True),
        Shot("whatsapp", _PHOTO_DPI, JPEG, _whatsapp, is_photo=True),
        Shot("thermal", 200, JPEG, _thermal),
        Shot("low_light", _PHOTO_DPI, JPEG, _low_light, is_photo=True),
        Shot("blur", _PHOTO_DPI, JPEG, _blur, is_photo=True),
        Shot("fingers", _PHOTO_DPI, JPEG, _photo, is_photo=True, has_fingers=True),
        Shot("crumpled", _PHOTO_DPI, JPEG, _photo, _crumple, is_photo=True),
        Shot("folded", _PHOTO_DPI, JPEG, _photo, shape.fold, is_photo=True),
    )
}
