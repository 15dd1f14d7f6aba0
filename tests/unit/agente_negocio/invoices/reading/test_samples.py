"""Whole vouchers, from text and from pixels, figure by figure."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from agente_negocio.invoices.reading import ReadDocument, ReadingOptions, Source, read
from tests.unit.agente_negocio.invoices.reading.conftest import OWN_CUITS, SAMPLES

NAMES = ("rcel_factura_A", "rcel_factura_B", "rcel_factura_C", "tique_factura_A_081")


@cache
def _read(name: str) -> ReadDocument:
    documents = read([(SAMPLES / name).read_bytes()], ReadingOptions(own_cuits=OWN_CUITS))
    assert len(documents) == 1
    return documents[0]


def _day(text: str) -> str:
    """ISO, from either way the truth writes a date."""
    return text if "-" in text else "-".join(reversed(text.split("/")))


def _money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


@pytest.mark.parametrize("ending", ["pdf", "png"])
@pytest.mark.parametrize("name", NAMES)
def test_the_header_is_exact(name: str, ending: str, truths: dict[str, dict[str, Any]]) -> None:
    truth, header = truths[name], _read(f"{name}.{ending}").header

    found = {
        field: value.value if (value := getattr(header, field)) else None
        for field in (
            "issuer_cuit",
            "receiver_cuit",
            "type_code",
            "point_of_sale",
            "number",
            "issue_date",
            "authorization_code",
        )
    }

    assert found == {
        "issuer_cuit": truth["cuit"],
        "receiver_cuit": truth["rnro"] if truth["rnro"] != "0" else None,
        "type_code": str(truth["tipo"]),
        "point_of_sale": str(truth["ptoVta"]),
        "number": str(truth["nro"]),
        "issue_date": _day(truth["fecha"]),
        "authorization_code": truth["cae"],
    }
    assert header.total is not None
    assert Decimal(header.total.value) == _money(truth["total"])


@pytest.mark.parametrize("ending", ["pdf", "png"])
@pytest.mark.parametrize("name", NAMES[:3])
def test_every_row_is_exact(name: str, ending: str, truths: dict[str, dict[str, Any]]) -> None:
    lines = _read(f"{name}.{ending}").lines

    found = [
        (line.quantity, line.unit_price, [step.rate for step in line.discounts], line.subtotal)
        for line in lines
    ]

    assert found == [
        (
            Decimal(str(item["q"])),
            _money(item["pu"]),
            [Decimal(item["bon"])] if item["bon"] else [],
            _money(item["sub"]),
        )
        for item in truths[name]["items"]
    ]


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_taxes_of_an_a_are_read_and_the_printed_zeros_are_not_taxes(
    ending: str, truths: dict[str, dict[str, Any]]
) -> None:
    truth = truths["rcel_factura_A"]

    taxes = _read(f"rcel_factura_A.{ending}").taxes

    amounts = sorted(tax.amount for tax in taxes)
    assert amounts == sorted(map(_money, [*truth["ivas"].values(), *truth["trib"].values()]))


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_iva_contained_in_a_b_is_not_added_again(ending: str) -> None:
    document = _read(f"rcel_factura_B.{ending}")

    assert document.taxes == ()
    assert document.accepted


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_a_ticket_reads_rates_as_rates_and_counts_perceptions_once(
    ending: str, truths: dict[str, dict[str, Any]]
) -> None:
    truth, document = truths["tique_factura_A_081"], _read(f"tique_factura_A_081.{ending}")

    assert [(line.quantity, line.unit_price, line.iva_rate, line.subtotal) for line in document.lines] == [
        (Decimal(12), Decimal(1250), Decimal(21), Decimal(15000)),
        (Decimal(6), Decimal(3200), Decimal("10.5"), Decimal(19200)),
    ]
    assert sorted(tax.amount for tax in document.taxes) == sorted(
        map(_money, [*truth["ivas"].values(), truth["internos"], truth["iibb"]])
    )
    assert document.header.discount is not None
    assert document.header.discount.value == "500.00"


@pytest.mark.parametrize("ending", ["pdf", "png"])
@pytest.mark.parametrize("name", NAMES)
def test_what_adds_up_is_accepted(name: str, ending: str) -> None:
    document = _read(f"{name}.{ending}")

    assert document.accepted, [check for check in document.checks if not check.ok]


def test_copies_in_one_pdf_are_one_document() -> None:
    document = _read("rcel_factura_A.pdf")

    assert document.pages == 1
    assert len(document.images) == 1


def test_every_field_says_where_it_comes_from() -> None:
    document = _read("rcel_factura_A.pdf")

    header = document.header
    assert header.issuer_cuit is not None
    assert header.net is not None
    assert header.issuer_cuit.source is Source.QR
    assert header.net.source is Source.TEXT
    assert header.net.raw == "133799,76"
    box = header.net.box
    assert box is not None
    assert box.page == 1
    assert 0.8 < box.x < box.x + box.w < 1
    assert 0.6 < box.y < 0.7


def test_the_picture_for_review_is_an_upright_jpeg() -> None:
    image = _read("rcel_factura_B.pdf").images[0]

    assert image.jpeg.startswith(b"\xff\xd8")
    assert image.height > image.width > 500


def test_without_our_cuits_the_client_block_tells_who_receives(truths: dict[str, dict[str, Any]]) -> None:
    content = (SAMPLES / "tique_factura_A_081.pdf").read_bytes()

    header = read([content], ReadingOptions())[0].header

    assert header.issuer_cuit is not None
    assert header.receiver_cuit is not None
    assert header.issuer_cuit.value == truths["tique_factura_A_081"]["cuit"]
    assert header.receiver_cuit.value == truths["tique_factura_A_081"]["rnro"]


def test_progress_grows_to_one() -> None:
    shares: list[float] = []

    read([(SAMPLES / "rcel_factura_C.pdf").read_bytes()], ReadingOptions(), shares.append)

    assert shares == sorted(shares)
    assert shares[-1] == 1.0
