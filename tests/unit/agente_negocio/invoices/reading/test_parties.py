"""Who sold and who bought, when no QR says so."""

from dataclasses import replace

import pytest

from agente_negocio.invoices.reading.model import ReadingOptions
from agente_negocio.invoices.reading.reader import read
from scripts.demo.papers import Paper, render, sample_papers

SOMEBODY_ELSE = frozenset({"33693450239"})


def paper_of(layout: str) -> Paper:
    (paper,) = sample_papers(431, 1, (layout,))
    return replace(paper, traits=replace(paper.traits, has_qr=False))


@pytest.mark.parametrize("layout", ["rcel", "distributor", "wholesaler", "monospaced", "beverage"])
def test_a_paper_for_somebody_else_names_them_as_receiver(layout: str) -> None:
    paper = paper_of(layout)

    (found,) = read([render(paper)], ReadingOptions(own_cuits=SOMEBODY_ELSE))

    assert found.header.issuer_cuit is not None
    assert found.header.issuer_cuit.value == paper.issuer.cuit
    receiver = found.header.receiver_cuit.value if found.header.receiver_cuit else None
    assert receiver == paper.receiver.cuit


def test_ours_is_the_receiver_wherever_it_stands() -> None:
    paper = paper_of("distributor")
    assert paper.receiver.cuit is not None

    (found,) = read([render(paper)], ReadingOptions(own_cuits=frozenset({paper.receiver.cuit})))

    assert found.header.receiver_cuit is not None
    assert found.header.receiver_cuit.value == paper.receiver.cuit
