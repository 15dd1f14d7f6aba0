"""Prices, payments, retries and the daily summaries of sales."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_deposito.sales.errors import (
    DiscountTooLargeError,
    PaymentsDifferError,
    TooLargeError,
    TooLittleError,
)
from agente_deposito.sales.rules import (
    DayFacts,
    Payment,
    PaymentMethod,
    RecordSale,
    SaleLine,
    SoldLine,
    SoldTicket,
    add_up,
    check_payments,
    content_hash,
    make_series,
    price_line,
    total_of,
)

PRODUCT, BRANCH = uuid4(), uuid4()
MONEY = st.decimals(min_value=0, max_value=100_000, places=2)


def sale_line(quantity: str = "1", unit_price: str = "10", discount: str = "0") -> SaleLine:
    return SaleLine(None, PRODUCT, Decimal(quantity), Decimal(unit_price), Decimal(discount))


def sale(*lines: SaleLine, payments: tuple[Payment, ...] = ()) -> RecordSale:
    return RecordSale(uuid4(), BRANCH, datetime(2026, 11, 20, 15, tzinfo=UTC), lines, payments)


def decimals(*numbers: int) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


def cash(amount: str) -> Payment:
    return Payment(PaymentMethod.CASH, Decimal(amount), None)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("3", "10", "0", "30"),
        ("0.125", "999", "0", "124.88"),
        ("0.150", "1234.50", "5", "180.18"),
        ("1", "10", "10", "0"),
    ],
)
def test_lines_round_to_cents(quantity: str, price: str, discount: str, amount: str) -> None:
    priced = price_line(sale_line(quantity, price, discount), PRODUCT, Decimal(1), number=0)

    assert priced.amount == Decimal(amount)


def test_a_discount_is_at_most_the_line() -> None:
    with pytest.raises(DiscountTooLargeError) as refused:
        price_line(sale_line(discount="10.01"), PRODUCT, Decimal(1), number=3)

    assert refused.value.fields == ("lines[3].discount",)


@pytest.mark.parametrize(
    ("quantity", "factor", "price", "field"),
    [
        ("24", "1", "7790000000000", "lines[4].unit_price"),
        ("9999999", "9999999", "0.01", "lines[4].quantity"),
        ("0.001", "0.1", "5", "lines[4].quantity"),
    ],
)
def test_what_the_books_could_not_hold_is_refused_by_line(
    quantity: str, factor: str, price: str, field: str
) -> None:
    line = sale_line(quantity, price)

    with pytest.raises((TooLargeError, TooLittleError)) as refusal:
        price_line(line, PRODUCT, Decimal(factor), number=4)

    assert refusal.value.fields == (field,)


def test_lines_that_are_too_much_only_together_are_refused() -> None:
    priced = [price_line(sale_line("9", "10000000000"), PRODUCT, Decimal(1), number=n) for n in range(2)]

    with pytest.raises(TooLargeError):
        total_of(priced)


@given(st.lists(MONEY.filter(bool), min_size=1, max_size=5))
def test_payments_add_up_or_are_absent(amounts: list[Decimal]) -> None:
    total = sum(amounts, Decimal(0))

    check_payments([cash(str(amount)) for amount in amounts], total)
    check_payments([], total)
    with pytest.raises(PaymentsDifferError):
        check_payments([cash(str(amount)) for amount in amounts], total + Decimal("0.01"))


def test_a_pack_takes_all_its_units() -> None:
    priced = price_line(sale_line("2"), PRODUCT, Decimal(6), number=0)

    assert priced.base_quantity == 12
    assert total_of([priced, priced]) == 40


def test_a_retry_is_the_same_and_any_change_is_not() -> None:
    original = sale(sale_line("2.0", "10.00"), payments=(cash("20"),))

    assert content_hash(replace(original, lines=(sale_line("2", "10"),))) == content_hash(original)
    for other in (
        replace(original, lines=(sale_line("2", "10.01"),)),
        replace(original, lines=(sale_line("2"), sale_line("2"))),
        replace(original, payments=()),
        replace(original, payments=(cash("19"), cash("1"))),
        replace(original, branch_id=uuid4()),
    ):
        assert content_hash(other) != content_hash(original)


def test_a_void_takes_back_what_its_sale_added() -> None:
    lines = (
        SoldLine(PRODUCT, Decimal(2), Decimal(50), Decimal(30), Decimal(25)),
        SoldLine(PRODUCT, Decimal(1), Decimal(25), None, Decimal(25)),
    )
    sold = SoldTicket(BRANCH, datetime(2026, 11, 21, 2, 59, tzinfo=UTC), lines)

    products, hours = add_up([sold])
    nothing, none = add_up([sold, replace(sold, sign=-1)])

    day = products[PRODUCT, BRANCH, date(2026, 11, 20)]
    hour = hours[BRANCH, date(2026, 11, 20), 23]
    assert [day.quantity, day.amount, day.cost, day.uncosted] == decimals(3, 75, 30, 1)
    assert [hour.amount, hour.cost, hour.uncosted] == decimals(75, 30, 25)
    assert hour.tickets == 1
    assert all(value.quantity == value.amount == value.cost == 0 for value in nothing.values())
    assert all(value.tickets == value.amount == value.units == 0 for value in none.values())


class TestSeries:
    FIRST, LAST = date(2026, 11, 1), date(2026, 11, 4)

    def test_it_starts_when_something_happened_unless_goods_were_there(self) -> None:
        days = {date(2026, 11, 3): DayFacts(entered=Decimal(1))}

        empty = make_series((PRODUCT, BRANCH), days, Decimal(0), self.FIRST, self.LAST)
        stocked = make_series((PRODUCT, BRANCH), days, Decimal(5), self.FIRST, self.LAST)

        assert empty.first_day == date(2026, 11, 3)
        assert list(empty.quantities) == decimals(0, 0)
        assert stocked.first_day == self.FIRST

    def test_a_day_counts_as_stocked_if_goods_were_there_at_any_time(self) -> None:
        days = {
            date(2026, 11, 1): DayFacts(sold=Decimal(2), departed=Decimal(2)),
            date(2026, 11, 3): DayFacts(sold=Decimal(3), entered=Decimal(3), departed=Decimal(3)),
        }

        series = make_series((PRODUCT, BRANCH), days, Decimal(2), self.FIRST, self.LAST)

        assert list(series.quantities) == decimals(2, 0, 3, 0)
        assert series.in_stock == (True, False, True, False)

    def test_books_without_entries_say_nothing_of_the_shelf(self) -> None:
        days = {date(2026, 11, 2): DayFacts(sold=Decimal(1), departed=Decimal(1))}

        series = make_series((PRODUCT, BRANCH), days, Decimal(-5), self.FIRST, self.LAST)

        assert series.in_stock == (True, True, True)
