"""Rolls that tell quantities, discounts and presents in other ways than a line "quantity x price"."""

import pytest

from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.ticket import looks_like_ticket, read_ticket
from agente_negocio.invoices.reading.goods.walk import ItemTable
from agente_negocio.invoices.reading.numbers import Style
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

PAIR = {"quantity", "unit_price"}
COLA = ("2 u x 1500,00", "COCA COLA 2,25 (21,00)\t>3.000,00")
HARINA = "HARINA 000 (10,50)\t>850,00"
OFF = "DTO. COCA (21,00)\t>-100,00"


def table(*rows: str) -> ItemTable:
    sheet = sheet_of("Cantidad/Precio unit.", "Descripción (%IVA)\t>IMPORTE", *rows, "TOTAL\t>1,00")
    return read_ticket([sheet], Style.COMMA, repair=False)


def items(*rows: str) -> list[Item]:
    return table(*rows).items


class TestQuantitiesInOtherWords:
    @pytest.mark.parametrize(
        "line",
        [
            *("3 x 500", "3 UN X 500", "3*500", "3 un. a $ 500,00", "3 @ 500,00", "3 unid. $500 c/u"),
            *(
                "CANT: 3  P.U.: 500",
                "(3) 500,00",
                "1/2 docena x 250,00",
                "2 CJ X 12 UN X 62,50",
                "CANT: 3",
                "@ 500",
            ),
        ],
    )
    def test_a_line_of_its_own_leaves_the_row_open(self, line: str) -> None:
        assert items(*COLA, line, "YERBA (21,00)\t>1.500,00")[1].doubts == PAIR

    @pytest.mark.parametrize("line", ["0,535kg a $8999/kg", "0.535kg x 8999", "0,535 KG POR 8.999"])
    def test_so_does_one_of_what_is_weighed(self, line: str) -> None:
        assert items(*COLA, line, "QUESO (21,00)\t>4.814,47")[1].doubts == PAIR

    @pytest.mark.parametrize(
        "name",
        [
            "3 X 500 YERBA",
            "YERBA 3X500",
            "YERBA X3 $500",
            "3 YERBA 500,00",
            "YERBA 3u 500",
            "YERBA 3 C/U 500",
        ],
    )
    def test_and_one_in_the_line_of_the_name(self, name: str) -> None:
        assert items(*COLA, f"{name} (21,00)\t>1.500,00")[1].doubts == PAIR

    @pytest.mark.parametrize("name", ["12X500 ML AGUA", "AGUA 500 ML X 12", "PAPEL 4X30 M"])
    def test_packs_beside_a_quantity_are_names(self, name: str) -> None:
        assert not items("1 u x 6000,00", f"{name} (21,00)\t>6.000,00")[0].doubts

    @pytest.mark.parametrize(
        "lines",
        [
            ("AGUA 500 ML X 12",),
            ("PAPEL HIGIENICO 4X30 M",),
            ("1 KG AZUCAR X 10",),
            ("7 UP 2,25 L",),
            ("9 DE ORO",),
            ("PURE DE TOMATE PUNTA DEL", "ESTE 520 G"),
            ("7790895000782", "YERBA 500 G"),
            ("7790895000782 500 G YERBA", "CON PALO"),
        ],
    )
    def test_what_counts_nothing_is_one_unit(self, lines: tuple[str, ...]) -> None:
        *above, last = lines

        (item,) = items(*above, f"{last} (21,00)\t>1.500,00")

        assert not item.doubts
        assert item.solution
        assert item.solution.quantity == 1


class TestQuantitiesWithLabels:
    @pytest.mark.parametrize(
        "line", ["CANT: 3 P.U.: 500,00", "Cantidad 3  P. Unit. $ 500,00", "Cant.: 3 u. Precio unit.: 500,00"]
    )
    def test_they_are_read_as_any_other(self, line: str) -> None:
        found = items(line, "YERBA 1 KG X 10 (21,00)\t>1.500,00", *COLA)

        assert [float(item.solution.quantity) for item in found if item.solution] == [3, 2]
        assert not any(item.doubts for item in found)

    def test_alone_they_make_a_roll(self) -> None:
        assert looks_like_ticket([sheet_of("CANT: 3 P.U.: 500,00", "YERBA (21,00)\t>1.500,00")])


