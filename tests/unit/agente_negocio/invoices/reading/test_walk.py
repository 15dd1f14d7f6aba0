"""The walk down a table: nothing that may be goods is dropped in silence."""

from collections.abc import Sequence

import pytest

from agente_negocio.invoices.reading.goods.columns import Role, find_heading
from agente_negocio.invoices.reading.goods.walk import ItemTable, read_items
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (60.0, 230.0, 300.0, 370.0, 450.0, 560.0)
HEADING = ("Código", "Descripción", "Cantidad", "S/C", "Precio", "Importe")
YERBA = ("101", "Yerba mate", "2", "", "1.000,00", "2.000,00")
HARINA = ("102", "Harina", "1", "", "500,00", "500,00")
NET = ("", "Neto gravado", "", "", "", "2.500,00")
TOTAL = ("", "Total", "", "", "", "3.025,00")


def table(*rows: Sequence[str], heading: Sequence[str] = HEADING) -> ItemTable:
    return read_items([table_of(EDGES, heading, *rows)], Style.COMMA, repair=False)


def read(found: ItemTable) -> list[tuple[str | None, float | None, float]]:
    return [
        (item.code, float(item.solution.quantity) if item.solution else None, float(item.bonus_quantity))
        for item in found.items
    ]


class TestRowsThatGiveGoodsAway:
    @pytest.mark.parametrize(
        "name", ["Crema Colgate Total 90 S/C", "Bolsa transporte S/C", "Yogur continua S/C", "Lavandina S/C"]
    )
    def test_a_name_with_a_word_of_the_foot_ends_no_table(self, name: str) -> None:
        found = table(YERBA, HARINA, ("103", name, "2", "", "", ""), NET, TOTAL)

        assert read(found)[2:] == [("103", 2, 0)]
        assert not any(item.doubts for item in found.items)

    def test_below_the_sum_of_a_section_there_are_goods(self) -> None:
        section = ("", "Subtotal rubro almacén", "", "", "", "2.000,00")
        found = table(YERBA, section, HARINA, ("103", "Vaso S/C", "2", "", "", ""), NET, TOTAL)

        assert [code for code, *_ in read(found)] == ["101", "102", "103"]

    def test_without_a_code_a_word_that_says_so_is_enough(self) -> None:
        assert read(table(YERBA, HARINA, ("", "Vaso de regalo S/C", "2", "", "", ""), NET))[2:] == [
            (None, 2, 0)
        ]

    @pytest.mark.parametrize(
        "row",
        [
            ("103", "Vaso", "", "3", "", ""),
            ("103", "", "2", "", "", ""),
            ("103", "Vaso", "2", "", "800,00", ""),
        ],
        ids=["only free units", "no name", "no sum"],
    )
    def test_what_is_not_whole_is_left_to_a_person(self, row: Sequence[str]) -> None:
        found = table(YERBA, HARINA, row, NET)

        assert found.unclaimed or found.items[2].doubts

    def test_below_the_foot_only_goods_with_their_code_are_goods(self) -> None:
        found = table(
            YERBA, HARINA, NET, TOTAL, ("103", "Vaso", "2", "", "", ""), ("", "Bultos", "3", "", "", "")
        )

        assert [code for code, *_ in read(found)] == ["101", "102", "103"]
        assert found.items[2].doubts


class TestGiftsBelowTheSums:
    """No sum tells of them, and no rule reads them: a person must look."""

    @pytest.mark.parametrize(
        "rows",
        [
            [("", "Vaso", "6", "", "", "")],
            [("", "Promociones", "", "", "", ""), ("", "Vaso promo", "6", "", "", "")],
            [("", "Mercadería sin cargo:", "", "", "", ""), ("", "103 Vaso 6", "", "", "", "")],
            [("", "Cant artículo bonificado", "", "", "", ""), ("", "6 Vaso", "", "", "", "")],
            [("", "Observaciones:", "", "", "", ""), ("", "6 Vaso promo", "", "", "", "")],
            [("", "Observaciones: se entregan 2 cajas de harina sin cargo", "", "", "", "")],
            [("", "Nota: bonificado 1 un. yerba mate", "", "", "", "")],
        ],
    )
    @pytest.mark.parametrize("above", [NET, ("", "Subtotal items 2", "", "", "", "")], ids=["net", "count"])
    def test_leave_a_row_nobody_claims(self, rows: list[Sequence[str]], above: Sequence[str]) -> None:
        assert table(YERBA, HARINA, above, *rows, TOTAL).unclaimed

    @pytest.mark.parametrize(
        "row",
        [
            ("", "Entrega a domicilio sin cargo", "", "", "", ""),
            ("", "Envío sin cargo", "", "", "", ""),
            ("", "Importe bonificado", "", "", "", "100,00"),
            ("", "Bonificación 5 % pago contado", "", "", "", ""),
            ("", "Línea gratuita 0800 222 9042", "", "", "", ""),
            ("", "Unidades bonificadas", "3", "", "", ""),
            ("", "Base imponible", "21", "", "2.500,00", ""),
            ("", "6 cuotas sin interés", "", "", "", ""),
        ],
    )
    def test_what_a_foot_says_otherwise_is_none(self, row: Sequence[str]) -> None:
        found = table(YERBA, HARINA, NET, row, TOTAL)

        assert not found.unclaimed
        assert not any(item.doubts for item in found.items)


