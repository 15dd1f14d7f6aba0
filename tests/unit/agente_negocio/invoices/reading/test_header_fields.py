"""Header fields from rows written down by hand: whose label a value stands under."""

import pytest

from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.voucher_type import read_disclaimers
from agente_negocio.invoices.reading.layout.evidence import FAIR, STRONG
from agente_negocio.invoices.reading.layout.rows import Sheet
from agente_negocio.invoices.reading.model import Kind
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

HASAR = (
    "ALIMENTOS CUYANOS S.A.S.",
    "C.U.I.T. Nro.: 30-00547611-5",
    "Inicio de Actividades: 01/12/2013",
    "Cód. 112 - TIQUET NOTA DE CRÉDITO A",
    "P.V. Nº 00003\tNro. T. 00094816",
    "Fecha 29/10/26\tHora 10:55:44",
    "ALMACÉN DOÑA MARTA S.R.L.",
    "C.U.I.T. Nro.: 30-00482910-3",
    "COMPROBANTES ASOCIADOS",
    "081 TIQUE FACTURA A\t00007-00064699",
    "Cantidad/Precio unit.",
    "Descripción (%IVA) [%B.I.]\tIMPORTE",
    "2,0000 u x 100,0000",
)
EPSON = (
    "ALIMENTOS CUYANOS S.A.S.",
    "C.U.I.T. Nro.: 30-00547611-5",
    'TIQUE NOTA DE CRÉDITO "B" (Cód.113)',
    "Fecha 29-10-2026\tN° 02345-21572666",
    "A CONSUMIDOR FINAL",
    "COMPROBANTES ASOCIADOS",
    "082 TIQUE FACTURA B\t00003-00047383",
    "Cantidad/Precio unit.",
)
REMITO = (
    "Cuyanos\tREMITO",
    "R\tNº 0002 - 00031083",
    "DOCUMENTO NO VÁLIDO\tFECHA 28/10/2026",
    "COMO FACTURA\tC.U.I.T.: 30-00547611-5",
    "Señor(es): ALMACÉN DOÑA MARTA S.R.L.\tC.U.I.T.: 30-00482910-3",
    "Factura: 0001-00000777\tOrden de compra: 5083",
    "CANT. UNIDAD\tCÓDIGO\tDETALLE DE LA MERCADERÍA",
    "1 unidades\t7028\tPAPAS FRITAS X 145 G",
    "C.A.I. Nº 86435642962355",
    "Fecha de Vto.: 16/05/2027",
)


def values(*sheets: Sheet) -> dict[str, str]:
    printed, _ = read_fields(sheets, frozenset())
    return {name: evidence.value for name, evidence in printed.items()}


def strength(name: str, *rows: str) -> float:
    return read_fields([sheet_of(*rows)], frozenset())[0][name].strength


class TestATicketOfAFiscalController:
    def test_point_of_sale_and_number_under_labels_of_their_own(self) -> None:
        found = values(sheet_of(*HASAR))

        assert (found["point_of_sale"], found["number"]) == ("3", "94816")
        assert strength("number", *HASAR) == STRONG

    def test_the_voucher_it_mends_does_not_give_its_number(self) -> None:
        found = values(sheet_of(*EPSON))

        assert (found["point_of_sale"], found["number"]) == ("2345", "21572666")
        assert strength("number", *EPSON) == STRONG

    def test_without_a_number_of_its_own_it_has_none(self) -> None:
        rows = [row for row in HASAR if not row.startswith("P.V.")]

        assert "number" not in values(sheet_of(*rows))

    def test_kind_code_letter_and_day(self) -> None:
        found = values(sheet_of(*HASAR))
        _, kind = read_fields([sheet_of(*HASAR)], frozenset())

        assert kind is Kind.NOTA_CREDITO
        assert (found["type_code"], found["letter"], found["issue_date"]) == ("112", "A", "2026-10-29")

    def test_an_unread_code_follows_from_title_and_letter(self) -> None:
        rows = [row.replace("Cód. 112 - ", "") for row in HASAR]

        assert values(sheet_of(*rows))["type_code"] == "112"

    def test_a_plain_tique_has_no_letter(self) -> None:
        found = values(sheet_of("ALIMENTOS S.A.", "TIQUE", "P.V. Nº 00003\tNro. T. 00094816", "Cantidad"))

        assert found["type_code"] == "83"
        assert "letter" not in found


