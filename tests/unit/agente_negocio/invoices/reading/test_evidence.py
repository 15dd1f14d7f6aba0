"""Every figure and text of rows and taxes points at its own words on the page."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pypdfium2 as pdfium
import pytest

from agente_negocio.invoices.reading import ReadingOptions, Source, read, to_json
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.evidence import evidence_of
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.solver import Reading
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.model import Box, Evidence, Line, ReadDocument
from agente_negocio.invoices.reading.numbers import Style, parse_amount
from agente_negocio.invoices.reading.sums.totals import read_foot
from scripts.demo.papers import OWN_CUITS, Paper, render, sample_paper
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of

LAYOUTS = ("rcel", "distributor", "wholesaler", "beverage", "bottler", "winery", "ticket", "controller")
_MARGIN_POINTS = 1.0


def paper_of(layout: str) -> Paper:
    """One with a tax row, of one copy."""
    drawn = (sample_paper(f"evidence:{index}", layout) for index in range(40))
    paper = next(paper for paper in drawn if paper.is_net and paper.currency == "ARS")
    return replace(paper, traits=replace(paper.traits, copies=1, is_printed_twice=False))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_value_is_what_stands_in_its_box(layout: str) -> None:
    content = render(paper_of(layout))
    (document,) = read([content], ReadingOptions(own_cuits=frozenset(OWN_CUITS)))
    assert document.accepted

    with pdfium.PdfDocument(content) as pdf:
        for seen, numbers in seen_in(document):
            assert seen.source is Source.TEXT
            assert seen.box is not None
            shown = text_in(pdf[seen.box.page - 1], seen.box)
            if numbers:
                assert bare(shown) == bare(seen.raw)
                assert set(map(str, amounts_of(seen.raw))) & set(map(str, numbers))
            else:
                # A name of several lines frames what stands beside its lines too.
                assert all(piece in shown for piece in seen.raw.split())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_printed_has_its_place(layout: str) -> None:
    paper = paper_of(layout)

    (document,) = read([render(paper)], ReadingOptions(own_cuits=frozenset(OWN_CUITS)))

    for line in document.lines:
        missing = {name for name, value in values_of(line).items() if value} - line.evidence.keys()
        # A till that sells one prints neither quantity nor price.
        assert missing == set() or (line.quantity == 1 and missing == {"quantity", "unit_price"})
    assert all(tax.evidence for tax in document.taxes)
    assert document.taxes


def values_of(line: Line) -> dict[str, object]:
    return {
        "code": line.code,
        "description": line.description,
        "quantity": line.quantity,
        "bonus_quantity": line.bonus_quantity,
        "unit_price": line.unit_price,
        "discounts": line.discounts,
        "iva_rate": line.iva_rate,
        "internal_tax": line.internal_tax,
        "subtotal": line.subtotal,
    }


def seen_in(document: ReadDocument) -> Iterator[tuple[Evidence, list[Decimal]]]:
    """Every evidence of rows and taxes, with the numbers of which its print holds one; none for texts."""
    for line in document.lines:
        values = values_of(line)
        for name, seen in line.evidence.items():
            value = values.get(name)
            off = [step.rate or step.amount or Decimal(0) for step in line.discounts] or [Decimal(0)]
            found = off if name == "discounts" else [value] if isinstance(value, Decimal) else []
            yield seen, [number.normalize() + 0 for number in found]
    for tax in document.taxes:
        assert tax.evidence
        yield tax.evidence, [tax.amount.normalize() + 0]


def amounts_of(raw: str) -> Iterator[Decimal]:
    """Its numbers, as either style reads them: whole where a space may part thousands, and piece by piece."""
    for piece in (raw, *raw.split()):
        for style in Style:
            value = parse_amount(piece.strip("()[]%"), style)
            if value is not None:
                yield value.normalize() + 0


def text_in(page: pdfium.PdfPage, box: Box) -> str:
    width, height = page.get_size()
    return str(
        page.get_textpage().get_text_bounded(
            left=box.x * width - _MARGIN_POINTS,
            right=(box.x + box.w) * width + _MARGIN_POINTS,
            top=(1 - box.y) * height + _MARGIN_POINTS,
            bottom=(1 - box.y - box.h) * height - _MARGIN_POINTS,
        )
    )


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_words_of_a_description_are_all_of_it(layout: str) -> None:
    (document,) = read([render(paper_of(layout))], ReadingOptions(own_cuits=frozenset(OWN_CUITS)))

    for line in document.lines:
        assert bare(line.evidence["description"].raw) == bare(line.description)


def items_of(*rows: tuple[str, ...]) -> list[Item]:
    sheet = table_of((40.0, 250.0, 330.0, 390.0, 460.0), *rows)
    return read_items([sheet], Style.COMMA, repair=False).items


def test_of_two_columns_the_one_that_multiplies_is_the_quantity() -> None:
    heading = ("Cant.", "Descripción", "Cantidad", "Precio", "Importe")
    solved, unsolved = items_of(
        heading,
        ("2", "Yerba mate", "24", "1.000,00", "24.000,00"),
        ("2", "Fideos", "24", "1.000,00", "77,00"),
    )
    assert [solved.roles[index] for index in (0, 2)] == [Role.QUANTITY] * 2

    assert evidence_of(solved, Source.TEXT)["quantity"].raw == "24"
    assert evidence_of(unsolved, Source.TEXT)["quantity"].raw == "2"


def test_without_a_list_price_the_price_after_discounts_is_the_price() -> None:
    heading = ("Cant.", "Descripción", "Precio neto", "Dto.", "Importe")
    (item,) = items_of(heading, ("2", "Yerba mate", "1.000,00", "", "2.000,00"))
    assert Role.UNIT_PRICE not in item.roles.values()

    assert evidence_of(item, Source.TEXT)["unit_price"].raw == "1.000,00"


def test_a_discount_of_nothing_gives_way_to_the_others() -> None:
    heading = ("Cant.", "Descripción", "Precio", "% Bonif", "Importe")
    some, none = items_of(
        heading,
        ("2", "Yerba mate", "1.000,00", "10,00", "1.800,00"),
        ("2", "Fideos", "1.000,00", "0,00", "2.000,00"),
    )

    assert evidence_of(some, Source.TEXT)["discounts"].raw == "10,00"
    assert evidence_of(none, Source.TEXT)["discounts"].raw == "0,00"


def test_a_rate_without_a_column_is_seen_where_it_stands() -> None:
    heading = ("Cant.", "Descripción", "Precio", "", "Importe")
    (item,) = items_of(heading, ("2", "Yerba mate", "1.000,00", "10,50", "2.000,00"))

    assert item.iva_rate == Decimal("10.5")
    assert evidence_of(item, Source.TEXT)["iva_rate"].raw == "10,50"


def test_a_description_of_two_lines_is_framed_whole() -> None:
    heading = ("Cant.", "Descripción", "Precio", "", "Importe")
    (item,) = items_of(heading, ("2", "Yerba mate", "1.000,00", "", "2.000,00"), ("", "con palo"))

    seen = evidence_of(item, Source.TEXT)["description"]

    assert seen.raw == "Yerba mate con palo"
    assert seen.box is not None
    assert seen.box.h > 20 / item.sheet.height


def test_a_cell_that_only_the_second_look_read_has_a_place_and_no_text() -> None:
    sheet = table_of(
        (40.0, 250.0, 330.0, 420.0),
        ("Cant.", "Descripción", "Precio", "Importe"),
        ("2", "Yerba mate", "1.000,00", "2.000,00"),
    )
    (item,) = read_items([sheet], Style.COMMA, repair=False).items
    item.tokens = {index: token for index, token in item.tokens.items() if token.text != "2"}
    (lost,) = item.cells.keys() - item.tokens.keys()
    item.places[lost] = Place(1, 30, 40, 42, 50)
    item.cells[lost] = (Reading(Decimal(2), 1),)

    seen = evidence_of(item, Source.OCR)["quantity"]

    assert (seen.raw, seen.source) == ("", Source.OCR)
    assert seen.box == Box(1, 30 / 600, round(40 / sheet.height, 5), 12 / 600, round(10 / sheet.height, 5))


def test_a_foot_repeated_overleaf_is_one_tax_though_it_stands_elsewhere() -> None:
    first, second = sheet_of("IVA 21,00%\t525,00"), sheet_of("Hoja 2", "IVA 21,00%\t525,00")

    foot = read_foot([first, replace(second, page=2)], frozenset(), Style.COMMA)

    (tax,) = foot.taxes_as_seen(Source.OCR)
    assert foot.taxes == (tax,)
    assert tax.evidence is not None
    assert tax.evidence.box is not None
    assert (tax.evidence.raw, tax.evidence.box.page) == ("525,00", 1)


def test_iva_without_a_rate_is_seen_where_it_stands() -> None:
    foot = read_foot([sheet_of("Neto\t2.500,00", "IVA\t525,00")], frozenset(), Style.COMMA)

    (tax,) = foot.taxes_as_seen(Source.TEXT)

    assert tax.evidence is not None
    assert tax.evidence.raw == "525,00"


def test_json_tells_source_raw_and_box() -> None:
    (document,) = read([render(paper_of("rcel"))], ReadingOptions(own_cuits=frozenset(OWN_CUITS)))

    shown = to_json(document)

    for seen in (*shown["lines"][0]["evidence"].values(), shown["taxes"][0]["evidence"]):
        assert seen.keys() == {"source", "raw", "box"}
        assert seen["box"].keys() == {"page", "x", "y", "w", "h"}
    assert {"quantity", "unit_price", "subtotal", "description"} <= shown["lines"][0]["evidence"].keys()
