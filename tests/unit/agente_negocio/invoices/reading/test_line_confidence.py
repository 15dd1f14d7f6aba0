"""What a row is worth, by who read it and what proves it."""

import pytest

from agente_negocio.invoices.reading import confidence
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.model import Source
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.read_papers import ITEMS


@pytest.mark.parametrize(
    ("source", "closes", "doubts", "worth"),
    [
        (Source.QR, True, set(), 0.999),
        (Source.TEXT, True, set(), 0.995),
        (Source.OCR, True, set(), 0.98),
        (Source.OCR, False, set(), 0.96),
        (Source.OCR, True, {"subtotal"}, 0.35),
    ],
)
def test_a_row_is_worth_what_rows_of_its_kind_were_measured_to_be(
    source: Source, *, closes: bool, doubts: set[str], worth: float
) -> None:
    item = read_items([ITEMS], Style.COMMA, repair=False).items[0]
    item.lasting |= doubts

    assert confidence.of_line(item, source, closes=closes) == worth
