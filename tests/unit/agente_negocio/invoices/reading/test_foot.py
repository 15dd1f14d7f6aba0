"""What follows from the labelled amounts of a foot: what counts once, what counts last, what is one sum."""

from dataclasses import replace

import pytest

from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.foot import Foot, Part
from agente_negocio.invoices.reading.sums.totals import read_foot
from tests.unit.agente_negocio.invoices.reading.written import sheet_of


def foot_of(*pages: tuple[str, ...]) -> Foot:
    sheets = [replace(sheet_of(*rows), page=page) for page, rows in enumerate(pages, 1)]
    return read_foot(sheets, frozenset(), Style.COMMA)


class TestRepeated:
    FOOT = ("IVA 21,00%\t525,00", "Percep. IIBB\t60,00")

    def test_a_foot_repeated_on_the_next_page_charges_nothing_twice(self) -> None:
        assert [tax.amount for tax in foot_of(self.FOOT, self.FOOT).taxes] == [525, 60]

    def test_two_equal_taxes_on_one_page_are_two(self) -> None:
        assert [tax.amount for tax in foot_of((*self.FOOT, "Percep. IIBB\t60,00")).taxes] == [525, 60, 60]

    def test_another_amount_on_the_next_page_is_another_tax(self) -> None:
        assert [tax.amount for tax in foot_of(self.FOOT, ("Percep. IIBB\t61,00",)).taxes] == [525, 60, 61]


def test_the_last_total_is_what_is_due_and_of_nets_the_first_counts() -> None:
    foot = foot_of(
        ("Neto\t2.400,00", "Total\t2.904,00"), ("Neto\t2.500,00", "IVA 21,00%\t525,00", "Total\t3.025,00")
    )

    assert foot.value("total") == 3025
    assert foot.value("net") == 2400
    assert foot.rivals(Part.TOTAL) == {2904, 3025}


@pytest.mark.parametrize(
    ("rows", "strange"),
    [
        (("Zzzz\t12,00", "Total\t3.025,00"), ["zzzz"]),
        (("Total\t3.025,00", "Zzzz\t12,00"), []),
        (("Zzzz\t12,00",), ["zzzz"]),
        (("Zz 1\t12,00", "Total\t3.025,00"), []),
        (("Zzzz\t0,00", "Total\t3.025,00"), []),
    ],
    ids=["above", "below", "no total", "no word", "nothing"],
)
def test_an_unknown_label_above_the_total_is_strange(rows: tuple[str, ...], strange: list[str]) -> None:
    assert foot_of(rows).strange() == strange
