"""How numbers, money and time are written, and how typed numbers are understood."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web_dashboard import formats
from web_dashboard.formats import NBSP, NotANumberError, parse_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("530235", "$ 530.235"),
        ("980.5", "$ 980,50"),
        ("980", "$ 980"),
        ("1234.56", "$ 1.235"),
        ("-86400", "−$ 86.400"),
        ("0", "$ 0"),
    ],
)
def test_pesos_drop_cents_from_a_thousand_on(value: str, text: str) -> None:
    assert formats.ars(Decimal(value)) == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("value", "text"),
    [("9412800", "$ 9,4 M"), ("352000", "$ 352 mil"), ("999", "$ 999"), ("-2300000", "−$ 2,3 M")],
)
def test_rough_pesos(value: str, text: str) -> None:
    assert formats.ars_rough(Decimal(value)) == text.replace(" ", NBSP)


def test_document_pesos_always_have_cents() -> None:
    assert formats.ars_document(Decimal("750526.2")) == f"${NBSP}750.526,20"


def test_unknown_figures_are_a_dash() -> None:
    assert {formats.ars(None), formats.ars_short(None), formats.percent(None), formats.quantity(None)} == {
        "—"
    }


@pytest.mark.parametrize(
    ("days", "on_hand", "text"),
    [
        ("0.4", "3", "hoy"),
        ("1.2", "3", "1 día"),
        ("2.5", "3", "3 días"),
        ("120", "3", "+90 días"),
        (None, "3", "sin ventas"),
        ("5", "0", "sin stock"),
        ("5", "-2", "sin stock"),
    ],
)
def test_cover_in_words(days: str | None, on_hand: str, text: str) -> None:
    cover = formats.cover(Decimal(days) if days else None, Decimal(on_hand))

    assert cover == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=20), "recién"),
        (timedelta(minutes=12), "hace 12 min"),
        (timedelta(hours=3), "hace 3 h"),
        (timedelta(hours=20), "ayer"),
        (timedelta(days=2), "el jueves"),
        (timedelta(days=12), "9 nov"),
    ],
)
def test_ago_counts_argentine_days(before: timedelta, text: str) -> None:
    now = datetime(2026, 11, 21, 18, 40, tzinfo=UTC)

    assert formats.ago(now - before, now) == text


def test_dates_in_words() -> None:
    assert formats.long_date(date(2026, 11, 21)) == "sábado 21 de noviembre"
    assert formats.short_date(date(2026, 11, 1)) == "01/11/2026"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234", "1234"),
        ("$ 1.234.567,5", "1234567.5"),
        (" 12 ", "12"),
        ("−3,5", "-3.5"),
        ("007", "7"),
    ],
)
def test_typed_numbers_are_understood(typed: str, value: str) -> None:
    assert parse_number(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    ["", "doce", "1.5", "1,2,3", "12.34,5", "1.2345", "1e5", "٣", "--1", "1 2a", "NaN", "Infinity", "1" * 30],
)
def test_rubbish_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(NotANumberError, match=r"."):
        parse_number(typed)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_what_is_written_is_understood_again(value: Decimal) -> None:
    assert parse_number(formats.input_number(value, 2)) == value


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("A", 3, "18452"), "A 0003-00018452"),
        ((None, None, 7), "00000007"),
        ((None, None, None), "sin número"),
    ],
)
def test_invoice_numbers(parts: tuple[str | None, object, object], text: str) -> None:
    assert formats.invoice_number(*parts) == text
