"""Counts printed below the goods, against the rows: they tell of rows that no sum misses."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.counts import Count, Counted, disagreeing, read_counts
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of

EDGES = (60.0, 230.0, 300.0, 350.0, 390.0, 450.0, 560.0)
HEADING = ("Código", "Descripción", "Cantidad", "U.Med.", "S/C", "Precio", "Importe")
YERBA = ("101", "Yerba x 500 g", "12", "", "", "100,00", "1.200,00")
HARINA = ("102", "Harina", "1", "", "2", "500,00", "500,00")
PRESENT = ("103", "Vaso S/C", "3", "", "", "0,00", "0,00")
QUESO = ("104", "Queso", "1,250", "kg", "", "800,00", "1.000,00")
PACKED = ("105", "Gaseosa 4x6", "2", "", "", "500,00", "1.000,00")
BOXED = ("106", "Gaseosa", "2", "BULTO", "", "500,00", "1.000,00")


def wrong(text: str, *rows: Sequence[str]) -> list[str]:
    """Printed counts that do not fit these rows; without rows, of 12 units, 1 unit with 2 free, 3 free."""
    sheet = table_of(EDGES, HEADING, *(rows or (YERBA, HARINA, PRESENT)))
    items = read_items([sheet], Style.COMMA, repair=False).items
    total = sum((item.subtotal or Decimal(0) for item in items), Decimal(0))
    return disagreeing(read_counts([sheet_of(text)], (), Style.COMMA), items, {total})


@pytest.mark.parametrize(
    "text",
    [
        *("Items: 3", "Renglones: 3", "Cantidad de renglones 3", "TOTAL ITEMS 3", "Cant. Artículos: 3"),
        *("Items: 2", "Renglones: 2", "Cant. de líneas: 2"),
        *("Total unidades 18", "Total unidades 16", "Unidades: 13", "Unid.: 15", "Total de unidades: 18,00"),
        "Total artículos: 18",
        *("Items: 3 Unidades: 18 Total: 1.700,00", "Renglones: 3\tNeto gravado\t1.700,00"),
    ],
)
def test_a_count_that_fits_in_one_way_or_another_is_right(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *("Items: 4", "Renglones: 4", "Cantidad de renglones 5", "TOTAL ITEMS 4", "Renglones: 18"),
        *("Total unidades 21", "Unidades: 19", "Cant. total de unidades: 3", "Total Unidades Entregadas: 20"),
    ],
)
def test_a_count_of_something_else_is_told(text: str) -> None:
    assert wrong(text) == [text]


def test_each_of_several_counts_is_asked() -> None:
    assert wrong("Items: 3 Unidades: 20 Total: 1.700,00") == ["Unidades: 20"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Total bultos 7",
            "Bultos: 9",
            "Total Kg. 120,50",
            "Total items 1.700,00",
            "Total productos 1.234,56",
        ),
        *("Unidades por bulto: 12", "Item 4", "Artículos 9", "Items: 1/4", "Unidades 40%", "Renglones de 5"),
        "Total unidades 1.700,00",
    ],
)
def test_what_surely_counts_neither_rows_nor_units_is_left_alone(text: str) -> None:
    assert wrong(text) == []


class TestWhatIsNoUnit:
    @pytest.mark.parametrize("text", ["Total unidades 13,25", "Total unidades 13", "Total unidades 12"])
    def test_what_is_weighed_counts_as_its_weight_as_a_piece_or_not_at_all(self, text: str) -> None:
        assert wrong(text, YERBA, QUESO) == []

    def test_beside_it_nothing_else_is_hidden(self) -> None:
        assert wrong("Total unidades 15", YERBA, QUESO) == ["Total unidades 15"]

    def test_packs_may_be_counted_by_what_they_hold(self) -> None:
        assert wrong("Total unidades 60", YERBA, PACKED) == []
        assert wrong("Renglones: 3", YERBA, PACKED) == ["Renglones: 3"]

    def test_what_was_taken_back_may_count_either_way(self) -> None:
        back = ("107", "Vino", "-2", "", "", "300,00", "-600,00")

        assert wrong("Total unidades 11", YERBA, back, HARINA) == []
        assert wrong("Total unidades 11", back) == ["Total unidades 11"]

    def test_only_what_is_sold_by_the_pack_makes_packs(self) -> None:
        assert wrong("Total bultos 2", BOXED) == []
        assert wrong("Total bultos 4", BOXED) == ["Total bultos 4"]


def test_a_count_among_the_rows_of_goods_stands_alone_in_its_row() -> None:
    sheet = sheet_of("Items: 4", "Kit unidades: 6\t2\t10,00\t20,00")
    goods = {id(row) for row in sheet.rows}

    assert [count.text for count in read_counts([sheet], goods, Style.COMMA)] == ["Items: 4"]


def test_a_page_may_count_its_own_rows_those_so_far_or_all() -> None:
    pages = [
        replace(table_of(EDGES, HEADING, *rows), page=page)
        for page, rows in enumerate([(YERBA, HARINA), (YERBA,), (YERBA,)], 1)
    ]
    items = [item for page in pages for item in read_items([page], Style.COMMA, repair=False).items]
    counts = (Count(Counted.ROWS, (Decimal(count),), str(count), 2) for count in range(1, 6))

    assert disagreeing(tuple(counts), items, ()) == ["2", "5"]
