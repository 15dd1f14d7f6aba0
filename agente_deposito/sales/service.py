"""What the business does with sales: recording, voiding, and what they add up to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.rules.values import FoundCode
from agente_deposito.catalog.service import places, products
from agente_deposito.reservations import service as reservations
from agente_deposito.sales import repository
from agente_deposito.sales.errors import (
    AlreadyVoidedError,
    BranchUnknownError,
    RepeatedSaleError,
    SaleIdReusedError,
    SaleNotFoundError,
    UnknownCodeError,
)
from agente_deposito.sales.rules import (
    DayFacts,
    PricedLine,
    RecordSale,
    Series,
    SoldLine,
    SoldTicket,
    add_up,
    check_costs,
    check_payments,
    content_hash,
    make_series,
    price_line,
    total_of,
)
from agente_deposito.stock.errors import SourceReusedError, UnknownProductError
from agente_deposito.stock.rules import (
    Actor,
    MovementKind,
    MovementLine,
    Posted,
    Posting,
    check_occurred_at,
    check_range,
    start_of_day,
)
from agente_deposito.stock.service import moving as stock
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now
from shared.kernel.errors import DomainError

_ONE = Decimal(1)
_LONGEST_SUMMARY_DAYS = 800
_LONGEST_SERIES_DAYS = 1200


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records, and the branches that person may sell in."""

    actor_id: UUID
    branches: Branches


@dataclass(frozen=True, slots=True)
class SaleView:
    """A sale as it stands."""

    row: Row[Any]
    lines: Sequence[Row[Any]]
    payments: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A sale and whether it had been recorded before. posted is None for a replay."""

    view: SaleView
    is_replay: bool
    posted: Posted | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one sale of a batch: created, replayed or rejected, with the refusal."""

    sale_id: UUID
    status: str
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A sale that nothing but the stock policy can refuse."""

    sale: RecordSale
    request_hash: bytes
    location_id: UUID
    lines: tuple[PricedLine, ...]
    total: Decimal

    @property
    def keys(self) -> set[tuple[UUID, UUID]]:
        """The balances it takes from."""
        return {(line.product_id, self.location_id) for line in self.lines}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the lines of some sales refer to."""

    shops: Mapping[UUID, UUID]
    codes: Mapping[str, FoundCode]
    product_ids: Collection[UUID]


async def record_sale(session: AsyncSession, sale: RecordSale, recorder: Recorder) -> Recorded:
    """Take a sale's goods out of its branch's shop, once.

    Raises SaleIdReusedError for the same id with other content, BranchUnknownError, UnknownCodeError,
    UnknownProductError, DiscountTooLargeError, TooLargeError, TooLittleError, PaymentsDifferError,
    BadDateError, InsufficientStockError, and for a promise ReservationNotFoundError, ReservationEndedError.
    """
    request_hash = content_hash(sale)
    known_hash = (await repository.find_hashes(session, [sale.id])).get(sale.id)
    if known_hash is not None:
        if known_hash != request_hash:
            raise SaleIdReusedError("Another sale has this id.")
        return Recorded(await read_sale(session, sale.id, recorder.branches), is_replay=True, posted=None)
    known = await _look_up(session, [sale], recorder)
    posted, ticket = await _write(session, _prepare(sale, request_hash, known), recorder)
    if ticket is not None:
        await repository.add_to_days(session, *add_up([ticket]))
    view = await read_sale(session, sale.id, recorder.branches)
    return Recorded(view, is_replay=ticket is None, posted=posted)


async def record_batch(
    session: AsyncSession, sales: Sequence[RecordSale], recorder: Recorder
) -> list[Verdict]:
    """Record each sale or say why not; one that is refused does not touch the others.

    Every balance is locked first, in key order, and sales are written in the order of their ids, so
    that batches and single sales never wait for each other in a circle.
    """
    verdicts: dict[int, Verdict] = {}
    ready: dict[int, _Ready] = {}
    hashes = await repository.find_hashes(session, [sale.id for sale in sales])
    known = await _look_up(session, [sale for sale in sales if sale.id not in hashes], recorder)
    seen: set[UUID] = set()
    for number, sale in enumerate(sales):
        outcome = _judge(sale, seen, hashes, known)
        if isinstance(outcome, _Ready):
            ready[number] = outcome
        else:
            verdicts[number] = outcome
        seen.add(sale.id)
    if ready:
        await stock.lock(session, {key for one in ready.values() for key in one.keys})
    tickets = []
    for number, one in sorted(ready.items(), key=lambda item: item[1].sale.id):
        verdicts[number], ticket = await _try(session, one, recorder)
        if ticket is not None:
            tickets.append(ticket)
    await repository.add_to_days(session, *add_up(tickets))
    return [verdicts[number] for number in range(len(sales))]


