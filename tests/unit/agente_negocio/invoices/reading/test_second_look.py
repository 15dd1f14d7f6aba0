"""The second look at cells: what stands alone is read, what is blank is told from a lost line."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.second import SecondLook

_HEIGHT = 24


def written(*texts: str) -> Gray:
    """A page with a text a line, 60 pixels apart, letters of reading size."""
    page = np.full((60 * (len(texts) + 1), 400), 255, np.uint8)
    for place, text in enumerate(texts, 1):
        cv2.putText(page, text, (60, 60 * place), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2, cv2.LINE_AA)
    return page


def line(place: int) -> Place:
    """Where the text of a line stands, with room for more figures than there are."""
    return Place(1, 20, 60 * place - _HEIGHT, 300, 60 * place + 2)


@pytest.mark.parametrize("figure", ["1", "4", "7", "12", "20", "1.250,00"])
def test_figures_that_stand_alone_are_read(figure: str) -> None:
    look = SecondLook({1: written(figure)}, timeout_seconds=20)

    assert look.figures([line(1)]) == [figure]


def test_each_place_has_its_own_text() -> None:
    look = SecondLook({1: written("1", "48", "2.340,60")}, timeout_seconds=20)

    assert look.figures([line(1), line(2), line(3)]) == ["1", "48", "2.340,60"]


def test_a_blank_place_reads_as_nothing() -> None:
    assert SecondLook({1: written("1", "")}, timeout_seconds=20).figures([line(2)]) == [""]


@pytest.mark.parametrize(
    ("draw", "holds"),
    [
        (lambda page: page, False),
        (lambda page: cv2.line(page, (0, 45), (400, 45), 0, 4), False),
        (lambda page: cv2.putText(page, "2,0000 u x", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2), True),
    ],
    ids=["blank", "a ruled line", "a text"],
)
def test_only_text_is_a_lost_line(draw: Callable[[Gray], Gray], *, holds: bool) -> None:
    page = np.full((100, 400), 255, np.uint8)
    draw(page)

    assert SecondLook({1: page}, timeout_seconds=20).holds_line(Place(1, 0, 20, 400, 80)) is holds
