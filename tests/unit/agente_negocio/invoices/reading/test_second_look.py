"""The second look at cells: what stands alone is read, what is blank is told from a lost line."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.goods.again import look_at_items
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.layout.rows import Place, lay_out
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.words import second_look
from agente_negocio.invoices.reading.words.second_look import SecondLook
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

_HEIGHT = 24


def written(*texts: str) -> Gray:
    """A page with a text a line, 60 pixels apart, letters of reading size."""
    page = np.full((60 * (len(texts) + 1), 400), 255, np.uint8)
    for place, text in enumerate(texts, 1):
        cv2.putText(page, text, (60, 60 * place), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2, cv2.LINE_AA)
    return page


def grainy(shape: tuple[int, ...]) -> Gray:
    """Paper as a camera sees it in low light."""
    grain = np.random.default_rng(7).normal(244, 10, shape)
    return np.clip(grain, 0, 255).astype(np.uint8)


def line(place: int) -> Place:
    """Where the text of a line stands, with room for more figures than there are."""
    return Place(1, 20, 60 * place - _HEIGHT, 300, 60 * place + 2)


@pytest.mark.parametrize("figure", ["1", "4", "7", "12", "20", "1.250,00"])
def test_figures_that_stand_alone_are_read(figure: str) -> None:
    look = SecondLook({1: written(figure)}, timeout_seconds=20)

    assert look.figures([line(1)]) == [figure]


def test_a_recogniser_that_drops_lone_figures_reads_them_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def shy(canvas: Gray, _timeout_seconds: float) -> tuple[Word, ...]:
        """A 7 for every blob of ink, but nothing where one stands alone."""
        blobs, _, stats, _ = cv2.connectedComponentsWithStats((canvas < 128).astype(np.uint8))
        boxes = sorted(tuple(map(int, stats[blob, :4])) for blob in range(1, blobs))
        return tuple(Word("7", x, y, x + w, y + h) for x, y, w, h in boxes if len(boxes) > 1)

    monkeypatch.setattr(second_look, "read_figures", shy)

    assert SecondLook({1: written("7")}, timeout_seconds=20).figures([line(1)]) == ["7"]


@pytest.mark.parametrize(
    ("read", "meant"),
    [("5.55", "5"), ("414", "4"), ("202020", "20"), ("2020", ""), ("-5-55", ""), ("123", "")],
)
def test_what_most_of_the_copies_say_holds(read: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        second_look, "read_figures", lambda canvas, _: (Word(read, 40, 0, 90, canvas.shape[0]),)
    )

    assert SecondLook({1: written("5")}, timeout_seconds=20).figures([line(1)]) == [meant]


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
        (lambda page: cv2.line(page, (90, 0), (90, 100), 0, 4), False),
        (lambda page: cv2.putText(page, "2,0000 u x", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2), True),
        (lambda page: cv2.putText(page, "2,0000 u x", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 215, 2), True),
        (lambda page: np.copyto(page, grainy(page.shape)), False),
        (lambda page: cv2.line(page, (90, 0), (190, 100), 150, 1), False),
    ],
    ids=["blank", "a ruled line", "a rule between columns", "a text", "a pale text", "grain", "a scratch"],
)
def test_only_text_is_a_lost_line(draw: Callable[[Gray], Gray], *, holds: bool) -> None:
    page = np.full((100, 400), 255, np.uint8)
    draw(page)

    assert SecondLook({1: page}, timeout_seconds=20).holds_line(Place(1, 0, 20, 400, 80)) is holds


@pytest.mark.parametrize(("ink", "blank"), [(0, False), (150, False), (215, False), (250, True)])
def test_pale_figures_are_ink(ink: int, *, blank: bool) -> None:
    page = np.full((100, 400), 255, np.uint8)
    cv2.putText(page, "12", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, ink, 2)

    assert SecondLook({1: page}, timeout_seconds=20).is_blank(Place(1, 0, 30, 90, 70)) is blank


def test_the_grain_of_paper_seen_in_the_dark_is_no_ink() -> None:
    look = SecondLook({1: grainy((100, 400))}, timeout_seconds=20)

    assert look.is_blank(Place(1, 0, 30, 90, 70))


@pytest.mark.parametrize(("pitches", "ink", "doubted"), [(2, 200, True), (2, 255, False), (1, 200, False)])
def test_pale_print_between_two_rows_of_goods_may_be_goods(pitches: int, ink: int, *, doubted: bool) -> None:
    rows = ("Cantidad\tDescripción\tPrecio\tImporte", "12\tCola\t10,00\t120,00", "3\tAgua\t20,00\t60,00")
    small = sheet_of(*rows[:2], *[""] * (pitches - 1), rows[2])
    words = [
        Word(word.text, 3 * word.x0, 3 * word.y0, 3 * word.x1, 3 * word.y1)
        for row in small.rows
        for word in row.words
    ]
    sheet = lay_out(words, page=1, width=1800, height=600)
    page = np.full((600, 1800), 255, np.uint8)
    cv2.putText(page, "4 VASO", (60, 156), cv2.FONT_HERSHEY_SIMPLEX, 1.0, ink, 2)
    items = read_items([sheet], Style.COMMA, repair=True).items

    look_at_items(items, Style.COMMA, SecondLook({1: page}, timeout_seconds=20))

    assert ["quantity" in item.doubts for item in items] == [doubted, doubted]
    assert len(items[0].rooms) == pitches - 1


@pytest.mark.parametrize(("again", "doubts"), [("10", set()), ("18", {"quantity"})])
def test_goods_that_are_only_counted_must_read_the_same_twice(
    again: str, doubts: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = sheet_of("CANT. UNIDAD\tCÓDIGO\tDETALLE DE LA MERCADERÍA", "10 packs\t7028\t\tPAPAS FRITAS")
    items = read_items([sheet], Style.COMMA, repair=True).items
    look = SecondLook({}, timeout_seconds=20)
    monkeypatch.setattr(SecondLook, "figures", lambda _, places: [again for _ in places])

    look_at_items(items, Style.COMMA, look)

    assert [item.doubts for item in items] == [doubts]
