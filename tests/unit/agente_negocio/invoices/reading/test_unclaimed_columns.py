"""Columns no sum of a row needs: free units, informative discounts, figures under names nobody knows."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item, discounts_of
from agente_negocio.invoices.reading.goods.near_names import near_name
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.model import Discount
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (60.0, 200.0, 300.0, 380.0, 470.0, 570.0)
"""Right edges of the figures; what stands at the second place is a description and starts at 80."""


def items(heading: Sequence[str], *rows: Sequence[str], edges: Sequence[float] = EDGES) -> list[Item]:
    return read_items([table_of(edges, heading, *rows)], Style.COMMA, repair=False).items


def headed(title: str, first: str = "2", second: str = "4") -> list[Item]:
    """Two rows that multiply, with a column under a title beside their quantities."""
    return items(
        ("Código", "Descripción", "Cantidad", title, "Precio", "Importe"),
        ("101", "Gaseosa", "12", first, "1.500,00", "18.000,00"),
        ("102", "Agua", "36", second, "500,00", "18.000,00"),
    )


@pytest.mark.parametrize(
    "title",
    [
        *("S/C", "S/Cargo", "Sin cargo", "S/Cgo", "Gratis", "Grat.", "Regalo", "Obsequio", "Bonificadas"),
        *("Cant. Bonif", "Bonif. unid.", "Bonif Un.", "Un. S/C", "Cant S/C", "U. Promo", "Cant. Regalo"),
        *("Unid. Promo", "Cant. Oferta", "Cant. extra"),
        *("Bon.Cant.", "Bon. Unid.", "Bon.Un."),
        # As a recogniser writes them.
        *("sic", "SO", "S C", "s1c", "slc", "S7C", "Regaio", "Obsequlo", "S/carqo"),
    ],
)
def test_free_units_are_known_by_many_names(title: str) -> None:
    found = headed(title)

    assert [item.bonus_quantity for item in found] == [2, 4]
    assert not any(item.doubts for item in found)


@pytest.mark.parametrize(
    "title",
    [
        *("Cant. Bonif.", "Cant. Bonificada", "Cant. S/C", "Cant. sin cargo", "Cant. Free", "Unid. Obsequio"),
        *("Cantidad de regalo", "Unid. sin cargo", "Unidades Gratis", "Bultos Bonif.", "Cajas bonif."),
    ],
)
@pytest.mark.parametrize("place", [2, 3], ids=["before", "behind"])
def test_free_units_are_known_by_a_title_of_two_lines(title: str, place: int) -> None:
    def row(quantity: str, free: str, *others: str) -> list[str]:
        counted = [free, quantity] if place == 2 else [quantity, free]
        return [*others[:2], *counted, *others[2:]]

    first, _, second = title.partition(" ")
    found = items(
        row("Cant.", first, "Código", "Descripción", "Precio", "Importe"),
        row("", second, "", "", "", ""),
        row("12", "2", "101", "Gaseosa", "1.500,00", "18.000,00"),
        row("36", "4", "102", "Agua", "500,00", "18.000,00"),
    )

    assert [item.bonus_quantity for item in found] == [2, 4]
    assert not any(item.doubts for item in found)


class TestASecondQuantity:
    """Only one of two is multiplied: the other may hold what was given away."""

    @staticmethod
    def doubted(first: str, second: str, *pairs: tuple[str, str]) -> list[bool]:
        found = items(
            ("Código", "Descripción", first, second, "Precio", "Importe"),
            *(("101", "Gaseosa 12X400", *pair, "100,00", f"{pair[0]}00,00") for pair in pairs),
        )
        return ["quantity" in item.doubts for item in found]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("Cant.", "Cant."),
            ("Cant. Fact.", "Cant. Entreg."),
            ("Cant.", "Entregado"),
            ("Cajas", "Bultos zz"),
        ],
    )
    def test_that_says_something_else_needs_a_person(self, first: str, second: str) -> None:
        assert self.doubted(first, second, ("12", "13"), ("24", "2"), ("6", "6")) == [True, True, False]

    @pytest.mark.parametrize(
        ("first", "second", "pairs"),
        [
            ("Unid.", "Bultos", [("24", "2"), ("18", "3"), ("12", "12")]),
            ("Cantidad", "Cajas", [("24", "2"), ("5", "0"), ("12", "")]),
            ("Bultos", "Unidades", [("2", "24"), ("3", "18")]),
            ("Kilos", "Piezas", [("25", "2"), ("13", "3")]),
            ("Entregado", "Cant. pedida", [("25", "27"), ("13", "13")]),
        ],
    )
    def test_in_another_measure_needs_nobody(
        self, first: str, second: str, pairs: list[tuple[str, str]]
    ) -> None:
        assert not any(self.doubted(first, second, *pairs))

    def test_the_size_of_a_pack_under_a_title_of_two_lines_needs_nobody(self) -> None:
        found = items(
            ("Código", "Descripción", "Cant.", "Unid.", "Precio", "Importe"),
            ("", "", "Bultos", "bulto", "", ""),
            ("101", "Gaseosa", "25", "12", "100,00", "2.500,00"),
            ("102", "Agua", "13", "6", "100,00", "1.300,00"),
        )

        assert not any(item.doubts for item in found)

    def test_of_packs_that_hold_no_whole_number_of_units_needs_a_person(self) -> None:
        assert self.doubted("Unid.", "Bultos", ("24", "2"), ("18", "4")) == [False, True]


def test_quantity_by_price_under_the_name_of_a_discount_is_no_discount() -> None:
    found = items(
        ("Código", "Descripción", "Cantidad", "Precio", "Bonif.", "Importe"),
        ("101", "Gaseosa", "12", "1.500,00", "18.000,00", "18.000,00"),
        ("102", "Agua", "36", "500,00", "18.000,00", "18.000,00"),
    )

    assert [item.loose for item in found] == [(), ()]
    assert [discounts_of(item) for item in found] == [(), ()]


def test_a_cell_that_says_not_taxed_in_two_lines_ends_no_table() -> None:
    found = items(
        ("Código", "Descripción", "Cantidad", "Precio", "IVA", "Importe"),
        ("101", "Envase", "12", "1.500,00", "No", "18.000,00"),
        ("", "", "", "", "Gravado", ""),
        ("102", "Agua", "36", "500,00", "21,00", "18.000,00"),
        ("", "Neto gravado", "", "", "", "36.000,00"),
    )

    assert [item.code for item in found] == ["101", "102"]


def test_two_titles_close_together_stay_two() -> None:
    found = items(
        ("Código", "Descripción", "Bultos", "S/Cargo", "Precio", "Importe"),
        ("101", "Gaseosa", "12", "", "1.500,00", "18.000,00"),
        ("102", "Agua", "36", "4", "500,00", "18.000,00"),
        edges=(60.0, 200.0, 300.0, 346.0, 470.0, 570.0),
    )

    assert [(item.plain(Role.QUANTITY), item.bonus_quantity) for item in found] == [
        (Decimal(12), Decimal(0)),
        (Decimal(36), Decimal(4)),
    ]
    assert not any(item.doubts for item in found)


def test_five_free_units_in_every_row_are_no_rate_of_iva() -> None:
    found = items(
        ("Código", "Descripción", "S/C", "Cantidad", "~#", "Importe"),
        ("101", "Gaseosa", "5", "12", "1.500,00", "18.000,00"),
        ("102", "Agua", "5", "36", "500,00", "18.000,00"),
    )

    assert [item.bonus_quantity for item in found] == [5, 5]
    assert not any(item.iva_rate or item.doubts for item in found)


def test_packs_their_size_and_units_are_all_read() -> None:
    found = items(
        ("Código", "Descripción", "Bultos", "U.x B.", "Unidades", "Precio", "Importe"),
        ("101", "Gaseosa X6", "2", "6", "12", "1.500,00", "18.000,00"),
        ("102", "Agua X12", "3", "12", "36", "500,00", "18.000,00"),
        edges=(60.0, 200.0, 270.0, 330.0, 400.0, 480.0, 570.0),
    )

    assert [item.solution and item.solution.quantity for item in found] == [12, 36]
    assert [item.description for item in found] == [["Gaseosa X6"], ["Agua X12"]]
    assert not any(item.doubts for item in found)


@pytest.mark.parametrize("title", ["Promo", "Pallet", "xyz", "~#"])
@pytest.mark.parametrize("figures", [("2", "4"), ("5", "5"), ("2,00", "4,00"), ("5", "21"), ("+2", "+4")])
def test_figures_under_a_name_nobody_knows_are_unread(title: str, figures: tuple[str, str]) -> None:
    found = headed(title, *figures)

    assert [item.plain(Role.QUANTITY) for item in found] == [12, 36]
    assert any("unread" in item.doubts for item in found)


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param(("0", "0,00"), id="zeros"),
        pytest.param(("21,00", "10,50"), id="rates of IVA"),
        pytest.param(("21", "21"), id="one rate of IVA"),
        pytest.param(("21,00", "NG"), id="a rate and no charge"),
        pytest.param(("21.780,00", "19.890,00"), id="sums with IVA"),
    ],
)
def test_figures_that_arithmetic_explains_need_no_name(figures: tuple[str, str]) -> None:
    assert not any(item.doubts for item in headed("~#", *figures))


@pytest.mark.parametrize(
    ("first", "second", "rows", "quantities", "price"),
    [
        ("Bultos", "Unid.", (("2", "24", "100,00"), ("3", "36", "50,00")), [24, 36], "P.Unit."),
        ("Bultos", "Unid.", (("2", "24", "1.200,00"), ("3", "36", "600,00")), [2, 3], "P.Bulto"),
        ("Cajas", "Unidad", (("2", "UN", "1.200,00"), ("3", "KG", "600,00")), [2, 3], "P.Bulto"),
        ("Cantidad", "Unid.", (("2", "", "1.200,00"), ("3", "", "600,00")), [2, 3], "P.Bulto"),
        ("Pedido", "Entregado", (("26", "24", "100,00"), ("36", "36", "50,00")), [24, 36], "P.Unit."),
        ("Pedido", "Entreg.", (("26", "24", "100,00"), ("36", "36", "50,00")), [24, 36], "P.Unit."),
        ("P.Vta.Sug.", "Cant", (("150,00", "24", "100,00"), ("75,00", "36", "50,00")), [24, 36], "P.Unit."),
        (
            "Precio sugerido",
            "Cant",
            (("150,00", "24", "100,00"), ("75,00", "36", "50,00")),
            [24, 36],
            "P.Unit.",
        ),
    ],
)
def test_of_two_columns_the_one_that_multiplies_is_the_quantity(
    first: str, second: str, rows: Sequence[Sequence[str]], quantities: Sequence[int], price: str
) -> None:
    found = items(
        ("Código", "Descripción", first, second, price, "Importe"),
        ("101", "Yerba", *rows[0], "2.400,00"),
        ("102", "Fideos", *rows[1], "1.800,00"),
    )

    assert [int(item.solution.quantity) for item in found if item.solution] == quantities
    assert not any(item.doubts for item in found)


def test_an_order_alone_is_the_quantity_of_nothing_else() -> None:
    found = items(
        ("Código", "Descripción", "Pedido", "zz", "Precio", "Importe"),
        ("101", "Yerba", "24", "26", "100,00", "2.400,00"),
        ("102", "Fideos", "36", "36", "50,00", "1.800,00"),
    )

    assert any(item.doubts for item in found)


def test_one_figure_that_is_no_rate_disproves_a_column_of_rates() -> None:
    found = items(
        ("Código", "Descripción", "Cantidad", "~#", "Precio", "Importe"),
        ("101", "Gaseosa", "12", "21,00", "1.500,00", "18.000,00"),
        ("102", "Agua", "36", "10,50", "500,00", "18.000,00"),
        ("103", "Yerba", "2", "7,00", "100,00", "200,00"),
    )

    assert "unread" in found[2].doubts


@pytest.mark.parametrize("title", ["Lote", "% I.I.", "%LL", "%l.!.", "Bultos"])
def test_figures_whose_name_makes_them_harmless_leave_no_doubt(title: str) -> None:
    assert not any(item.doubts for item in headed(title))


def test_a_column_between_the_names_and_the_quantities_is_seen() -> None:
    found = items(
        ("Código", "Descripción", "zz", "Cantidad", "Precio", "Importe"),
        ("101", "Gaseosa x 6", "2", "12", "1.500,00", "18.000,00"),
        ("102", "Agua 500", "", "36", "500,00", "18.000,00"),
    )

    assert "unread" in found[0].doubts
    assert not found[1].doubts


def test_a_percent_sign_read_as_a_figure_makes_a_heading_no_row() -> None:
    found = items(
        ("Código", "Descripción", "Cantidad", "Precio", "1 Boni!", "Importe"),
        ("101", "Gaseosa", "12", "1.500,00", "10,00", "16.200,00"),
        ("102", "Agua", "36", "500,00", "0,00", "18.000,00"),
        edges=(60.0, 200.0, 300.0, 360.0, 430.0, 570.0),
    )

    assert [item.code for item in found] == ["101", "102"]
    assert [discounts_of(item) for item in found] == [(Discount(rate=Decimal(10)),), ()]
    assert not any(item.doubts for item in found)


def test_packs_and_sizes_in_a_description_are_text() -> None:
    found = items(
        ("Código", "Descripción", "Cantidad", "S/C", "Precio", "Importe"),
        ("101", "Gaseosa 2,25 x 6", "12", "", "1.500,00", "18.000,00"),
        ("102", "Fideos 500", "36", "", "500,00", "18.000,00"),
    )

    assert [item.description for item in found] == [["Gaseosa 2,25 x 6"], ["Fideos 500"]]
    assert not any(item.doubts for item in found)


@pytest.mark.parametrize(
    ("title", "doubt"), [("S/C", "bonus_quantity"), ("Imp.Int.", "internal_tax")], ids=["bonus", "internal"]
)
@pytest.mark.parametrize("text", ["Z", "1.2.3", "l"])
def test_what_is_no_number_where_no_sum_tells_is_a_doubt(title: str, doubt: str, text: str) -> None:
    found = headed(title, text, "")

    assert doubt in found[0].doubts
    assert not found[1].doubts


def test_less_than_nothing_under_free_units_is_a_doubt() -> None:
    assert [item.doubts for item in headed("S/C", "1-", "-2")] == [{"bonus_quantity"}] * 2


def test_a_dash_under_free_units_is_none() -> None:
    assert not any(item.doubts for item in headed("S/C", "-", "-"))


def test_amounts_under_the_name_of_iva_are_explained_by_it() -> None:
    found = items(
        ("Cód.", "Descripción", "Cantidad", "Precio", "Precio neto", "Descuento", "Subtotal", "IVA 21%"),
        ("101", "Gaseosa", "5", "1.000,00", "5.000,00", "750,00", "4.250,00", "700,11"),
        ("102", "Agua", "3", "100,10", "300,30", "0,00", "300,30", "60,00"),
        edges=(60.0, 170.0, 220.0, 280.0, 350.0, 420.0, 490.0, 570.0),
    )

    assert [item.subtotal for item in found] == [4250, Decimal("300.30")]
    assert not any(item.doubts for item in found)


@pytest.mark.parametrize("title", ["Imp.Int.", "INT.", "I.INT.", "LINT.", "L.INTERNOS"])
def test_internal_tax_is_known_by_its_names(title: str) -> None:
    found = headed(title, "120,50", "0,00")

    assert [item.internal_tax for item in found] == [Decimal("120.50"), 0]
    assert not any(item.doubts for item in found)


class TestDiscountsTheRowDoesNotNeed:
    @pytest.mark.parametrize(("title", "figure"), [("% Bonif", "20,00"), ("%Dto", "5,00"), ("Dto", "21,00")])
    def test_a_printed_discount_that_was_not_taken_off_needs_a_person(self, title: str, figure: str) -> None:
        found = headed(title, figure, figure)

        assert [item.subtotal for item in found] == [18000, 18000]
        assert all("discounts" in item.doubts for item in found)
        assert not any(item.iva_rate for item in found)

    def test_the_second_of_two_is_no_rate_of_iva(self) -> None:
        found = items(
            ("Cód.", "Descripción", "Cantidad", "Precio", "%Dto1", "%Dto2", "Importe"),
            ("101", "Gaseosa", "10", "1.500,00", "10,00", "5,00", "13.500,00"),
            ("102", "Yerba", "6", "3.200,00", "10,00", "5,00", "17.280,00"),
            edges=(60.0, 180.0, 260.0, 350.0, 420.0, 490.0, 580.0),
        )

        assert all("discounts" in item.doubts for item in found)

    def test_one_beside_an_empty_rate_of_iva_is_not_that_rate(self) -> None:
        found = items(
            ("Cód.", "Descripción", "Cantidad", "Precio", "%Dto", "IVA", "Importe"),
            ("101", "Gaseosa", "10", "1.500,00", "10,00", "21,00", "13.500,00"),
            ("102", "Yerba", "6", "3.200,00", "5,00", "", "19.200,00"),
            edges=(60.0, 180.0, 260.0, 350.0, 420.0, 490.0, 580.0),
        )

        assert not found[0].doubts
        assert found[1].doubts
        assert found[1].iva_rate is None

    def test_one_that_was_taken_off_is_kept(self) -> None:
        found = items(
            ("Código", "Descripción", "Cantidad", "% Bonif", "Precio", "Importe"),
            ("101", "Gaseosa", "12", "10,00", "1.500,00", "16.200,00"),
            ("102", "Agua", "36", "", "500,00", "18.000,00"),
        )

        assert [discount.rate for discount in discounts_of(found[0])] == [Decimal(10)]
        assert not any(item.doubts for item in found)


class TestPriceBeforeQuantity:
    """The pair multiplies both ways, so a name or the print must tell."""

    ROWS = (
        ("101", "Gaseosa", "15,00", "12,00", "180,00"),
        ("102", "Yerba", "20,00", "30,00", "600,00"),
        ("103", "Harina", "8,00", "25,00", "200,00"),
    )
    EDGES = (60.0, 200.0, 300.0, 400.0, 500.0)

    def read(self, price: str, quantity: str, rows: Sequence[Sequence[str]] = ROWS) -> list[Item]:
        heading = ("Código", "Descripción", price, quantity, "Importe")
        return items(heading, *rows, edges=self.EDGES)

    @pytest.mark.parametrize(
        ("price", "quantity"),
        [
            *(("Valor", "Can."), ("$ Unit", "Cnt"), ("Valor Unit.", "Piezas"), ("Costo", "Qty")),
            *(("Tarifa", "Hs"), ("Unitario", "Ctdad"), ("PU", "Q"), ("Precio x Kg", "Kilos")),
            *(("~#", "Cantidad"), ("Precio", "~#"), ("Preclo", "~#"), ("~#", "Cantldad")),
        ],
    )
    def test_one_name_is_enough(self, price: str, quantity: str) -> None:
        found = self.read(price, quantity)

        assert [item.plain(Role.QUANTITY) for item in found] == [12, 30, 25]
        assert not any(item.doubts for item in found)

    def test_without_names_a_person_must_look(self) -> None:
        found = self.read("~#", "zz")

        assert len(found) == 3
        assert all({"quantity", "unit_price"} <= item.doubts for item in found)

    def test_a_value_beside_a_price_is_what_the_row_comes_to(self) -> None:
        found = items(
            ("Código", "Descripción", "Cantidad", "Precio", "Valor"),
            ("101", "Gaseosa", "12", "15,00", "180,00"),
            ("102", "Yerba", "30", "20,00", "600,00"),
            edges=self.EDGES,
        )

        assert [item.plain(Role.SUBTOTAL) for item in found] == [180, 600]
        assert not any(item.doubts for item in found)


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("cantldad", "cantidad"),
        ("inporte", "importe"),
        ("1mporte", "importe"),
        ("descripcjon", "descripcion"),
        ("precio", None),
        ("pallet", None),
        ("promo", None),
        ("iva", None),
    ],
)
def test_a_title_one_or_two_characters_off_is_known(word: str, known: str | None) -> None:
    assert near_name(word) == known