async def void_sale(session: AsyncSession, sale_id: UUID, reason: str, recorder: Recorder) -> SaleView:
    """Bring a sale's goods back, once. Raises SaleNotFoundError, AlreadyVoidedError."""
    view = await read_sale(session, sale_id, recorder.branches)
    if view.row.voided_at is not None:
        raise AlreadyVoidedError(sale_id)
    now = utc_now()
    reversal = await stock.reverse(
        session,
        view.row.posting_id,
        occurred_at=now,
        by=recorder.actor_id,
        note=reason,
        kind=MovementKind.SALE_VOID,
    )
    if reversal.is_replay:
        raise AlreadyVoidedError(sale_id)
    await repository.mark_void(
        session, sale_id, at=now, by=recorder.actor_id, reason=reason, posting_id=reversal.posting_id
    )
    ticket = SoldTicket(
        view.row.branch_id, view.row.occurred_at, tuple(_sold(line) for line in view.lines), sign=-1
    )
    await repository.add_to_days(session, *add_up([ticket]))
    return await read_sale(session, sale_id, recorder.branches)


async def read_sale(session: AsyncSession, sale_id: UUID, branches: Branches) -> SaleView:
    """One sale. Raises SaleNotFoundError."""
    row = await repository.find_sale(session, sale_id, branches)
    if row is None:
        raise SaleNotFoundError("No such sale.")
    lines = await repository.lines_of(session, [sale_id])
    payments = await repository.payments_of(session, [sale_id])
    return SaleView(row, lines.get(sale_id, []), payments.get(sale_id, []))


