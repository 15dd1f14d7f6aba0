"""Sheets seen in the dark or by a shaking hand."""

import cv2
import numpy as np
import pytest

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.picture.clean import clear, even_light


def text(*, blur: float) -> Gray:
    """A page full of letters of reading size, out of focus by so many pixels."""
    page = np.full((800, 900), 255, np.uint8)
    for place in range(1, 20):
        cv2.putText(page, "Yerba mate 1.250,00", (20, 40 * place), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    return np.asarray(cv2.GaussianBlur(page, (0, 0), blur), dtype=np.uint8)


def steepest(page: Gray) -> float:
    return float(np.percentile(np.abs(np.diff(page.astype(float), axis=1)), 99))


def test_edges_out_of_focus_become_steeper() -> None:
    vague = text(blur=3)

    assert steepest(clear(vague, 1.0)) > 1.3 * steepest(vague)


def test_a_sharp_page_stays_as_it_is() -> None:
    sharp = text(blur=1)

    assert np.array_equal(clear(sharp, 1.0), sharp)


def test_what_only_enlarging_has_blurred_stays_as_it_is() -> None:
    small = text(blur=3)

    assert np.array_equal(clear(small, 8.0), small)


def test_noise_of_a_dark_room_is_smoothed() -> None:
    random = np.random.default_rng(1)
    quiet = np.where(text(blur=1) > 128, 235, 20)
    noisy = np.clip(quiet + random.normal(0, 4, quiet.shape), 0, 255).astype(np.uint8)

    paper = noisy[:, -60:]
    assert np.std(clear(noisy, 1.0)[:, -60:]) < 0.6 * np.std(paper)


@pytest.mark.parametrize("grey", [0, 20, 255])
def test_a_page_of_one_colour_is_no_reason_for_anything(grey: int) -> None:
    empty = np.full((300, 300), grey, np.uint8)

    assert np.array_equal(clear(empty, 1.0), empty)


def banded(*, ground: int, letters: int, light: float = 1.0) -> Gray:
    """A page of text under a band with a heading; light: falls on its right half."""
    page = np.full((1200, 900), 245, np.uint8)
    page[100:140, 30:870] = ground
    cv2.putText(page, "Cantidad   Precio   Importe", (60, 130), cv2.FONT_HERSHEY_SIMPLEX, 0.9, letters, 2)
    for place in range(5, 20):
        cv2.putText(page, "12   1.250,00   15.000,00", (60, 50 * place), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
    page[:, 450:] = (page[:, 450:] * light).astype(np.uint8)
    return page


@pytest.mark.parametrize("ground", [0, 60, 90])
@pytest.mark.parametrize("light", [1.0, 0.5])
def test_white_letters_on_a_dark_band_become_black_on_white(ground: int, light: float) -> None:
    band = even_light(banded(ground=ground, letters=250, light=light))[105:135, 40:860]

    assert np.median(band) > 200
    assert 0.03 < np.mean(band < 100) < 0.4


def test_black_letters_on_a_grey_band_stay_black() -> None:
    band = even_light(banded(ground=170, letters=20))[105:135, 40:860]

    assert np.median(band) > 200
    assert 0.03 < np.mean(band < 100) < 0.4
