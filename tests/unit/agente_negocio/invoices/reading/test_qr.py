"""The fiscal QR: every documented and every observed defect."""

import base64
import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_negocio.invoices.reading.symbols.qr import choose_payload, parse_qr

CASES = json.loads((Path(__file__).parents[4] / "data/arca/qr_payloads.json").read_text())
READABLE = [case for case in CASES if case["kind"] != "negative"]
FOREIGN = [case for case in CASES if case["kind"] == "negative"]


def test_all_nineteen_cases_are_here() -> None:
    assert len(CASES) == 19


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case["id"])
def test_reads_every_shape_met_in_the_wild(case: dict[str, Any]) -> None:
    payload = parse_qr(case["url"])

    assert payload is not None
    expected = case["expected"]
    if expected is None:
        return
    assert payload.issue_date.isoformat() == expected["fecha"]
    assert int(payload.issuer_cuit) == expected["cuit"]
    assert payload.point_of_sale == expected["ptoVta"]
    assert payload.type_code == expected["tipoCmp"]
    assert payload.number == expected["nroCmp"]
    assert payload.total == Decimal(str(expected["importe"]))
    assert payload.currency == expected["moneda"]
    code = expected.get("codAut")
    assert payload.authorization_code == (None if code is None else str(code))
    receiver = expected.get("nroDocRec")
    assert payload.receiver_document == (str(receiver) if receiver else None)


def test_says_when_the_payload_had_to_be_repaired() -> None:
    repaired = [case["id"] for case in READABLE if (payload := parse_qr(case["url"])) and payload.repaired]

    assert repaired == ["dev-comma-tabs-truncated"]


@pytest.mark.parametrize("case", FOREIGN, ids=lambda case: case["id"])
def test_ignores_codes_that_are_not_fiscal(case: dict[str, Any]) -> None:
    assert parse_qr(case["url"]) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tipoCmp", 40_000),
        ("tipoCmp", 1_000),
        ("tipoCmp", 0),
        ("ptoVta", 100_000),
        ("ptoVta", 10**14),
        ("nroCmp", 100_000_000),
        ("nroCmp", 10**14),
    ],
)
def test_numbers_no_voucher_can_have_are_not_fiscal(name: str, value: int) -> None:
    assert parse_qr(make_url()) is not None

    assert parse_qr(make_url(**{name: value})) is None


def test_the_last_numbers_of_all_are_fiscal() -> None:
    payload = parse_qr(make_url(tipoCmp=999, ptoVta=99_999, nroCmp=99_999_999))

    assert payload is not None
    assert (payload.type_code, payload.point_of_sale, payload.number) == (999, 99_999, 99_999_999)


def make_url(**values: int | str) -> str:
    """A good QR with some values of its payload changed."""
    good = {"fecha": "2026-11-18", "cuit": 30500001735, "ptoVta": 3, "tipoCmp": 1, "nroCmp": 9, "importe": 1}
    encoded = base64.b64encode(json.dumps({**good, **values}).encode()).decode()
    return f"https://www.arca.gob.ar/fe/qr/?p={encoded}"


def test_an_intact_payload_beats_a_repaired_one_and_a_payment_code() -> None:
    by_id = {case["id"]: case["url"] for case in CASES}

    chosen = choose_payload([by_id["neg-mercadopago"], by_id["dev-comma-tabs-truncated"], by_id["dev-caea"]])

    assert chosen is not None
    assert not chosen.repaired
    assert chosen.authorization_kind == "CAEA"


def test_no_text_keeps_the_parser_busy() -> None:
    """Anybody signed in may send text here; spaces before a stray quote once took minutes."""
    bodies = (
        '{"a":' + " " * 3000 + '"x',
        '"a":' * 750,
        '{"a":1' + " ," * 1500,
        "[" * 3000,
        '{"' + "a" * 3000,
    )
    started = time.process_time()

    for body in bodies:
        parse_qr("https://www.afip.gob.ar/fe/qr/?p=" + base64.b64encode(body.encode()).decode())

    assert time.process_time() - started < 1


def test_a_code_of_other_signs_than_digits_is_no_authorization() -> None:
    for code, read in (("70417054367476", "70417054367476"), ("²" * 14, None), ("٧" * 14, None)):
        payload = parse_qr(make_url(codAut=code))

        assert payload is not None
        assert payload.authorization_code == read


@given(st.text(max_size=300))
def test_no_text_breaks_the_parser(tail: str) -> None:
    parse_qr(tail)
    parse_qr("https://www.arca.gob.ar/fe/qr/?p=" + tail)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_json_breaks_the_parser(value: object) -> None:
    names = (
        "ver",
        "fecha",
        "cuit",
        "ptoVta",
        "tipoCmp",
        "nroCmp",
        "importe",
        "moneda",
        "codAut",
        "nroDocRec",
    )
    body = base64.b64encode(json.dumps(dict.fromkeys(names, value)).encode()).decode()

    assert parse_qr(f"https://www.afip.gob.ar/fe/qr/?p={body}") is None
