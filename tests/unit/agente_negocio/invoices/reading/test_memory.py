"""What a reading may cost in memory, in a process of its own; pictures unpacked no larger than useful."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from agente_negocio.invoices.reading.files import (
    COMFORTABLE_PIXELS,
    MAX_PIXELS,
    open_gray_picture,
    open_picture,
)
from benchmarks.reading import memory
from tests.unit.agente_negocio.invoices.reading.conftest import OWN_CUITS, SAMPLES

_MOST_MEGABYTES = 450


def jpeg(picture: Image.Image, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", **options)
    return target.getvalue()


def peak_of(folder: Path, *files: bytes) -> float:
    for place, content in enumerate(files):
        (folder / f"{place:03d}").write_bytes(content)
    return memory.peaks(sorted(OWN_CUITS), [folder])[memory.WORKER]


def test_the_largest_photo_is_read_within_bounds(tmp_path: Path) -> None:
    with Image.open(SAMPLES / "rcel_factura_A.png") as page:
        photo = jpeg(page.convert("RGB").resize((6800, 9600)), quality=60)

    assert peak_of(tmp_path, photo) < _MOST_MEGABYTES


def test_pages_are_unpacked_one_at_a_time(tmp_path: Path) -> None:
    with Image.open(SAMPLES / "rcel_factura_A.png") as page:
        photo = jpeg(page.convert("RGB").resize((3000, 4200)), quality=60)

    one, three = (peak_of(_folder(tmp_path, name), *[photo] * count) for name, count in (("1", 1), ("3", 3)))

    # Two more of these unpacked would be 76 MB, on top of what a recogniser does not give back.
    assert three < one + 70


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize("opened", [open_picture, open_gray_picture])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_upright_by_its_mark_in_colours_and_in_gray(
    kind: str, opened: Callable[[bytes], np.ndarray]
) -> None:
    """Mark 6: the camera was held so that the picture must be turned by 90 degrees clockwise."""
    picture = Image.new("RGB", (60, 40), "white")
    picture.paste((0, 0, 0), (0, 0, 20, 40))
    mark = Image.Exif()
    mark[0x0112] = 6
    target = io.BytesIO()
    picture.save(target, kind, exif=mark)

    pixels = opened(target.getvalue())

    assert pixels.shape[:2] == (60, 40)
    assert pixels[:15].max() < 60
    assert pixels[25:].min() > 200


def test_large_pictures_are_reduced_whatever_their_kind() -> None:
    for mode in ("RGB", "L", "P", "1", "RGBA", "I;16"):
        target = io.BytesIO()
        Image.new(mode, (6000, 7000)).save(target, "PNG", compress_level=1)

        height, width, _ = open_picture(target.getvalue()).shape

        assert height * width <= COMFORTABLE_PIXELS * 1.01
        assert width / height == pytest.approx(6 / 7, abs=0.01)


def test_every_pixel_of_a_usual_photo_is_kept() -> None:
    photo = jpeg(Image.new("RGB", (3000, 4000)))

    assert open_picture(photo).shape == (4000, 3000, 3)


def test_a_sensor_of_64_megapixels_is_allowed() -> None:
    assert MAX_PIXELS >= 9248 * 6944
