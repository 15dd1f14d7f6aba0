"""Papers beside each other in one picture."""

import base64
import json
from collections.abc import Sequence

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

from agente_negocio.invoices.reading import ReadingOptions, read
from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.picture.sheets import find_sheets
from agente_negocio.invoices.reading.symbols.detect import Symbol
from scripts.demo.papers import Paper, render, sample_papers, spread, together, truth

TABLE, PAPER, INK = 70, 235, 30


def photo(*sheets: Sequence[tuple[int, int]], size: tuple[int, int] = (900, 1200)) -> Gray:
    """White sheets with lines of print, given by their corners, on a dark table."""
    picture = np.full(size, TABLE, np.uint8)
    for corners in sheets:
        cv2.fillConvexPoly(picture, np.array(corners, dtype=np.int32), PAPER)
        (x0, y0), (x1, _), _, (_, y1) = corners
        for y in range(y0 + 40, y1 - 40, 24):
            for x in range(x0 + 40, x1 - 60, 18):
                cv2.line(picture, (x, y), (x + 9, y), INK, 3)
    return picture


LEFT = ((50, 60), (570, 50), (560, 850), (60, 840))
RIGHT = ((620, 50), (1150, 60), (1140, 850), (630, 840))
SHORT = ((620, 50), (900, 60), (890, 400), (630, 390))
WIDE = ((50, 60), (1150, 50), (1140, 850), (60, 840))


def code(x: float, y: float, number: int) -> Symbol:
    fields = {"fecha": "2026-01-02", "cuit": 30005476115, "ptoVta": 1, "tipoCmp": 1, "nroCmp": number}
    payload = base64.b64encode(json.dumps(fields | {"importe": 100}).encode()).decode()
    corners = ((x, y), (x + 60, y), (x + 60, y + 60), (x, y + 60))
    return Symbol(f"https://www.arca.gob.ar/fe/qr/?p={payload}", is_qr=True, corners=corners)


@pytest.mark.parametrize("second", [RIGHT, SHORT], ids=["alike", "a ticket"])
def test_two_papers_on_a_table_are_two_sheets(second: Sequence[tuple[int, int]]) -> None:
    first, other = find_sheets(photo(LEFT, second), ())

    assert first.points([LEFT[0]])[0] == pytest.approx((0, 0), abs=12)
    assert other.points([second[0]])[0] == pytest.approx((0, 0), abs=12)
    assert other.points([second[2]])[0] == pytest.approx((other.width, other.height), abs=12)


def test_a_dark_band_across_a_form_parts_nothing() -> None:
    picture = photo(WIDE)
    picture[400:430, 85:1110] = TABLE

    assert len(find_sheets(picture, ())) == 1


def test_papers_one_above_the_other_are_two_sheets() -> None:
    picture = np.ascontiguousarray(photo(LEFT, RIGHT).T)

    first, other = find_sheets(picture, ())

    assert first.points([(60, 50)])[0] == pytest.approx((0, 0), abs=15)
    assert other.points([(50, 620)])[0] == pytest.approx((0, 0), abs=15)


def test_one_paper_is_one_sheet_whatever_is_printed_on_it() -> None:
    picture = photo(WIDE)
    cv2.rectangle(picture, (70, 400), (1130, 430), 190, -1)
    cv2.line(picture, (600, 60), (600, 840), INK, 2)

    assert len(find_sheets(picture, ())) == 1


def test_two_vouchers_without_edges_are_parted_between_their_codes() -> None:
    scan = photo(((0, 0), (560, 0), (560, 900), (0, 900)), ((640, 0), (1200, 0), (1200, 900), (640, 900)))
    scan[scan == TABLE] = PAPER

    first, other = find_sheets(scan, [code(30, 700, 1), code(660, 700, 2)])

    assert 500 < first.width < 700
    assert (other.width, other.height) == (1200 - first.width, 900)


def test_two_codes_of_one_voucher_part_nothing() -> None:
    scan = photo(((0, 0), (1200, 0), (1200, 900), (0, 900)))

    assert len(find_sheets(scan, [code(30, 700, 1), code(660, 700, 1)])) == 1


def papers_of_one_page(*layouts: str) -> list[Paper]:
    papers = [sample_papers(77, 40, (layout,)) for layout in layouts]
    return [next(each for each in some if truth(each)["pages"] == 1) for some in papers]


def test_two_papers_in_one_photo_are_two_documents() -> None:
    papers = papers_of_one_page("distributor", "monospaced")
    shot = together(papers, "photo", 7)

    found = read(shot.files, ReadingOptions())

    numbers = [each.header.number.value for each in found if each.header.number]
    assert numbers == [str(each.number) for each in papers]


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("other", ["monospaced", "delivery"])
def test_white_sheets_that_touch_wait(other: str, *, beside: bool) -> None:
    """Nothing parts them, and without the second voucher the first one closes."""
    pages = []
    for paper in papers_of_one_page("rcel", other):
        with pdfium.PdfDocument(render(paper)) as document:
            pages.append(document[0].render(scale=130 / 72).to_numpy()[:, :, :3].mean(axis=2))
    # All are of one size.
    _, content = cv2.imencode(".png", np.concatenate(pages, axis=1 if beside else 0).astype(np.uint8))

    found = read([np.asarray(content).tobytes()], ReadingOptions(pictures=False))

    assert not any(document.accepted for document in found)


def test_two_pages_in_one_photo_are_one_document() -> None:
    paper = next(each for each in sample_papers(78, 60, ("rcel",)) if truth(each)["pages"] == 2)
    shot = spread(paper, 7)

    (document,) = read(shot.files, ReadingOptions())

    assert document.pages == 2
