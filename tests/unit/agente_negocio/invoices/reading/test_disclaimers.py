"""The gate hears what a paper denies to be."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.model import Header, Kind
from agente_negocio.invoices.reading.sums.foot import Foot
from agente_negocio.invoices.reading.sums.gate import Claim, Sums, prove


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
