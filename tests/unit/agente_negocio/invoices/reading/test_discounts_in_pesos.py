"""Discounts whose heading says that they are amounts, where a rate would multiply as well."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.items import discounts_of
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (40.0, 220.0, 300.0, 400.0, 480.0)


@pytest.mark.parametrize(
    ("heading", "is_amount"),
    [
        ("Dto. $", True),
        ("Dto. ($)", True),
        ("Desc. en $", True),
        ("Descuento en pesos", True),
        ("Descuento unitario", True),
        ("Bonif. unit.", True),
        ("Imp. Dto", True),
        ("$ Bonif.", True),
        ("% Dto.", False),
        ("Bonif. %", False),
    ],
)
def test_ten_off_a_hundred_is_what_the_heading_says(heading: str, *, is_amount: bool) -> None:
    sheet = table_of(
        EDGES,
        ("Cant.", "Descripción", "Precio", heading, "Importe"),
        ("1", "Yerba mate", "100,00", "10,00", "90,00"),
        ("5", "Fideos", "200,00", "", "1.000,00"),
    )

    item = read_items([sheet], Style.COMMA, repair=False).items[0]

    (discount,) = discounts_of(item)
    assert (discount.amount if is_amount else discount.rate) == Decimal(10)
