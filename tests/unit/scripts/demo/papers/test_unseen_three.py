"""Held out, as the layout it is about: nobody who tunes a reader looks at this file."""

from decimal import Decimal

import pytest

from scripts.demo.papers import Line, Perception, render
from scripts.demo.papers.layouts.foot import notices, transparency_lines
from scripts.demo.papers.layouts.unseen_three import net_price
from tests.unit.scripts.demo.papers.helpers import make_paper, text_of


@pytest.mark.parametrize(
    ("discounts", "price"),
    [
        ((), "880.00"),
        ((Decimal(5),), "836.00"),
        ((Decimal(10), Decimal(5)), "752.40"),
        ((Decimal(100),), "0"),
    ],
)
def test_the_net_price_is_what_every_discount_leaves(discounts: tuple[Decimal, ...], price: str) -> None:
    line = Line("1", "Yerba", Decimal(3), Decimal("880.00"), discounts=discounts)

    assert net_price(line) == Decimal(price)


@pytest.mark.parametrize(
    ("type_code", "prefix"), [(1, "FA-A"), (7, "ND-B"), (13, "NC-C"), (201, "FCE-A"), (203, "NCE-A")]
)
def test_the_number_carries_the_kind_and_the_letter(type_code: int, prefix: str) -> None:
    text = text_of(render(make_paper(layout="unseen_three", type_code=type_code)))

    assert f"{prefix} 00003-00000812" in text


def test_both_unit_prices_stand_in_the_row() -> None:
    line = Line("77", "Yerba", Decimal(3), Decimal("880.00"), discounts=(Decimal(5),))

    text = text_of(render(make_paper(line, layout="unseen_three")))

    assert all(figure in text for figure in ("880,00", "836,00", "2508,00"))


def test_many_sums_are_all_there() -> None:
    perceptions = tuple(
        Perception("perception_iibb", f"Percepción IIBB Entre Ríos {n}", Decimal(n)) for n in range(1, 5)
    )
    lines = [
        Line(str(index), "Yerba", Decimal(1), Decimal(1000), iva_rate=rate)
        for index, rate in enumerate((Decimal(21), Decimal("10.5"), Decimal(27), None))
    ]
    paper = make_paper(*lines, layout="unseen_three", perceptions=perceptions, discount_rate=Decimal(5))

    text = "".join(text_of(render(paper)).split())

    assert all(f"EntreRíos{n}{n},00%" in text for n in range(1, 5))
    assert all(f"IVA{rate}%" in text for rate in ("21,00", "10,50", "27,00"))
    assert "28,50" in text  # the first perception, on 2850,00
    assert "Dto.comercial5,00%" in text


def test_a_b_says_its_notices_and_what_it_contains() -> None:
    paper = make_paper(layout="unseen_three", type_code=6, currency="USD", exchange_rate=Decimal("1485.50"))

    text = text_of(render(paper))

    said = [*notices(paper), *transparency_lines(paper)]
    assert len(said) == 4
    assert all("".join(each.split()) in "".join(text.split()) for each in said)
