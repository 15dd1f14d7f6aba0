"""The solver, by properties: it only chooses, answers what is printed, and notices a wrong digit."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from agente_negocio.invoices.reading.goods.solver import (
    Reading,
    RowReadings,
    Solution,
    cell_readings,
    solve_row,
)
from agente_negocio.invoices.reading.model import Discount
from agente_negocio.invoices.reading.numbers import Style

CENT = Decimal("0.01")
QUANTITIES = st.one_of(st.integers(1, 9999).map(Decimal), st.decimals("0.001", "999.999", places=3))
PRICES = st.decimals("0.01", "999999.99", places=2)
RATES = st.lists(st.decimals("0.5", "99.5", places=2), max_size=2)


def spanish(value: Decimal) -> str:
    """As programs print: thousands by dots, decimals after a comma."""
    return f"{value:,f}".translate(str.maketrans(",.", ".,"))


def product(quantity: Decimal, price: Decimal, rates: Sequence[Decimal]) -> Decimal:
    found = quantity * price
    for rate in rates:
        found *= 1 - rate / 100
    return found


def printed_row(quantity: Decimal, price: Decimal, rates: Sequence[Decimal]) -> list[str]:
    """Quantity, price, subtotal, then discounts, as a row prints them."""
    subtotal = product(quantity, price, rates).quantize(CENT, rounding=ROUND_HALF_UP)
    quantity_text = f"{quantity:f}".replace(".", ",")
    return [quantity_text, spanish(price), spanish(subtotal), *map(spanish, rates)]


def cells(texts: Sequence[str], *, repair: bool) -> RowReadings:
    quantity, price, subtotal, *rates = (
        cell_readings(text, Style.COMMA, decimals=2, repair=repair) for text in texts
    )
    return RowReadings((quantity,), (price,), tuple(rates), subtotal)


def plain_values(texts: Sequence[str]) -> list[Decimal]:
    """The numbers in the document's style, read apart from the engine."""
    return [Decimal(text.replace(".", "").replace(",", ".")) for text in texts]


def rates_of(solution: Solution) -> list[Decimal]:
    return [step.rate for step in solution.discounts if step.rate is not None]


@given(QUANTITIES, PRICES, RATES)
def test_a_row_solves_to_exactly_what_it_prints(
    quantity: Decimal, price: Decimal, rates: list[Decimal]
) -> None:
    texts = printed_row(quantity, price, rates)

    _, _, subtotal, *_ = plain_values(texts)
    expected = Solution(quantity, price, tuple(Discount(rate=rate) for rate in rates), subtotal, cost=0)
    assert solve_row(cells(texts, repair=False)) == solve_row(cells(texts, repair=True)) == expected


@settings(max_examples=400)
@given(QUANTITIES, PRICES, RATES, st.data())
def test_one_wrong_digit_is_noticed_unless_the_row_closes_with_it(
    quantity: Decimal, price: Decimal, rates: list[Decimal], data: st.DataObject
) -> None:
    texts = printed_row(quantity, price, rates)
    cell = data.draw(st.integers(0, len(texts) - 1))
    place = data.draw(st.sampled_from([n for n, sign in enumerate(texts[cell]) if sign.isdigit()]))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != texts[cell][place]]))
    texts[cell] = texts[cell][:place] + digit + texts[cell][place + 1 :]

    solution = solve_row(cells(texts, repair=data.draw(st.booleans())))

    if solution is None or solution.ambiguous or solution.cost > 0:
        return
    seen_quantity, seen_price, seen_subtotal, *seen_rates = plain_values(texts)
    assert (solution.quantity, solution.unit_price, solution.subtotal) == (
        seen_quantity,
        seen_price,
        seen_subtotal,
    )
    assert rates_of(solution) == [rate for rate in seen_rates if rate]
    assert abs(product(seen_quantity, seen_price, seen_rates) - seen_subtotal) <= CENT


SMALL = st.integers(1, 12).map(Decimal)
CELL = st.lists(st.builds(Reading, SMALL, st.integers(0, 4)), min_size=1, max_size=3).map(tuple)
RATE_CELL = st.lists(
    st.builds(Reading, st.sampled_from([Decimal(each) for each in (0, 10, 20, 50, 120)]), st.integers(0, 2)),
    min_size=1,
    max_size=2,
).map(tuple)
SUBTOTAL = st.lists(
    st.builds(Reading, st.integers(1, 144).map(Decimal), st.integers(0, 4)), min_size=1, max_size=8
).map(tuple)
MAYBE = st.one_of(st.just(()), CELL)
ROWS = st.builds(
    RowReadings,
    quantities=st.lists(CELL, min_size=1, max_size=2).map(tuple),
    prices=st.lists(CELL, min_size=1, max_size=2).map(tuple),
    discounts=st.lists(RATE_CELL, max_size=2).map(tuple),
    subtotal=SUBTOTAL,
    net_price=MAYBE,
    discount_amount=MAYBE,
    internal=MAYBE,
)


def values_of(row: Sequence[Reading]) -> set[Decimal]:
    return {reading.value for reading in row}


@settings(max_examples=300)
@given(ROWS)
def test_every_figure_of_an_answer_was_read(row: RowReadings) -> None:
    solution = solve_row(row)
    if solution is None:
        return

    assert solution.quantity in set().union(*map(values_of, row.quantities))
    assert solution.unit_price in set().union(*map(values_of, row.prices))
    assert solution.subtotal in values_of(row.subtotal)
    assert all(step.amount in values_of(row.discount_amount) for step in solution.discounts if not step.rate)
    assert is_in_order(rates_of(solution), row.discounts)


def is_in_order(rates: Sequence[Decimal], printed: Sequence[Sequence[Reading]]) -> bool:
    """Whether each rate comes from a cell of its own, in their order; cells left out read nothing off."""
    columns: Iterator[Sequence[Reading]] = iter(printed)
    return all(any(rate in values_of(column) for column in columns) for rate in rates)


@settings(max_examples=300)
@given(ROWS)
def test_every_answer_multiplies(row: RowReadings) -> None:
    solution = solve_row(row)
    if solution is None:
        return

    rates = rates_of(solution)
    gross = solution.quantity * solution.unit_price
    whole = product(solution.quantity, solution.unit_price, rates)
    off = sum((step.amount for step in solution.discounts if step.amount is not None), Decimal(0))
    ways = [whole - off, gross - off, *(whole + each for each in values_of(row.internal))]
    ways += [solution.quantity * net for net in values_of(row.net_price)]
    ways += [gross - each for each in values_of(row.discount_amount)]
    assert any(abs(way - solution.subtotal) <= CENT for way in ways)


@settings(max_examples=200)
@given(ROWS)
def test_a_cheaper_answer_is_never_passed_over(row: RowReadings) -> None:
    """Without its answer's cost no reading is worth more: dropping the dear ones keeps a cheap answer."""
    solution = solve_row(row)
    if solution is None:
        return

    affordable = RowReadings(
        quantities=tuple(_within(cell, solution.cost) for cell in row.quantities),
        prices=tuple(_within(cell, solution.cost) for cell in row.prices),
        discounts=tuple(_within(cell, solution.cost) for cell in row.discounts),
        subtotal=_within(row.subtotal, solution.cost),
        net_price=_within(row.net_price, solution.cost),
        discount_amount=_within(row.discount_amount, solution.cost),
        internal=_within(row.internal, solution.cost),
    )
    again = solve_row(affordable)
    assert again is not None
    assert again.cost == solution.cost


def _within(cell: Sequence[Reading], cost: int) -> tuple[Reading, ...]:
    return tuple(reading for reading in cell if reading.cost <= cost)