class TestARemito:
    def test_its_own_number_and_its_cai(self) -> None:
        found = values(sheet_of(*REMITO, large={"R": 2.5}))

        assert (found["point_of_sale"], found["number"]) == ("2", "31083")
        assert (found["authorization_kind"], found["authorization_code"]) == ("CAI", "86435642962355")
        assert (found["authorization_due"], found["issue_date"]) == ("2027-05-16", "2026-10-28")

    def test_an_r_has_a_code_and_an_x_has_none(self) -> None:
        internal = [row.replace("R\t", "X\t") for row in REMITO]

        assert values(sheet_of(*REMITO, large={"R": 2.5}))["type_code"] == "91"
        assert "type_code" not in values(sheet_of(*internal, large={"X": 2.5}))

    def test_a_paper_that_is_no_invoice_is_not_called_one(self) -> None:
        rows = [row.replace("REMITO", "") for row in REMITO]

        assert read_fields([sheet_of(*rows)], frozenset())[1] is not Kind.FACTURA


class TestTheLetter:
    ROWS = (
        "COMPROBANTE Nº\tFECHA",
        "A FACTURA\t2345 - 00033733\t03/06/2026",
        "CODIGO 01\tGASEOSAS DEL SUR S.A.",
        "C.U.I.T. 30-00547611-5\tLogística X S.A. del Litoral",
        "CANTIDAD CODIGO PRODUCTO\tP.UNITARIO",
        "6\tAB175\tGASEOSA COLA PAMPITA X 500 ML",
    )

    def test_it_is_the_large_one_wherever_it_stands(self) -> None:
        found = values(sheet_of(*self.ROWS, large={"A": 2.5}))

        assert (found["letter"], found["type_code"]) == ("A", "1")

    def test_a_letter_of_the_text_does_not_unsettle_the_code(self) -> None:
        printed, _ = read_fields([sheet_of(*self.ROWS, large={"A": 2.5})], frozenset())

        assert printed["type_code"].strength == STRONG

    @pytest.mark.parametrize(
        ("title", "code"),
        [
            ("FACTURA A", "1"),
            ("FACTURA DE CRÉDITO ELECTRÓNICA MiPyMEs (FCE) A", "201"),
            ("NOTA DE DÉBITO B", "7"),
            ("NOTA DE CRÉDITO C", "13"),
        ],
    )
    def test_an_unread_code_follows_from_title_and_letter(self, title: str, code: str) -> None:
        assert values(sheet_of(title, "Nº 0001-00000012", large={"A": 2.0}))["type_code"] == code

    def test_the_legend_of_withholding_makes_an_a_what_was_an_m(self) -> None:
        found = values(sheet_of("FACTURA A", "Nº 0001-00000012", "OPERACIÓN SUJETA A RETENCIÓN"))

        assert (found["type_code"], found["letter"]) == ("51", "A")

    def test_code_51_and_a_printed_a_agree(self) -> None:
        assert strength("type_code", "FACTURA A\tCOD. 51", "Nº 0001-00000012") == STRONG


class TestDates:
    @pytest.mark.parametrize(
        "row",
        [
            "Fecha de Vto. para el pago: 19/04/2026",
            "CBU del Emisor: 3987763829264815422906 Fecha de Vto. para el pago: 19/04/2026",
            "Período Facturado Desde: 01/04/2026 Hasta: 30/04/2026",
            "Comprobante asociado: Factura de Crédito C 00001-00031996 del 04/03/2026",
        ],
    )
    def test_other_days_are_not_the_day_of_issue(self, row: str) -> None:
        found = values(sheet_of("FACTURA C\tFecha de Emisión: 20/03/2026", "Nº 0002-00062172", row))

        assert found["issue_date"] == "2026-03-20"
        assert found["number"] == "62172"
        assert "authorization_due" not in found

    def test_beside_the_title_a_day_needs_no_label(self) -> None:
        assert strength("issue_date", "El Chañar\tCUIT 30-00547611-5", "FACTURA A\t29/03/2026") == FAIR

    def test_elsewhere_it_does(self) -> None:
        assert strength("issue_date", "FACTURA A", "Av. Rivadavia 4821\t29/03/2026") < FAIR


class TestCurrency:
    ROWS = (
        "FACTURA A",
        "Moneda: Dólar Estadounidense (USD) Tipo de cambio: 1 401,80",
        "Importe total U$S\t1 515,73",
    )

    def test_its_name_and_its_rate(self) -> None:
        found = values(sheet_of(*self.ROWS))

        assert (found["currency"], found["exchange_rate"]) == ("USD", "1401.8")

    def test_a_price_in_dollars_makes_no_voucher_in_dollars(self) -> None:
        printed, _ = read_fields(
            [sheet_of("FACTURA A", "Cotización U$S 1.401,80", "TOTAL $ 30,00")], frozenset()
        )

        assert printed["currency"].strength < FAIR

    def test_pesos_by_name(self) -> None:
        assert values(sheet_of("FACTURA A", "Moneda: PESOS", "Total $ 30,00"))["currency"] == "ARS"


