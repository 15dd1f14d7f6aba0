"""Copies that contradict each other, and pages in another order than the paper's own."""

import io
from collections.abc import Sequence

import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from agente_negocio.invoices.reading import ReadDocument, ReadingOptions, read

Row = tuple[str, str, str, str]

ROWS: tuple[Row, ...] = (
    ("GASEOSA COLA 2,25 L", "10", "1.500,00", "15.000,00"),
    ("YERBA MATE 1 KG", "6", "3.200,00", "19.200,00"),
    ("HARINA 000 1 KG", "24", "850,00", "20.400,00"),
)
OTHER: tuple[Row, ...] = (("GASEOSA COLA 2,25 L", "10", "1.600,00", "16.000,00"), *ROWS[1:])
SAME_SUM: tuple[Row, ...] = (("GASEOSA COLA 2,25 L", "15", "1.000,00", "15.000,00"), *ROWS[1:])
FOOT = (("Neto Gravado", "54.600,00"), ("IVA 21%", "11.466,00"), ("TOTAL $", "66.066,00"))
OTHER_FOOT = (("Neto Gravado", "55.600,00"), ("IVA 21%", "11.676,00"), ("TOTAL $", "67.276,00"))


class Paper:
    """Pages of one voucher, drawn one after the other."""

    def __init__(self) -> None:
        self._target = io.BytesIO()
        self._canvas = Canvas(self._target, pagesize=(595, 842), invariant=1)

    def page(
        self,
        rows: Sequence[Row],
        foot: Sequence[tuple[str, str]] = (),
        *,
        copy: str = "ORIGINAL",
        counter: str = "",
        carried: str = "",
        head: bool = True,
    ) -> "Paper":
        """One page. carried: the subtotal at its foot."""
        if head:
            self._head(copy)
        self._put(480, 30, counter)
        for x, name in ((95, "Descripción"), (300, "Cantidad"), (370, "Precio Unit."), (530, "Importe")):
            self._put(x, 210, name)
        for place, (description, *figures) in enumerate(rows):
            y = 226 + 14 * place
            self._put(95, y, description)
            for x, text in zip((300, 370, 530), figures, strict=True):
                self._put(x, y, text)
        for place, (label, amount) in enumerate(foot):
            self._put(400, 600 + 14 * place, label)
            self._put(530, 600 + 14 * place, amount)
        if foot:
            self._put(350, 760, "CAE N°: 86361234567890")
            self._put(350, 773, "Fecha de Vto. de CAE: 20/09/2026")
        if carried:
            self._put(440, 700, "Transporte")
            self._put(530, 700, carried)
        self._canvas.showPage()
        return self

    def _head(self, copy: str) -> None:
        self._put(280, 30, copy)
        for x, y, text in (
            (40, 60, "DISTRIBUIDORA DEL NORTE S.A."),
            (40, 90, "IVA Responsable Inscripto"),
            (290, 62, "A"),
            (282, 76, "COD. 01"),
            (350, 60, "FACTURA"),
            (350, 76, "Nº 0003-00004521"),
            (350, 92, "Fecha: 10/09/2026"),
            (350, 106, "CUIT: 30-71234567-1"),
            (350, 118, "Inicio de Actividades: 01/03/2015"),
            (40, 140, "Señor(es): ALMACEN EL FARO S.A."),
            (350, 140, "CUIT: 30-50001091-2"),
            (350, 154, "IVA Responsable Inscripto"),
        ):
            self._put(x, y, text)

    def _put(self, x: float, y: float, text: str) -> None:
        self._canvas.setFont("Helvetica", 9)
        (self._canvas.drawRightString if x > 520 else self._canvas.drawString)(x, 842 - y, text)

    def read(self) -> tuple[ReadDocument, ...]:
        """By its text."""
        self._canvas.save()
        return read([self._target.getvalue()], ReadingOptions(pictures=False))

    def read_as_scans(self) -> tuple[ReadDocument, ...]:
        """By pictures of its pages."""
        self._canvas.save()
        scans = []
        with pdfium.PdfDocument(self._target.getvalue()) as document:
            for page in document:
                scan = io.BytesIO()
                page.render(scale=200 / 72).to_pil().convert("L").save(scan, "PNG")
                scans.append(scan.getvalue())
        return read(scans, ReadingOptions(pictures=False))


def failed(document: ReadDocument) -> list[str]:
    return [check.code for check in document.checks if not check.ok]


