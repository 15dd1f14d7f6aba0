"""Files that hold copies and several vouchers: each value points at the picture it was read from."""

import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pypdfium2 as pdfium
import pytest

from agente_negocio.invoices.reading import ReadDocument, ReadingOptions, read
from agente_negocio.invoices.reading.model import HEADER_NAMES, Box
from scripts.demo.papers import OWN_CUITS as OWN_PAPER_CUITS
from scripts.demo.papers import bundled, sample_papers, truth
from tests.unit.agente_negocio.invoices.reading.conftest import OWN_CUITS, SAMPLES

# Each sample has three pages: original, duplicate, triplicate.
A, B = "rcel_factura_A.pdf", "rcel_factura_B.pdf"


@pytest.mark.parametrize(
    "order",
    [
        pytest.param([(A, 0), (A, 1), (A, 2), (B, 0), (B, 1), (B, 2)], id="one after the other"),
        pytest.param([(A, 0), (A, 1), (B, 0), (A, 2), (B, 1), (B, 2)], id="interleaved"),
    ],
)
def test_boxes_point_at_the_pictures_that_are_kept(order: list[tuple[str, int]]) -> None:
    first, second = read([_merged(order)], ReadingOptions(own_cuits=OWN_CUITS))

    alone = [read([(SAMPLES / name).read_bytes()], ReadingOptions(own_cuits=OWN_CUITS))[0] for name in (A, B)]
    assert [first.images, second.images] == [each.images for each in alone]
    assert {box.page for box in _boxes(first)} == {1}
    assert {box.page for box in _boxes(second)} == {2}


def test_a_blank_page_between_two_vouchers_moves_no_box() -> None:
    first, second = read(
        [_merged([(A, 0)]), _blank_page(), _merged([(B, 0)])], ReadingOptions(own_cuits=OWN_CUITS)
    )

    assert {box.page for box in _boxes(first)} == {1}
    assert {box.page for box in _boxes(second)} == {2}


def test_taxes_of_a_second_voucher_stand_on_its_own_page() -> None:
    files = [_merged([(B, 0)]), _blank_page(), _merged([(A, 0)])]

    _, second = read(files, ReadingOptions(own_cuits=OWN_CUITS))

    assert {tax.evidence.box.page for tax in second.taxes if tax.evidence and tax.evidence.box} == {2}


@pytest.mark.parametrize("without_qr", [False, True])
@pytest.mark.parametrize("layout", ["rcel", "distributor", "wholesaler"])
def test_equal_numbers_of_two_kinds_or_issuers_are_two_vouchers(layout: str, *, without_qr: bool) -> None:
    first, second, third = sample_papers(77, 3, (layout,))
    numbered = [
        replace(paper, point_of_sale=3, number=1234, traits=replace(paper.traits, has_qr=not without_qr))
        for paper in (first, second, third)
    ]
    assert len({(paper.issuer.cuit, paper.type_code) for paper in numbered}) == 3

    found = read(list(bundled(numbered).files), ReadingOptions(own_cuits=frozenset(OWN_PAPER_CUITS)))

    assert [value.header.total and Decimal(value.header.total.value) for value in found] == [
        Decimal(truth(paper)["header"]["total"]) for paper in numbered
    ]


def _boxes(document: ReadDocument) -> list[Box]:
    header = [getattr(document.header, name) for name in HEADER_NAMES]
    cells = [seen for line in document.lines for seen in line.evidence.values()]
    taxes = [tax.evidence for tax in document.taxes]
    assert len(cells) > len(document.lines) > 0
    read = (*header, *document.lines, *cells, *taxes)
    return [value.box for value in read if value is not None and value.box is not None]


def _merged(pages: Sequence[tuple[str, int]]) -> bytes:
    """One PDF of these pages."""
    merged = pdfium.PdfDocument.new()
    for name, index in pages:
        with pdfium.PdfDocument(SAMPLES / name) as source:
            merged.import_pages(source, [index])
    return _saved(merged)


def _blank_page() -> bytes:
    blank = pdfium.PdfDocument.new()
    blank.new_page(595, 842)
    return _saved(blank)


def _saved(document: pdfium.PdfDocument) -> bytes:
    content = io.BytesIO()
    document.save(content)
    document.close()
    return content.getvalue()
