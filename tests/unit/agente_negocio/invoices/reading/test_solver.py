"""The arithmetic of a row: it chooses among what was read and admits what it cannot know."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.goods.solver import (
    MARK_COST,
    REPAIR_COST,
    Reading,
    RowReadings,
    cell_readings,
    solve_row,
)
from agente_negocio.invoices.reading.model import Discount
from agente_negocio.invoices.reading.numbers import Style


def readings(text: str, *, repair: bool = False, decimals: int | None = None) -> tuple[Reading, ...]:
    return cell_readings(text, Style.COMMA, repair=repair, decimals=decimals)


def row(quantity: str, price: str, subtotal: str, *discounts: str, repair: bool = False) -> RowReadings:
    return RowReadings(
        quantities=(readings(quantity, repair=repair),),
        prices=(readings(price, repair=repair),),
        discounts=tuple(readings(rate, repair=repair) for rate in discounts),
        subtotal=readings(subtotal, repair=repair),
    )


def test_discounts_act_in_cascade() -> None:
    solution = solve_row(row("1", "75.374,10", "42.965,39", "10", "33,33", "5"))

    assert solution is not None
    assert solution.discounts == (Discount(Decimal(10)), Discount(Decimal("33.33")), Discount(Decimal(5)))
    assert solution.cost == 0


def test_a_zero_discount_is_no_discount() -> None:
    solution = solve_row(row("2", "50,00", "100,00", "0,00"))

    assert solution is not None
    assert solution.discounts == ()


def test_a_row_that_does_not_multiply_has_no_solution() -> None:
    assert solve_row(row("2", "50,00", "101,00")) is None
    assert solve_row(row("2", "50,00", "100,02")) is None


def test_an_ambiguous_quantity_is_settled_by_the_sum() -> None:
    solution = solve_row(row("1.250", "100,00", "125,00"))

    assert solution is not None
    assert solution.quantity == Decimal("1.25")


def test_a_lost_decimal_mark_is_put_back_where_the_product_proves_it() -> None:
    plain = solve_row(row("12", "125000", "15000,00"))
    repaired = solve_row(row("12", "125000", "15000,00", repair=True))

    assert plain is None
    assert repaired is not None
    assert repaired.unit_price == Decimal("1250.00")
    assert MARK_COST <= repaired.cost < REPAIR_COST


def test_a_lost_mark_beside_a_figure_only_a_second_look_read_is_no_repair() -> None:
    plain = row("1", "124.803,41", "124,803,41", repair=True)
    solution = solve_row(replace(plain, quantities=((Reading(Decimal(1), 1),),)))

    assert solution is not None
    assert solution.subtotal == Decimal("124803.41")
    assert MARK_COST < solution.cost < REPAIR_COST


def test_two_lost_marks_are_only_a_proposal() -> None:
    repaired = solve_row(row("1200", "125000", "15000,00", repair=True))

    assert repaired is not None
    assert (repaired.quantity, repaired.unit_price) == (Decimal(12), Decimal(1250))
    assert repaired.cost >= REPAIR_COST


def test_a_letter_taken_for_a_digit_costs_a_second_look() -> None:
    solution = solve_row(row("l2", "1250,00", "15000,00", repair=True))

    assert solution is not None
    assert solution.quantity == 12
    assert solution.cost >= REPAIR_COST


def test_two_pairs_with_the_same_product_are_never_chosen_silently() -> None:
    hostile = RowReadings(
        quantities=((Reading(Decimal(12), 1), Reading(Decimal(24), 1)),),
        prices=((Reading(Decimal(100), 1), Reading(Decimal(50), 1)),),
        discounts=(),
        subtotal=(Reading(Decimal(1200), 0),),
    )

    solution = solve_row(hostile)

    assert solution is not None
    assert solution.ambiguous


def test_the_solver_never_answers_a_figure_that_was_not_read() -> None:
    cells = row("10", "9029,97", "72239,76", "20")

    solution = solve_row(cells)

    assert solution is not None
    assert solution.quantity in {reading.value for reading in cells.quantities[0]}
    assert solution.unit_price in {reading.value for reading in cells.prices[0]}
    assert solution.subtotal in {reading.value for reading in cells.subtotal}


def test_a_printed_amount_off_is_the_discount_when_no_rate_is_printed() -> None:
    cells = RowReadings(
        (readings("3"),), (readings("100,00"),), (), readings("270,00"), discount_amount=readings("30,00")
    )

    solution = solve_row(cells)

    assert solution is not None
    assert solution.discounts == (Discount(amount=Decimal("30.00")),)


def test_list_price_and_net_price_must_agree() -> None:
    agreeing = RowReadings(
        (readings("24"),),
        (readings("100,00"),),
        (readings("10"),),
        readings("2160,00"),
        net_price=readings("90,00"),
    )
    lying = RowReadings(
        (readings("24"),),
        (readings("100,00"),),
        (readings("12"),),
        readings("2160,00"),
        net_price=readings("90,00"),
    )

    assert solve_row(agreeing) is not None
    assert solve_row(lying) is None


@pytest.mark.parametrize("digits", [19, 30, 60])
def test_a_code_as_long_as_a_line_is_no_amount_and_no_crash(digits: int) -> None:
    assert cell_readings("9" * digits, Style.COMMA, decimals=2, repair=True) == cell_readings(
        "9" * digits, Style.COMMA
    )


def test_a_zero_amount_off_is_no_discount() -> None:
    solution = solve_row(
        replace(
            row("2", "100,00", "200,00"), discount_amount=(Reading(Decimal(5), 0), Reading(Decimal(0), 1))
        )
    )

    assert solution is not None
    assert solution.discounts == ()
