"""Rows that give goods away, rows that lost their price, remitos on an invoice's form."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (60.0, 330.0, 330.0, 410.0, 470.0, 570.0)
HEADING = ("Código", "Descripción", "Cantidad", "Precio", "% Bonif", "Importe")
COLA = ("101", "Gaseosa 2,25", "12", "1.500,00", "", "18.000,00")
AGUA = ("102", "Agua", "36", "500,00", "", "18.000,00")
FOOT = ("", "Subtotal", "", "", "", "36.000,00")


def items(*rows: Sequence[str], repair: bool = False) -> list[Item]:
    return read_items([table_of(EDGES, HEADING, *rows, FOOT)], Style.COMMA, repair=repair).items


def figures(item: Item) -> tuple[Decimal, Decimal, Decimal] | None:
    found = item.solution
    return (found.quantity, found.unit_price, found.subtotal) if found else None


@pytest.mark.parametrize(
    "row",
    [
        ("103", "Fideos SIN CARGO", "2", "", "", ""),
        ("103", "Fideos S/CARGO", "2", "-", "", "-"),
        ("103", "Fideos", "2", "S/C", "", "S/C"),
        ("103", "Fideos", "2", "BONIFICADO", "", ""),
        ("103", "Fideos BONIF.", "2", "", "", ""),
        ("103", "Fideos de REGALO", "2", "", "", ""),
        ("103", "Fideos", "2", "0,00", "", ""),
        ("103", "Fideos", "2", "", "", "0,00"),
        ("103", "Fideos", "2", "0,00", "", "0,00"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "between", "last"])
def test_what_is_given_away_is_a_row_that_costs_nothing(row: Sequence[str], place: int) -> None:
    rows = [COLA, AGUA]
    rows.insert(place, tuple(row))  # type: ignore[arg-type]

    found = items(*rows)

    assert figures(found[place]) == (Decimal(2), Decimal(0), Decimal(0))
    assert found[place].code == "103"
    assert not any(item.doubts for item in found)
    assert len(found) == 3


@pytest.mark.parametrize(
    "row",
    [
        ("103", "Fideos", "2", "", "", ""),
        ("103", "Fideos", "2", "-", "", "-"),
        ("", "Fideos", "2", "-", "", "-"),
        ("", "Fideos", "2", "", "0,00", ""),
    ],
)
@pytest.mark.parametrize("place", [0, 1], ids=["first", "between"])
def test_what_prints_all_but_its_money_costs_nothing(row: tuple[str, ...], place: int) -> None:
    rows = [COLA, AGUA]
    rows.insert(place, row)  # type: ignore[arg-type]

    found = items(*rows)

    assert figures(found[place]) == (Decimal(2), Decimal(0), Decimal(0))
    assert not any(item.doubts for item in found)


@pytest.mark.parametrize(
    ("row", "doubts"),
    [
        (("", "Fideos", "2", "", "", ""), {"unit_price", "subtotal"}),
        (("103", "", "2", "", "", ""), {"unit_price", "subtotal"}),
        (("103", "Fideos", "2", "n/d", "", ""), {"unit_price", "subtotal"}),
        (("103", "Fideos FALTANTE", "2", "", "", ""), {"quantity"}),
        (("103", "Fideos sin stock", "2", "0,00", "", "0,00"), {"quantity"}),
    ],
    ids=["may be a part of a set", "no name", "money in words", "did not come", "did not come for nothing"],
)
@pytest.mark.parametrize("place", [0, 1], ids=["first", "between"])
def test_what_may_be_something_else_is_left_to_a_person(
    row: tuple[str, ...], doubts: set[str], place: int
) -> None:
    rows = [COLA, AGUA]
    rows.insert(place, row)  # type: ignore[arg-type]

    found = items(*rows)

    assert found[place].plain(Role.QUANTITY) == 2
    assert doubts <= found[place].doubts


@pytest.mark.parametrize(
    "words",
    ["pendiente de entrega", "Se envía en próximo reparto", "** QUEDA DEBIENDO **", "se adeuda", "DEBEMOS"],
)
def test_a_line_below_may_say_that_it_did_not_come(words: str) -> None:
    below = ("", words, "", "", "", "")
    found = items(COLA, ("103", "Fideos", "2", "", "", ""), below, AGUA)

    assert found[1].doubts == {"quantity"}


def test_a_free_row_that_lost_its_factors_is_left_to_a_person() -> None:
    found = items(COLA, ("103", "Fideos", "", "", "100,00", "0,00"), AGUA)

    assert len(found) == 3
    assert {"quantity"} <= found[1].doubts


def test_a_price_that_a_recogniser_may_have_missed_is_no_zero() -> None:
    found = items(COLA, ("103", "Fideos SIN CARGO", "2", "", "", ""), AGUA, repair=True)

    assert "unit_price" in found[1].doubts


@pytest.mark.parametrize(
    "remark",
    [
        ("", "Unidades", "48", "", "", ""),
        ("", "Son dos renglones en", "48", "", "", ""),
        ("", "Pedido 4433 Vendedor 14", "", "", "", ""),
        ("", "Flete", "", "", "", "0,00"),
    ],
)
def test_a_remark_below_the_goods_is_no_row(remark: tuple[str, ...]) -> None:
    found = items(COLA, AGUA, remark)

    assert len(found) == 2
    assert not any(item.doubts for item in found)


@pytest.mark.parametrize(
    "remark",
    [("Unidades", "48", "", "", ""), ("Renglones", "2", "", "", ""), ("Zona ruta", "", "48", "", "")],
)
def test_where_rows_have_no_code_a_count_is_no_row_either(remark: tuple[str, ...]) -> None:
    edges, heading = (40.0, *EDGES[2:]), ("Cant.", "Detalle", "Precio", "% Bonif", "Importe")
    rows = [(row[2], row[1], *row[3:]) for row in (COLA, AGUA)]
    sheet = table_of(edges, heading, *rows, (remark[1], remark[0], *remark[2:]))

    found = read_items([sheet], Style.COMMA, repair=False).items

    assert len(found) == 2


def test_a_size_in_a_name_torn_from_its_row_is_no_quantity() -> None:
    found = items(COLA, ("", "Lima         500 ML", "", "", "", ""))

    assert len(found) == 1


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("101", "Gaseosa (2 s/cargo)", *COLA[2:]), AGUA], id="in the description"),
        pytest.param([COLA, ("", "mas 2 unid. sin cargo", "", "", "", ""), AGUA], id="on the line below"),
    ],
)
def test_free_units_told_in_words_need_a_person(rows: Sequence[Sequence[str]]) -> None:
    found = items(*rows)

    assert found[0].doubts == {"bonus_quantity"}
    assert not found[1].doubts


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        *(
            (words, True)
            for words in ("(10+1)", "6+1 OFERTA", "PROMO 10 + 1", "+ 1 VASO", "BON 1", "LLEVA 11")
        ),
        *((words, False) for words in ("12X750", "4x6", "x 500 g", "XXL +14 KG", "+ ZINC", "FPS 50+", "C+E")),
        *((words, True) for words in ("11X10", "3 x 2", "6x5 OFERTA")),
        *((words, False) for words in ("2X1", "12X1", "3X2 L", "4X3,5", "13X12 CM", "10x12")),
        *((words, False) for words in ("BON O BON 30", "BON 15 G", "DUO 40+40 ML", "LLEVA 10 %")),
    ],
)
def test_a_description_may_tell_of_free_units(words: str, tells: bool) -> None:  # noqa: FBT001
    found = items(("101", f"Gaseosa {words}", *COLA[2:]), AGUA)

    assert found[0].doubts == ({"bonus_quantity"} if tells else set())
    assert not found[1].doubts


@pytest.mark.parametrize(
    "words",
    [
        *(
            "Lleva 2 unidades promocion",
            "Incluye dos unidades de obsequio",
            "+ 2 u. promo",
            "+ dos un. de vaso",
        ),
        *("una caja en promo", "mas 1 pack", "Bonificación: 2 cajas", "Bonificación: una caja"),
        *(
            "lleva 11 paga 10",
            "+ 2 VASOS",
            "Promo 10+1",
            "Entrega 11 unidades",
            "Van 11",
            "Son 2 exhibidores",
        ),
        *("Cantidad entregada: 11", "Mercadería sin cargo:"),
    ],
)
def test_free_units_on_the_line_below_have_many_words(words: str) -> None:
    found = items(COLA, ("", words, "", "", "", ""), AGUA)

    assert found[0].doubts == {"bonus_quantity"}
    assert not found[1].doubts


@pytest.mark.parametrize(
    "words",
    [
        *("x 12 - promo exhibidor", "OFERTA DEL MES", "PACK x12u", "(12x500 ml)", "6 CJA 12", "nuevo envase"),
        *("Entrega 12/05/2026", "entrega 10 %", "+ 12 kg", "+ 6 meses", "entrega sin cargo", "BON O BON 30"),
    ],
)
def test_the_rest_of_a_name_promises_nothing(words: str) -> None:
    assert not items(COLA, ("", words, "", "", "", ""), AGUA)[0].doubts


def test_a_remito_on_an_invoices_form_counts_its_goods() -> None:
    found = items(("101", "Gaseosa", "12", "", "", ""), ("102", "Agua", "36", "", "", ""))

    assert [item.plain(Role.QUANTITY) for item in found] == [12, 36]
    assert [item.description for item in found] == [["Gaseosa"], ["Agua"]]
    assert not any(item.doubts for item in found)
