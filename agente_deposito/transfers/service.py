"""What the business does with transfers: ask for goods, ship them, receive them, undo the last step."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.service import places, products
from agente_deposito.stock.errors import UnknownProductError
from agente_deposito.stock.rules import Actor, MovementLine, Posted, Posting
from agente_deposito.stock.service import moving as stock
from agente_deposito.transfers import repository
from agente_deposito.transfers.errors import (
    OtherEndError,
    SamePlaceError,
    TransferIdReusedError,
    TransferNotFoundError,
    TransferPlaceError,
    TransferStateError,
)
from agente_deposito.transfers.rules import (
    STEPS,
    Arrived,
    Leg,
    NewTransfer,
    Place,
    Step,
    StepDone,
    Transfer,
    TransferFilter,
    TransferStatus,
    check_products,
    content_hash,
    receiving,
    shipping,
    step_to_undo,
    to_ship,
)
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now

_UNDOES = {TransferStatus.SHIPPED: Step.UNDO_SHIP, TransferStatus.RECEIVED: Step.UNDO_RECEIVE}


async def list_transfers(
    session: AsyncSession,
    branches: Branches,
    wanted: TransferFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Transfer]:
    """From and to the caller's branches, newest first; one more than `limit` when there are more."""
    return await repository.list_transfers(session, branches, wanted, after=after, limit=limit)


async def read(session: AsyncSession, transfer_id: UUID, branches: Branches) -> Transfer:
    """One of them. Raises TransferNotFoundError."""
    found = await repository.find(session, transfer_id, branches)
    if found is None:
        raise TransferNotFoundError("No such transfer.")
    return found


async def ask_for(session: AsyncSession, wanted: NewTransfer, actor: Actor) -> tuple[Transfer, bool]:
    """A draft from one of the caller's places, or to one; the second part tells a repeat.

    Raises SamePlaceError, TransferPlaceError, UnknownProductError, TransferIdReusedError.
    """
    await _check_ends(session, wanted, actor)
    known = await products.existing_ids(session, list(wanted.quantities))
    for number, product_id in enumerate(wanted.quantities):
        if product_id not in known:
            raise UnknownProductError(product_id, line=number)
    request_hash = content_hash(wanted)
    is_new = await repository.add(session, wanted, request_hash, by=actor.id)
    if not is_new and await repository.find_hash(session, wanted.id) != request_hash:
        raise TransferIdReusedError("Another transfer has this id.")
    return await read(session, wanted.id, actor.branches), not is_new


async def ship(
    session: AsyncSession, transfer_id: UUID, counted: Mapping[UUID, Decimal], actor: Actor
) -> Transfer:
    """The goods leave. counted: where it differs from what was asked for.

    Raises TransferNotFoundError, OtherEndError, TransferStateError, NotInTransferError, NothingToShipError,
    InsufficientStockError.
    """
    found = await read(session, transfer_id, actor.branches)
    _check_end(found.origin, actor)
    shipped = to_ship(found.lines, counted)
    under_way = await places.open_transit(session, found.destination.branch_id)
    legs = shipping(shipped, found.origin.location_id, under_way)
    await _take(session, found, Step.SHIP, legs, actor)
    await repository.set_shipped(session, transfer_id, shipped)
    return await read(session, transfer_id, actor.branches)


async def receive(
    session: AsyncSession, transfer_id: UUID, counted: Sequence[Arrived], actor: Actor
) -> Transfer:
    """The goods arrive. counted: where it differs from what was shipped; every difference is settled.

    Raises TransferNotFoundError, OtherEndError, TransferStateError, NotInTransferError, and
    InsufficientStockError when more arrived than the origin had.
    """
    found = await read(session, transfer_id, actor.branches)
    _check_end(found.destination, actor)
    check_products(found.lines, [one.product_id for one in counted])
    by_product = {one.product_id: one for one in counted}
    under_way = await places.open_transit(session, found.destination.branch_id)
    arrived = [
        by_product.get(line.product_id, Arrived(line.product_id, line.shipped or Decimal(0)))
        for line in found.lines
    ]
    legs = [
        leg
        for line, one in zip(found.lines, arrived, strict=True)
        for leg in receiving(
            line,
            one,
            origin=found.origin.location_id,
            under_way=under_way,
            destination=found.destination.location_id,
        )
    ]
    await _take(session, found, Step.RECEIVE, legs, actor)
    await repository.set_received(session, transfer_id, arrived)
    return await read(session, transfer_id, actor.branches)