class TestNamesWithWordsOfTheFoot:
    @pytest.mark.parametrize(
        "names",
        [
            ("ATUN PESO NETO MAR", "DEL SUD 120 G (21,00)"),
            ("TOTAL LIMPIEZA", "MULTIUSO (21,00)"),
            ("LIMPIADOR", "TOTAL PLUS 500 ML (21,00)"),
        ],
    )
    def test_below_a_quantity_they_name_goods(self, names: tuple[str, ...]) -> None:
        *above, last = names

        found = items(*COLA, "3 u x 500,00", *above, f"{last}\t>1.500,00", "1 u x 850,00", HARINA)

        assert [item.subtotal for item in found] == [3000, 1500, 850]
        assert found[1].description == [" ".join(names).removesuffix(" (21,00)")]
        assert not any(item.doubts for item in found)

    @pytest.mark.parametrize("label", ["SUBTOTAL", "TOTAL\t>3.000,00", "SUBTOT. NETO GRAVADO\t>3.000,00"])
    def test_sums_end_the_goods_whatever_is_missing_above(self, label: str) -> None:
        assert len(items(*COLA, "3 u x 500,00", label, "IVA 21,00 (21,00)\t>630,00")) == 1


class TestDiscountsOfARoll:
    @pytest.mark.parametrize(
        "name",
        [
            *("FONDO DE OLLA", "TASA PORCELANA", "FLETE ENVIO", "SELLOS DE GOMA", "CUADERNO INTERNO"),
            *("RECARGO ENVASE", "IMP. CARTEL", "VIAL JERINGA", "AJUSTE IVA"),
        ],
    )
    def test_what_is_sold_below_one_is_no_tax(self, name: str) -> None:
        found = table(*COLA, OFF, f"{name} (21,00)\t>500,00")

        assert [item.subtotal for item in found.items] == [3000, 500]
        assert found.items[0].doubts == {"discounts"}

    @pytest.mark.parametrize(
        "name",
        ["DESCAFEINADO 100 G", "DESCARTABLES", "DESC. VASOS", "AJUSTE CINTURON", "BONIFACIO", "DTO VECINOS"],
    )
    def test_a_name_that_begins_like_one_is_a_name(self, name: str) -> None:
        found = items(*COLA, f"{name} (21,00)\t>500,00", HARINA)

        assert [item.subtotal for item in found] == [3000, 500, 850]
        assert not any(item.doubts for item in found)

    @pytest.mark.parametrize(
        "last", ["DTO. GENERAL\t>-100,00", "DESCUENTO\t>100,00", "RECARGO\t>50,00", "Perc. IIBB\t>50,00"]
    )
    def test_below_the_last_goods_they_are_of_the_foot(self, last: str) -> None:
        found = table(*COLA, HARINA, last)

        assert [item.subtotal for item in found.items] == [3000, 850]
        assert not any(item.doubts for item in found.items)
        assert len(found.rows) == 3

    def test_one_between_goods_stays_of_the_foot_too(self) -> None:
        assert len(table(*COLA, OFF, HARINA).rows) == 3

    def test_a_name_in_two_lines_may_begin_like_one(self) -> None:
        (_, item) = items(*COLA, "DESC. VASOS PLASTICOS", "DE COLORES (21,00)\t>500,00")

        assert item.description == ["DESC. VASOS PLASTICOS DE COLORES"]


class TestPresentsOfARoll:
    def test_a_price_may_be_a_bare_zero(self) -> None:
        found = items(*COLA, "10 x 0", "YERBA DE REGALO (21,00)\t>0,00")

        assert found[1].solution
        assert found[1].solution.quantity == 10
        assert not found[1].doubts

    @pytest.mark.parametrize("line", ["3 VASO SIN CARGO", "VASO DE REGALO", "+ 3 UN. PROMO"])
    @pytest.mark.parametrize("place", [2, 3], ids=["between", "last"])
    def test_a_line_without_an_amount_is_not_forgotten(self, line: str, place: int) -> None:
        rows = [*COLA, HARINA]
        rows.insert(place, line)

        found = table(*rows, *COLA) if place == len(COLA) else table(*rows)

        assert found.unclaimed == [line] or found.items[1].doubts

    def test_a_count_of_all_is_no_present(self) -> None:
        assert table(*COLA, HARINA, "3 ARTICULOS").unclaimed == []

    def test_a_count_with_its_unit_above_a_quantity_is_not_forgotten(self) -> None:
        assert table(*COLA, "6 u VASO PROMO", *COLA).unclaimed == ["6 u VASO PROMO"]

    def test_a_gift_below_the_total_is_not_forgotten(self) -> None:
        total = "TOTAL\t>3.850,00"

        assert table(*COLA, HARINA, total, "LLEVA SIN CARGO: 6 VASO").unclaimed == ["LLEVA SIN CARGO: 6 VASO"]
        assert table(*COLA, HARINA, total, "ENVIO SIN CARGO").unclaimed == []

    def test_a_name_that_promises_more_needs_a_person(self) -> None:
        assert items("2 u x 600,00", "COLA 10+1 (21,00)\t>1.200,00")[0].doubts == {"bonus_quantity"}
