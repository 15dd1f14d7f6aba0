"""The day of issue among all the days of a paper: its own label, its place, the expiry of the CAE."""

from datetime import date

import pytest

from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.issue_date import is_in_time
from agente_negocio.invoices.reading.layout.evidence import FAIR
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

HEAD = ("FACTURA A", "COD. 01\tNº 0003-00004521")
CREDIT = ("NOTA DE CRÉDITO A", "COD. 03\tNº 0003-00004521")
CAE = ("CAE Nº: 86361234567890", "Fecha de Vto. de CAE: 20/09/2026")
OWN = "Fecha: 10/09/2026"


def issued(*rows: str) -> tuple[str | None, bool]:
    """The day read and whether the gate may believe it."""
    evidence = read_fields([sheet_of(*rows)], frozenset())[0].get("issue_date")
    return (evidence.value, evidence.strength >= FAIR) if evidence else (None, False)


@pytest.mark.parametrize(
    "row",
    [
        "Fecha de pago: 15/10/2026",
        "Fecha emisión O/C: 20/08/2026",
        "O/C 4411 Fecha de emisión: 20/08/2026",
        "Fecha de orden de compra: 20/08/2026",
        "Fecha de despacho: 02/09/2026",
        "Fecha Vencimiento: 15/10/2026",
        "Inicio de Actividades: 01/03/2015",
        "Fecha de inicio de actividades: 01/03/2015",
        "Fecha del turno: 01/09/2026",
        "Fecha apertura: 01/09/2026",
        "Fecha y hora de carga: 08/09/2026 10:00",
        "Fecha de cosecha: 08/03/2026",
        "Fecha impresión: 11/09/2026",
        "Fecha de reimpresión: 11/09/2026",
        "Fecha: 11/09/2026 (reimpresión)",
        "Fecha: 11/09/2026 10:22:31 reimpreso",
        "Rto. R 0001-00000123 emitido 05/09/2026",
    ],
)
class TestADayOfSomethingElse:
    def test_it_does_not_contend_with_the_day_of_issue(self, row: str) -> None:
        assert issued(*HEAD, OWN, row) == ("2026-09-10", True)
        assert issued(*HEAD, row, OWN) == ("2026-09-10", True)

    def test_it_does_not_stand_in_for_it(self, row: str) -> None:
        assert not issued(*HEAD, row)[1]

    def test_it_does_not_stand_in_for_one_that_is_none(self, row: str) -> None:
        assert issued(*HEAD, "Fecha de Emisión: 31/02/2026", row) == (None, False)


@pytest.mark.parametrize(
    "row",
    [
        "Ref.: Factura A 0003-00004400 Fecha de la factura: 01/08/2026",
        "Comprobante: FC A 0003-00004400 Fecha Emisión: 01/08/2026",
        "Fecha de la factura: 01/08/2026",
        "Anula factura A de fecha 01/08/2026",
    ],
)
def test_the_invoice_a_credit_note_mends_does_not_date_it(row: str) -> None:
    assert issued(*CREDIT, OWN, row)[0] == "2026-09-10"
    assert not issued(*CREDIT, row, *CAE)[1]


@pytest.mark.parametrize(
    "row",
    [
        "Fecha de Emisión: 10/09/2026",
        "FECHA DE EMISIÓN DEL COMPROBANTE: 10-09-26",
        "Fecha Ernisión 10/09/2026",
        "Emitido el 10.09.2026",
        "Fecha: 10 de septiembre de 2026",
        "Fecha: jueves 10 de setiembre del 2026",
        "Lugar y fecha: San Nicolás de los Arroyos, 10 de septiembre de 2026",
        "Fecha: 10-SEP-2026",
        "Fecha 10 Sep 26",
        "Fecha: 10 | 09 | 2026",
        "Fecha 10 09 26",
        "Fecha\t10\t09\t2026",
        "Fecha de emisión: 10\t09\t26",
        "Fecha (día/mes/año): 10/09/2026",
    ],
)
def test_its_own_label_tells_the_day_however_it_is_written(row: str) -> None:
    assert issued(*HEAD, row) == ("2026-09-10", True)


@pytest.mark.parametrize(
    "row", ["Fecha 10 09 26 44", "Fecha 10 09 26,50", "Ruta 10 09 26", "Fecha 40 09 26", "Fecha 10 13 26"]
)
def test_figures_that_are_no_boxes_of_a_day_are_none(row: str) -> None:
    assert issued(*HEAD, row)[0] is None


class TestSeveralDays:
    RIVALS = ("Fecha: 10/09/2026", "Fecha: 12/09/2026")

    def test_without_anything_that_decides_they_need_a_person(self) -> None:
        assert not issued(*HEAD, *self.RIVALS)[1]
        assert not issued(*HEAD, "Fecha: 10/09/2026", "Fecha de emisión: 01/08/2026")[1]

    def test_the_expiry_of_the_cae_decides(self) -> None:
        assert issued(*HEAD, *self.RIVALS, *CAE) == ("2026-09-10", True)

    def test_the_expiry_of_a_caea_or_a_cai_does_not(self) -> None:
        for kind in ("CAEA", "CAI"):
            assert not issued(*HEAD, *self.RIVALS, *(row.replace("CAE", kind) for row in CAE))[1]

    def test_a_label_in_the_head_outweighs_one_at_the_foot(self) -> None:
        foot = ("Cantidad\tDescripción\tPrecio", "1\tPAN\t10,00", "Recibido\tFecha: 12/09/2026")

        assert issued(*HEAD, "Fecha de emisión: 10/09/2026", *foot) == ("2026-09-10", True)

    def test_one_that_is_none_beside_another_needs_a_person(self) -> None:
        assert not issued(*HEAD, "Fecha de emisión: 10/09/2026", "Fecha: 31/02/2026")[1]