async def undo(session: AsyncSession, transfer_id: UUID, reason: str, actor: Actor) -> Transfer:
    """Take the last step back: received goods are under way again, shipped ones where they were.

    Raises TransferNotFoundError, OtherEndError, TransferStateError.
    """
    found = await read(session, transfer_id, actor.branches)
    step = _UNDOES.get(found.status)
    if step is None:
        raise TransferStateError(found.status)
    _check_end(found.origin if step is Step.UNDO_SHIP else found.destination, actor)
    undone = step_to_undo(found.steps, step)
    await _lock(session, found, step, await _keys_of(session, found))
    for posting_id in (undone.arrival_id, undone.departure_id):
        if posting_id is not None:
            await stock.reverse(session, posting_id, occurred_at=utc_now(), by=actor.id, note=reason)
    await _note(session, found, step, actor, note=reason)
    await repository.clear(session, transfer_id, step)
    return await read(session, transfer_id, actor.branches)


async def cancel(session: AsyncSession, transfer_id: UUID, reason: str, actor: Actor) -> Transfer:
    """Give a draft up. Raises TransferNotFoundError, TransferStateError."""
    found = await read(session, transfer_id, actor.branches)
    await _lock(session, found, Step.CANCEL, [])
    await _note(session, found, Step.CANCEL, actor, note=reason)
    return await read(session, transfer_id, actor.branches)


async def _check_ends(session: AsyncSession, wanted: NewTransfer, actor: Actor) -> None:
    if wanted.from_location_id == wanted.to_location_id:
        raise SamePlaceError
    ends = {"from_location_id": wanted.from_location_id, "to_location_id": wanted.to_location_id}
    known = await places.live_locations(session, list(ends.values()), None)
    for field, location_id in ends.items():
        if location_id not in known or known[location_id].kind == "transit":
            raise TransferPlaceError(field)
    if actor.branches is not None and not actor.branches & {place.branch_id for place in known.values()}:
        raise TransferPlaceError("from_location_id")


def _check_end(place: Place, actor: Actor) -> None:
    if actor.branches is not None and place.branch_id not in actor.branches:
        raise OtherEndError("Not the caller's end.")


async def _take(
    session: AsyncSession, found: Transfer, step: Step, legs: Sequence[Leg], actor: Actor
) -> None:
    """Move the goods of a step: first what leaves, then, at the value it left with, what arrives."""
    ends = {(leg.product_id, place) for leg in legs for place in (leg.start, leg.to) if place is not None}
    await _lock(session, found, step, list(ends))
    source, now = f"transfer:{found.id}:{len(found.steps) + 1}", utc_now()
    departure = arrival = None
    if legs:
        posting = Posting(f"{source}:out", now, actor.id, found.note)
        departure = await stock.post(session, posting, [leg.departure() for leg in legs])
        arrivals = _arrivals(legs, departure)
        if arrivals:
            posting = Posting(f"{source}:in", now, actor.id, found.note)
            arrival = await stock.post(session, posting, arrivals)
    await _note(session, found, step, actor, departure=departure, arrival=arrival)


def _arrivals(legs: Sequence[Leg], departure: Posted) -> list[MovementLine]:
    departed = {movement.line: movement for movement in departure.movements}
    return [leg.arrival(departed[number]) for number, leg in enumerate(legs, start=1) if leg.to is not None]


async def _lock(
    session: AsyncSession, found: Transfer, step: Step, keys: Sequence[tuple[UUID, UUID]]
) -> None:
    """Balances first, the transfer second, as everywhere; then nobody else takes this step."""
    if keys:
        await stock.lock(session, keys)
    status, version = await repository.lock(session, found.id)
    if status is not STEPS[step][0] or version != found.version:
        raise TransferStateError(status)


async def _keys_of(session: AsyncSession, found: Transfer) -> list[tuple[UUID, UUID]]:
    under_way = await places.open_transit(session, found.destination.branch_id)
    ends = (found.origin.location_id, under_way, found.destination.location_id)
    return [(line.product_id, place) for line in found.lines for place in ends]


async def _note(  # noqa: PLR0913  what a step records are these
    session: AsyncSession,
    found: Transfer,
    step: Step,
    actor: Actor,
    *,
    departure: Posted | None = None,
    arrival: Posted | None = None,
    note: str | None = None,
) -> None:
    done = StepDone(
        number=len(found.steps) + 1,
        step=step,
        done_by=actor.id,
        done_at=utc_now(),
        departure_id=departure.posting_id if departure else None,
        arrival_id=arrival.posting_id if arrival else None,
        note=note,
    )
    await repository.add_step(session, found.id, done, STEPS[step][1])
