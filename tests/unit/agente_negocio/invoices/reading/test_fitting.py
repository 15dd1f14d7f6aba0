"""Columns of figures that no heading, or a wrong one, names."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.again import look_at_items
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item, discounts_of
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.model import Discount
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.words.second_look import SecondLook
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (40.0, 250.0, 330.0, 420.0, 510.0, 580.0)
"""Right edges of the figures; what stands at the second place is a description and starts at 60."""


def items(*rows: tuple[str, ...]) -> list[Item]:
    return read_items([table_of(EDGES, *rows)], Style.COMMA, repair=False).items


def figures(item: Item) -> tuple[Decimal | None, ...]:
    return tuple(item.plain(role) for role in (Role.QUANTITY, Role.UNIT_PRICE, Role.SUBTOTAL))


GOODS = (
    ("3", "Yerba mate", "1.000,00", "10,00", "2.700,00"),
    ("2", "Fideos tirabuzón", "450,50", "0,00", "901,00"),
    ("12", "Aceite de girasol", "2.290,10", "5,00", "26.107,14"),
)


class TestAHeadingThatCannotBeRead:
    def test_roles_come_from_the_rows_that_multiply(self) -> None:
        found = items(("#?", "xx", "zz", "vv", "ww"), *GOODS)

        assert [figures(item) for item in found] == [
            (Decimal(3), Decimal(1000), Decimal(2700)),
            (Decimal(2), Decimal("450.50"), Decimal(901)),
            (Decimal(12), Decimal("2290.10"), Decimal("26107.14")),
        ]
        assert [discounts_of(item) for item in found] == [
            (Discount(rate=Decimal(10)),),
            (),
            (Discount(rate=Decimal(5)),),
        ]

    def test_a_quantity_printed_like_a_price_stays_in_doubt(self) -> None:
        found = items(
            ("3,00", "Yerba mate", "1.000,00", "0,00", "3.000,00"),
            ("2,00", "Fideos tirabuzón", "450,50", "0,00", "901,00"),
        )

        assert [figures(item)[:2] for item in found] == [
            (Decimal(3), Decimal(1000)),
            (Decimal(2), Decimal("450.50")),
        ]
        assert all({"quantity", "unit_price"} <= item.doubts for item in found)

    def test_no_other_reading_settles_that_doubt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = items(
            ("3,00", "Yerba mate", "1.000,00", "0,00", "3.000,00"),
            ("2,00", "Fideos tirabuzón", "450,50", "0,00", "900,00"),
        )
        again = {
            item.places[at]: token.text
            for item in found
            for at, token in item.tokens.items()
            if at in item.places
        }
        monkeypatch.setattr(
            SecondLook,
            "figures",
            lambda _, places: [again.get(place, "").replace("900,", "901,") for place in places],
        )

        look_at_items(found, Style.COMMA, SecondLook({}, timeout_seconds=20))

        assert found[1].subtotal == Decimal(901)
        assert all({"quantity", "unit_price"} <= item.doubts for item in found)

    def test_whole_quantities_before_prices_leave_none(self) -> None:
        assert not any(item.doubts for item in items(*GOODS))


class TestADiscountInPesos:
    def test_under_a_percentage_there_are_no_pesos(self) -> None:
        goods = (
            ("3", "Yerba mate", "1.000,00", "30,00", "2.970,00"),
            ("2", "Fideos tirabuzón", "450,50", "0,00", "901,00"),
        )
        named = ("Cant.", "Descripción", "Precio", "{}", "Importe")
        plain, rated = (
            items(tuple(title.format(over) for title in named), *goods) for over in ("Bonif.", "% Bonif.")
        )

        assert [discounts_of(item) for item in plain] == [(Discount(amount=Decimal(30)),), ()]
        assert rated[0].doubts

    HEADING = ("Cant.", "Descripción", "P.Unitario", "Importe", "Descuento", "Subtotal")

    def test_the_sum_of_the_row_is_what_remains_of_it(self) -> None:
        found = items(
            self.HEADING,
            ("5", "Fernet", "1.000,00", "5.000,00", "750,00", "4.250,00"),
            ("3", "Gaseosa", "100,10", "300,30", "0,00", "300,30"),
            ("4", "Cerveza", "250,00", "1.000,00", "125,50", "874,50"),
        )

        assert [item.subtotal for item in found] == [
            Decimal("4250.00"),
            Decimal("300.30"),
            Decimal("874.50"),
        ]
        assert discounts_of(found[0]) == (Discount(amount=Decimal("750.00")),)
        assert not any(item.doubts for item in found)

    def test_names_still_tell_quantities_from_prices(self) -> None:
        found = items(
            self.HEADING,
            ("5,00", "Fernet", "1.000,00", "5.000,00", "750,00", "4.250,00"),
            ("3,00", "Gaseosa", "100,10", "300,30", "0,00", "300,30"),
        )

        assert [figures(item) for item in found] == [
            (Decimal(5), Decimal(1000), Decimal(4250)),
            (Decimal(3), Decimal("100.10"), Decimal("300.30")),
        ]
        assert not any(item.doubts for item in found)


class TestColumnsThatAreNoFactor:
    @pytest.mark.parametrize("rates", [("8,73", "25,30", "35,13"), ("21,00", "10,50", "21,00")])
    def test_a_rate_no_row_needs_is_no_discount(self, rates: tuple[str, str, str]) -> None:
        rows = [(quantity, name, price, rate, subtotal) for (quantity, name, price, subtotal), rate in zip(
            (
                ("3", "Yerba mate", "1.000,00", "3.000,00"),
                ("2", "Fideos", "450,50", "901,00"),
                ("12", "Aceite", "2.290,10", "27.481,20"),
            ),
            rates,
            strict=True,
        )]  # fmt: skip

        found = items(("Cant.", "Descripción", "Precio", "%LL", "Importe"), *rows)

        assert [discounts_of(item) for item in found] == [(), (), ()]
        assert not any(item.doubts for item in found)
