"""Rows of papers without prices, and of tills."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.ticket import read_ticket
from agente_negocio.invoices.reading.goods.two_quantities import settle_quantities
from agente_negocio.invoices.reading.goods.walk import ItemTable, read_items
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of


def goods(*rows: str) -> ItemTable:
    sheet = sheet_of("REMITO\tNº 0002 - 00031083", "CANT. UNIDAD\tCÓDIGO\tDETALLE DE LA MERCADERÍA", *rows)
    return read_items([sheet], Style.COMMA, repair=False)


def test_a_remito_counts_its_goods() -> None:
    table = goods(
        "10 packs\t7028\t\tPAPAS FRITAS CROCANTES 145 G",
        "\t\t\t\tOFERTA DEL MES",
        "6 unidades\tAB634\t\tSAL FINA 500 G",
        "Cantidad de bultos: 16",
        "4 cosas\t1234\t\tque no son filas",
    )

    assert [item.plain(Role.QUANTITY) for item in table.items] == [10, 6]
    assert [item.code for item in table.items] == ["7028", "AB634"]
    assert [item.doubts for item in table.items] == [set(), set()]


def test_what_is_weighed_has_decimals() -> None:
    (item,) = goods("5.877 kilogramos\t7028\t\tQUESO CREMOSO").items

    assert item.plain(Role.QUANTITY) == Decimal("5.877")
    assert item.doubts == set()


def test_a_count_with_two_readings_is_left_to_a_person() -> None:
    (item,) = goods("5.877 unidades\t7028\t\tTORNILLO").items

    assert item.doubts == {"quantity"}


def test_a_free_row_of_a_ticket_does_not_end_it() -> None:
    sheet = sheet_of(
        "Cantidad/Precio unit.",
        "Descripción (%IVA)\t>IMPORTE",
        "15,0000 u x 0,0000",
        "BONIF. CERVEZA (21,00)\t>0,00",
        "2,0000 u x 100,0000",
        "SAL FINA (21,00)\t>200,00",
        "DTO. DESCUENTO GENERAL (21,00)\t>-20,00",
        "Subtotal\t>180,00",
        "NO ES FILA (21,00)\t>50,00",
    )

    table = read_ticket([sheet], Style.COMMA, repair=False)

    assert [item.subtotal for item in table.items] == [0, 200]


def test_dirt_at_the_right_edge_of_a_ticket_loses_no_row() -> None:
    sheet = sheet_of(
        "Cantidad/Precio unit.",
        "2,0000 u x 100,0000",
        "Yerba (21,00)\t200,00",
        "3,0000 u x 100,0000",
        "Pasta (21,00)\t300,00",
        "Subtotal\t500,00",
        "Otros tributos\t12,00\t>+",
    )

    table = read_ticket([sheet], Style.COMMA, repair=True)

    assert [item.subtotal for item in table.items] == [Decimal(200), Decimal(300)]


def test_a_share_without_its_bracket_hides_no_figures() -> None:
    sheet = sheet_of("Cantidad/Precio unit.", "Gaseosa 2,25 L (21,00)[92,00\t200,00", "Subtotal\t200,00")

    (item,) = read_ticket([sheet], Style.COMMA, repair=False).items

    assert item.description == ["Gaseosa 2,25 L"]
    assert not item.doubts


@pytest.mark.parametrize(("name", "hides"), [("Aceite 8x1,5 L", False), ("Aceite 8 x 1,50", True)])
def test_a_pack_in_the_name_hides_no_price(name: str, *, hides: bool) -> None:
    sheet = sheet_of("Cantidad/Precio unit.", f"{name} (21,00)\t200,00", "Subtotal\t200,00")

    (item,) = read_ticket([sheet], Style.COMMA, repair=False).items

    assert item.doubts == ({"quantity", "unit_price"} if hides else set())


class TestQuantitiesOfATicket:
    """A roll prints "quantity x price" above each name or below it; what belongs to nobody is a doubt."""

    YERBA, HARINA, COLA = (
        f"{name} (21,00)\t>{amount}"
        for name, amount in (("YERBA 1 KG", "19200,00"), ("HARINA 000", "1000,00"), ("COLA", "3000,00"))
    )
    SIX, TWO = "6,0000 u x 3200,0000", "2,0000 u x 1500,0000"

    def items(self, *rows: str) -> list[Item]:
        sheet = sheet_of("Cantidad/Precio unit.", "Descripción (%IVA)\t>IMPORTE", *rows, "TOTAL\t>1,00")
        return read_ticket([sheet], Style.COMMA, repair=False).items

    @pytest.mark.parametrize(
        ("rows", "quantities"),
        [
            ((SIX, YERBA, HARINA), [6, 1]),
            ((HARINA, SIX, YERBA), [1, 6]),
            ((SIX, YERBA, TWO, COLA, HARINA), [6, 2, 1]),
            ((YERBA, SIX), [6]),
            ((YERBA, SIX, HARINA), [6, 1]),
            ((HARINA, YERBA, SIX), [1, 6]),
            ((YERBA, SIX, COLA, TWO), [6, 2]),
            ((COLA, TWO, COLA, TWO), [2, 2]),
            (("YERBA MATE", SIX, "UNA MARCA (21,00)\t>19200,00"), [6]),
        ],
    )
    def test_the_side_on_which_all_rows_multiply(self, rows: tuple[str, ...], quantities: list[int]) -> None:
        found = self.items(*rows)

        assert [item.solution and item.solution.quantity for item in found] == quantities
        assert not any(item.doubts for item in found)

    @pytest.mark.parametrize(
        "rows",
        [
            pytest.param((COLA, TWO, COLA), id="above or below"),
            pytest.param((SIX, HARINA, TWO), id="multiplies on no side"),
            pytest.param((SIX, TWO, COLA), id="two quantities for one name"),
            pytest.param((SIX, YERBA, TWO, COLA, SIX), id="one after the last name"),
            pytest.param((SIX, YERBA, "ANULACION YERBA (21,00)\t>-3200,00"), id="taken back, no quantity"),
        ],
    )
    def test_what_fits_no_side_or_both_is_left_to_a_person(self, rows: tuple[str, ...]) -> None:
        assert any({"quantity", "unit_price"} <= item.doubts for item in self.items(*rows))

    @pytest.mark.parametrize(
        "rows",
        [
            pytest.param((SIX, HARINA, YERBA, TWO, TWO), id="two at the end"),
            pytest.param((YERBA, "OTRA COSA", SIX), id="a name between"),
        ],
    )
    def test_a_quantity_without_its_name_is_never_forgotten(self, rows: tuple[str, ...]) -> None:
        assert self.items(*rows)[-1].doubts

    def test_room_for_a_lost_line_matters_in_pictures_only(self) -> None:
        rows = ("Cantidad/Precio unit.", "Descripción (%IVA)", "", self.HARINA, self.SIX, self.YERBA)
        sheet = sheet_of(*rows, "TOTAL\t>1,00")

        text, picture = (read_ticket([sheet], Style.COMMA, repair=repair).items for repair in (False, True))

        assert not text[0].doubts
        assert picture[0].gaps
        assert {"quantity", "unit_price"} <= picture[0].doubts
        assert not picture[1].doubts

    def test_a_general_discount_below_a_quantity_ends_the_goods(self) -> None:
        found = self.items(self.YERBA, self.SIX, "DTO. DESCUENTO GENERAL (21,00)\t>-20,00")

        assert [item.subtotal for item in found] == [19200]
        assert not found[0].doubts


class TestPacksAndUnits:
    """Two columns of quantities: which one the price multiplies is told by the rows that cost something."""

    EDGES = (40.0, 90.0, 330.0, 400.0, 480.0)

    def items(self, *rows: tuple[str, ...]) -> list[Item]:
        heading = ("Bultos", "Descripción", "Unid.", "Precio", "Importe")
        items = read_items([table_of(self.EDGES, heading, *rows)], Style.COMMA, repair=False).items
        settle_quantities(items)
        return items

    def test_a_present_takes_the_column_of_the_others(self) -> None:
        items = self.items(
            ("2", "Yerba mate", "12", "100,00", "1.200,00"),
            ("5", "Fideos", "5", "50,00", "250,00"),
            ("4", "Azucar", "15", "0,00", "0,00"),
        )

        assert [item.solution and item.solution.quantity for item in items] == [12, 5, 15]
        assert not any(item.doubts for item in items)

    def test_where_the_others_disagree_a_person_must_look(self) -> None:
        items = self.items(
            ("2", "Yerba mate", "12", "100,00", "1.200,00"),
            ("3", "Fideos", "20", "50,00", "150,00"),
            ("4", "Azucar", "15", "0,00", "0,00"),
        )

        assert items[2].doubts


def test_a_page_without_goods_leaves_the_rows_of_the_others() -> None:
    goods, other = sheet_of("2,0000 u x 100,00", "YERBA (21,00)\t>200,00"), sheet_of("Hoja 2", "CAE: 123")

    (item,) = read_ticket([goods, other], Style.COMMA, repair=False).items

    assert item.plain(Role.QUANTITY) == 2
