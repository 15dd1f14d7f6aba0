"""Every layout prints what it claims, and the truth is on the paper."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp

from scripts.demo.papers import (
    HELD_OUT_LAYOUTS,
    LAYOUTS,
    Line,
    Paper,
    Reference,
    numbers,
    printed_total,
    render,
    sample_paper,
    truth,
)
from scripts.demo.papers.adding import add_up
from scripts.demo.papers.codes import itf_digits, qr_text
from scripts.demo.papers.conditions.raster import rasterise
from scripts.demo.papers.habits import CountStyle, NetStyle, QuantityStyle
from scripts.demo.papers.kinds import CREDIT_INVOICE_TYPES, LEGEND_TYPES
from scripts.demo.papers.layouts.controller import is_single
from scripts.demo.papers.traits import Carry, DateStyle, NumberStyle, Traits
from tests.unit.scripts.demo.papers.helpers import make_paper, qr_in, text_of

ROLLS = ("ticket", "controller")
EVERY_KIND = [(name, code) for name, layout in LAYOUTS.items() for code in layout.kinds]


def squeezed(text: str) -> str:
    """Without any space: where they stand in a text layer is up to who extracts it."""
    return "".join(text.split())


def figures_of(paper: Paper) -> Iterator[str]:
    """Every figure of the truth, as the paper writes it."""
    answer, style = truth(paper), paper.traits.numbers

    def money(text: str | None) -> Iterator[str]:
        if text is not None and Decimal(text):
            yield numbers.amount(Decimal(text), style)

    header = answer["header"]
    is_split = paper.traits.habits.nets is not NetStyle.SUM
    for name in ("untaxed", "exempt", "total", *([] if is_split else ["net"])):
        yield from money(header[name])
    for tax in answer["taxes"]:
        yield from money(tax["amount"])
        yield from money(tax["base"] if is_split and tax["kind"] == "iva" else None)
    for line in answer["lines"]:
        yield from money(line["subtotal"])
        yield from money(line["internal_tax"])
        for step in line["discounts"]:
            yield from money(step.get("amount") or step["rate"])
    for line in paper.lines:
        if paper.layout != "controller" or not is_single(line):
            yield from counted(paper, line)


def counted(paper: Paper, line: Line) -> Iterator[str]:
    """Price and quantity of a row, as far as every way of writing them agrees."""
    style, habits = paper.traits.numbers, paper.traits.habits
    decimals = LAYOUTS[paper.layout].decimals(paper)
    if paper.has_prices and not line.is_unpriced:
        is_usual = paper.layout not in ROLLS or habits.counts is CountStyle.USUAL
        price = numbers.amount(line.unit_price, style, decimals)
        yield price if is_usual else numbers.shortest(line.unit_price, style)
    is_pointed = habits.quantities is QuantityStyle.POINT and paper.layout not in ("rcel", *ROLLS)
    yield numbers.shortest(line.quantity, NumberStyle.ENGLISH if is_pointed else style)


def words_of(paper: Paper) -> Iterator[str]:
    """Every other text of the truth, in capitals."""
    yield f"{paper.number:08d}"
    yield numbers.day(paper.issued_on, paper.traits.dates)
    yield paper.issuer.name.upper()
    yield paper.authorization_code or paper.controller_registration or ""
    for line in truth(paper)["lines"]:
        yield from line["description"].upper().split()
        yield (line["code"] or "").upper()


def collisions(pdf: bytes) -> Iterator[tuple[float, ...]]:
    """Boxes of texts (left, bottom, right, top in points) that meet an earlier one or leave the page."""
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        boxes: list[tuple[float, ...]] = []
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
            left, bottom, right, top = box = text.get_bounds()
            if left < 0 or bottom < 0 or right > page.get_width() or top > page.get_height():
                yield box
            for other in boxes:
                if (
                    min(right, other[2]) - max(left, other[0]) > 1
                    and min(top, other[3]) - max(bottom, other[1]) > 1
                ):
                    yield box
            boxes.append(box)
    document.close()


class TestText:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_holds_everything_the_truth_says(self, layout: str) -> None:
        for index in range(16):
            paper = sample_paper(f"text:{index}", layout)
            text = squeezed(text_of(render(paper))).upper()
            digits = text.replace("-", "")

            missing = [each for each in (*figures_of(paper), *words_of(paper)) if squeezed(each) not in text]

            assert not missing, paper
            assert (paper.issuer.cuit or "") in digits
            assert (paper.receiver.cuit or "") in digits

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_no_text_stands_on_another_or_off_the_page(self, layout: str) -> None:
        for index in range(12):
            paper = sample_paper(f"apart:{index}", layout)
            once = replace(paper, traits=replace(paper.traits, is_printed_twice=False, copies=1))

            assert not list(collisions(render(once))), paper

    @pytest.mark.parametrize(("layout", "type_code"), EVERY_KIND)
    def test_every_claimed_kind_is_printed_with_its_name(self, layout: str, type_code: int) -> None:
        drawn = (sample_paper(f"kind:{index}", layout) for index in range(2000))
        paper = next(paper for paper in drawn if paper.type_code == type_code)

        text = squeezed(text_of(render(paper))).upper()

        title = squeezed(paper.kind.title).upper()
        assert title in text or title.replace("TIQUE", "TIQUET", 1) in text
        assert not paper.cbu or paper.cbu in text
        assert type_code not in LEGEND_TYPES or squeezed("OPERACIÓN SUJETA A RETENCIÓN") in text
        if paper.reference:
            assert f"{paper.reference.number:08d}" in text
        if type_code in CREDIT_INVOICE_TYPES:
            assert numbers.day(paper.payment_due or date.min, paper.traits.dates) in text

    @pytest.mark.parametrize("layout", HELD_OUT_LAYOUTS)
    def test_held_out_papers_say_what_the_law_asks_for(self, layout: str) -> None:
        for index in range(16):
            paper = sample_paper(f"law:{index}", layout)
            issuer, dates = paper.issuer, paper.traits.dates
            text = squeezed(text_of(render(paper))).upper().replace("-", "").replace("CÓD.", "COD.")

            asked = (
                f"COD.{numbers.article_code(paper)}",
                f"{paper.point_of_sale:04d}{paper.number:08d}",
                f"CAE{paper.authorization_code}",
                numbers.day(paper.authorization_due or date.min, dates),
                numbers.day(issuer.started_on, dates),
                *(issuer.name, issuer.address, issuer.gross_income, issuer.iva_condition),
                *(paper.receiver.name, paper.receiver.address, paper.receiver.iva_condition),
                paper.sale_condition,
            )
            missing = [each for each in asked if squeezed(each).replace("-", "").upper() not in text]

            assert not missing, paper

    def test_foreign_papers_say_their_rate(self) -> None:
        paper = make_paper(currency="USD", exchange_rate=Decimal("1485.50"))

        text = text_of(render(paper))

        assert "1485,50" in text
        assert "U$S" in text
        assert truth(paper)["header"]["currency"] == "USD"
        assert truth(paper)["qr"]["moneda"] == "DOL"
        assert truth(paper)["qr"]["ctz"] == 1485.5

    @pytest.mark.parametrize("layout", ["rcel", "distributor", "monospaced", "wholesaler", "beverage"])
    def test_copies_repeat_the_paper(self, layout: str) -> None:
        text = text_of(render(make_paper(layout=layout, traits=Traits(copies=3))))

        assert [text.count(word) for word in ("ORIGINAL", "DUPLICADO", "TRIPLICADO")] == [1] * 3

    def test_twice_printed_text_stands_there_twice(self) -> None:
        paper = make_paper(traits=Traits(is_printed_twice=True))

        once, twice = (text_of(render(each)) for each in (replace(paper, traits=Traits()), paper))

        assert twice.count("COMPRADOR") == 2 * once.count("COMPRADOR")

    def test_b_papers_say_what_they_contain_and_add_none_of_it(self) -> None:
        paper = make_paper(Line("1", "Yerba", Decimal(1), Decimal(1210)), type_code=6)

        text = text_of(render(paper))

        assert "210,00" in text
        assert truth(paper)["taxes"] == []
        assert truth(paper)["header"]["total"] == "1210.00"

    def test_ticket_with_controller_has_registration_and_no_cae(self) -> None:
        paper = make_paper(
            layout="ticket", type_code=81, authorization_code=None, controller_registration="EPEPAA0000012345"
        )

        text = text_of(render(paper))

        assert "EPEPAA0000012345" in text
        assert "CAE" not in text
        assert truth(paper)["header"]["authorization_code"] is None


class TestPages:
    LINE = Line("1", "Yerba mate", Decimal(2), Decimal("10.00"))

    @pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if layout.has_pages])
    def test_long_papers_continue_on_further_pages(self, layout: str) -> None:
        chosen = LAYOUTS[layout]
        traits = Traits(numbers=chosen.numbers[0], has_prices=True)
        paper = make_paper(*[self.LINE] * 70, layout=layout, type_code=min(chosen.kinds), traits=traits)

        pdf = render(paper)

        document = pypdfium2.PdfDocument(pdf)
        assert len(document) == truth(paper)["pages"] > 1
        document.close()
        text = text_of(pdf)
        assert text.count("Yerba mate") + text.count("YERBA MATE") == 70

    @pytest.mark.parametrize(
        ("carry", "words", "amount"),
        [
            (Carry.CONTINUES, "Continúa en hoja 2", ""),
            (Carry.SUBTOTAL, "Subtotal página 1", "{}"),
            (Carry.CARRIED, "Transporte", "{}"),
        ],
    )
    def test_what_goes_on_overleaf_is_said(self, carry: Carry, words: str, amount: str) -> None:
        paper = make_paper(*[self.LINE] * 40, traits=Traits(carry=carry))
        first = LAYOUTS[paper.layout].pages(paper)[0]
        assert len(first) < 40

        text = text_of(render(paper))

        assert words in text
        assert amount.format(f"{len(first) * 20},00") in text

    @pytest.mark.parametrize(
        ("layout", "line", "problem"),
        [
            ("ticket", Line("1", "x", Decimal(1), Decimal(9), discounts=(Decimal(5),)), "discounts"),
            ("rcel", Line("1", "x", Decimal(1), Decimal("9.123")), "prices past 2"),
            ("monospaced", Line("1", "x", Decimal("1.234"), Decimal(9)), "quantities past 2"),
            ("distributor", Line("123456789", "x", Decimal(1), Decimal(9)), "codes past 8"),
            ("rcel", Line("1", "x", Decimal(1), Decimal(9), bonus_quantity=Decimal(1)), "free units"),
            ("rcel", Line("1", "x", Decimal(1), Decimal(9), discount_amount=Decimal(1)), "in money"),
        ],
    )
    def test_what_a_layout_cannot_print_is_refused(self, layout: str, line: Line, problem: str) -> None:
        with pytest.raises(ValueError, match=problem):
            render(make_paper(line, layout=layout))

    def test_a_kind_that_a_layout_does_not_print_is_refused(self) -> None:
        with pytest.raises(ValueError, match="type code 11"):
            render(make_paper(layout="beverage", type_code=11))


class TestNumbers:
    @pytest.mark.parametrize(
        ("style", "text"),
        [
            (NumberStyle.DOTTED, "1.774.706,10"),
            (NumberStyle.PLAIN, "1774706,10"),
            (NumberStyle.ENGLISH, "1,774,706.10"),
            (NumberStyle.SPACED, "1 774 706,10"),
            (NumberStyle.SPACED_POINT, "1\xa0774\xa0706.10"),
        ],
    )
    def test_amounts(self, style: NumberStyle, text: str) -> None:
        assert numbers.amount(Decimal("1774706.10"), style) == text

    def test_whole_quantities_lose_their_decimals(self) -> None:
        assert numbers.whole_or(Decimal(12), NumberStyle.PLAIN, 3) == "12"
        assert numbers.whole_or(Decimal("1.35"), NumberStyle.PLAIN, 3) == "1,350"

    @pytest.mark.parametrize(
        ("style", "text"),
        [
            (DateStyle.SLASHED, "13/02/2026"),
            (DateStyle.DASHED, "13-02-2026"),
            (DateStyle.DOTTED_SHORT, "13.02.26"),
            (DateStyle.SHORT, "13/02/26"),
        ],
    )
    def test_dates(self, style: DateStyle, text: str) -> None:
        assert numbers.day(date(2026, 2, 13), style) == text


class TestSymbols:
    @pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if 1 in layout.kinds])
    def test_qr_decodes_to_the_truth(self, layout: str) -> None:
        drawn = (sample_paper(f"qr:{index}", layout) for index in range(60))
        paper = next(paper for paper in drawn if qr_text(paper))

        assert qr_in(rasterise(render(paper), 200)) == truth(paper)["qr"]

    def test_altered_total_leaves_the_qr_alone(self) -> None:
        paper = make_paper(traits=Traits(altered_total=Decimal("99.99")))

        answer = truth(paper)

        assert answer["header"]["total"] == "99.99"
        assert answer["qr"]["importe"] == 24.2
        assert answer["accepted"] is False
        assert "99,99" in text_of(render(paper))
        assert printed_total(paper) != add_up(paper).total

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


def test_a_note_names_the_voucher_it_mends() -> None:
    paper = make_paper(type_code=3, reference=Reference(1, 4, 77, date(2026, 10, 1)))

    assert "00004-00000077" in text_of(render(paper))
    assert truth(paper)["kind"] == "nota_credito"
