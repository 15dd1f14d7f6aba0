"""Decisions of the ledger, of receipts and of the stock list."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from agente_deposito.overview.rules import average_cost, margin
from agente_deposito.receipts.rules import lines_to_post
from agente_deposito.stock.errors import BadDateError, CostNeededError, RangeTooLongError, WrongSignError
from agente_deposito.stock.rules import (
    MovementKind,
    MovementLine,
    check_asked_instant,
    check_lines,
    check_occurred_at,
    check_range,
    document_link,
    is_owned_by_document,
    start_of_day,
)
from shared.events.contracts import ReceivedLine

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def line(kind: MovementKind, quantity: str, unit_cost: str | None = None) -> MovementLine:
    cost = None if unit_cost is None else Decimal(unit_cost)
    return MovementLine(uuid4(), uuid4(), kind, Decimal(quantity), cost)


@pytest.mark.parametrize(
    ("kind", "quantity", "is_right"),
    [
        (MovementKind.RECEIPT, "1", True),
        (MovementKind.RECEIPT, "-1", False),
        (MovementKind.OPENING, "0", False),
        (MovementKind.BROKEN, "-1", True),
        (MovementKind.BROKEN, "1", False),
        (MovementKind.ADJUSTMENT, "1", True),
        (MovementKind.ADJUSTMENT, "-1", True),
        (MovementKind.ADJUSTMENT, "0", False),
    ],
)
def test_signs_go_with_kinds(kind: MovementKind, quantity: str, *, is_right: bool) -> None:
    if is_right:
        check_lines([line(kind, quantity)])
        return
    with pytest.raises(WrongSignError) as refused:
        check_lines([line(MovementKind.ADJUSTMENT, "1"), line(kind, quantity)])
    assert refused.value.fields == ("lines[1].quantity",)


def test_a_revaluation_says_its_cost_and_moves_nothing() -> None:
    check_lines([line(MovementKind.REVALUATION, "0", "5")])
    with pytest.raises(CostNeededError):
        check_lines([line(MovementKind.REVALUATION, "0")])
    with pytest.raises(WrongSignError):
        check_lines([line(MovementKind.REVALUATION, "1", "5")])


@pytest.mark.parametrize(
    "instant",
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), NOW + timedelta(hours=24)],
)
def test_absurd_instants_are_refused(instant: datetime) -> None:
    with pytest.raises(BadDateError):
        check_occurred_at(instant, now=NOW)


def test_a_till_may_be_some_hours_ahead() -> None:
    check_occurred_at(NOW + timedelta(hours=22), now=NOW)
    check_asked_instant(NOW, field="at")
    with pytest.raises(BadDateError):
        check_asked_instant(datetime.max.replace(tzinfo=UTC), field="at")


def test_days_begin_in_argentina() -> None:
    assert start_of_day(date(2026, 11, 21), field="from").astimezone(UTC).hour == 3
    with pytest.raises(BadDateError):
        start_of_day(date.max, field="to")


@pytest.mark.parametrize(("last", "is_right"), [(0, True), (6, True), (7, False), (-1, False)])
def test_ranges_hold_so_many_days(last: int, *, is_right: bool) -> None:
    first = date(2026, 11, 1)
    if is_right:
        check_range(first, first + timedelta(days=last), maximum_days=7)
        return
    with pytest.raises(RangeTooLongError):
        check_range(first, first + timedelta(days=last), maximum_days=7)


def test_documents_have_links_and_own_their_postings() -> None:
    assert document_link("invoice:1") == "/api/v1/invoices/1"
    assert document_link("sale:1") == "/api/v1/sales/1"
    assert document_link("movement:1") is None
    assert is_owned_by_document("sale:1")
    assert not is_owned_by_document("adjustment:1")


@pytest.mark.parametrize(
    ("quantity", "cost", "value", "expected"),
    [
        ("12", "10.55555", None, (MovementKind.RECEIPT, Decimal(12), Decimal("10.5556"), None)),
        ("7", "14.2857", "100", (MovementKind.RECEIPT, Decimal(7), Decimal("14.2857"), Decimal(100))),
        ("-2", "10", "-20", (MovementKind.SUPPLIER_RETURN, Decimal(-2), None, Decimal(-20))),
        ("0", None, "-25.5", (MovementKind.REVALUATION, Decimal(0), None, Decimal("-25.5"))),
        ("0", None, "0", None),
        ("0.0004", "1", None, None),
    ],
)
def test_lines_of_papers_become_movements(
    quantity: str, cost: str | None, value: str | None, expected: tuple[object, ...] | None
) -> None:
    received = ReceivedLine(
        line_id=uuid4(),
        product_id=uuid4(),
        quantity=Decimal(quantity),
        unit_cost_ars=None if cost is None else Decimal(cost),
        value_ars=None if value is None else Decimal(value),
    )

    posted = lines_to_post([received], uuid4())

    assert [(one.kind, one.quantity, one.unit_cost, one.value) for one in posted] == (
        [] if expected is None else [expected]
    )


def test_margins_know_whether_costs_carry_iva() -> None:
    price, cost, rate = Decimal(121), Decimal(80), Decimal(21)

    assert margin(price, cost, rate, costs_are_net=True) == Decimal("0.2")
    assert margin(price, cost, rate, costs_are_net=False) == Decimal("0.3388")
    assert margin(None, cost, rate, costs_are_net=True) is None
    assert margin(price, None, rate, costs_are_net=True) is None
    assert margin(Decimal(0), cost, rate, costs_are_net=True) is None


def test_what_a_unit_is_worth() -> None:
    assert average_cost(Decimal(3), Decimal(10), Decimal(5)) == Decimal("3.3333")
    assert average_cost(Decimal(0), Decimal(0), Decimal(5)) == Decimal(5)
    assert average_cost(Decimal(3), Decimal(0), None) is None
