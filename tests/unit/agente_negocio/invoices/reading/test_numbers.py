"""Printed numbers in every style, and the ones that must not be guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_negocio.invoices.reading.numbers import Style, decimal_style, parse_amount, readings

AMOUNTS = st.decimals(min_value=0, max_value=10**10, places=2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.774.706,10", "1774706.10"),
        ("1774706,10", "1774706.10"),
        ("1,699,556.67", "1699556.67"),
        ("41,269,391.77", "41269391.77"),
        ("1 586 745.60", "1586745.60"),
        ("1\xa0586\xa0745,60", "1586745.60"),
        ("27,80", "27.80"),
        ("$ 1.250,00", "1250.00"),
        ("U$S 12.5", "12.5"),
        ("-500,00", "-500.00"),
        ("500,00-", "-500.00"),
        ("10.5", "10.5"),
        ("0.500", "0.500"),
    ],
)
def test_reads_the_styles_of_one_inbox(text: str, value: str) -> None:
    assert parse_amount(text, Style.COMMA) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "-", "12,34,56", "1.2.3", "1.23.456,00", "12a", "1..2", "1,2345,678", "9" * 40]
)
def test_what_is_not_a_number_is_none(text: str) -> None:
    assert parse_amount(text, Style.COMMA) is None


def test_an_ambiguous_group_has_both_readings_the_style_of_the_document_first() -> None:
    assert readings("1.250", Style.COMMA) == (Decimal(1250), Decimal("1.250"))
    assert readings("1.250", Style.DOT) == (Decimal("1.250"), Decimal(1250))
    assert readings("1.250,00", Style.DOT) == (Decimal("1250.00"),)


@given(AMOUNTS)
def test_every_amount_survives_both_styles(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    plain = f"{amount:.2f}".replace(".", ",")

    assert parse_amount(english, Style.DOT) == parse_amount(english, Style.COMMA) == amount
    assert parse_amount(spanish, Style.COMMA) == parse_amount(spanish, Style.DOT) == amount
    assert parse_amount(plain, Style.COMMA) == parse_amount(plain, Style.DOT) == amount


@given(st.text(alphabet="0123456789.,- $", max_size=20))
def test_a_reading_keeps_every_digit(text: str) -> None:
    digits = "".join(character for character in text if character.isdigit()).lstrip("0")

    for value in readings(text, Style.COMMA):
        kept = "".join(map(str, value.as_tuple().digits)).lstrip("0")
        assert kept == digits


def test_the_document_decides_its_style() -> None:
    assert decimal_style(["1,234.56", "10.00", "21,00"]) is Style.DOT
    assert decimal_style(["1.234,56", "2.25"]) is Style.COMMA
    assert decimal_style([]) is Style.COMMA