def test_a_code_of_authorisation_may_stand_under_its_label() -> None:
    found = values(sheet_of("FACTURA A", "CAE Nº\tVencimiento", "86121224513271\t30/03/2026"))

    assert found["authorization_code"] == "86121224513271"
    assert found["authorization_due"] == "2026-03-30"


@pytest.mark.parametrize(
    "rows",
    [
        ("CAE N° 8612122451327 Vto 30/03/2026", "CAE anterior 76999999999999"),
        ("CAE N° 8612122451327 Vto 30/03/2026", "76999999999999"),
        ("CAE Nº\tVencimiento", "CAE anterior 76999999999999"),
    ],
)
def test_another_code_stands_in_for_none_that_could_not_be_read(rows: tuple[str, ...]) -> None:
    assert "authorization_code" not in values(sheet_of("FACTURA A", *rows))


def test_the_declared_value_of_a_remito_is_its_total() -> None:
    remito = sheet_of(*REMITO, "Cantidad de bultos: 95\tVALOR DECLARADO $\t227.770,29", large={"R": 2.5})
    factura = sheet_of("FACTURA A", "VALOR DECLARADO $\t227.770,29")

    assert values(remito)["total"] == "227770.29"
    assert "total" not in values(factura)


def test_a_sign_read_as_a_digit_is_no_part_of_the_point_of_sale() -> None:
    rows = ("FACTURA A", "N20001-00036811")

    assert values(sheet_of(*rows))["point_of_sale"] == "1"
    assert strength("point_of_sale", *rows) < FAIR
    assert values(sheet_of("FACTURA A", "Nº 20001-00036811"))["point_of_sale"] == "20001"


class TestWhatARecogniserMakesOfSigns:
    """REMITO as it was read from photos: the sign after an N, the I of a CAI, a number torn in two."""

    def test_a_code_after_an_n_and_a_2(self) -> None:
        assert values(sheet_of(*REMITO[:2], "CÓDIGO N2 91", *REMITO[2:]))["type_code"] == "91"

    def test_a_cai_with_a_bang(self) -> None:
        found = values(sheet_of(*REMITO[:-2], "C.A.!. N* 86435642962355"))

        assert found["authorization_code"] == "86435642962355"
        assert found["authorization_kind"] == "CAI"

    def test_a_number_torn_over_two_rows(self) -> None:
        rows = (REMITO[0], "CÓDIGO N* 91\tN? O 0002 -", "- 00031083", *REMITO[2:])

        assert {name: values(sheet_of(*rows))[name] for name in ("point_of_sale", "number")} == {
            "point_of_sale": "2",
            "number": "31083",
        }
        assert strength("number", *rows) == FAIR


@pytest.mark.parametrize(
    "row",
    [
        "*** DOCUMENTO NO FISCAL ***",
        "COPIA - NO VÁLIDO COMO FACTURA",
        "FACTURA PROFORMA\tNº 0001-00000001",
        "PRESUPUESTO Nº 12",
        "*** COMPROBANTE ANULADO ***",
    ],
)
def test_what_says_it_is_no_voucher_is_heard(row: str) -> None:
    assert read_disclaimers([sheet_of(row, *HASAR)])


@pytest.mark.parametrize(
    "rows", [HASAR, EPSON, ("Ref.: factura anulada 0001-00000012", "Presupuestado por: Ana")]
)
def test_other_papers_deny_nothing(rows: tuple[str, ...]) -> None:
    assert not read_disclaimers([sheet_of(*rows)])


@pytest.mark.parametrize(
    "row",
    [
        "Cbte. asoc.: Factura A 00001-00095648 (CAE Nº 86231173093381 - 06/06/2026)",
        "Cbte. as0c.: Factura A 00001-00095648 (CAE Nº 86231173093381 - 06/06/2026)",
        "Fac. 00001-00095648 C.A.E. N° 86231173093381",
        "Comp. asociado\tCAE: 86231173093381",
    ],
)
class TestTheCodeOfTheVoucherItMends:
    HEAD = ("NOTA DE CRÉDITO A", "COD. 03\tNº 0003-00004521")

    def test_it_rivals_not_its_own(self, row: str) -> None:
        own = "C.A.E. N°: 86258624216118"

        for rows in ((row, own), (own, row)):
            assert values(sheet_of(*self.HEAD, *rows))["authorization_code"] == "86258624216118"
            assert strength("authorization_code", *self.HEAD, *rows) >= FAIR

    def test_it_stands_in_for_none(self, row: str) -> None:
        assert "authorization_code" not in values(sheet_of(*self.HEAD, row))


def test_a_code_beside_its_own_number_is_its_own() -> None:
    rows = ("FACTURA A", "COD. 01\tNº 0003-00004521", "Factura 0003-00004521 CAE: 86258624216118")

    assert values(sheet_of(*rows))["authorization_code"] == "86258624216118"