def descriptions(document: ReadDocument) -> list[str]:
    return [line.description for line in document.lines]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ((OTHER, OTHER_FOOT), (ROWS, FOOT), (ROWS, FOOT)),
        ((ROWS, FOOT), (OTHER, OTHER_FOOT), (ROWS, FOOT)),
        ((ROWS, FOOT), (ROWS, FOOT), (OTHER, OTHER_FOOT)),
        ((ROWS, FOOT), (SAME_SUM, FOOT), (ROWS, FOOT)),
        ((ROWS, FOOT), (ROWS, OTHER_FOOT), (ROWS, FOOT)),
    ],
)
@pytest.mark.parametrize("names", [("ORIGINAL", "DUPLICADO", "TRIPLICADO"), ("ORIGINAL",) * 3])
def test_copies_that_contradict_each_other_wait(
    first: tuple[Sequence[Row], Sequence[tuple[str, str]]],
    second: tuple[Sequence[Row], Sequence[tuple[str, str]]],
    third: tuple[Sequence[Row], Sequence[tuple[str, str]]],
    names: tuple[str, ...],
) -> None:
    paper = Paper()
    for name, (rows, foot) in zip(names, (first, second, third), strict=True):
        paper.page(rows, foot, copy=name)

    (document,) = paper.read()

    assert not document.accepted
    assert failed(document) == ["copies_agree"]
    assert document.pages == 1


def test_recognised_copies_that_contradict_each_other_wait_and_equal_ones_do_not() -> None:
    (document,) = Paper().page(ROWS, FOOT).page(OTHER, OTHER_FOOT, copy="DUPLICADO").read_as_scans()
    (same,) = Paper().page(ROWS, FOOT).page(ROWS, FOOT, copy="DUPLICADO").read_as_scans()

    assert failed(document) == ["copies_agree"]
    assert "copies_agree" not in failed(same)
    assert [check.ok for check in same.checks if check.code == "copies_agree"] == [True]


def test_a_copy_without_prices_contradicts_nothing() -> None:
    unpriced = [(description, quantity, "", "") for description, quantity, _, _ in ROWS]

    (document,) = Paper().page(ROWS, FOOT).page(unpriced, copy="DUPLICADO").read()

    assert document.accepted


def test_copies_of_several_pages_are_compared_page_by_page() -> None:
    paper = Paper()
    for name, last in (("ORIGINAL", ROWS[2:]), ("DUPLICADO", ROWS[2:])):
        paper.page(ROWS[:2], copy=name, counter="Hoja 1 de 2", carried="34.200,00")
        paper.page(last, FOOT, copy=name, counter="Hoja 2 de 2")

    (document,) = paper.read()

    assert document.accepted
    assert document.pages == 2


def test_the_page_of_a_copy_stands_in_for_one_that_is_missing() -> None:
    paper = Paper().page(ROWS[:2], counter="Hoja 1 de 2", carried="34.200,00")
    paper.page(ROWS[2:], FOOT, copy="DUPLICADO", counter="Hoja 2 de 2")

    (document,) = paper.read()

    assert document.accepted
    assert descriptions(document) == [row[0] for row in ROWS]


def test_a_foot_that_does_not_close_says_so() -> None:
    (document,) = Paper().page(ROWS, OTHER_FOOT).read()

    (check,) = [check for check in document.checks if check.code == "taxes_sum"]
    assert not check.ok
    assert "Not proven: 54600.00 in rows, 55600.00 in net parts" in check.detail


@pytest.mark.parametrize("head", [True, False])
def test_numbered_pages_are_read_in_their_own_order(*, head: bool) -> None:
    paper = Paper().page(ROWS[2:], FOOT, counter="Hoja 2 de 2", head=head)
    paper.page(ROWS[:2], counter="Hoja 1 de 2", carried="34.200,00")

    (document,) = paper.read()

    assert document.accepted
    assert descriptions(document) == [row[0] for row in ROWS]


def test_pages_without_numbers_whose_total_comes_first_wait() -> None:
    paper = Paper().page(ROWS[2:], FOOT).page(ROWS[:2], carried="34.200,00")

    (document,) = paper.read()

    assert failed(document) == ["pages_in_order"]
    assert not document.accepted


def test_pages_without_numbers_in_their_order_are_accepted() -> None:
    paper = Paper().page(ROWS[:2], carried="34.200,00").page(ROWS[2:], FOOT)

    (document,) = paper.read()

    assert document.accepted
    assert descriptions(document) == [row[0] for row in ROWS]
