"""What the arithmetic of a row leaves open, and what a second look must say of it."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.again import look_at_items
from agente_negocio.invoices.reading.goods.items import Item, read_items
from agente_negocio.invoices.reading.goods.proof import open_cells
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.words.second_look import SecondLook
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (40.0, 240.0, 310.0, 370.0, 450.0, 520.0)
HEADING = ("Cant.", "Descripción", "Precio", "% Bonif", "Imp. Bonif", "Importe")
GOOD = ("2", "Yerba mate", "1.000,00", "0,00", "0,00", "2.000,00")


def items_of(*rows: Sequence[str], heading: Sequence[str] = HEADING) -> list[Item]:
    return read_items([table_of(EDGES, heading, *rows)], Style.COMMA, repair=True).items


def open_roles(item: Item) -> set[str]:
    return {item.roles[index].value for index in open_cells(item)}


@pytest.mark.parametrize(
    ("row", "left_open"),
    [
        (GOOD, set()),
        (("6", "Yerba", "12,34", "0,00", "0,00", "74,04"), {"discount"}),
        (("6", "Yerba", "120,3466", "0,00", "0,00", "722,08"), {"unit_price"}),
        (("200", "Tornillo", "1,3466", "0,00", "0,00", "269,32"), set()),
        (("0,535", "Queso", "8.999,98", "0,00", "0,00", "4.814,99"), {"unit_price"}),
        (("1,000", "Clavo", "8,40", "0,00", "0,00", "8,40"), {"quantity", "discount"}),
        (("3", "Vino", "1.000,00", "12,5", "0,00", "2.625,00"), set()),
        (
            ("1", "Fideos", "1.234,55", "0,00", "0,00", "1.234,56"),
            {"quantity", "unit_price", "discount", "discount_amount", "subtotal"},
        ),
        (("2", "Yerba", "0,00", "0,00", "0,00", "0,00"), {"quantity", "unit_price"}),
    ],
    ids=[
        "every digit shows",
        "a discount of little money",
        "a fourth decimal",
        "a fourth decimal of many units",
        "less than one unit",
        "grams of what costs little",
        "a rate",
        "a cent beside the product",
        "a present",
    ],
)
def test_what_moves_the_sum_by_less_than_a_cent_is_open(row: Sequence[str], left_open: set[str]) -> None:
    item = items_of(GOOD, row)[1]

    assert item.doubts == set()
    assert open_roles(item) == left_open


def test_a_price_after_discounts_hides_cents_of_the_list_price() -> None:
    heading = ("Cant.", "Descripción", "Precio", "% Bonif", "Precio neto", "Importe")
    direct = ("10", "Vino", "100,00", "20,00", "80,00", "800,00")
    # 84,152 is printed 84,15 and multiplied so: the list price could as well be 105,18.
    rounded = ("24", "Vino", "105,19", "20,00", "84,15", "2.019,60")

    items = items_of(direct, rounded, heading=heading)

    assert [open_roles(item) for item in items] == [set(), {"unit_price", "discount"}]


class TestReadTwice:
    """Figures left open must read the same twice."""

    def doubts(self, row: Sequence[str], monkeypatch: pytest.MonkeyPatch, **told: str) -> set[str]:
        return self.looked_at(row, monkeypatch, **told).doubts

    def looked_at(self, row: Sequence[str], monkeypatch: pytest.MonkeyPatch, **told: str) -> Item:
        item = items_of(GOOD, row)[1]
        texts = {place: item.tokens[at].text for at, place in item.places.items() if at in item.tokens}
        names = {place: item.roles[at].value for at, place in item.places.items()}

        def figures(_: SecondLook, places: Sequence[Place]) -> list[str]:
            return [told.get(names.get(place, ""), texts.get(place, "")) for place in places]

        monkeypatch.setattr(SecondLook, "figures", figures)
        look_at_items([item], Style.COMMA, SecondLook({}, timeout_seconds=20))
        return item

    FOURTH = ("6", "Yerba", "120,3466", "0,00", "0,00", "722,08")
    CENT = ("1", "Fideos", "1.234,55", "0,00", "0,00", "1.234,56")

    def test_a_last_digit_nothing_proves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.doubts(self.FOURTH, monkeypatch) == set()
        assert self.doubts(self.FOURTH, monkeypatch, unit_price="120,3468") == {"unit_price"}
        assert self.doubts(self.FOURTH, monkeypatch, unit_price="") == {"unit_price"}

    def test_what_is_proven_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.doubts(self.FOURTH, monkeypatch, quantity="8") == set()

    def test_a_cent_beside_the_product(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.doubts(self.CENT, monkeypatch) == set()
        assert self.doubts(self.CENT, monkeypatch, discount="8,00") == {"discounts"}

    def test_the_exact_one_of_two_readings_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        item = self.looked_at(self.CENT, monkeypatch, subtotal="1.234,55")

        assert item.subtotal == Decimal("1234.55")
        assert item.doubts == set()
