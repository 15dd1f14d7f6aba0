"""Vouchers made by others, read from an optional folder; what each must give was written down by eye."""

import os
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from agente_negocio.invoices.reading import Kind, ReadDocument, ReadingOptions, TaxKind, read
from agente_negocio.invoices.reading.sums.gate import SURE

REPOSITORY = Path(__file__).parents[5]
SHARED_DATA = Path(os.environ.get("GONDOLA_SHARED_DATA", str(REPOSITORY.parent / "shared" / "data")))
SAMPLES = SHARED_DATA / "arca/samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.exists(), reason="set GONDOLA_SHARED_DATA to the folder with foreign samples"
)

EXACT = (
    "issuer_cuit",
    "receiver_cuit",
    "type_code",
    "point_of_sale",
    "number",
    "issue_date",
    "authorization_code",
    "total",
)
"""The fields by which a header is exact."""

DEMO_HEADER = {
    "issuer_cuit": "33693450239",
    "issuer_name": "Empresa de Prueba",
    "receiver_cuit": "30000000007",
    "receiver_name": "Joao Da Silva",
    "letter": "A",
    "type_code": "1",
    "point_of_sale": "4000",
    "number": "12345678",
    "issue_date": "2011-03-27",
    "currency": "ARS",
    "net": "100.00",
    "untaxed": "0.00",
    "exempt": "0.00",
    "discount": "10.00",
    "total": "122.00",
    "authorization_kind": "CAE",
    "authorization_code": "61123022925855",
    "authorization_due": "2011-03-20",
}
TICKET_HEADER = {
    "issuer_cuit": "30111111118",
    "receiver_cuit": "30714295698",
    "receiver_name": "ADHOC SA",
    "letter": "A",
    "type_code": "1",
    "point_of_sale": "1",
    "number": "126",
    "issue_date": "2019-07-16",
    "currency": "ARS",
    "total": "21.78",
    "authorization_kind": "CAE",
    "authorization_code": "69298762212875",
    "authorization_due": "2019-07-26",
}


@cache
def documents(name: str) -> tuple[ReadDocument, ...]:
    return read([(SAMPLES / name).read_bytes()], ReadingOptions())


def only(name: str) -> ReadDocument:
    (document,) = documents(name)
    return document


def header(document: ReadDocument, *names: str) -> dict[str, str | None]:
    """Values by name; None where nothing was read."""
    found = {name: getattr(document.header, name) for name in names}
    return {name: field.value if field else None for name, field in found.items()}


def failed(document: ReadDocument) -> set[str]:
    return {check.code for check in document.checks if not check.ok}


class TestAPrivateLayoutInThreeCopies:
    """Factura A 4000-12345678 of "Empresa de Prueba", whose own CUIT is printed as x: only the bars tell it.

    Its row says 1,0000 x 100,00 with 21,00 of IVA in a column of its own: 121,00. Its foot says neto 100,00
    and, after a discount of 10,00, subtotal 90,00; the total of 122,00 leaves the discount out.
    """

    NAME = "pyafipws_factura.pdf"

    def test_three_copies_are_one_document_of_one_page(self) -> None:
        document = only(self.NAME)

        assert (document.kind, document.pages, document.qr) == (Kind.FACTURA, 1, None)

    def test_its_header(self) -> None:
        assert header(only(self.NAME), *DEMO_HEADER) == DEMO_HEADER

    def test_its_taxes(self) -> None:
        found = {(tax.kind, tax.rate, tax.amount) for tax in only(self.NAME).taxes}

        assert found == {
            (TaxKind.IVA, Decimal(21), Decimal("21.00")),
            (TaxKind.MUNICIPAL, Decimal(1), Decimal("1.00")),
        }

    def test_amounts_that_do_not_add_up_are_flagged(self) -> None:
        document = only(self.NAME)

        assert not document.accepted
        assert "rows_sum" in failed(document)

    @pytest.mark.xfail(strict=True, reason="No row is found where IVA has a column between price and amount.")
    def test_its_row(self) -> None:
        (line,) = only(self.NAME).lines

        assert (line.code, line.discounts) == ("P0001", ())
        assert [line.quantity, line.unit_price, line.iva_rate] == [1, 100, 21]
        assert line.description.startswith("Descripcion del producto P0001")


class TestItsPictureAt80DotsPerInch:
    """Small letters have five pixels: nothing need be read, but what is sure must be right."""

    NAME = "pyafipws_factura_p1.png"

    def test_it_is_never_accepted(self) -> None:
        assert not only(self.NAME).accepted

    def test_no_header_field_is_surely_wrong(self) -> None:
        document = only(self.NAME)
        found = {name: field for name in EXACT if (field := getattr(document.header, name)) is not None}

        sure = {name: field.value for name, field in found.items() if field.confidence >= SURE}
        assert sure == {name: DEMO_HEADER[name] for name in sure}

    def test_no_name_is_invented(self) -> None:
        found = header(only(self.NAME), "issuer_name", "receiver_name")

        assert {name: value for name, value in found.items() if value not in {None, DEMO_HEADER[name]}} == {}


