"""The gate hears what a paper denies to be."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.header.voucher_type import read_disclaimers
from agente_negocio.invoices.reading.model import Header, Kind
from agente_negocio.invoices.reading.sums.adding import Sums
from agente_negocio.invoices.reading.sums.foot import Foot
from agente_negocio.invoices.reading.sums.gate import Claim, prove
from tests.unit.agente_negocio.invoices.reading.written import sheet_of


@pytest.mark.parametrize(
    ("row", "denied"),
    [
        ("*** COMPROBANTE CANCELADO ***", True),
        ("TIQUE ANULADO", True),
        ("FACTURA ANULADA", True),
        ("Este comprobante fue anulado", True),
        ("SIN VALIDEZ FISCAL", True),
        ("No tiene validez como factura", True),
        ("COMPROBANTE NO VÁLIDO", True),
        ("BORRADOR", True),
        ("Ambiente de homologación", True),
        ("Comprobante de prueba", True),
        ("PRE-FACTURA", True),
        ("NO AUTORIZADO", True),
        ("No válido como crédito fiscal", False),
        ("Probador de prueba x 2", False),
        ("Tapa cancelada x 6 unidades\t100,00", False),
        ("Forma de pago: cancelado con transferencia", False),
    ],
)
def test_a_voucher_that_was_called_off_says_so(row: str, *, denied: bool) -> None:
    assert bool(read_disclaimers([sheet_of("TIQUE FACTURA B", row)])) is denied


@pytest.mark.parametrize(
    ("kind", "said", "passes"),
    [
        (Kind.FACTURA, ("NO VÁLIDO COMO FACTURA",), False),
        (Kind.FACTURA, (), True),
        (Kind.REMITO, ("NO VÁLIDO COMO FACTURA",), True),
    ],
)
def test_a_paper_that_denies_being_a_voucher_waits(
    kind: Kind, said: tuple[str, ...], *, passes: bool
) -> None:
    claim = Claim(kind, Header(), (), (), Foot(), Sums(Decimal(0), "", ""), None, (), said)

    assert {check.code: check.ok for check in prove(claim)}["is_voucher"] is passes
