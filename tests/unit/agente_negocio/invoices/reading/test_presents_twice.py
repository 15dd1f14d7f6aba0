"""Rows that cost nothing: no sum proves their figures, so they must read the same twice and whole."""

from collections.abc import Sequence

import pytest

from agente_negocio.invoices.reading.goods.again import look_at_items
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.words.second_look import SecondLook
from tests.unit.agente_negocio.invoices.reading.written import table_of

EDGES = (40.0, 250.0, 330.0, 390.0, 470.0)
HEADING = ("Cant.", "Descripción", "Precio", "% Bonif", "Importe")
SOLD = ("2", "Yerba mate", "1.000,00", "10,00", "1.800,00")


def looked_at(price: str, monkeypatch: pytest.MonkeyPatch, **again: str) -> Item:
    """A row given away at 100 % off its price, after a second look that read `again`, else the same."""
    given = ("6", "Fideos", price, "100,00", "0,00")
    items = read_items([table_of(EDGES, HEADING, SOLD, given)], Style.COMMA, repair=False).items
    told = {
        place: again.get(item.roles[index].value, item.tokens[index].text)
        for item in items
        for index, place in item.places.items()
        if index in item.tokens
    }

    def figures(_: SecondLook, places: Sequence[Place]) -> list[str]:
        return [told[place] for place in places]

    monkeypatch.setattr(SecondLook, "figures", figures)
    look_at_items(items, Style.COMMA, SecondLook({}, timeout_seconds=20))
    assert items[0].doubts == set()
    return items[1]


def test_what_reads_the_same_twice_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at("1.250,00", monkeypatch).doubts == set()


@pytest.mark.parametrize("price", ["125000", "1250"])
def test_a_price_without_its_mark_may_have_lost_it(price: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comma that the recogniser drops once it drops twice."""
    assert looked_at(price, monkeypatch).doubts == {"unit_price"}


@pytest.mark.parametrize(("name", "text"), [("quantity", "8"), ("unit_price", "1.260,00"), ("quantity", "")])
def test_what_reads_otherwise_is_doubted(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_at("1.250,00", monkeypatch, **{name: text}).doubts == {name}


@pytest.mark.parametrize(("inked", "quantity", "doubted"), [(False, 3, False), (True, None, True)])
def test_blank_money_of_a_picture_is_nothing_where_no_ink_stands(
    *, inked: bool, quantity: int | None, doubted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recogniser may have lost the figures."""
    edges = (40.0, 90.0, 250.0, 330.0, 390.0)
    heading = ("Código", "Descripción", "Cant.", "Precio", "Importe")
    sold = ("101", "Yerba mate", "2", "1.000,00", "2.000,00")
    items = read_items(
        [table_of(edges, heading, sold, sold, ("102", "Fideos", "3", "", ""))], Style.COMMA, repair=True
    ).items
    told = {
        place: item.tokens[at].text
        for item in items
        for at, place in item.places.items()
        if at in item.tokens
    }
    monkeypatch.setattr(SecondLook, "figures", lambda _, places: [told.get(place, "") for place in places])
    monkeypatch.setattr(SecondLook, "is_blank", lambda *_: not inked)

    look_at_items(items, Style.COMMA, SecondLook({}, timeout_seconds=20))

    given = items[2]
    assert (given.solution and given.solution.quantity) == quantity
    assert bool(given.doubts) is doubted
