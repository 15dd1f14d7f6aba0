"""Copies that contradict each other, and pages in another order than the paper's own."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from agente_negocio.invoices.reading import ReadDocument, ReadingOptions, read
from agente_negocio.invoices.reading.copies import Copy, compared
from agente_negocio.invoices.reading.model import Kind, Line

Row = tuple[str, str, str, str]

ROWS: tuple[Row, ...] = (
    ("GASEOSA COLA 2,25 L", "10", "1.500,00", "15.000,00"),
    ("YERBA MATE 1 KG", "6", "3.200,00", "19.200,00"),
    ("HARINA 000 1 KG", "24", "850,00", "20.400,00"),
)
OTHER: tuple[Row, ...] = (("GASEOSA COLA 2,25 L", "10", "1.600,00", "16.000,00"), *ROWS[1:])
SAME_SUM: tuple[Row, ...] = (("GASEOSA COLA 2,25 L", "15", "1.000,00", "15.000,00"), *ROWS[1:])
FOOT = (("Neto Gravado", "54.600,00"), ("IVA 21%", "11.466,00"), ("TOTAL $", "66.066,00"))
CAE, OTHER_CAE = "CAE N°: 86361234567890", "CAE N°: 86369999999999"
OTHER_FOOT = (("Neto Gravado", "55.600,00"), ("IVA 21%", "11.676,00"), ("TOTAL $", "67.276,00"))


class Paper:
    """Pages of one voucher, drawn one after the other."""

    def __init__(self) -> None:
        self._target = io.BytesIO()
        self._canvas = Canvas(self._target, pagesize=(595, 842), invariant=1)
        self._instead: Mapping[str, str] = {}

    def page(
        self,
        rows: Sequence[Row],
        foot: Sequence[tuple[str, str]] = (),
        *,
        copy: str = "ORIGINAL",
        counter: str = "",
        carried: str = "",
        head: bool = True,
        instead: Mapping[str, str] | None = None,
    ) -> "Paper":
        """One page. carried: the subtotal at its foot. instead: texts of head and CAE that read otherwise."""
        self._instead = instead or {}
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
            self._put(350, 760, CAE)
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
        draw = self._canvas.drawRightString if x > 520 else self._canvas.drawString
        draw(x, 842 - y, self._instead.get(text, text))

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


class TestACopyIsOfTheSameVoucher:
    """Equal goods are ordered every week, so equal rows make no copy."""

    @pytest.mark.parametrize(
        "instead",
        [
            {"Nº 0003-00004521": "Nº 0003-00004522", CAE: OTHER_CAE},
            {"Nº 0003-00004521": "Nº 4522", CAE: OTHER_CAE},
            {"FACTURA": "NOTA DE CREDITO", "COD. 01": "", CAE: OTHER_CAE},
            {"FACTURA": "NOTA DE CREDITO", "COD. 01": ""},
            {"CUIT: 30-71234567-1": "CUIT: 30-66778899-0", CAE: OTHER_CAE},
            {"CUIT: 30-71234567-1": "", CAE: OTHER_CAE},
        ],
    )
    @pytest.mark.parametrize("copy", ["ORIGINAL", "DUPLICADO"])
    def test_another_one_is_a_document_of_its_own(self, instead: Mapping[str, str], copy: str) -> None:
        documents = Paper().page(ROWS, FOOT).page(ROWS, FOOT, copy=copy, instead=instead).read()

        assert [document.pages for document in documents] == [1, 1]
        assert documents[0].accepted

    def test_another_letter_makes_another_voucher(self) -> None:
        paper = Paper().page(ROWS, FOOT, instead={"COD. 01": ""})
        paper.page(ROWS, FOOT, instead={"COD. 01": "", "A": "B"})

        assert len(paper.read()) == 2

    @pytest.mark.parametrize(
        "instead",
        [{CAE: OTHER_CAE}, {"Fecha: 10/09/2026": "Fecha: 11/09/2026"}, {"Nº 0003-00004521": "", CAE: ""}],
    )
    def test_one_that_differs_in_what_every_copy_bears_waits(self, instead: Mapping[str, str]) -> None:
        (document,) = Paper().page(ROWS, FOOT).page(ROWS, FOOT, copy="DUPLICADO", instead=instead).read()

        assert failed(document) == ["copies_agree"]

    def test_a_recognised_one_whose_number_is_lost_needs_the_same_code_to_the_digit(self) -> None:
        near = {"Nº 0003-00004521": "Nº 4522", CAE: CAE[:-1] + "8"}

        documents = Paper().page(ROWS, FOOT).page(ROWS, FOOT, instead=near).read_as_scans()

        assert not documents[0].accepted or len(documents) == 2


@pytest.mark.parametrize(
    ("says", "agrees"),
    [
        (lambda document: replace(document, lines=document.lines[:2]), True),
        (lambda document: replace(document, lines=(*document.lines, free(document))), False),
        (lambda document: replace(document, taxes=document.taxes * 2), False),
        (lambda document: replace(document, taxes=()), True),
        (lambda document: replace(document, kind=Kind.NOTA_DEBITO), False),
        (lambda document: replace(document, kind=Kind.OTHER), True),
        (lambda document: with_field(document, "letter", "B"), False),
        (lambda document: with_field(document, "issuer_cuit", "30667788990"), False),
        (lambda document: with_field(document, "issue_date", "2026-09-11"), False),
    ],
)
def test_a_copy_may_say_less_than_the_paper_and_not_more(
    says: Callable[[ReadDocument], ReadDocument], *, agrees: bool
) -> None:
    (document,) = Paper().page(ROWS, FOOT).read()
    assert document.accepted

    found = compared(document, [Copy(says(document), is_exact=True)], in_order=True, is_alone=True)

    assert found.accepted is agrees


def free(document: ReadDocument) -> Line:
    return replace(document.lines[0], quantity=Decimal(3), unit_price=Decimal(0), subtotal=Decimal(0))


def with_field(document: ReadDocument, name: str, value: str) -> ReadDocument:
    changed = {name: replace(getattr(document.header, name), value=value)}
    return replace(document, header=replace(document.header, **changed))


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