class TestWithoutALabel:
    def test_the_cae_proves_it(self) -> None:
        assert issued(*HEAD, "Rosario, 10 de septiembre de 2026", *CAE) == ("2026-09-10", True)
        assert not issued(*HEAD, "Rosario, 11 de septiembre de 2026", *CAE)[1]

    def test_beside_the_title_only_where_the_cae_says_nothing_else(self) -> None:
        assert issued("FACTURA A\t10/09/2026", *CAE) == ("2026-09-10", True)
        assert not issued("FACTURA A\t12/09/2026", *CAE)[1]

    def test_another_word_beside_the_title_is_a_label(self) -> None:
        assert not issued("FACTURA A\tCosecha 10/03/2026")[1]

    def test_the_heading_right_above_is_one_too(self) -> None:
        assert issued("COMPROBANTE NUM.\tFECHA\tRUTA", "Nº 0003-00004521\t10/09/2026\t0007")[1]
        assert issued("COMPROBANTE NUM.\tENTREGA", "Nº 0003-00004521\t10/09/2026")[0] is None


@pytest.mark.parametrize(
    ("day", "kind", "fits"),
    [
        (10, "CAE", True),
        (20, "CAE", True),
        (21, "CAE", False),
        (21, "CAEA", False),
        (21, "CAI", False),
        (21, None, False),
        (1, "CAE", True),
    ],
)
def test_nothing_is_issued_after_its_authorisation_expired(day: int, kind: str | None, *, fits: bool) -> None:
    assert is_in_time(date(2026, 9, day), date(2026, 9, 20), kind) is fits


def test_a_cae_does_not_outlive_its_voucher_by_months_but_a_cai_may() -> None:
    assert not is_in_time(date(2026, 8, 30), date(2026, 9, 20), "CAE")
    assert is_in_time(date(2025, 10, 1), date(2026, 9, 20), "CAI")


def test_a_lone_day_of_a_credit_note_must_fit_its_cae() -> None:
    assert issued(*CREDIT, "Fecha: 01/09/2026")[1]
    assert not issued(*CREDIT, "Fecha: 01/09/2026", *CAE)[1]
    assert issued(*HEAD, "Fecha: 01/09/2026", *CAE)[1]


def test_a_lone_day_at_the_foot_is_not_believed_against_the_cae() -> None:
    foot = ("Cantidad\tDescripción\tPrecio", "1\tPAN\t10,00")

    assert issued(*HEAD, *foot, OWN, *CAE) == ("2026-09-10", True)
    assert issued(*HEAD, *foot, "Fecha: 12/09/2026", *CAE) == ("2026-09-12", False)
    assert issued(*HEAD, *foot, "Fecha: 12/09/2026") == ("2026-09-12", True)


class TestADayBesideThatOfAnotherPaper:
    """The expiry of a CAE tells when it was asked for, which may be days after the issue."""

    LATE = ("CAE Nº: 86361234567890", "Fecha de Vto. de CAE: 22/09/2026")

    @pytest.mark.parametrize(
        "rows",
        [
            ("Remito 0001-00004455", "Fecha 12/09/2026", "Quilmes, 10 de septiembre de 2026"),
            ("Lista de precios Septiembre Fecha: 12/09/2026", "10-Sep-2026"),
            ("Reparto 12 Fecha 12/09/2026", "10 de septiembre de 2026"),
            ("Fecha: 12/09/2026", "10 de septiembre de 2026", "Zona\tSur"),
            ("Emitido: 12/09/2026 10:22", "Fecha Factura: 10/09/2026"),
            ("Fecha: 12/09/2026", "Fecha de Emisión: 10/09/2026"),
        ],
    )
    def test_it_needs_a_person(self, rows: tuple[str, ...]) -> None:
        assert not issued(*HEAD, *rows)[1]

    @pytest.mark.parametrize(
        "rows",
        [
            ("Lista de precios Septiembre Fecha: 12/09/2026", "10-Sep-2026"),
            ("Emitido: 12/09/2026 10:22", "Fecha Factura: 10/09/2026"),
            ("Fecha: 12/09/2026", "Fecha de Emisión: 10/09/2026"),
        ],
    )
    def test_a_cae_asked_for_on_it_does_not_choose_it(self, rows: tuple[str, ...]) -> None:
        assert not issued(*HEAD, *rows, *self.LATE)[1]

    @pytest.mark.parametrize(
        "rows",
        [
            ("Lista de precios Septiembre Fecha: 12/09/2026", "10-Sep-2026"),
            ("Ruta 7 Fecha: 10/09/2026",),
            ("Ruta 7\tFecha: 10/09/2026", "12/09/2026"),
        ],
    )
    def test_a_cae_asked_for_on_the_day_of_issue_does(self, rows: tuple[str, ...]) -> None:
        assert issued(*HEAD, *rows, *CAE) == ("2026-09-10", True)

    @pytest.mark.parametrize(
        "rows",
        [
            ("Pág. 1 Hoja 1 Fecha: 10/09/2026",),
            ("Rosario, Fecha: 10/09/2026",),
            ("Fecha de Emisión: 10/09/2026", "12/09/2026 10:22"),
            ("Fecha: 10/09/2026", "Zona 4 12/09/2026"),
        ],
    )
    def test_what_is_said_of_the_voucher_needs_no_cae(self, rows: tuple[str, ...]) -> None:
        assert issued(*HEAD, *rows) == ("2026-09-10", True)
