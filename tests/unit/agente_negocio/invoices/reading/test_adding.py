"""How the parts of a voucher add up, and which letters may add up so."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.adding import add_up
from agente_negocio.invoices.reading.sums.totals import read_foot
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of

ITEMS = table_of(
    (40.0, 250.0, 330.0, 420.0),
    ("Cant.", "Descripción", "Precio", "Importe"),
    ("2", "Yerba mate", "1.000,00", "2.000,00"),
    ("1", "Fideos", "500,00", "500,00"),
)
NET, IVA, PERCEPTION = "Neto\t2.500,00", "IVA 21,00%\t525,00", "Perc. IIBB\t10,00"


@pytest.mark.parametrize(
    ("letter", "foot", "total", "arrangement"),
    [
        ("A", (NET, IVA), "3025.00", "net"),
        ("A", (NET, IVA, PERCEPTION), "3035.00", "net"),
        ("A", (NET, IVA), "3025.04", ""),
        ("A", (IVA,), "3025.00", "net"),
        ("M", (IVA,), "3025.00", "net"),
        ("A", (), "2500.00", ""),
        ("A", (PERCEPTION,), "2510.00", ""),
        ("B", (), "2500.00", "gross"),
        ("B", (PERCEPTION,), "2510.00", "gross"),
        # What a B contains is told, never charged on top of its prices.
        ("B", (IVA,), "3025.00", ""),
        ("B", (IVA,), "2500.00", ""),
        ("C", (IVA,), "3025.00", ""),
        (None, (IVA,), "3025.00", ""),
    ],
)
def test_parts_add_up_as_the_letter_lets_them(
    letter: str | None, foot: tuple[str, ...], total: str, arrangement: str
) -> None:
    items = read_items([ITEMS], Style.COMMA, repair=False).items
    read = (
        read_foot([sheet_of(*foot)], frozenset(), Style.COMMA)
        if foot
        else read_foot([], frozenset(), Style.COMMA)
    )

    sums = add_up(items, read, Decimal(total), letter)

    assert sums.arrangement == arrangement
    assert sums.rows == 2500
