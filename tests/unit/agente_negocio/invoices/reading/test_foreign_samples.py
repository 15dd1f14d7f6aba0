"""Vouchers made by others, read from an optional folder."""

import os
from pathlib import Path

import pytest

from agente_negocio.invoices.reading import ReadingOptions, read

REPOSITORY = Path(__file__).parents[5]
SHARED_DATA = Path(os.environ.get("GONDOLA_SHARED_DATA", str(REPOSITORY.parent / "shared" / "data")))
DEMO_INVOICE = SHARED_DATA / "arca/samples/pyafipws_factura.pdf"


@pytest.mark.skipif(
    not DEMO_INVOICE.exists(), reason="set GONDOLA_SHARED_DATA to the folder with foreign samples"
)
def test_amounts_that_do_not_add_up_are_flagged() -> None:
    document = read([DEMO_INVOICE.read_bytes()], ReadingOptions())[0]

    failed = {check.code for check in document.checks if not check.ok}
    assert not document.accepted
    assert "rows_sum" in failed
    assert document.pages == 1
    assert document.header.number is not None
    assert document.header.number.value == "12345678"
    assert document.header.total is not None
    assert document.header.total.value == "122.00"
