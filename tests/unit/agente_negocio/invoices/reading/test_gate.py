"""The gate: closes to the cent, and an altered figure never passes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading import PageImage, ReadDocument, ReadingOptions, Source, parse_qr, read
from agente_negocio.invoices.reading.document import PageView, understand
from agente_negocio.invoices.reading.layout.rows import lay_out
from agente_negocio.invoices.reading.model import Header, Kind
from agente_negocio.invoices.reading.pdf.file import open_pdf
from agente_negocio.invoices.reading.pdf.text_layer import text_layer
from agente_negocio.invoices.reading.sums.adding import Sums
from agente_negocio.invoices.reading.sums.foot import Foot
from agente_negocio.invoices.reading.sums.gate import Claim, prove
from scripts.demo.papers import OWN_CUITS, render, sample_papers, truth
from scripts.demo.papers.codes import qr_text
from scripts.demo.papers.paper import Paper

OPTIONS = ReadingOptions(own_cuits=frozenset(OWN_CUITS))


def _paper(layout: str) -> Paper:
    return sample_papers(5, 1, (layout,))[0]


def _failed(document: ReadDocument) -> set[str]:
    return {check.code for check in document.checks if not check.ok}


@pytest.mark.parametrize("layout", ["rcel", "distributor", "wholesaler", "monospaced", "ticket", "beverage"])
def test_an_honest_paper_of_each_layout_passes_exactly(layout: str) -> None:
    paper = _paper(layout)

    document = read([render(paper)], OPTIONS)[0]

    assert document.accepted, _failed(document)
    expected = truth(paper)["lines"]
    assert [(line.quantity, line.unit_price, line.subtotal) for line in document.lines] == [
        (Decimal(line["quantity"]), Decimal(line["unit_price"]), Decimal(line["subtotal"]))
        for line in expected
    ]


@pytest.mark.parametrize("difference", ["0.50", "1000", "-0.99"])
@pytest.mark.parametrize("layout", ["rcel", "distributor", "ticket"])
def test_an_altered_total_is_shown_and_refused(layout: str, difference: str) -> None:
    honest = _paper(layout)
    total = Decimal(truth(honest)["header"]["total"]) + Decimal(difference)

    document = read([render(replace(honest, traits=replace(honest.traits, altered_total=total)))], OPTIONS)[0]

    assert not document.accepted
    assert "rows_sum" in _failed(document)
    assert document.header.total is not None
    assert Decimal(document.header.total.value) == total


def test_a_qr_of_another_voucher_is_noticed() -> None:
    papers = sample_papers(5, 20, ("distributor",))
    view = _view(next(paper for paper in papers if paper.traits.has_qr and truth(paper)["pages"] == 1))
    assert view.payload is not None

    foreign = replace(view, payload=replace(view.payload, number=view.payload.number + 1))

    assert understand([view], OPTIONS.own_cuits, None).accepted
    assert "header_agrees" in _failed(understand([foreign], OPTIONS.own_cuits, None))


@pytest.mark.parametrize(
    ("stamp", "denies"), [("ANULADA", True), ("SIN VALOR FISCAL", True), ("ORIGINAL", False)]
)
def test_what_is_stamped_across_a_paper_is_heard(stamp: str, *, denies: bool) -> None:
    view = _view(_paper("distributor"))

    failed = _failed(understand([replace(view, stamps=(stamp,))], OPTIONS.own_cuits, None))

    assert ("is_voucher" in failed) is denies


def test_a_voucher_dated_after_its_cae_expired_waits() -> None:
    paper = next(
        each for each in sample_papers(5, 20, ("distributor",)) if each.authorization_due is not None
    )
    late = replace(paper, authorization_due=paper.issued_on - timedelta(days=1))

    (document,) = read([render(late)], OPTIONS)

    assert "authorization_in_time" in _failed(document)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_remito_and_what_nobody_knows_always_wait(kind: Kind) -> None:
    claim = Claim(kind, Header(), (), (), Foot(), Sums(Decimal(0), "", ""), None, ())

    (check,) = [each for each in prove(claim) if each.code == "known_kind"]

    assert check.ok is (kind not in {Kind.REMITO, Kind.OTHER})


def _view(paper: Paper) -> PageView:
    """The first page as the reader sees it, its QR as printed."""
    with open_pdf(render(paper), None, 10) as document:
        layer = text_layer(document[0])
    payload = parse_qr(qr_text(paper) or "")
    sheet = lay_out(layer.words, page=1, width=layer.width, height=layer.height)
    return PageView(sheet, Source.TEXT, PageImage(b"", 1, 1), payload=payload)


def test_two_vouchers_in_one_capture_are_two_documents() -> None:
    first, second = replace(_paper("distributor"), number=11), replace(_paper("distributor"), number=12)

    documents = read([render(first), render(second)], OPTIONS)

    assert [document.header.number.value for document in documents if document.header.number] == ["11", "12"]
