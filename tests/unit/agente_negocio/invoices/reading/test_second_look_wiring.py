"""What the sums of a picture leave open within the cents allowed must read the same twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import cast

import pytest

from agente_negocio.invoices.reading import ReadDocument, Source
from agente_negocio.invoices.reading.document import PageView, understand
from agente_negocio.invoices.reading.layout.rows import Place, Sheet, lay_out
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf.file import load_page, open_pdf
from agente_negocio.invoices.reading.pdf.text_layer import text_layer
from agente_negocio.invoices.reading.pdf.text_page import text_view
from agente_negocio.invoices.reading.words.second_look import SecondLook
from scripts.demo.papers import OWN_CUITS, render, sample_papers, truth
from scripts.demo.papers.paper import Paper
from shared.kernel.money import CENT

_COPIES = 3


@dataclass(frozen=True, slots=True)
class Again:
    """A second look that sees what the sheet says, but for the words that are told otherwise."""

    sheet: Sheet
    told: Mapping[str, str] = field(default_factory=dict)

    def figures(self, places: Sequence[Place]) -> list[str]:
        return [
            " ".join(self.told.get(word.text, word.text) for word in self._within(place)) for place in places
        ]

    def words(self, _place: Place, _scale: float) -> list[Word]:
        return []

    def is_blank(self, place: Place) -> bool:
        return not self._within(place)

    def holds_line(self, place: Place) -> bool:
        return bool(self._within(place))

    def _within(self, place: Place) -> list[Word]:
        return [
            word
            for row in self.sheet.rows
            for word in row.words
            if place.x0 < (word.x0 + word.x1) / 2 < place.x1 and place.y0 < word.middle < place.y1
        ]


def paper_with(layout: str, amounts: Callable[[Paper], list[Decimal]]) -> tuple[Paper, Decimal]:
    """A paper of one page that has such an amount, and the first of them."""
    papers = [paper for paper in sample_papers(5, 12, (layout,)) if truth(paper)["pages"] == 1]
    return next((paper, found[0]) for paper in papers if (found := amounts(paper)))


def _iva(paper: Paper) -> list[Decimal]:
    return [Decimal(each["amount"]) for each in truth(paper)["taxes"] if each["kind"] == "iva"]


def _ones(paper: Paper) -> list[Decimal]:
    """Sums of rows of one unit that are their prices too."""
    rows = [each for each in truth(paper)["lines"] if Decimal(each["quantity"]) == 1]
    return [Decimal(each["subtotal"]) for each in rows if each["subtotal"] == each["unit_price"]]


def read_from_picture(paper: Paper, misread: Mapping[str, str], *, twice: bool) -> ReadDocument:
    """The paper with words misread. twice: by the second look as well; else that one sees what is there."""
    with open_pdf(render(paper), None, _COPIES) as document:
        page = load_page(document, 0)
        view = text_view(page, text_layer(page), number=1, pictures=False)
    words = [
        replace(word, text=misread.get(word.text, word.text)) for row in view.sheet.rows for word in row.words
    ]
    assert [word for word in words if word.text in misread.values()]
    sheet = lay_out(words, page=1, width=view.sheet.width, height=view.sheet.height)
    right = {wrong: said for said, wrong in misread.items()}
    seen: PageView = replace(view, sheet=sheet, source=Source.OCR)
    look = cast("SecondLook", Again(sheet, {} if twice else right))
    return understand([seen], frozenset(OWN_CUITS), look)


def _a_cent_more(amount: Decimal) -> dict[str, str]:
    marks = str.maketrans(".,", ",.")
    return {
        form(amount).translate(marks): form(amount + CENT).translate(marks)
        for form in ("{:.2f}".format, "{:,.2f}".format)
    }


@pytest.mark.parametrize(("layout", "amounts"), [("rcel", _iva), ("winery", _ones)])
def test_a_cent_more_passes_only_where_it_reads_so_twice(
    layout: str, amounts: Callable[[Paper], list[Decimal]]
) -> None:
    paper, amount = paper_with(layout, amounts)

    assert read_from_picture(paper, _a_cent_more(amount), twice=True).accepted
    assert not read_from_picture(paper, _a_cent_more(amount), twice=False).accepted