class TestNumbersOfOtherPapers:
    OTHERS = pytest.mark.parametrize(
        "row",
        [
            "Hoja de Ruta 0003-00099999",
            "Guía 0003-00099999",
            "Contrato 0003-00099999",
            "Op. 0003-00099999",
            "Planilla 0003-00099999",
            "Factura reemplazada: 0003-00099999",
            "Comprobante original: FACTURA A 0003-00099999",
            "Anula FACTURA A 0003-00099999 de fecha 01/09/2026",
            "Anula FACTURA A Nº 0003-00099999",
        ],
    )

    @OTHERS
    @pytest.mark.parametrize(
        "own", ["Nº 0007-00012345", "Comp. Nro: 0007-00012345", "Santa Fe Nº 0007-00012345", "A0007-00012345"]
    )
    def test_they_rival_not_its_own(self, row: str, own: str) -> None:
        for rows in ((own, row), (row, "IVA RESPONSABLE INSCRIPTO", own)):
            found = values(sheet_of("NOTA DE CREDITO A", *rows))
            assert (found["point_of_sale"], found["number"]) == ("7", "12345")
            assert strength("number", "NOTA DE CREDITO A", *rows) >= FAIR

    @pytest.mark.parametrize(
        "own", ["FACTURA DE CRÉDITO ELECTRÓNICA MiPyMEs A 0007-00012345", "N2 Oo RO0007-00012345"]
    )
    def test_a_title_or_noise_before_its_own_is_none(self, own: str) -> None:
        assert strength("number", "FACTURA A", own) >= FAIR

    @OTHERS
    def test_they_stand_in_for_none(self, row: str) -> None:
        found = read_fields([sheet_of("NOTA DE CREDITO A", "COD. 03", row)], frozenset())[0].get("number")

        assert found is None or found.strength < FAIR


class TestANumberUnderALabelOfItsOwn:
    """Beside or under its point of sale, other papers and persons have numbers too."""

    POINT, NUMBER = "Punto de Venta: 0007", "Comp. Nro: 00012345"

    @pytest.mark.parametrize(
        "rows",
        [
            (POINT, "Nota de pedido Nro: 00088877", NUMBER),
            (POINT, "Remito Nro: 00088877", NUMBER),
            (POINT, "Cuenta Nro: 00088877", NUMBER),
            (f"{POINT} Cliente Nro: 99887", "Comprobante: 00012345"),
            (f"{POINT} Vendedor Nº 12", NUMBER),
            (f"{POINT} Hoja Nº 1", NUMBER),
            (f"{POINT} Hoja Nº 1 {NUMBER}",),
            (f"{POINT} Cornp. Nro: 00012345",),
            ("Comprobante asociado:", "Punto de Venta: 0002 Comp. Nro: 00011111", f"{POINT} {NUMBER}"),
            (f"{POINT} {NUMBER}", "Corresponde a factura", "Punto de Venta: 0007 Comp. Nro: 00011111"),
            ("Remito: Pto. de Vta.: 0002 Nro: 00011111", f"{POINT} {NUMBER}"),
        ],
    )
    def test_what_says_something_else_is_passed_over(self, rows: tuple[str, ...]) -> None:
        found = values(sheet_of("NOTA DE CREDITO A", *rows))

        assert (found["point_of_sale"], found["number"]) == ("7", "12345")
        assert strength("number", "NOTA DE CREDITO A", *rows) >= FAIR

    @pytest.mark.parametrize(
        "rows",
        [
            (f"{POINT} Vendedor Nº 12",),
            (POINT, "Planilla Nro: 00088877"),
            (f"{POINT} {NUMBER}", "Punto de Venta: 0007 Comp. Nro: 00011111"),
            ("FACTURA A 7-12345", "Nº 0001-00099887 (control)"),
        ],
    )
    def test_what_may_be_another_papers_needs_a_person(self, rows: tuple[str, ...]) -> None:
        assert strength("number", "FACTURA A", *rows) < FAIR

    def test_behind_title_and_letter_it_needs_no_zeros(self) -> None:
        found = values(sheet_of("FACTURA A 7-12345"))

        assert (found["point_of_sale"], found["number"]) == ("7", "12345")
        assert "number" not in values(sheet_of("FACTURA A 12-05-2026"))


@pytest.mark.parametrize(
    "row",
    ["Comprobante original: FACTURA A 0003-00099999", "Reemplaza FACTURA A 0003-00099999"],
)
def test_the_title_of_another_paper_is_none(row: str) -> None:
    printed, kind = read_fields([sheet_of("A\tDEVOLUCION", "Comp. Nro: 0007-00012345", row)], frozenset())

    assert kind is None
    assert "type_code" not in printed or printed["type_code"].strength < FAIR