class TestAmountsOff:
    """Under a heading that may as well hold rates, and only the rows tell."""

    HEADING = ("Código", "Descripción", "Cantidad", "Precio", "Descuento", "Importe")

    def test_they_are_known_although_quantities_look_like_thousands(self) -> None:
        found = table(
            ("101", "Yerba", "2.000", "1.000,00", "0,00", "2.000,00"),
            ("102", "Harina", "8.000", "500,00", "150,00", "3.850,00"),
            ("103", "Fideos", "1.000", "700,00", "70,00", "630,00"),
            heading=self.HEADING,
        )

        assert [quantity for _, quantity, _ in read(found)] == [2, 8, 1]
        assert [step.amount for item in found.items if item.solution for step in item.solution.discounts] == [
            150,
            70,
        ]
        assert not any(item.doubts for item in found.items)

    def test_they_are_known_below_goods_with_a_word_of_the_foot(self) -> None:
        found = table(
            ("100", "Arroz", "5", "300,00", "0,00", "1.500,00"),
            ("101", "Agua Transporte Activo", "2", "1.000,00", "0,00", "2.000,00"),
            ("102", "Harina", "8", "500,00", "150,00", "3.850,00"),
            ("103", "Fideos", "3", "700,00", "70,00", "2.030,00"),
            NET,
            heading=self.HEADING,
        )

        assert [quantity for _, quantity, _ in read(found)] == [5, 2, 8, 3]
        assert not any(item.doubts for item in found.items)


class TestRowsWithoutACode:
    """Only a quantity, and a word of the foot in the name."""

    @pytest.mark.parametrize(
        "name", ["Jugo Total naranja", "Soga de transporte 8 mm", "Atún peso neto 170 g", "Jugo internos x 8"]
    )
    def test_between_sold_rows_they_are_goods(self, name: str) -> None:
        found = table(YERBA, ("", name, "4", "", "0,00", "0,00"), HARINA, NET, TOTAL)

        assert read(found)[1] == (None, 4, 0)
        assert not found.unclaimed

    def test_as_first_row_of_a_page_they_are_no_carried_sum(self) -> None:
        assert read(table(("", "Agua Transporte Activo S/C", "4", "", "", ""), YERBA, HARINA, NET))[0] == (
            None,
            4,
            0,
        )

    @pytest.mark.parametrize(
        "row",
        [
            ("", "Total limpieza multiuso", "4", "", "", ""),
            ("", "Rubro bebidas total", "4", "", "", ""),
            ("", "Total limpieza", "", "4", "", ""),
        ],
    )
    def test_what_may_be_a_label_is_left_to_a_person(self, row: Sequence[str]) -> None:
        found = table(YERBA, row, HARINA, NET)

        assert found.unclaimed == ["\t".join(cell for cell in row if cell)]
        assert [code for code, *_ in read(found)] == ["101", "102"]

    @pytest.mark.parametrize("name", ["Jugo Total naranja", "Cuaderno papel neto", "Agua transporte activo"])
    def test_below_the_last_sold_row_only_what_says_it_is_given_is_read(self, name: str) -> None:
        row, given = ("", name, "4", "", "", ""), ("", f"Bonif. {name} x 1", "4", "", "", "")

        assert len(table(YERBA, HARINA, row, NET).unclaimed) == 1
        assert read(table(YERBA, HARINA, given, NET))[2] == (None, 4, 0)

    @pytest.mark.parametrize(
        "row",
        [
            ("", "Total bultos", "4", "", "", ""),
            ("", "Total unidades entregadas", "4", "", "", ""),
            ("", "Transporte", "4", "", "", ""),
            ("", "Otros tributos", "", "", "", "0,00"),
            ("", "Subtotal bebidas", "4", "", "", "2.000,00"),
        ],
    )
    def test_labels_of_the_foot_are_none(self, row: Sequence[str]) -> None:
        found = table(YERBA, HARINA, row, TOTAL)

        assert not found.unclaimed
        assert len(found.items) == 2