async def list_sales(  # noqa: PLR0913  the filters of the list are these
    session: AsyncSession,
    branches: Branches,
    *,
    branch_id: UUID | None,
    first: date | None,
    last: date | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The latest first, of Argentine days; one more than `limit` when there are more."""
    return await repository.list_sales(
        session,
        branches,
        branch_id=branch_id,
        first=start_of_day(first, field="from") if first else None,
        last=start_of_day(last, field="to") + timedelta(days=1) if last else None,
        after=after,
        limit=limit,
    )


async def summarise(
    session: AsyncSession, branches: Branches, *, branch_id: UUID | None, first: date, last: date
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """Sales by day and by hour of the week, both days included. Raises RangeTooLongError."""
    check_range(first, last, maximum_days=_LONGEST_SUMMARY_DAYS)
    return await repository.summary(session, branches, branch_id=branch_id, first=first, last=last)


async def daily_series(  # noqa: PLR0913  the filters of the list are these
    session: AsyncSession,
    branches: Branches,
    *,
    first: date,
    last: date,
    branch_id: UUID | None,
    product_id: UUID | None,
    after: tuple[UUID, UUID] | None,
    limit: int,
) -> tuple[list[Series], tuple[UUID, UUID] | None]:
    """Demand per product, branch and day, and the key to continue after. Raises RangeTooLongError.

    A key whose every day is empty is left out, so a page may hold fewer series than `limit`.
    """
    check_range(first, last, maximum_days=_LONGEST_SERIES_DAYS)
    keys = await repository.series_keys(
        session, branches, branch_id=branch_id, product_id=product_id, after=after, limit=limit
    )
    shown = keys[:limit]
    before = first - timedelta(days=1)
    facts = await repository.day_facts(session, shown, before=before, first=first, last=last)
    series = [_series(key, facts[key], before, first, last) for key in shown]
    more = shown[-1] if len(keys) > limit else None
    return [one for one in series if one is not None], more


def _series(
    key: tuple[UUID, UUID], days: dict[date, DayFacts], before: date, first: date, last: date
) -> Series | None:
    earlier = days.pop(before, DayFacts())
    opening = earlier.entered - earlier.departed
    if not days and opening <= 0:
        return None
    return make_series(key, days, opening, first, last)


async def _look_up(session: AsyncSession, sales: Sequence[RecordSale], recorder: Recorder) -> _Known:
    codes = {line.code for sale in sales for line in sale.lines if line.code is not None}
    ids = {line.product_id for sale in sales for line in sale.lines if line.product_id is not None}
    branch_ids = {sale.branch_id for sale in sales}
    return _Known(
        await places.shops_of(session, branch_ids, recorder.branches),
        await products.resolve_codes(session, codes) if codes else {},
        await products.existing_ids(session, ids) if ids else (),
    )


def _judge(
    sale: RecordSale, seen: Collection[UUID], hashes: Mapping[UUID, bytes], known: _Known
) -> _Ready | Verdict:
    """Ready to be written, or what else there is to say of it."""
    try:
        if sale.id in seen:
            raise RepeatedSaleError("Twice in the batch.")
        request_hash = content_hash(sale)
        if sale.id in hashes:
            if hashes[sale.id] != request_hash:
                raise SaleIdReusedError("Another sale has this id.")
            return Verdict(sale.id, "replayed")
        return _prepare(sale, request_hash, known)
    except DomainError as error:
        return Verdict(sale.id, "rejected", error)


def _prepare(sale: RecordSale, request_hash: bytes, known: _Known) -> _Ready:
    check_occurred_at(sale.occurred_at, now=utc_now())
    location_id = known.shops.get(sale.branch_id)
    if location_id is None:
        raise BranchUnknownError("Unknown branch.", fields=("branch_id",))
    lines = tuple(
        price_line(line, *_product_of(line.code, line.product_id, known, number), number=number)
        for number, line in enumerate(sale.lines)
    )
    total = total_of(lines)
    check_payments(sale.payments, total)
    return _Ready(sale, request_hash, location_id, lines, total)


def _product_of(
    code: str | None, product_id: UUID | None, known: _Known, number: int
) -> tuple[UUID, Decimal]:
    if code is not None:
        found = known.codes.get(code)
        if found is None:
            raise UnknownCodeError(code, line=number)
        return found.product_id, found.factor
    if product_id is None or product_id not in known.product_ids:
        raise UnknownProductError(product_id or UUID(int=0), line=number)
    return product_id, _ONE


async def _try(session: AsyncSession, ready: _Ready, recorder: Recorder) -> tuple[Verdict, SoldTicket | None]:
    """Write one sale of a batch within a savepoint of its own."""
    try:
        async with session.begin_nested():
            _, ticket = await _write(session, ready, recorder)
    except DomainError as error:
        return Verdict(ready.sale.id, "rejected", error), None
    return Verdict(ready.sale.id, "created" if ticket else "replayed"), ticket


async def _write(
    session: AsyncSession, ready: _Ready, recorder: Recorder
) -> tuple[Posted, SoldTicket | None]:
    """Post and record; no ticket when the same sale was recorded by somebody else in the meantime."""
    sale = ready.sale
    posting = Posting(f"sale:{sale.id}", sale.occurred_at, recorder.actor_id)
    if sale.reservation_id is not None:
        await stock.lock(session, ready.keys)
        actor = Actor(recorder.actor_id, recorder.branches)
        await reservations.keep(session, sale.reservation_id, posting.source, actor)
    moves = [
        MovementLine(line.product_id, ready.location_id, MovementKind.SALE, -line.base_quantity)
        for line in ready.lines
    ]
    try:
        posted = await stock.post(session, posting, moves)
    except SourceReusedError as error:
        raise SaleIdReusedError("Another sale has this id.") from error
    if posted.is_replay:
        hashes = await repository.find_hashes(session, [sale.id])
        if hashes.get(sale.id) != ready.request_hash:
            raise SaleIdReusedError("Another sale has this id.")
        return posted, None
    costs = [None if move.unit_cost is None else -move.value for move in posted.movements[: len(moves)]]
    check_costs(costs)
    await repository.add_sale(
        session,
        sale,
        ready.lines,
        location_id=ready.location_id,
        posting_id=posted.posting_id,
        request_hash=ready.request_hash,
        recorded_by=recorder.actor_id,
        total=ready.total,
        costs=costs,
    )
    sold = tuple(
        SoldLine(line.product_id, line.base_quantity, line.amount, cost, line.amount / line.base_quantity)
        for line, cost in zip(ready.lines, costs, strict=True)
    )
    return posted, SoldTicket(sale.branch_id, sale.occurred_at, sold)


def _sold(line: Row[Any]) -> SoldLine:
    """A recorded line as it counted in the summaries."""
    return SoldLine(
        line.product_id, line.base_quantity, line.amount, line.cost, line.amount / line.base_quantity
    )
