"""Supplier papers: arithmetic, symbols, text layer and conditions."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.demo.papers import (
    CONDITIONS,
    LAYOUTS,
    OWN_CUITS,
    Line,
    Paper,
    Perception,
    add_up,
    numbers,
    photograph,
    printed_total,
    render,
    sample_paper,
    sample_papers,
    truth,
)
from scripts.demo.papers.codes import itf_digits, qr_text
from scripts.demo.papers.conditions.raster import rasterise
from scripts.demo.papers.paper import IvaCondition, NumberStyle, Party, Traits
from scripts.demo.papers.vocabulary import invented_cuit
from shared.kernel.cuit import parse_cuit

CENT = Decimal("0.01")
SEEDS = st.integers(0, 10**6)
LAYOUT_NAMES = st.sampled_from(tuple(LAYOUTS))


def make_paper(*lines: Line, type_code: int = 1, layout: str = "distributor", **values: object) -> Paper:
    party = Party(cuit=invented_cuit(1), name="PROVEEDOR", iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO)
    paper = Paper(
        layout=layout,
        type_code=type_code,
        issuer=party,
        receiver=replace(party, cuit=invented_cuit(2), name="COMPRADOR"),
        point_of_sale=3,
        number=812,
        issued_on=date(2026, 11, 2),
        lines=lines or (Line("1", "Yerba", Decimal(2), Decimal("10.00")),),
        authorization_code="86451234567890",
        authorization_due=date(2026, 11, 12),
    )
    return replace(paper, **values)  # type: ignore[arg-type]  # one factory for any field


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def qr_in(picture: np.ndarray) -> dict[str, object] | None:
    found = [code for code in zxingcpp.read_barcodes(picture) if "QR" in str(code.format)]
    if not found:
        return None
    payload = parse_qs(urlsplit(found[0].text).query)["p"][0]
    decoded: dict[str, object] = json.loads(base64.b64decode(payload))
    return decoded


class TestArithmetic:
    def test_taxes_are_worked_out_from_rounded_bases(self) -> None:
        paper = make_paper(
            Line("1", "Gaseosa", Decimal(10), Decimal("9029.97"), discounts=(Decimal(20),)),
            Line("2", "Harina", Decimal(6), Decimal(7200), iva_rate=Decimal("10.5")),
            Line("3", "Libro", Decimal(1), Decimal(100), iva_rate=None),
            perceptions=(Perception("perception_iibb", "Perc. IIBB CABA", Decimal(3)),),
        )

        totals = add_up(paper)

        assert totals.net == Decimal("115439.76")
        assert totals.exempt == 100
        assert [row.amount for row in totals.iva] == [Decimal("15170.35"), Decimal("4536.00")]
        assert totals.perception_total == Decimal("3463.19")
        assert totals.total == Decimal("138709.30")

    def test_discounts_of_a_row_follow_one_another(self) -> None:
        line = Line("1", "Cerveza", Decimal(3), Decimal(1000), discounts=(Decimal(20), Decimal(10)))

        assert line.subtotal == Decimal("2160.00")

    def test_b_paper_contains_its_iva_and_internal_tax(self) -> None:
        line = Line("1", "Cerveza", Decimal(1), Decimal(1310), internal_tax=Decimal(100))

        totals = add_up(make_paper(line, type_code=6))

        assert totals.total == 1310
        assert totals.contained_iva == Decimal("210.00")
        assert totals.contained_internal == 100

    @settings(max_examples=60, deadline=None)
    @given(seed=SEEDS, layout=LAYOUT_NAMES)
    def test_every_sampled_paper_closes_as_arca_asks(self, seed: int, layout: str) -> None:
        paper = sample_paper(str(seed), layout)
        answer = truth(paper)
        header = {name: Decimal(value or 0) for name, value in answer["header"].items() if _is_money(name)}
        rows = sum(Decimal(line["subtotal"]) for line in answer["lines"])
        taxes = [(tax["kind"], Decimal(tax["amount"])) for tax in answer["taxes"]]

        if paper.letter == "A":
            assert rows - header["discount"] == header["net"] + header["exempt"]
            assert header["net"] + header["exempt"] + sum(amount for _, amount in taxes) == header["total"]
            bases = [tax for tax in answer["taxes"] if tax["kind"] == "iva"]
            assert sum(Decimal(tax["base"]) for tax in bases) == header["net"]
            for tax in bases:
                exact = Decimal(tax["base"]) * Decimal(tax["rate"]) / 100
                assert abs(Decimal(tax["amount"]) - exact) <= CENT / 2
        else:
            assert rows - header["discount"] + sum(amount for _, amount in taxes) == header["total"]
            assert all(kind != "iva" for kind, _ in taxes)

    @settings(max_examples=60, deadline=None)
    @given(seed=SEEDS, layout=LAYOUT_NAMES)
    def test_every_row_multiplies(self, seed: int, layout: str) -> None:
        for line in truth(sample_paper(str(seed), layout))["lines"]:
            amount = Decimal(line["quantity"]) * Decimal(line["unit_price"])
            for discount in line["discounts"]:
                amount *= 1 - Decimal(discount["rate"]) / 100
            assert abs(amount - Decimal(line["subtotal"])) <= CENT / 2


def _is_money(name: str) -> bool:
    return name in {"net", "exempt", "discount", "total"}


class TestIdentity:
    @settings(max_examples=60, deadline=None)
    @given(seed=SEEDS, layout=LAYOUT_NAMES)
    def test_cuits_are_valid_and_belong_to_nobody(self, seed: int, layout: str) -> None:
        paper = sample_paper(str(seed), layout)

        issuer = paper.issuer.cuit
        assert issuer is not None
        assert parse_cuit(issuer) == issuer
        assert issuer[2:4] == "00"
        assert paper.receiver.cuit is None or paper.receiver.cuit in OWN_CUITS

    def test_same_seed_gives_the_same_papers_and_bytes(self) -> None:
        first, second = sample_papers(5, 12), sample_papers(5, 12)

        assert first == second
        assert [render(paper) for paper in first] == [render(paper) for paper in second]
        assert sample_papers(6, 12) != first

    def test_layouts_take_turns(self) -> None:
        assert [paper.layout for paper in sample_papers(1, 7)] == [*LAYOUTS, "rcel"]


class TestNumberStyles:
    @pytest.mark.parametrize(
        ("style", "text"),
        [
            (NumberStyle.DOTTED, "1.774.706,10"),
            (NumberStyle.PLAIN, "1774706,10"),
            (NumberStyle.ENGLISH, "1,774,706.10"),
        ],
    )
    def test_amounts(self, style: NumberStyle, text: str) -> None:
        assert numbers.amount(Decimal("1774706.10"), style) == text

    def test_whole_quantities_lose_their_decimals(self) -> None:
        assert numbers.whole_or(Decimal(12), NumberStyle.PLAIN, 3) == "12"
        assert numbers.whole_or(Decimal("1.35"), NumberStyle.PLAIN, 3) == "1,350"


class TestTextLayer:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_holds_the_total_the_number_and_every_subtotal(self, layout: str) -> None:
        for index in range(6):
            paper = sample_paper(f"text:{index}", layout)
            text = text_of(render(paper))

            assert numbers.amount(printed_total(paper), paper.traits.numbers) in text
            assert f"{paper.number:08d}" in text
            assert numbers.day(paper.issued_on) in text
            for line in paper.lines:
                assert numbers.amount(line.subtotal, paper.traits.numbers) in text

    def test_rcel_repeats_its_copies(self) -> None:
        text = text_of(render(make_paper(layout="rcel")))

        assert [word in text for word in ("ORIGINAL", "DUPLICADO", "TRIPLICADO")] == [True] * 3

    def test_ticket_with_controller_has_registration_and_no_cae(self) -> None:
        paper = make_paper(
            layout="ticket", type_code=81, authorization_code=None, controller_registration="EPEPAA0000012345"
        )

        text = text_of(render(paper))

        assert "EPEPAA0000012345" in text
        assert "CAE" not in text
        assert truth(paper)["header"]["authorization_code"] is None

    def test_long_papers_continue_on_further_pages(self) -> None:
        line = Line("1", "Yerba mate", Decimal(2), Decimal("10.00"))
        for layout in ("rcel", "distributor", "wholesaler", "monospaced", "beverage"):
            paper = make_paper(*[line] * 70, layout=layout, traits=Traits(copies=1))

            pdf = render(paper)

            document = pypdfium2.PdfDocument(pdf)
            assert len(document) == truth(paper)["pages"] > 1
            document.close()
            assert text_of(pdf).count("20,00") >= 70

    @pytest.mark.parametrize(
        ("layout", "line", "problem"),
        [
            ("ticket", Line("1", "x", Decimal(1), Decimal(9), discounts=(Decimal(5),)), "discounts"),
            ("rcel", Line("1", "x", Decimal(1), Decimal("9.123")), "prices past 2"),
            ("monospaced", Line("1", "x", Decimal("1.234"), Decimal(9)), "quantities past 2"),
            ("wholesaler", Line("123456789", "x", Decimal(1), Decimal(9)), "codes past 8"),
            ("rcel", Line("1", "x", Decimal(1), Decimal(9), bonus_quantity=Decimal(1)), "free units"),
        ],
    )
    def test_what_a_layout_cannot_print_is_refused(self, layout: str, line: Line, problem: str) -> None:
        with pytest.raises(ValueError, match=problem):
            render(make_paper(line, layout=layout))


class TestSymbols:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_qr_decodes_to_the_truth(self, layout: str) -> None:
        papers = (sample_paper(f"qr:{index}", layout) for index in range(40))
        paper = next(paper for paper in papers if qr_text(paper))

        assert qr_in(rasterise(render(paper), 200)) == truth(paper)["qr"]

    def test_altered_total_leaves_the_qr_alone(self) -> None:
        paper = make_paper(traits=Traits(altered_total=Decimal("99.99")))

        answer = truth(paper)

        assert answer["header"]["total"] == "99.99"
        assert answer["qr"]["importe"] == 24.2
        assert answer["accepted"] is False
        assert "99,99" in text_of(render(paper))

    def test_itf_check_digit_completes_a_multiple_of_ten(self) -> None:
        digits = itf_digits(make_paper())

        assert digits is not None
        assert len(digits) == 42
        body = [int(digit) for digit in digits]
        assert (sum(body[0:41:2]) * 3 + sum(body[1:41:2]) + body[41]) % 10 == 0

    def test_itf_is_drawn(self) -> None:
        paper = make_paper(traits=Traits(has_itf=True, has_qr=False))

        found = zxingcpp.read_barcodes(
            rasterise(render(paper), 300), formats=zxingcpp.barcode_formats_from_str("ITF")
        )

        assert [code.text for code in found] == [itf_digits(paper)]


class TestConditions:
    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_files_are_fixed_by_the_seed(self, condition: str) -> None:
        paper = make_paper(layout="ticket")

        shots = [photograph(paper, condition, seed) for seed in (1, 1, 2)]

        assert shots[0] == shots[1]
        assert len(shots[0].files) == truth(paper)["pages"]
        if condition not in ("pdf", "low110"):
            assert shots[0].files != shots[2].files

    @pytest.mark.parametrize("condition", ["scan200", "low110", "photo", "tilt", "rotated"])
    def test_qr_survives_ordinary_pictures(self, condition: str) -> None:
        paper = make_paper(layout="wholesaler")

        picture = _decoded(photograph(paper, condition, 3).files[0])

        assert qr_in(picture) == truth(paper)["qr"]

    def test_pictures_differ_from_the_page_as_their_name_says(self) -> None:
        paper = make_paper()
        brightness = {
            condition: _decoded(photograph(paper, condition, 1).files[0]).mean()
            for condition in ("scan200", "photo", "low_light")
        }

        assert all(lighter > darker + 30 for lighter, darker in pairwise(brightness.values()))
        assert max(_decoded(photograph(paper, "whatsapp", 1).files[0]).shape) == 1600
        turned = _decoded(photograph(make_paper(layout="ticket"), "rotated", 2).files[0])
        upright = _decoded(photograph(make_paper(layout="ticket"), "scan200", 2).files[0])
        assert not np.array_equal(turned, upright)

    def test_scanned_pdf_has_no_text_and_the_fake_one_lies(self) -> None:
        paper = make_paper()
        total = numbers.amount(printed_total(paper), paper.traits.numbers)

        assert text_of(photograph(paper, "pdf_scan", 1).files[0]).strip() == ""
        fake = text_of(photograph(paper, "pdf_fake_text", 1).files[0])
        assert "FACTVRA" in fake
        assert total not in fake


def _decoded(picture: bytes) -> np.ndarray:
    decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded)


def test_invented_cuits_skip_numbers_without_a_digit() -> None:
    def serials() -> Iterator[str]:
        return (invented_cuit(serial) for serial in range(200))

    assert all(parse_cuit(cuit) for cuit in serials())
    assert all(not cuit.endswith("9") for cuit in serials())
