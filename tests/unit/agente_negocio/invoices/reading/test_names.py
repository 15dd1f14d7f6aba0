"""Whose paper it is, by name."""

import pytest

from agente_negocio.invoices.reading.header.names import read_names
from agente_negocio.invoices.reading.layout.evidence import Printed
from tests.unit.agente_negocio.invoices.reading.written import sheet_of


def issuer(*rows: str) -> str | None:
    printed: Printed = {}
    read_names([sheet_of(*rows, "Cantidad\tDescripción\tImporte")], printed)
    return printed["issuer_name"].value if "issuer_name" in printed else None


@pytest.mark.parametrize(
    "rows",
    [
        ("Los Talas\tFACTURA", "FRIGORÍFICO LOS TALAS S.A."),
        ("COMPROBANTE Nº\tFECHA", "FRIGORÍFICO LOS TALAS S.A.\tCLIENTE 124139"),
        ("Los Talas", "FRIGORÍFICO LOS TALAS S.A. · Camino de Cintura 5200"),
    ],
)
def test_a_company_goes_before_what_stands_larger(rows: tuple[str, ...]) -> None:
    assert issuer(*rows) == "FRIGORÍFICO LOS TALAS S.A."


def test_the_company_of_the_client_is_not_the_issuer() -> None:
    assert issuer("Cliente: ALMACÉN DOÑA MARTA S.R.L.") is None


def test_a_text_above_the_address_is_a_name() -> None:
    assert (
        issuer("Cambio: $ 0,22\tsrttaaig", "FACTURA A", "YourCompany", "Dirección: Slough Ave.")
        == "YourCompany"
    )


def test_nothing_below_the_address_is_a_name() -> None:
    assert issuer('"AI Pp.', "de Prueba", "Dirección de Prueba", "Capital Federal") is None
