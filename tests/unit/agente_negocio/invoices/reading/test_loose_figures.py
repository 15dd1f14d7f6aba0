"""Figures of the rows that no heading claims: only a tax that the foot prints explains them."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.table import Token
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.closing import explain_loose
from agente_negocio.invoices.reading.sums.totals import read_foot
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of

ROWS = (("2", "Yerba mate", "1.000,00", "2.000,00"), ("1", "Fideos", "500,00", "500,00"))


def items_with(*loose: Sequence[str]) -> list[Item]:
    """A row for each, with these figures of no column."""
    heading = ("Cant.", "Descripción", "Precio", "Importe")
    table = table_of((40.0, 250.0, 330.0, 420.0), heading, *ROWS[: len(loose)])
    items = read_items([table], Style.COMMA, repair=False).items
    for item, texts in zip(items, loose, strict=True):
        item.loose = tuple(Token(text, (Word(text, 500, 10, 530, 20),)) for text in texts)
    return items


def explained(foot: str, *loose: Sequence[str]) -> list[Item]:
    items = items_with(*(loose or (["30,00"], ["12,50"])))
    explain_loose(items, read_foot([sheet_of(foot)], frozenset(), Style.COMMA), Style.COMMA)
    return items


def is_explained(items: Sequence[Item]) -> bool:
    """All of them, or none."""
    (doubts,) = {frozenset(item.doubts) for item in items}
    assert doubts <= {"unread"}
    return not doubts


def test_an_internal_tax_of_the_rows_is_named_by_its_sum() -> None:
    items = explained("Impuestos Internos\t42,50")

    assert is_explained(items)
    assert [item.internal_tax for item in items] == [Decimal(30), Decimal("12.50")]


@pytest.mark.parametrize("label", ["IVA 21,00%", "Total IVA"])
def test_another_tax_of_the_rows_is_known_but_is_none_of_their_own(label: str) -> None:
    items = explained(f"{label}\t42,50")

    assert is_explained(items)
    assert [item.internal_tax for item in items] == [0, 0]


@pytest.mark.parametrize(
    "label",
    [
        *("Neto gravado", "Exento", "No gravado", "Descuento", "Subtotal", "Total", "Perc. IIBB", "Zzzz"),
        *("Perc. Ganancias", "Total otros tributos"),
    ],
)
def test_what_no_row_prints_explains_nothing(label: str) -> None:
    assert not is_explained(explained(f"{label}\t42,50"))


def test_another_sum_explains_nothing() -> None:
    assert not is_explained(explained("Impuestos Internos\t42,51"))


def test_units_are_no_tax() -> None:
    assert not is_explained(explained("Impuestos Internos\t30,00", ["10"], ["20"]))


def test_one_row_alone_may_be_chance() -> None:
    assert not is_explained(explained("Impuestos Internos\t30,00", ["30,00"]))


@pytest.mark.parametrize("tax", ["30,00", "31,00", "42,50", "43,50"])
def test_two_figures_in_a_row_are_not_one_column(tax: str) -> None:
    assert not is_explained(explained(f"Impuestos Internos\t{tax}", ["30,00"], ["12,50", "1,00"]))


def test_what_is_no_number_cannot_be_added() -> None:
    assert not is_explained(explained("Impuestos Internos\t30,00", ["30,00"], ["1-2-3"]))
