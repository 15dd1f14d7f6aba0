"""What a supplier does its own way is printed, and changes nothing that the paper says."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from scripts.demo.papers import LAYOUTS, Line, Paper, Reference, Traits, render, sample_papers, truth
from scripts.demo.papers.goods import MISLEADING
from scripts.demo.papers.habits import (
    COUNTS_OF_ROWS,
    COUNTS_OF_UNITS,
    DOLLARS,
    OWN_COLUMNS,
    PLACED_HABITS,
    REFERENCES,
    CountStyle,
    Habits,
    IvaTable,
    NetStyle,
    QuantityStyle,
)
from scripts.demo.papers.kinds import FISCAL_CONTROLLER_TYPES
from scripts.demo.papers.traits import Carry, NumberStyle
from tests.unit.scripts.demo.papers.helpers import make_paper, text_of

YERBA = Line("1", "Yerba", Decimal(3), Decimal("500.00"))
FLOUR = Line("2", "Harina", Decimal(2), Decimal("100.00"), iva_rate=Decimal("10.5"))


def with_habits(paper: Paper, **habits: object) -> Paper:
    chosen = Habits(**habits)  # type: ignore[arg-type]  # any of its fields by name
    return replace(paper, traits=replace(paper.traits, habits=chosen))


def lines_of(paper: Paper) -> list[str]:
    """The texts of the paper, spaces squeezed."""
    return [" ".join(line.split()) for line in text_of(render(paper)).splitlines()]


class TestPrinted:
    @pytest.mark.parametrize(
        ("habits", "texts"),
        [
            ({"quantities": QuantityStyle.THREE_DECIMALS}, ["3,000", "2,000"]),
            ({"quantities": QuantityStyle.POINT}, ["3.000", "2.000"]),
            ({"own_column": OWN_COLUMNS[1]}, ["Dep."]),
            ({"nets": NetStyle.EACH}, ["1500,00", "200,00", "315,00", "21,00"]),
            ({"nets": NetStyle.PAIRED}, ["1500,00", "200,00", "315,00", "21,00"]),
            ({"iva_table": IvaTable.BESIDE}, ["Alícuota", "1500,00", "200,00", "315,00", "21,00"]),
            ({"iva_table": IvaTable.INSTEAD}, ["Alícuota", "1500,00", "200,00", "315,00", "336,00"]),
            ({"count_label": COUNTS_OF_UNITS[0]}, ["Total unidades: 5"]),
            ({"count_label": COUNTS_OF_ROWS[0]}, ["Cant. items: 2"]),
            ({"reception": "Recibido el {}", "reception_days": 3}, ["Recibido el 05/11/2026"]),
        ],
    )
    def test_habits_are_printed_and_leave_the_truth_alone(
        self, habits: dict[str, object], texts: list[str]
    ) -> None:
        plain = make_paper(YERBA, FLOUR)
        paper = with_habits(plain, **habits)

        found = "\n".join(lines_of(paper))

        assert [text for text in texts if text not in found] == []
        assert render(paper) != render(plain)
        assert truth(paper) == truth(plain)

    @pytest.mark.parametrize("dollars", DOLLARS)
    def test_dollars_have_many_names(self, dollars: object) -> None:
        paper = make_paper(currency="USD", exchange_rate=Decimal("1485.50"))

        found = "\n".join(lines_of(with_habits(paper, dollars=dollars)))

        assert "1485,50" in found
        assert f"TOTAL {dollars.mark}" in found  # type: ignore[attr-defined]  # parametrised

    @pytest.mark.parametrize(
        ("layout", "wording"), [("hardware", REFERENCES[1]), ("distributor", REFERENCES[2])]
    )
    def test_the_voucher_a_note_mends_is_named_with_its_cae(self, layout: str, wording: str) -> None:
        mended = Reference(1, 4, 77, date(2026, 10, 1), "86400000000123")
        paper = make_paper(
            layout=layout, type_code=3, reference=mended, traits=Traits(numbers=NumberStyle.DOTTED)
        )

        found = "\n".join(lines_of(with_habits(paper, reference=wording)))

        assert "00004-00000077" in found
        assert "86400000000123" in found
        assert truth(paper)["header"]["authorization_code"] == "86451234567890"

    def test_what_is_carried_has_the_words_of_its_side(self) -> None:
        paper = make_paper(*[YERBA] * 40, traits=Traits(carry=Carry.CARRIED))

        found = lines_of(with_habits(paper, carried=("VAN", "VIENEN")))

        first = len(LAYOUTS[paper.layout].pages(paper)[0])
        assert first < 40
        assert {f"VAN {first * 1500},00", f"VIENEN {first * 1500},00"} <= set(found)

    @pytest.mark.parametrize("layout", ["ticket", "controller"])
    @pytest.mark.parametrize(
        ("counts", "text"),
        [
            (CountStyle.USUAL, "3,0000 u x 500,0000"),
            (CountStyle.BARE, "3 x 500"),
            (CountStyle.UNITS, "3 UN X 500,00"),
            (CountStyle.LABELLED, "CANT: 3 P.U.: 500,00"),
        ],
    )
    def test_rolls_count_in_several_ways(self, layout: str, counts: CountStyle, text: str) -> None:
        paper = make_paper(YERBA, layout=layout, type_code=82)

        assert text in lines_of(with_habits(paper, counts=counts))

    @pytest.mark.parametrize("number", [4, 5])
    def test_rolls_print_their_count_above_or_below_the_total(self, number: int) -> None:
        paper = make_paper(YERBA, FLOUR, layout="ticket", type_code=82, number=number)

        found = lines_of(with_habits(paper, count_label=COUNTS_OF_ROWS[0]))

        count = found.index("CANT. ITEMS 2")
        total = next(place for place, text in enumerate(found) if text.startswith("TOTAL "))
        assert (count < total) is bool(number % 2)

    @pytest.mark.parametrize("name", sorted(PLACED_HABITS))
    def test_a_layout_without_the_place_refuses_the_habit(self, name: str) -> None:
        other = {"own_column": OWN_COLUMNS[0], "nets": NetStyle.EACH, "iva_table": IvaTable.BESIDE}[name]
        paper = with_habits(make_paper(layout="rcel"), **{name: other})

        with pytest.raises(ValueError, match="habits"):
            render(paper)
        assert paper.traits.habits.placed() == {name}
        assert paper.traits.habits.kept_to(frozenset()) == Habits()

    def test_the_qr_may_name_no_receiver_though_the_paper_does(self) -> None:
        answer = truth(with_habits(make_paper(type_code=6), hides_receiver=True))

        assert (answer["qr"]["tipoDocRec"], answer["qr"]["nroDocRec"]) == (99, 0)
        assert answer["header"]["receiver_cuit"]


class TestRows:
    def test_a_free_row_may_print_neither_code_nor_money(self) -> None:
        free = replace(FLOUR, code="", quantity=Decimal(3), unit_price=Decimal(0), is_unpriced=True)
        paper = make_paper(FLOUR, free)

        line = truth(paper)["lines"][1]

        assert "0,00" not in "".join(lines_of(paper)).replace("200,00", "").replace("100,00", "")
        assert (line["code"], line["quantity"], line["unit_price"], line["subtotal"]) == (
            None,
            "3",
            "0",
            "0.00",
        )

    @pytest.mark.parametrize(
        ("layout", "type_code"), [("ticket", 81), ("controller", 81), ("controller", 82)]
    )
    def test_a_line_below_a_row_takes_off_the_paper_and_not_off_the_row(
        self, layout: str, type_code: int
    ) -> None:
        paper = make_paper(
            replace(YERBA, below=Decimal("150.00")),
            FLOUR,
            layout=layout,
            type_code=type_code,
            discount_rate=Decimal(10),
        )

        answer, found = truth(paper), lines_of(paper)

        # What is left of each rate, 1350 and 200, loses ten per cent.
        assert answer["lines"][0]["subtotal"] == "1500.00"
        assert answer["header"]["discount"] == "305.00"
        kept = Decimal("1395.00") if type_code == 82 else Decimal("1215.00") + Decimal("180.00")
        taxes = sum(Decimal(tax["amount"]) for tax in answer["taxes"])
        assert Decimal(answer["header"]["total"]) == kept + taxes
        place = next(index for index, text in enumerate(found) if text.endswith("-150,00"))
        assert any("HARINA" in text for text in found[place:])
        taken = [text.rsplit(" ", 1)[1] for text in found if text.startswith("DTO. DESCUENTO GENERAL")]
        assert taken == (["-155,00"] if layout == "ticket" else ["-135,00", "-20,00"])

    def test_a_sheet_takes_nothing_off_below_a_row(self) -> None:
        with pytest.raises(ValueError, match="below rows"):
            render(make_paper(replace(YERBA, below=Decimal(1))))


def test_papers_by_seed_have_every_habit_and_each_is_rare() -> None:
    papers = sample_papers(11, 1500)
    habits = [paper.traits.habits for paper in papers]
    lines = [line for paper in papers for line in paper.lines]

    assert {each.quantities for each in habits} == set(QuantityStyle)
    assert {each.counts for each in habits} == set(CountStyle)
    assert {each.nets for each in habits} == set(NetStyle)
    assert {each.iva_table for each in habits} == set(IvaTable)
    assert {each.own_column for each in habits} == {None, *OWN_COLUMNS}
    assert {each.count_label for each in habits} == {"", *COUNTS_OF_UNITS, *COUNTS_OF_ROWS}
    assert {
        each.dollars for paper in papers if paper.currency == "USD" for each in [paper.traits.habits]
    } == set(DOLLARS)
    assert any(each.hides_receiver for each in habits)
    assert any(line.below for line in lines)
    assert any(line.is_unpriced for line in lines)
    assert any(not line.code for line in lines)
    assert all(line.unit_price == 0 for line in lines if line.is_unpriced or not line.code)
    words = tuple(family.name.upper() for families in MISLEADING.values() for family in families)
    misleading = sum(line.description.upper().startswith(words) for line in lines)
    assert 0.01 < misleading / len(lines) < 0.06
    electronic = [
        paper for paper in papers if paper.letter == "B" and paper.type_code not in FISCAL_CONTROLLER_TYPES
    ]
    assert 0.05 < sum(paper.receiver.cuit is None for paper in electronic) / len(electronic) < 0.2
    shares = Counter(name for each in habits for name in each.placed())
    assert all(count < 0.15 * len(papers) for count in shares.values())
    assert all(paper.traits.habits.placed() <= LAYOUTS[paper.layout].habits for paper in papers)


def test_a_point_between_units_and_decimals_is_never_the_mark_of_money() -> None:
    pointed = [
        paper.traits.numbers
        for paper in sample_papers(12, 1500)
        if paper.traits.habits.quantities is QuantityStyle.POINT
    ]

    assert set(pointed) == {NumberStyle.PLAIN, NumberStyle.DOTTED, NumberStyle.SPACED}
