"""Feet that do not close as read: a second look and arithmetic, and where they must not help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.walk import read_items
from agente_negocio.invoices.reading.layout.rows import Place, Sheet
from agente_negocio.invoices.reading.model import TaxKind
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.closing import Known, close_foot
from agente_negocio.invoices.reading.sums.foot import Foot, Part
from agente_negocio.invoices.reading.sums.totals import read_foot
from agente_negocio.invoices.reading.sums.unproven import open_single_units, unsure_amounts
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of

ITEMS = table_of(
    (40.0, 250.0, 330.0, 420.0),
    ("Cant.", "Descripción", "Precio", "Importe"),
    ("2", "Yerba mate", "1.000,00", "2.000,00"),
    ("1", "Fideos", "500,00", "500,00"),
)


FIRST_WORDS = ("Neto", "No", "Exento", "Descuento", "IVA", "Percep.", "Redondeo", "Tasa", "Total")


@dataclass(frozen=True, slots=True)
class Again:
    """A second look that answers by the row it looks at, the same as before where nothing is told."""

    sheet: Sheet
    told: Mapping[str, str]

    def figures(self, places: Sequence[Place]) -> list[str]:
        rows = [next(row for row in self.sheet.rows if row.y0 <= place.y0 <= row.y1) for place in places]
        return [self.told.get(row.words[0].text, row.words[-1].text) for row in rows]


def rows() -> list[Item]:
    return read_items([ITEMS], Style.COMMA, repair=True).items


def closed(*foot: str, total: str | None = "3025.00", again: Mapping[str, str] | None = None) -> Foot:
    sheet = sheet_of(*foot)
    known = Known(rows(), Decimal(total) if total else None, "A")
    return close_foot(
        read_foot([sheet], frozenset(), Style.COMMA), known, Style.COMMA, Again(sheet, again or {})
    )


def test_a_misread_net_is_replaced_by_what_the_second_look_read() -> None:
    foot = closed("Neto\t2.590,00", "IVA 21,00%\t525,00", "Total\t3.025,00", again={"Neto": "2.500,00"})

    assert foot.value("net") == 2500


def test_what_makes_nothing_close_replaces_nothing() -> None:
    foot = closed("Neto\t2.590,00", "IVA 21,00%\t525,00", "Total\t3.025,00", again={"Neto": "2.600,00"})

    assert foot.value("net") == 2590


def test_what_closes_but_for_a_cent_is_not_replaced() -> None:
    foot = closed(
        "Neto\t2.500,00",
        "IVA 21,00%\t525,00",
        "Perc. IVA\t68,00",
        "Total\t3.085,00",
        again={"Perc.": "60,01"},
        total="3085.00",
    )

    assert [tax.amount for tax in foot.taxes] == [525, 68]


def test_two_replacements_that_both_close_are_no_proof_of_either() -> None:
    foot = closed(
        "Neto\t2.500,00",
        "IVA 21,00%\t525,00",
        "Perc. IIBB\t60,00",
        "Total\t3.095,00",
        again={"IVA": "535,00", "Perc.": "70,00"},
        total="3095.00",
    )

    assert [tax.amount for tax in foot.taxes] == [525, 60]


def test_a_total_that_is_not_the_authorised_one_stays_as_printed() -> None:
    foot = closed(
        "Neto\t2.500,00",
        "IVA 21,00%\t525,00",
        "Total\t4.025,00",
        again={"Total": "4.025,00"},
        total="3025.00",
    )

    assert foot.value("total") == 4025


@pytest.mark.parametrize(("authorised", "closes"), [(None, True), ("4025.00", True), ("3025.00", False)])
def test_only_the_authorised_total_closes(authorised: str | None, *, closes: bool) -> None:
    foot = ("Neto\t2.500,00", "IVA 21,00%\t525,00", "Percep. IIBB\t1.000,00", "Total\t4.025,00")
    known = Known(rows(), Decimal(authorised) if authorised else None, "A")

    found = read_foot([sheet_of(*foot)], frozenset(), Style.COMMA)

    assert known.closes(found) is closes
    assert known.closes_exactly(found) is closes


def test_a_lost_label_is_named_by_the_rate_only_it_fits() -> None:
    foot = closed("Neto\t2.500,00", "lw.z. 21,00%\t525,00", "Total\t3.025,00")

    assert [(tax.kind, tax.amount) for tax in foot.taxes] == [(TaxKind.IVA, Decimal("525.00"))]


def test_another_amount_beside_a_rate_is_not_iva() -> None:
    foot = closed("Neto\t2.500,00", "Zzz 21,00%\t500,00", "Total\t3.025,00")

    assert foot.taxes == ()
    assert foot.strange()


def test_a_label_of_initials_is_one() -> None:
    """Or its amount would be taken for another figure of the label before it."""
    foot = closed("Tipo de cambio: 1.508,34\tI.V.A. 21,00%\t525,00", "Neto\t2.500,00", "Total\t3.025,00")

    assert [tax.amount for tax in foot.taxes] == [525]


def test_a_count_between_labels_and_their_amounts_is_neither() -> None:
    foot = closed("Neto\tIVA 21,00%", "33", "2.500,00\t525,00", "Total\t3.025,00")

    assert foot.value("net") == 2500
    assert [tax.amount for tax in foot.taxes] == [525]


def test_a_total_whose_label_is_lost_is_the_amount_of_the_qr() -> None:
    foot = closed("Neto\t2.500,00", "IVA 21,00%\t525,00", "Tzzz\t3.025,00")

    assert foot.value("total") == 3025


def test_without_a_qr_an_unknown_label_is_no_total() -> None:
    foot = closed("Neto\t2.500,00", "IVA 21,00%\t525,00", "Tzzz\t3.025,00", total=None)

    assert foot.value("total") is None


def test_the_sum_of_the_rows_may_be_repeated_under_any_name() -> None:
    foot = closed(
        "Total items\t2.500,00", "Neto\t2.500,00", "IVA 21,00%\t525,00", "TOTAL\t3.025,00", "Zzz\t2.500,00"
    )

    assert foot.strange() == []
    assert foot.value("total") == 3025


class TestLostMarks:
    """Amounts of the foot with every digit right and the marks wrong."""

    def test_they_are_put_right_where_everything_closes_with_them(self) -> None:
        foot = closed("Neto\t2.500.00", "IVA 21,00%\t52500", "Total\t3.025,00")

        assert foot.value("net") == 2500
        assert [tax.amount for tax in foot.taxes] == [Decimal("525.00")]

    def test_under_headings_too(self) -> None:
        foot = closed("Neto\tIVA 21,00%\tTotal", "2.50000\t52500\t3.02500")

        assert foot.value("net") == 2500
        assert foot.value("total") == 3025

    def test_where_nothing_closes_they_take_no_part(self) -> None:
        foot = closed("Neto\t2.590.00", "IVA 21,00%\t53500", "Total\t3.025,00")

        assert foot.value("net") is None
        assert foot.taxes == ()

    def test_a_number_that_is_no_money_stays_out(self) -> None:
        foot = closed("Ing. Brutos: 90100467", "Neto\t2.500,00", "IVA 21,00%\t525,00", "Total\t3.025,00")

        assert [tax.kind for tax in foot.taxes] == [TaxKind.IVA]


def test_a_discount_printed_for_each_rate_is_one() -> None:
    foot = closed(
        "Subtotal\t2.500,00",
        "Dto. general (21,00)\t-200,00",
        "Dto. general (10,50)\t-50,00",
        "Neto\t2.250,00",
        "IVA 21,00%\t472,50",
        "Total\t2.722,50",
        total="2722.50",
    )

    assert foot.value("discount") == 250
    assert len(foot.rivals(Part.DISCOUNT)) == 1


def test_a_label_with_a_figure_for_a_letter_keeps_its_meaning() -> None:
    foot = closed("Neto\t2.500,00", "IVA 21,00%\t525,00", "1B.CAP.FED 1,50%\t37,50", "Total\t3.062,50")

    assert [tax.kind for tax in foot.taxes] == [TaxKind.IVA, TaxKind.PERCEPTION_IIBB]


class TestARowOfOneUnit:
    """Fideos: one unit, so its price and its sum are the same figure, misread alike or not at all."""

    KNOWN = Known((), Decimal("3025.02"), "A")

    def open_after(self, net: str) -> set[str]:
        items = rows()
        foot = read_foot([sheet_of(f"Neto\t{net}")], frozenset(), Style.COMMA)
        found = list(open_single_units(items, foot, self.KNOWN))
        assert all(item is items[1] for item, _ in found)
        return {item.roles[index].value for item, index in found}

    def test_with_cents_open_it_must_read_the_same_twice(self) -> None:
        assert self.open_after("2.500,02") == {"unit_price", "subtotal"}

    def test_an_exact_sum_is_proof_enough(self) -> None:
        assert self.open_after("2.500,00") == set()


class TestCentsOfTheFoot:
    """Of rows of 2.500,00: what is a cent beside the sums must read the same twice."""

    def unsure(self, *foot: str, again: Mapping[str, str] | None = None, total: str = "3025.00") -> list[str]:
        sheet = sheet_of(*foot)
        known = Known(rows(), Decimal(total), "A")
        found = read_foot([sheet], frozenset(), Style.COMMA)
        return [
            label.split()[0] for label in unsure_amounts(found, known, Style.COMMA, Again(sheet, again or {}))
        ]

    def test_what_closes_to_the_cent_is_proven(self) -> None:
        exact = ("Neto\t2.500,00", "IVA 21,00%\t525,00", "Total\t3.025,00")

        assert self.unsure(*exact, again={"IVA": "525,01"}) == []

    @pytest.mark.parametrize(
        ("again", "unsure"), [({}, []), ({"IVA": "525,00"}, ["iva"]), ({"Neto": ""}, ["neto"])]
    )
    def test_what_leaves_a_cent_must_read_the_same_twice(
        self, again: dict[str, str], unsure: list[str]
    ) -> None:
        foot = ("Neto\t2.500,00", "IVA 21,00%\t525,01", "Total\t3.025,00")

        assert self.unsure(*foot, again=again) == unsure


class TestAmountsThatOnlyProveEachOther:
    """Of rows of 2.500,00, closed to the cent: one amount is the rest of the sum, two may hide each other."""

    TAXED = ("Neto\t2.500,00", "IVA 21,00%\t525,00")

    def looked_at(self, *foot: str, letter: str = "A") -> tuple[str, ...]:
        """Labels of what is looked at again: a look that finds nothing leaves all of them unsure."""
        sheet = sheet_of(*foot)
        found = read_foot([sheet], frozenset(), Style.COMMA)
        known = Known(rows(), found.value("total"), letter)
        assert known.closes_exactly(found)
        return unsure_amounts(found, known, Style.COMMA, Again(sheet, dict.fromkeys(FIRST_WORDS, "")))

    @pytest.mark.parametrize(
        ("foot", "looked_at"),
        [
            (("Percep. IIBB\t38,00", "Total\t3.063,00"), ()),
            (
                ("Percep. IIBB\t38,00", "Percep. IVA\t22,00", "Total\t3.085,00"),
                ("percep. iibb", "percep. iva"),
            ),
            (("Percep. IIBB\t38,00", "Redondeo\t0,20", "Total\t3.063,20"), ("percep. iibb", "redondeo")),
            (("Percep. IIBB 3,00%\t75,00", "Redondeo\t0,20", "Total\t3.100,20"), ()),
            (("Percep. IIBB\t38,00", "Tasa\t0,00", "Total\t3.063,00"), ()),
            (("Total IVA\t525,00", "Percep. IIBB\t38,00", "Total\t3.063,00"), ()),
        ],
        ids=["one", "two", "other", "one by its rate", "nothing", "one and the sum of IVA"],
    )
    def test_taxes_beside_iva(self, foot: tuple[str, ...], looked_at: tuple[str, ...]) -> None:
        assert self.looked_at(*self.TAXED, *foot) == looked_at

    def test_an_iva_without_its_rate_is_one_of_them(self) -> None:
        foot = ("Neto\t2.500,00", "IVA\t525,00", "Percep. IIBB\t38,00", "Total\t3.063,00")

        assert self.looked_at(*foot) == ("iva", "percep. iibb")

    def test_untaxed_and_exempt_hide_each_other(self) -> None:
        foot = (
            "Neto\t2.000,00",
            "No gravado\t300,00",
            "Exento\t200,00",
            "IVA 21,00%\t420,00",
            "Total\t2.920,00",
        )

        assert self.looked_at(*foot) == ("no gravado", "exento")

    @pytest.mark.parametrize(
        ("letter", "foot"),
        [("B", ("Total\t2.438,00",)), ("A", ("IVA 21,00%\t504,00", "Total\t2.942,00"))],
    )
    def test_a_discount_is_one_where_no_net_is_printed(self, letter: str, foot: tuple[str, ...]) -> None:
        found = self.looked_at("Descuento\t100,00", "Percep. IIBB\t38,00", *foot, letter=letter)

        assert found == ("descuento", "percep. iibb")

    def test_what_reads_the_same_twice_is_sure(self) -> None:
        sheet = sheet_of(*self.TAXED, "Percep. IIBB\t38,00", "Percep. IVA\t22,00", "Total\t3.085,00")
        found = read_foot([sheet], frozenset(), Style.COMMA)

        assert unsure_amounts(found, Known(rows(), None, "A"), Style.COMMA, Again(sheet, {})) == ()
