"""Lines of one reservation share what is free; none is promised twice."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agente_deposito.reservations.rules import NewReservation, ReservedLine, content_hash, find_shortages

PRODUCTS = [UUID(int=n) for n in range(1, 4)]
PLACE = UUID(int=9)
LINES = st.lists(
    st.builds(ReservedLine, st.sampled_from(PRODUCTS), st.just(PLACE), st.decimals("0.001", 100, places=3)),
    min_size=1,
    max_size=8,
)
FREE = st.dictionaries(
    st.tuples(st.sampled_from(PRODUCTS), st.just(PLACE)), st.decimals(-50, 200, places=3), max_size=3
)


@given(lines=LINES, free=FREE)
def test_nothing_is_short_exactly_when_the_sums_fit(
    lines: list[ReservedLine], free: dict[tuple[UUID, UUID], Decimal]
) -> None:
    short = find_shortages(lines, free)

    wanted: dict[UUID, Decimal] = {}
    for line in lines:
        wanted[line.product_id] = wanted.get(line.product_id, Decimal(0)) + line.quantity
    fits = all(quantity <= free.get((product, PLACE), Decimal(0)) for product, quantity in wanted.items())
    assert (short == []) == fits
    assert all(0 <= one.available < one.requested for one in short)
    assert [one.line for one in short] == sorted(one.line for one in short)


@given(lines=LINES, ref=st.none() | st.text(max_size=5))
def test_a_retry_is_known_by_what_it_wants(lines: list[ReservedLine], ref: str | None) -> None:
    first = NewReservation(UUID(int=1), lines, timedelta(minutes=5), ref)
    retry = NewReservation(UUID(int=1), tuple(lines), timedelta(minutes=9), ref)
    other = NewReservation(UUID(int=1), [*lines, lines[0]], timedelta(minutes=5), ref)

    assert content_hash(first) == content_hash(retry) != content_hash(other)
