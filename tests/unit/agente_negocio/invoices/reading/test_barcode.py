"""The ITF bars of 40 and 42 digits."""

import json
from pathlib import Path
from typing import Any

import pytest

from agente_negocio.invoices.reading.symbols.barcode import check_digit, parse_barcode

CASES = json.loads((Path(__file__).parents[4] / "data/arca/barcode_i25_examples.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_reads_both_lengths(case: dict[str, Any]) -> None:
    bars = parse_barcode(case["text"])

    assert bars is not None
    assert len(case["text"]) == int(case["layout"])
    if "parts" in case:
        parts = case["parts"]
        assert bars.issuer_cuit == parts["cuit"]
        assert bars.type_code == int(parts["tipo"])
        assert bars.point_of_sale == int(parts["ptoVta"])
        assert bars.authorization_code == parts["cae"]
        assert bars.authorization_due.strftime("%Y%m%d") == parts["vto"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_one_wrong_digit_is_noticed(case: dict[str, Any]) -> None:
    text = case["text"]

    for place, digit in enumerate(text):
        other = str((int(digit) + 1) % 10)
        assert parse_barcode(text[:place] + other + text[place + 1 :]) is None


def test_other_digits_are_no_bars() -> None:
    assert parse_barcode("7790001234567") is None
    assert parse_barcode("0" * 39 + "x") is None
    assert check_digit("0") == 0
