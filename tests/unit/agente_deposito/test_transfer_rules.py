"""Whatever is counted on arrival, goods are neither made nor lost without a reason."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_deposito.stock.rules import MovementKind
from agente_deposito.transfers.errors import NothingToShipError, NotInTransferError
from agente_deposito.transfers.rules import (
    REASONS,
    Arrived,
    TransferLine,
    receiving,
    shipping,
    to_ship,
)

ORIGIN, UNDER_WAY, DESTINATION, PRODUCT = (UUID(int=n) for n in range(1, 5))
QUANTITIES = st.decimals(0, 10_000, places=3)


def line(shipped: Decimal | None, quantity: Decimal = Decimal(5)) -> TransferLine:
    return TransferLine(PRODUCT, "Yerba", quantity, shipped, None, None)


@given(shipped=QUANTITIES, counted=QUANTITIES, reason=st.sampled_from(sorted(REASONS)))
def test_what_was_counted_arrives_and_every_other_unit_is_told(
    shipped: Decimal, counted: Decimal, reason: MovementKind
) -> None:
    legs = receiving(
        line(shipped),
        Arrived(PRODUCT, counted, reason),
        origin=ORIGIN,
        under_way=UNDER_WAY,
        destination=DESTINATION,
    )

    def moved(**ends: UUID | None) -> Decimal:
        chosen = [leg for leg in legs if all(getattr(leg, end) == place for end, place in ends.items())]
        return sum((leg.quantity for leg in chosen), Decimal(0))

    assert all(leg.quantity > 0 for leg in legs)
    assert moved(to=DESTINATION) == counted
    assert moved(start=UNDER_WAY) == shipped
    lost, returned = moved(to=None), moved(to=ORIGIN)
    assert (lost, returned)[reason is MovementKind.ENTRY_ERROR] == max(shipped - counted, Decimal(0))
    assert (lost, returned)[reason is not MovementKind.ENTRY_ERROR] == 0
    assert moved(start=ORIGIN) == max(counted - shipped, Decimal(0))
    assert {leg.kind for leg in legs if leg.to is None} <= {reason}


def test_what_is_not_counted_leaves_as_asked_for() -> None:
    other = TransferLine(UUID(int=9), "Azúcar", Decimal(2), None, None, None)

    shipped = to_ship([line(None), other], {PRODUCT: Decimal(0)})

    assert shipped == {PRODUCT: Decimal(0), other.product_id: Decimal(2)}
    legs = shipping(shipped, ORIGIN, UNDER_WAY)
    assert [(leg.product_id, leg.quantity, leg.start, leg.to) for leg in legs] == [
        (other.product_id, Decimal(2), ORIGIN, UNDER_WAY)
    ]


def test_an_empty_van_and_strange_goods_do_not_leave() -> None:
    with pytest.raises(NothingToShipError):
        to_ship([line(None)], {PRODUCT: Decimal(0)})
    with pytest.raises(NotInTransferError):
        to_ship([line(None)], {UUID(int=77): Decimal(1)})
