"""Amounts with spaces between their thousands."""

import pytest

from agente_negocio.invoices.reading.layout.rows import Sheet
from agente_negocio.invoices.reading.layout.spaced import with_joined_amounts
from agente_negocio.invoices.reading.numbers import Style, parse_amount
from tests.unit.agente_negocio.invoices.reading.written import sheet_of


def words(sheet: Sheet) -> list[str]:
    return [word.text for row in with_joined_amounts([sheet])[0].rows for word in row.words]


def test_the_groups_of_an_amount_become_one_word() -> None:
    assert words(sheet_of("Neto\t1 586 745,60", "IVA\t333 216,58")) == [
        "Neto",
        "1 586 745,60",
        "IVA",
        "333 216,58",
    ]


def test_a_quantity_beside_a_price_stays_apart() -> None:
    assert words(sheet_of("12\t345,60\t4 147,20", "Total\t4 147,20"))[:2] == ["12", "345,60"]


def test_a_paper_that_prints_no_spaces_has_none() -> None:
    assert "12" in words(sheet_of("12 345,60", "Neto 4.147,20", "Total 5.018,11"))


@pytest.mark.parametrize("seen", ["15940 546,08", "15.940 546,08"])
def test_a_space_lost_or_taken_for_a_mark_changes_no_digit(seen: str) -> None:
    found = words(sheet_of("Neto\t1 586 745,60", "IVA\t333 216,58", f"Total\t{seen}"))

    assert parse_amount(found[-1], Style.COMMA) == parse_amount("15940546,08", Style.COMMA)
