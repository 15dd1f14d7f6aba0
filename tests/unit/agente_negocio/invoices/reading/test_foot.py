"""What follows from the labelled amounts of a foot: what counts once, what counts last, what is one sum."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.document import _read_parts
from agente_negocio.invoices.reading.model import Source, TaxKind
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.foot import Foot, Part
from agente_negocio.invoices.reading.sums.totals import read_foot
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of


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
        (("RG\t0,03", "Total\t3.025,00"), ["rg"]),
        (("I.B. 3 %\t0,04", "Total\t3.025,00"), ["i.b. 3 %"]),
        (("Z 1\t0,03", "Total\t3.025,00"), []),
        (("Importes expresados en U$D T.C.: 1.490,65", "Total\t3.025,00"), []),
        (("Otros Impuestos Nacionales Indirectos: U$D", "4,48", "Total\t3.025,00"), []),
        (("VAN\t1.000,00", "Continúa en pág. 2\t1.000,00", "Total\t3.025,00"), []),
    ],
    ids=[
        "above",
        "below",
        "no total",
        "no word",
        "nothing",
        "cents",
        "cents of a rate",
        "a speck",
        "rate of exchange",
        "wrapped",
        "carried",
    ],
)
def test_an_unknown_label_above_the_total_is_strange(rows: tuple[str, ...], strange: list[str]) -> None:
    assert foot_of(rows).strange() == strange


class TestNetsByRate:
    PARTS = ("Neto gravado 21%\t2.000,00", "Neto gravado 10,5%\t500,00")

    @pytest.mark.parametrize("others", [(), ("Neto gravado\t2.500,00",), PARTS])
    def test_they_make_one_net(self, others: tuple[str, ...]) -> None:
        foot = foot_of((*self.PARTS, *others))

        assert foot.value("net") == 2500
        assert foot.rivals(Part.NET) == {2500}

    def test_another_net_beside_them_is_a_rival(self) -> None:
        foot = foot_of((*self.PARTS, "Neto gravado\t2.400,00"))

        assert foot.rivals(Part.NET) == {2400, 2500}

    @pytest.mark.parametrize(
        "rows",
        [
            ("Neto gravado 21%\t2.000,00", "Neto gravado 21%\t500,00"),
            (*PARTS, "Neto gravado 21%\t900,00"),
            ("Neto gravado 21%\t2.000,00", "Neto\t500,00"),
        ],
    )
    def test_two_of_one_rate_are_no_parts(self, rows: tuple[str, ...]) -> None:
        assert foot_of(rows).net_by_rate == {}
        assert len(foot_of(rows).rivals(Part.NET)) > 1


class TestIvaWithItsBase:
    """Base and tax in one row, told apart by the rate."""

    @pytest.mark.parametrize(
        "rows",
        [
            ("Alícuota\tNeto\tI.V.A.", "21,00%\t2.000,00\t420,00", "10,50%\t500,00\t52,50"),
            ("IVA\tBase\tImporte", "21,00\t2.000,00\t420,00", "10,50\t500,00\t52,50"),
            ("Alíc.\tIVA\tNeto", "21,00%\t420,00\t2.000,00", "10,50%\t52,50\t500,00"),
            ("IVA 21%\t2.000,00\t420,00", "IVA 10,5%\t500,00\t52,50"),
            ("Neto 21%\t2.000,00\t420,00", "Neto 10,5%\t500,00\t52,50"),
            ("IVA\t21,00\t2.000,00\t420,00", "IVA\t10,50\t500,00\t52,50"),
        ],
        ids=["percent", "bare rates", "tax first", "labels", "labels of nets", "rate between"],
    )
    def test_every_row_gives_both(self, rows: tuple[str, ...]) -> None:
        foot = foot_of(rows)

        assert [(tax.kind, tax.rate, tax.amount) for tax in foot.taxes] == [
            (TaxKind.IVA, Decimal(21), Decimal(420)),
            (TaxKind.IVA, Decimal("10.5"), Decimal("52.5")),
        ]
        assert foot.value("net") == 2500

    @pytest.mark.parametrize(
        "rows",
        [
            ("IVA\tBase\tImporte", "21,00\t2.000,00\t430,00"),
            ("Percep. IIBB\tBase\tImporte", "5,00\t2.000,00\t100,00"),
            ("Perc. IVA 5%\t2.000,00\t100,00",),
            ("IVA contenido 21%\t2.000,00\t420,00",),
        ],
        ids=["no product", "another tax", "a perception", "inside the prices"],
    )
    def test_what_is_no_iva_of_its_base_gives_no_net(self, rows: tuple[str, ...]) -> None:
        foot = foot_of(rows)

        assert foot.net_by_rate == {}
        assert foot.value("net") is None
        assert not any(tax.kind is TaxKind.IVA and tax.amount == 420 for tax in foot.taxes)


EDGES = (80, 0, 300, 380, 460)
TITLES = ("Suma", "2.500,00", "Alícuota", "Neto", "IVA")


class TestTableOfIvaBesideTheAmounts:
    """It stands in the same rows as labelled amounts, which keep their own meaning."""

    RATES = ((TaxKind.IVA, Decimal(21), Decimal(420)), (TaxKind.IVA, Decimal("10.5"), Decimal("52.5")))

    @pytest.mark.parametrize(
        "rows",
        [
            (
                ("Suma", "2.500,00", "Alícuota", "Neto", "IVA"),
                ("Neto", "2.500,00", "21,00 %", "2.000,00", "420,00"),
                ("Perc. IIBB", "60,00", "10,50 %", "500,00", "52,50"),
                ("IVA", "472,50"),
            ),
            (
                ("Alícuota", "Neto", "IVA", "Perc. IIBB", "60,00"),
                ("21,00 %", "2.000,00", "420,00", "Total", "3.032,50"),
                ("10,50 %", "500,00", "52,50"),
                ("IVA", "472,50"),
            ),
            (
                ("Neto", "2.500,00", "Tasa", "Base imp.", "I.V.A."),
                ("IVA", "472,50", "21,00", "2.000,00", "420,00"),
                ("Perc. IIBB", "60,00", "10,50", "500,00", "52,50"),
            ),
        ],
        ids=["on the right", "on the left", "bare rates"],
    )
    def test_both_are_read(self, rows: tuple[tuple[str, ...], ...]) -> None:
        foot = read_foot([table_of(EDGES, *rows)], frozenset(), Style.COMMA)

        iva = [(tax.kind, tax.rate, tax.amount) for tax in foot.taxes if tax.kind is TaxKind.IVA]
        assert tuple(iva) == self.RATES
        assert [tax.amount for tax in foot.taxes if tax.kind is not TaxKind.IVA] == [60]
        assert foot.value("net") == 2500
        assert foot.sum_of(Part.IVA_SUM) == Decimal("472.5")

    def test_the_same_iva_beside_the_total_is_charged_once(self) -> None:
        foot = foot_of(
            (
                "I.V.A. 21,00%\t420,00",
                "I.V.A. 10,50%\t52,50",
                "Alícuota\tNeto\tIVA",
                "21,00 %\t2.000,00\t420,00",
                "10,50 %\t500,00\t52,50",
            )
        )

        assert tuple((tax.kind, tax.rate, tax.amount) for tax in foot.taxes) == self.RATES

    @pytest.mark.parametrize(
        "rows",
        [
            (TITLES, *[("", ".")] * 4, ("Zz", "1,00", "21,00 %", "2.000,00", "420,00")),
            (("Alícuota", "Neto IVA"), ("Zz", "1,00", "21,00 %", "2.000,00", "420,00")),
            (TITLES, ("Zz", "1,00", "21,00 %", "2.000,00", "430,00")),
        ],
        ids=["far below", "beside", "no product"],
    )
    def test_other_figures_are_none_of_it(self, rows: tuple[tuple[str, ...], ...]) -> None:
        assert not read_foot([table_of(EDGES, *rows)], frozenset(), Style.COMMA).taxes


def test_of_a_perception_with_its_base_only_the_rate_of_it_is_due() -> None:
    assert [tax.amount for tax in foot_of(("Perc. IIBB 3%\t2.000,00\t60,00",)).taxes] == [60]


@pytest.mark.parametrize(
    "row",
    [
        *("Total Kg.\t120,50", "Total bultos\t40,00", "Total pagando antes del 20/09\t2.873,75"),
        *("Saldo anterior\t1.000,00", "Total adeudado\t4.025,00"),
    ],
)
def test_what_is_no_sum_of_this_voucher_claims_no_total(row: str) -> None:
    foot = foot_of(("Total\t3.025,00", row))

    assert foot.value("total") == 3025
    assert foot.rivals(Part.TOTAL) == {3025}


class TestASumOfOtherTaxesAlone:
    SUM = "Importe Otros Tributos\t60,00"

    def test_is_the_tax(self) -> None:
        foot = foot_of(("IVA 21,00%\t525,00", self.SUM)).with_sum_as_tax()

        assert [(tax.kind, tax.amount) for tax in foot.taxes] == [
            (TaxKind.IVA, Decimal(525)),
            (TaxKind.OTHER, Decimal(60)),
        ]

    @pytest.mark.parametrize(
        "row", ["Percep. IIBB\t60,00", "Impuestos nacionales\t40,00", "Redondeo\t0,01", "Zzz tasa x\t9,00"]
    )
    def test_beside_what_may_be_one_of_them_it_stays_their_sum(self, row: str) -> None:
        foot = foot_of((row, self.SUM))

        assert foot.with_sum_as_tax() is foot

    @pytest.mark.parametrize(("source", "amounts"), [(Source.TEXT, [60]), (Source.OCR, [])])
    def test_only_of_a_text_since_a_picture_may_have_lost_its_rows(
        self, source: Source, amounts: list[int]
    ) -> None:
        parts = _read_parts([sheet_of(self.SUM)], Style.COMMA, source)

        assert [tax.amount for tax in parts.foot.taxes] == amounts

    def test_of_nothing_it_is_no_tax(self) -> None:
        assert foot_of(("Importe Otros Tributos\t0,00",)).with_sum_as_tax().taxes == ()
