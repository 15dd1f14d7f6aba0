"""The currency of a paper: whatever is not surely pesos is not taken for pesos."""

import base64

import pytest

from agente_negocio.invoices.reading import parse_qr
from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.merge import Witnesses, merge
from agente_negocio.invoices.reading.header.symbol_values import qr_values
from agente_negocio.invoices.reading.model import Source
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

TITLE = ("FACTURA A", "Nº 0003-00004521")


def merged(*rows: str) -> tuple[str | None, bool]:
    """The currency and whether the paper has to wait for it."""
    printed, _ = read_fields([sheet_of(*TITLE, *rows)], frozenset())
    header, conflicts = merge(Witnesses(printed, {}, Source.TEXT))
    waits = any(conflict.field == "currency" for conflict in conflicts)
    return (header.currency.value if header.currency else None), waits


@pytest.mark.parametrize(
    ("row", "currency"),
    [
        ("Importes expresados en Reales (R$)", "BRL"),
        ("Moneda: Real", "BRL"),
        ("TOTAL R$\t1.250,00", "BRL"),
        ("TOTAL BRL\t1.250,00", "BRL"),
        ("Moneda: EUROS", "EUR"),
        ("Importe total €\t1.250,00", "EUR"),
        ("TOTAL U$S\t1.250,00", "USD"),
        *((f"TOTAL {sign}\t1.250,00", "USD") for sign in ("U$D", "U$", "U.S.$", "USS", "DLS", "D$")),
        ("Total en dólar estadounidense\t1.250,00", "USD"),
        ("Mon.: DOL", "USD"),
        ("TOTAL\tUSD 1.250,00", "USD"),
        ("Comprobante expresado en dólares estadounidenses", "USD"),
        ("Moneda: Pesos Uruguayos", "UYU"),
        ("Moneda: Pesos Chilenos", "CLP"),
        ("Total en guaraníes\t1.250", "PYG"),
        ("Moneda: Libra Esterlina", "GBP"),
    ],
)
def test_foreign_money_waits_until_its_rate_is_known(row: str, currency: str) -> None:
    assert merged(row) == (currency, True)


@pytest.mark.parametrize(
    "row", ["Moneda: Yenes", "Moneda:\tFlorines", "Divisa: Rublos", "Importes en moneda extranjera"]
)
def test_money_of_no_known_name_waits(row: str) -> None:
    assert merged(row)[1]


@pytest.mark.parametrize(
    "row",
    [
        "TOTAL $\t1.250,00",
        "Moneda: PESOS",
        "Moneda: Pesos Argentinos  Tipo de cambio: 1",
        "Moneda: $",
        "Moneda nacional",
        "Son pesos un mil",
        "1\tESMALTE EURO 500\t10,00",
        "1\tCINTA REALES X 10\t10,00",
        "Camino Real 1200 - Rosario",
        "2\tDR$ 500\t10,00",
    ],
)
def test_pesos_are_pesos(row: str) -> None:
    assert merged(row) == ("ARS", False)


def test_pesos_by_name_and_a_total_in_dollars_wait() -> None:
    assert merged("Moneda: PESOS", "TOTAL U$S\t1.250,00") == ("USD", True)


def test_the_first_name_after_the_label_counts() -> None:
    assert merged("Moneda: PESOS  Cotización USD 1.350,50") == ("ARS", False)


@pytest.mark.parametrize(
    ("code", "currency"), [("PES", "ARS"), ("012", "BRL"), ("060", "EUR"), ("002", "USD"), ("999", "999")]
)
def test_a_qr_tells_it_by_arcas_code(code: str, currency: str) -> None:
    text = (
        '{"ver":1,"fecha":"2026-09-10","cuit":30005476115,"ptoVta":3,"tipoCmp":1,"nroCmp":4521,"importe":10,'
        f'"moneda":"{code}","ctz":200,"tipoDocRec":80,"nroDocRec":30004829103,"tipoCodAut":"E",'
        '"codAut":86361234567890}'
    )
    payload = parse_qr("https://www.arca.gob.ar/fe/qr/?p=" + base64.b64encode(text.encode()).decode())
    assert payload is not None

    _, conflicts = merge(Witnesses({}, {}, Source.TEXT, payload=payload))

    assert qr_values(payload)["currency"] == currency
    assert any(conflict.field == "currency" for conflict in conflicts) is (code == "999")
