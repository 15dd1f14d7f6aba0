"""How papers reach us: files as sent, scans, photos good and bad. Each is fixed by its seed."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.random import Generator

from scripts.demo.papers.conditions import scene, shape
from scripts.demo.papers.conditions.raster import Picture, jpeg, png, rasterise, scanned_pdf
from scripts.demo.papers.layouts import page_count, render
from scripts.demo.papers.paper import Paper

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"

_TICKET_DPI = 300
_PHOTO_DPI = 235
_NONSENSE = "lorem 0l23 FACTVRA Q Cornp. Nr0 00OO1\nTOTAI 1l.ll1,O0 C.A.E. 7O1 I|| neto gravad0 9.9,9\n"

Shot = Callable[[Picture, Generator], bytes]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Files made from a paper: one per page, or a single PDF holding them all."""

    files: tuple[bytes, ...]
    media_type: str
    condition: str
    seed: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One way a page becomes a file. dpi: of the page before the camera."""

    name: str
    dpi: int
    media_type: str
    shot: Shot


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


def _photo(page: Picture, random: Generator) -> bytes:
    return jpeg(_taken(page, random), 85)


def _shadow(page: Picture, random: Generator) -> bytes:
    seen = scene.shadowed(scene.on_table(page, random), random, darkness=random.uniform(0.4, 0.6))
    return jpeg(scene.noisy(scene.blurred(scene.lit(seen, random), 1.2), random, 4), 80)


def _whatsapp(page: Picture, random: Generator) -> bytes:
    return jpeg(scene.shrunk(_taken(page, random), 1600), 60)


def _thermal(page: Picture, random: Generator) -> bytes:
    return jpeg(scene.noisy(scene.blurred(scene.faded(page, random), 0.7), random, 4), 75)


def _low_light(page: Picture, random: Generator) -> bytes:
    seen = scene.lit(scene.on_table(page, random), random, darkest=0.6, level=random.uniform(0.34, 0.45))
    return jpeg(scene.noisy(scene.tinted(scene.blurred(seen, 0.9), (1.0, 0.9, 0.72)), random, 10), 75)


def _crumpled(page: Picture, random: Generator) -> bytes:
    return jpeg(_taken(shape.crumple(page, random, random.uniform(0.006, 0.011)), random), 85)


def _folded(page: Picture, random: Generator) -> bytes:
    return jpeg(_taken(shape.fold(page, random), random), 85)


def _taken(page: Picture, random: Generator) -> Picture:
    """An ordinary phone picture of a page."""
    seen = scene.lit(scene.on_table(page, random), random, darkest=random.uniform(0.62, 0.85))
    return scene.noisy(scene.blurred(seen, 0.6), random, 3)


_PICTURES = {
    condition.name: condition
    for condition in (
        Condition("scan300", 300, PNG, _scan300),
        Condition("scan200", 200, JPEG, _scan200),
        Condition("low110", 110, JPEG, _low110),
        Condition("tilt", 230, JPEG, _tilt),
        Condition("rotated", 200, JPEG, _rotated),
        Condition("photo", _PHOTO_DPI, JPEG, _photo),
        Condition("shadow", _PHOTO_DPI, JPEG, _shadow),
        Condition("whatsapp", _PHOTO_DPI, JPEG, _whatsapp),
        Condition("thermal", 200, JPEG, _thermal),
        Condition("low_light", _PHOTO_DPI, JPEG, _low_light),
        Condition("crumpled", _PHOTO_DPI, JPEG, _crumpled),
        Condition("folded", _PHOTO_DPI, JPEG, _folded),
    )
}
_DOCUMENTS = {"pdf": PDF, "pdf_scan": PDF, "pdf_fake_text": PDF}

CONDITIONS = (*_DOCUMENTS, *_PICTURES)
"""Names that `photograph` takes."""


def photograph(paper: Paper, condition: str, seed: int) -> Rendered:
    """The paper under a condition; the same arguments give the same bytes.

    Pictures show the pages of the first copy, one file each. pdf is the file as the supplier
    sent it (every copy), pdf_scan holds pictures only, pdf_fake_text adds a text layer of nonsense.
    """
    pdf = render(paper)
    if condition == "pdf":
        return Rendered((pdf,), PDF, condition, seed)
    random = _generator(paper, condition, seed)
    pages = range(page_count(paper))
    if condition in _DOCUMENTS:
        pictures = [scene.noisy(rasterise(pdf, 200, page), random, 2) for page in pages]
        hidden = _NONSENSE * 12 if condition == "pdf_fake_text" else ""
        return Rendered((scanned_pdf(pictures, 200, 75, hidden),), PDF, condition, seed)
    how = _PICTURES[condition]
    dpi = _TICKET_DPI if paper.layout == "ticket" and how.dpi == _PHOTO_DPI else how.dpi
    files = tuple(how.shot(rasterise(pdf, dpi, page), random) for page in pages)
    return Rendered(files, how.media_type, condition, seed)


def _generator(paper: Paper, condition: str, seed: int) -> Generator:
    """Random numbers of one picture: seed, condition and paper all count."""
    name = f"{condition}/{paper.issuer.cuit}/{paper.type_code}/{paper.point_of_sale}/{paper.number}"
    return np.random.default_rng([seed, crc32(name.encode())])
