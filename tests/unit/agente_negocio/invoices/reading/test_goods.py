"""Rows of papers without prices, and of tills."""

from decimal import Decimal

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import ItemTable, read_items
from agente_negocio.invoices.reading.goods.ticket import read_ticket
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import sheet_of


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
        "1,0000 u x 50,0000",
        "NO ES FILA (21,00)\t>50,00",
    )

    table = read_ticket([sheet], Style.COMMA, repair=False)

    assert [item.subtotal for item in table.items] == [0, 200]