class TestATicketOfAPointOfSale:
    """A screenshot: Factura A of "YourCompany" on till paper, under the buttons of the program."""

    NAME = "regaby_pos_ticket_factura_A_2019.png"

    def test_it_is_a_factura_without_a_qr(self) -> None:
        document = only(self.NAME)

        assert (document.kind, document.pages, document.qr) == (Kind.FACTURA, 1, None)

    def test_its_header(self) -> None:
        """The due date is ISO, the bars' forty digits name issuer, kind, point of sale, CAE and due date."""
        assert header(only(self.NAME), *TICKET_HEADER) == TICKET_HEADER

    def test_its_tax(self) -> None:
        found = [(tax.kind, tax.rate, tax.amount) for tax in only(self.NAME).taxes]

        assert found == [(TaxKind.IVA, Decimal(21), Decimal("3.78"))]

    def test_the_name_of_its_issuer(self) -> None:
        assert header(only(self.NAME), "issuer_name") == {"issuer_name": "YourCompany"}

    @pytest.mark.xfail(strict=True, reason="A row of quantity and amount, without a price, is not found.")
    def test_its_row(self) -> None:
        (line,) = only(self.NAME).lines

        assert line.description == "Miscellaneous"
        assert [line.quantity, line.subtotal] == [1, 18]
        assert line.unit_price in {None, Decimal(18)}


@pytest.mark.parametrize("name", ["pyafipws_qr.png", "pyafipws_qr2.png", "qr_afip_lgiepn.png"])
class TestACodeAndNothingElse:
    """The official example of the QR, in three spacings and orders of its fields."""

    def test_its_payload(self, name: str) -> None:
        qr = only(name).qr

        assert qr is not None
        assert {field: str(value) for field, value in qr.items()} == {
            "ver": "1",
            "fecha": "2020-10-13",
            "cuit": "30000000007",
            "ptoVta": "10",
            "tipoCmp": "1",
            "nroCmp": "94",
            "importe": "12100.0",
            "moneda": "DOL",
            "ctz": "65.0",
            "tipoDocRec": "80",
            "nroDocRec": "20000000001",
            "tipoCodAut": "E",
            "codAut": "70417054367476",
        }

    def test_its_header(self, name: str) -> None:
        expected = {
            "issuer_cuit": "30000000007",
            "receiver_cuit": "20000000001",
            "letter": "A",
            "type_code": "1",
            "point_of_sale": "10",
            "number": "94",
            "issue_date": "2020-10-13",
            "currency": "USD",
            "exchange_rate": "65",
            "total": "12100.00",
            "authorization_kind": "CAE",
            "authorization_code": "70417054367476",
            "authorization_due": None,
            "issuer_name": None,
            "receiver_name": None,
        }

        assert header(only(name), *expected) == expected

    def test_a_code_is_no_invoice(self, name: str) -> None:
        document = only(name)

        assert not document.accepted
        assert document.lines == ()
        assert "rows_sum" in failed(document)


@pytest.mark.parametrize("name", ["barras.jpg", "prueba-cae-i25.png"])
class TestBarsAndNothingElse:
    """2026756539302400161203034739042201105299: CUIT, type 02, point of sale 4001, CAE, due 29/05/2011."""

    def test_their_payload(self, name: str) -> None:
        expected = {
            "issuer_cuit": "20267565393",
            "type_code": "2",
            "point_of_sale": "4001",
            "authorization_code": "61203034739042",
            "authorization_due": "2011-05-29",
        }

        document = only(name)

        assert header(document, *expected) == expected
        assert document.kind is Kind.NOTA_DEBITO

    def test_bars_tell_no_number_no_day_and_no_amount(self, name: str) -> None:
        document = only(name)

        assert set(header(document, "number", "issue_date", "total", "receiver_cuit").values()) == {None}
        assert not document.accepted
        assert document.lines == ()


def test_every_sample_is_asked_for() -> None:
    asked = {
        TestAPrivateLayoutInThreeCopies.NAME,
        TestItsPictureAt80DotsPerInch.NAME,
        TestATicketOfAPointOfSale.NAME,
        "pyafipws_qr.png",
        "pyafipws_qr2.png",
        "qr_afip_lgiepn.png",
        "barras.jpg",
        "prueba-cae-i25.png",
    }

    assert {path.name for path in SAMPLES.iterdir() if path.suffix in {".pdf", ".png", ".jpg"}} == asked
