"""What the arithmetic of a row leaves open, and what a second look must say of it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.again import look_at_items
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.proof import open_cells
from agente_negocio.invoices.reading.goods.walk import read_items
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

    half = items_of(direct, ("0,500", "Vino", "105,1873", "20,00", "84,15", "42,08"), heading=heading)[1]
    assert open_roles(half) == {"unit_price", "discount", "net_price"}


class TestReadTwice:
    """Figures left open must read the same twice."""

    def doubts(
        self,
        row: Sequence[str],
        monkeypatch: pytest.MonkeyPatch,
        heading: Sequence[str] = HEADING,
        **told: str,
    ) -> frozenset[str]:
        return self.looked_at(row, monkeypatch, heading, **told).doubts

    def looked_at(
        self,
        row: Sequence[str],
        monkeypatch: pytest.MonkeyPatch,
        heading: Sequence[str] = HEADING,
        **told: str,
    ) -> Item:
        item = items_of(GOOD, row, heading=heading)[1]
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

    def test_the_product_tells_where_the_mark_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.doubts(self.FOURTH, monkeypatch, unit_price="120.3466") == set()

    def test_of_a_present_the_mark_must_read_the_same_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        present = ("1,5", "Arandela", "0,00", "0,00", "0,00", "0,00")

        assert self.doubts(present, monkeypatch) == set()
        assert self.doubts(present, monkeypatch, quantity="15") == {"quantity"}

    def test_a_figure_only_the_second_look_saw(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SecondLook, "is_blank", lambda *_: True)
        lost = ("", "Arandela", "0,00", "0,00", "0,00", "0,00")

        assert self.doubts(lost, monkeypatch, quantity="5") == {"quantity"}

    def test_the_mark_of_free_units_is_told_by_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        heading = ("Cant.", "Descripción", "Precio", "% Bonif", "S/C", "Importe")
        row = ("2", "Arandela", "100,00", "0,00", "1,5", "200,00")

        assert self.doubts(row, monkeypatch, heading=heading) == set()
        assert self.doubts(row, monkeypatch, heading=heading, bonus="15") == {"bonus_quantity"}

    def test_what_is_proven_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.doubts(self.FOURTH, monkeypatch, quantity="8") == set()

    def test_a_cent_beside_the_product(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.doubts(self.CENT, monkeypatch) == set()
        assert self.doubts(self.CENT, monkeypatch, discount="8,00") == {"discounts"}

    def test_the_exact_one_of_two_readings_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        item = self.looked_at(self.CENT, monkeypatch, subtotal="1.234,55")

        assert item.subtotal == Decimal("1234.55")
        assert item.doubts == set()


class TestNeighbours:
    """What two looks would misread alike, because of what stands beside it."""

    def doubts(
        self,
        heading: Sequence[str],
        row: Sequence[str],
        monkeypatch: pytest.MonkeyPatch,
        *,
        inked: bool = False,
    ) -> frozenset[str]:
        good = ("2", "Yerba mate", *("0" for _ in heading[2:-2]), "1.000,00", "2.000,00")
        item = items_of(good, row, heading=heading)[1]
        texts = {place: item.tokens[at].text for at, place in item.places.items() if at in item.tokens}
        monkeypatch.setattr(
            SecondLook, "figures", lambda _, places: [texts.get(place, "") for place in places]
        )
        monkeypatch.setattr(SecondLook, "is_blank", lambda _, place: not inked or place in texts)
        look_at_items([item], Style.COMMA, SecondLook({}, timeout_seconds=20))
        return item.doubts

    FREE = ("Cant.", "Descripción", "S/C", "Precio", "Importe")

    def test_half_a_price_is_no_free_units(self, monkeypatch: pytest.MonkeyPatch) -> None:
        apart = ("2", "Aceite", "37", "226,16", "452,32")
        tight = ("2", "Aceite", "", "37 226,16", "452,32")

        assert self.doubts(self.FREE, apart, monkeypatch) == set()
        assert self.doubts(self.FREE, tight, monkeypatch) == {"bonus_quantity"}

    @pytest.mark.parametrize(("reach", "doubts"), [(0.0, set()), (40.0, {"quantity"})])
    def test_figures_of_two_cells_in_one_word(
        self, reach: float, doubts: set[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """12 units and 10 free ones of a present, read as 1210."""
        item = items_of(("1210", "Vino", "", "0,00", "0,00"), heading=self.FREE)[0]
        quantity, free = (
            next(at for at in item.places if item.roles[at] is role) for role in (Role.QUANTITY, Role.BONUS)
        )
        token, place = item.tokens[quantity], item.places[free]
        item.places[free] = replace(place, x0=token.x1 - 10 + 40 - reach, x1=token.x1 + 40 - reach)
        monkeypatch.setattr(SecondLook, "figures", lambda _, places: ["1210" for _ in places])
        monkeypatch.setattr(SecondLook, "is_blank", lambda *_: True)
        item.places.pop(next(at for at in item.places if item.roles[at] is Role.UNIT_PRICE))

        look_at_items([item], Style.COMMA, SecondLook({}, timeout_seconds=20))

        assert item.doubts == doubts


class TestAmountBesideALostRate:
    """With a rate and an amount column, an amount alone may be the rate's."""

    ROW = ("2", "Vino", "1.000,00", "", "100,00", "1.900,00")

    @pytest.mark.parametrize(("inked", "doubts"), [(False, set()), (True, {"discounts"})])
    def test_only_a_blank_cell_is_no_rate(
        self,
        *,
        inked: bool,
        doubts: set[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        item = items_of(GOOD, self.ROW)[1]
        monkeypatch.setattr(SecondLook, "figures", lambda _, places: ["" for _ in places])
        monkeypatch.setattr(SecondLook, "is_blank", lambda *_: not inked)

        look_at_items([item], Style.COMMA, SecondLook({}, timeout_seconds=20))

        assert item.doubts == doubts