class TestRowsOfAnAmount:
    @pytest.mark.parametrize(
        "row",
        [
            ("", "Flete a domicilio", "", "", "", "500,00"),
            ("901", "Tasa de servicio", "", "", "", "500,00"),
            ("", "Bonificación promo", "", "", "", "-200,00"),
        ],
    )
    def test_above_the_foot_they_are_no_tax(self, row: Sequence[str]) -> None:
        found = table(YERBA, HARINA, row, NET, TOTAL)

        assert len(found.unclaimed) == 1
        assert len(found.items) == 2

    @pytest.mark.parametrize(
        "label", ["IVA 21,00%", "Percepción IIBB", "Descuento 5,00 %", "Impuestos internos", "Redondeo"]
    )
    def test_taxes_may_come_first_in_a_foot(self, label: str) -> None:
        assert table(YERBA, HARINA, ("", label, "", "", "", "525,00"), TOTAL).unclaimed == []


class TestRowsOfTheFootThatLookLikeGoods:
    def test_a_total_that_counts_too_is_no_row(self) -> None:
        found = table(YERBA, HARINA, ("", "Total", "3", "", "", "2.500,00"))

        assert [code for code, *_ in read(found)] == ["101", "102"]
        assert not found.unclaimed

    def test_below_the_sum_three_figures_that_do_not_multiply_are_none_either(self) -> None:
        found = table(YERBA, HARINA, NET, ("", "Base y alícuota", "3", "", "100,00", "7,00"), TOTAL)

        assert [code for code, *_ in read(found)] == ["101", "102"]

    def test_goods_that_multiply_there_are_goods(self) -> None:
        found = table(YERBA, NET, ("", "Crema Total", "3", "", "100,00", "300,00"), TOTAL)

        assert [quantity for _, quantity, _ in read(found)] == [2, 3]


class TestFiguresNoSumProves:
    """Quantities in thousandths beside money with commas: 3.000 is three."""

    WEIGHED = (
        ("101", "Yerba", "2.000", "", "1.000,00", "2.000,00"),
        ("102", "Pan", "1.000", "", "500,00", "500,00"),
    )

    def test_a_present_has_the_marks_of_its_column(self) -> None:
        found = table(*self.WEIGHED, ("103", "Vaso", "3.000", "", "0,00", "0,00"), NET)

        assert read(found)[2] == ("103", 3, 0)
        assert not found.items[2].doubts

    def test_free_units_have_those_of_the_quantities(self) -> None:
        assert (
            read(table(("101", "Yerba", "2.000", "1.000", "1.000,00", "2.000,00"), self.WEIGHED[1]))[0][2]
            == 1
        )

    def test_where_nothing_tells_a_person_does(self) -> None:
        found = table(YERBA, ("103", "Arandela", "3.000", "", "0,00", "0,00"), NET)

        assert found.items[1].doubts == {"quantity"}


def test_units_between_code_and_name_are_seen() -> None:
    edges = (60.0, 300.0, 130.0, 180.0, 450.0, 560.0)
    heading = ("Código", "", "Cant.", "Prom.", "Precio", "Importe")
    sheet = table_of(
        edges,
        heading,
        ("101", "", "2", "1", "1.000,00", "2.000,00"),
        ("102", "", "1", "", "500,00", "500,00"),
    )

    assert read_items([sheet], Style.COMMA, repair=False).items[0].doubts >= {"unread"}


def test_a_heading_that_ends_as_a_price_begins_names_none() -> None:
    sheet = table_of(
        (60.0, 150.0, 300.0, 370.0, 450.0, 560.0),
        ("Código", "Dep. Descripción", "", "Cantidad", "Precio", "Importe"),
        ("101", "01 Yerba", "", "2", "1.000,00", "2.000,00"),
    )
    heading = find_heading(sheet)

    assert heading is not None
    assert [column.role for column in heading.columns] == [
        Role.CODE,
        Role.DESCRIPTION,
        Role.QUANTITY,
        Role.UNIT_PRICE,
        Role.SUBTOTAL,
    ]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("VIENEN", "VAN"),
        ("Suma anterior", "Suma y sigue"),
        ("De página anterior", "Pasa a pág. siguiente"),
        ("Viene de hoja 1", "Transporte"),
    ],
)
def test_what_is_carried_from_page_to_page_is_no_row(above: str, below: str) -> None:
    found = table(("", above, "", "", "", "900,00"), YERBA, HARINA, ("", below, "", "", "", "3.400,00"))

    assert [code for code, *_ in read(found)] == ["101", "102"]
    assert not found.unclaimed


def test_a_name_that_begins_like_a_carried_sum_is_one() -> None:
    found = table(("103", "Van Gogh acuarela", "2", "", "100,00", "200,00"), YERBA, HARINA, NET)

    assert [code for code, *_ in read(found)] == ["103", "101", "102"]
