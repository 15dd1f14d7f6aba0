"""What is drawn by seed: always the same, nobody real, and everything that papers can say."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.demo.papers import (
    HELD_OUT_LAYOUTS,
    LAYOUTS,
    OWN_CUITS,
    TUNED_LAYOUTS,
    render,
    sample_paper,
    sample_papers,
    truth,
)
from scripts.demo.papers.paper import HUNDRED
from scripts.demo.papers.traits import Carry, DateStyle, NumberStyle
from scripts.demo.papers.vocabulary import invented_cuit
from shared.kernel.cuit import parse_cuit

SEEDS = st.integers(0, 10**6)
LAYOUT_NAMES = st.sampled_from(tuple(LAYOUTS))


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, layout=LAYOUT_NAMES)
def test_cuits_are_valid_and_belong_to_nobody(seed: int, layout: str) -> None:
    paper = sample_paper(str(seed), layout)

    issuer = paper.issuer.cuit
    assert issuer is not None
    assert parse_cuit(issuer) == issuer
    assert issuer[2:4] == "00"
    assert paper.receiver.cuit is None or paper.receiver.cuit in OWN_CUITS


def test_invented_cuits_skip_numbers_without_a_digit() -> None:
    cuits = [invented_cuit(serial) for serial in range(200)]

    assert all(parse_cuit(cuit) for cuit in cuits)
    assert all(not cuit.endswith("9") for cuit in cuits)


def test_same_seed_gives_the_same_papers_and_bytes() -> None:
    first, second = sample_papers(5, 24), sample_papers(5, 24)

    assert first == second
    assert [render(paper) for paper in first] == [render(paper) for paper in second]
    assert sample_papers(6, 24) != first


def test_tuned_layouts_take_turns_and_the_held_out_ones_only_when_asked() -> None:
    drawn = [paper.layout for paper in sample_papers(1, len(TUNED_LAYOUTS) + 1)]

    assert drawn == [*TUNED_LAYOUTS, "rcel"]
    assert len(HELD_OUT_LAYOUTS) == 3
    assert set(TUNED_LAYOUTS) | set(HELD_OUT_LAYOUTS) == set(LAYOUTS)
    assert not set(TUNED_LAYOUTS) & set(HELD_OUT_LAYOUTS)
    assert [paper.layout for paper in sample_papers(1, 3, HELD_OUT_LAYOUTS)] == list(HELD_OUT_LAYOUTS)


def test_a_few_hundred_papers_cover_everything() -> None:
    papers = sample_papers(3, 1200)
    lines = [line for paper in papers for line in paper.lines]

    assert {paper.type_code for paper in papers} == {
        code for name in TUNED_LAYOUTS for code in LAYOUTS[name].kinds
    }
    assert {paper.currency for paper in papers} == {"ARS", "USD"}
    assert {paper.traits.numbers for paper in papers} == set(NumberStyle)
    assert {paper.traits.dates for paper in papers} == set(DateStyle)
    assert {paper.traits.carry for paper in papers if truth(paper)["pages"] > 1} == set(Carry)
    assert {paper.traits.copies for paper in papers if paper.layout != "rcel"} == {1, 2, 3}
    assert {row.kind for paper in papers for row in paper.perceptions} == {
        "perception_iva",
        "perception_iibb",
        "municipal",
        "other",
    }
    assert {len(line.discounts) for line in lines} == {0, 1, 2, 3, 4}
    assert any(line.discount_amount for line in lines)
    assert any(line.unit_price == 0 for line in lines)
    assert any(line.discounts == (HUNDRED,) for line in lines)
    assert any(line.is_untaxed for line in lines)
    assert any(line.iva_rate is None and not line.is_untaxed for line in lines)
    assert any(paper.traits.is_printed_twice for paper in papers)
    assert any(paper.discount_rate for paper in papers)


def test_long_papers_and_foreign_ones_stay_rare() -> None:
    papers = sample_papers(4, 600)
    counts = Counter(len(paper.lines) <= 24 for paper in papers)

    assert counts[True] > 0.9 * len(papers)
    assert sum(paper.currency == "USD" for paper in papers) < 0.15 * len(papers)
