"""Any sequence of receipts, sales, counts, promises and transfers, undone, repeated or cut off half-way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.service.places import live_locations, open_transit
from agente_deposito.reservations import service as reservations
from agente_deposito.reservations.rules import NewReservation, ReservedLine
from agente_deposito.stock.errors import InsufficientStockError
from agente_deposito.stock.rules import Actor, Counted, MovementKind, MovementLine, Posting
from agente_deposito.stock.service import moving
from agente_deposito.transfers import service as transfers
from agente_deposito.transfers.rules import Arrived, NewTransfer
from shared.database.session import Database
from tests.integration.agente_deposito.test_ledger_laws import AT, NOBODY, Books, make_books

Key = tuple[int, int]
Act = Callable[[AsyncSession], Awaitable[object]]
# The third place is where goods under way lie.
UNDER_WAY = 2
NOTHING = Decimal(0)


class CutOffError(Exception):
    """The process died before it committed."""


@dataclass(slots=True)
class Shop:
    """The books and what they must say: quantities by product and place, promises, transfers under way."""

    books: Books
    held: dict[Key, Decimal] = field(default_factory=dict)
    promised: dict[UUID, tuple[Key, Decimal]] = field(default_factory=dict)
    # By id: product, origin, what was asked for, what was shipped, what was received (None before).
    sent: dict[UUID, list[Any]] = field(default_factory=dict)

    def has(self, key: Key) -> Decimal:
        return self.held.get(key, NOTHING)

    def move(self, key: Key, quantity: Decimal) -> None:
        self.held[key] = self.has(key) + quantity

    def free(self, key: Key) -> Decimal:
        return self.has(key) - sum((q for place, q in self.promised.values() if place == key), NOTHING)

    def is_blocked(self, key: Key, leaving: Decimal) -> bool:
        """Only the first place blocks; what is promised is not there."""
        return key[1] == 0 and leaving > 0 and leaving > self.free(key)

    async def do(self, act: Act, *, refused: bool, cut_off: bool) -> bool:
        """Whether it was done: not when it must be refused, nor when it is cut off before the end."""
        expected: type[Exception] | None = InsufficientStockError if refused else None
        expected = expected or (CutOffError if cut_off else None)
        if expected is None:
            await self._in_one(act, cut_off=False)
            return True
        with pytest.raises(expected):
            await self._in_one(act, cut_off=cut_off)
        return False

    async def _in_one(self, act: Act, *, cut_off: bool) -> None:
        async with self.books.database.transaction(self.books.organisation_id) as session:
            await act(session)
            if cut_off:
                raise CutOffError


@dataclass(frozen=True, slots=True)
class Step:
    """What is done next, to which product and place, how much; cut_off: it dies before it is over."""

    what: str
    key: Key
    quantity: Decimal
    reason: MovementKind
    cut_off: bool
    number: int = 0


QUANTITIES = st.integers(1, 6).map(Decimal) | st.decimals("0.001", 20, places=3)
WHAT = (
    *("receive", "sell", "count", "promise", "hand_over", "give_up"),
    *("ask", "ask", "ship", "ship", "arrive", "arrive", "undo", "undo"),
)
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(WHAT),
        st.tuples(st.integers(0, 1), st.integers(0, 1)),
        QUANTITIES,
        st.sampled_from([MovementKind.SHRINKAGE, MovementKind.BROKEN, MovementKind.ENTRY_ERROR]),
        st.sampled_from([False, False, False, True]),
    ),
    min_size=8,
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_any_sequence_keeps_the_goods_right(
    database: Database, database_url: str, steps: list[Step]
) -> None:
    shop = Shop(await make_books(database, database_url))
    for number, key in enumerate(((0, 0), (1, 0), (0, 1))):
        await _receive(shop, Step("receive", key, Decimal(12), MovementKind.SHRINKAGE, False, -1 - number))

    for number, step in enumerate(steps):
        await globals()[f"_{step.what}"](shop, replace(step, number=number))
        assert shop.books.wrong() == [], (number, step)

    places = (*shop.books.locations, await _under_way(shop))
    for (product, place), expected in shop.held.items():
        assert shop.books.on_hand(shop.books.products[product], places[place]) == expected


async def _under_way(shop: Shop) -> UUID:
    async with shop.books.database.transaction(shop.books.organisation_id) as session:
        north = shop.books.locations[1]
        return await open_transit(session, (await live_locations(session, [north], None))[north].branch_id)


def _posting(number: int) -> Posting:
    return Posting(f"law:{number}", AT, NOBODY)


def _line(shop: Shop, key: Key, kind: MovementKind, quantity: Decimal) -> MovementLine:
    cost = Decimal(7) if quantity > 0 else None
    return MovementLine(shop.books.products[key[0]], shop.books.locations[key[1]], kind, quantity, cost)


async def _receive(shop: Shop, step: Step) -> None:
    line = _line(shop, step.key, MovementKind.RECEIPT, step.quantity)
    if await shop.do(
        lambda session: moving.post(session, _posting(step.number), [line]),
        refused=False,
        cut_off=step.cut_off,
    ):
        shop.move(step.key, step.quantity)


async def _sell(shop: Shop, step: Step) -> None:
    line = _line(shop, step.key, MovementKind.SALE, -step.quantity)
    refused = shop.is_blocked(step.key, step.quantity)
    for again in (False, True):
        if await shop.do(
            lambda session: moving.post(session, _posting(step.number), [line]),
            refused=refused,
            cut_off=step.cut_off,
        ):
            shop.move(step.key, NOTHING if again else -step.quantity)
        else:
            return


async def _count(shop: Shop, step: Step) -> None:
    counted = Counted(shop.books.products[step.key[0]], shop.books.locations[step.key[1]], step.quantity)
    refused = shop.is_blocked(step.key, shop.has(step.key) - step.quantity)
    if await shop.do(
        lambda session: moving.set_counted(session, _posting(step.number), [counted], None),
        refused=refused,
        cut_off=step.cut_off,
    ):
        shop.held[step.key] = step.quantity


async def _promise(shop: Shop, step: Step) -> None:
    line = ReservedLine(shop.books.products[step.key[0]], shop.books.locations[step.key[1]], step.quantity)
    wanted = NewReservation(uuid4(), (line,), timedelta(hours=1), None)
    if await shop.do(
        lambda session: reservations.reserve(session, wanted, Actor(NOBODY, None)),
        refused=step.quantity > shop.free(step.key),
        cut_off=step.cut_off,
    ):
        shop.promised[wanted.id] = (step.key, step.quantity)


async def _hand_over(shop: Shop, step: Step) -> None:
    if not shop.promised:
        return
    chosen = sorted(shop.promised)[step.number % len(shop.promised)]
    key, quantity = shop.promised.pop(chosen)
    actor = Actor(NOBODY, None)
    if await shop.do(
        lambda session: reservations.hand_over(session, chosen, MovementKind.OWN_USE, None, actor),
        refused=shop.is_blocked(key, quantity),
        cut_off=step.cut_off,
    ):
        shop.move(key, -quantity)
    else:
        shop.promised[chosen] = (key, quantity)


async def _give_up(shop: Shop, step: Step) -> None:
    if not shop.promised:
        return
    chosen = sorted(shop.promised)[step.number % len(shop.promised)]
    actor = Actor(NOBODY, None)
    if await shop.do(
        lambda session: reservations.release(session, chosen, actor), refused=False, cut_off=step.cut_off
    ):
        del shop.promised[chosen]


async def _ask(shop: Shop, step: Step) -> None:
    """Always to the second place: from the first, or from goods of its own that come back."""
    ends = shop.books.locations
    wanted = NewTransfer(uuid4(), ends[0], ends[1], {shop.books.products[step.key[0]]: step.quantity}, None)
    if await shop.do(
        lambda session: transfers.ask_for(session, wanted, Actor(NOBODY, None)),
        refused=False,
        cut_off=step.cut_off,
    ):
        shop.sent[wanted.id] = [step.key[0], step.quantity, None, None]


def _one_that(shop: Shop, number: int, *, shipped: bool, received: bool) -> UUID | None:
    fitting = sorted(
        transfer
        for transfer, (_, _, out, arrived) in shop.sent.items()
        if (out is not None) == shipped and (arrived is not None) == received
    )
    return fitting[number % len(fitting)] if fitting else None


async def _ship(shop: Shop, step: Step) -> None:
    chosen = _one_that(shop, step.number, shipped=False, received=False)
    if chosen is None:
        return
    product, asked, _, _ = shop.sent[chosen]
    if await shop.do(
        lambda session: transfers.ship(session, chosen, {}, Actor(NOBODY, None)),
        refused=shop.is_blocked((product, 0), asked),
        cut_off=step.cut_off,
    ):
        shop.move((product, 0), -asked)
        shop.move((product, UNDER_WAY), asked)
        shop.sent[chosen][2] = asked


async def _arrive(shop: Shop, step: Step) -> None:
    chosen = _one_that(shop, step.number, shipped=True, received=False)
    if chosen is None:
        return
    product, _, shipped, _ = shop.sent[chosen]
    arrived = Arrived(shop.books.products[product], step.quantity, step.reason)
    beyond, missing = max(step.quantity - shipped, NOTHING), max(shipped - step.quantity, NOTHING)
    if await shop.do(
        lambda session: transfers.receive(session, chosen, [arrived], Actor(NOBODY, None)),
        refused=shop.is_blocked((product, 0), beyond),
        cut_off=step.cut_off,
    ):
        back = missing if step.reason is MovementKind.ENTRY_ERROR else NOTHING
        shop.move((product, UNDER_WAY), -shipped)
        shop.move((product, 1), step.quantity)
        shop.move((product, 0), back - beyond)
        shop.sent[chosen][3] = (step.quantity, back - beyond)


async def _undo(shop: Shop, step: Step) -> None:
    chosen = _one_that(shop, step.number, shipped=True, received=step.number % 2 == 0)
    if chosen is None:
        return
    product, asked, shipped, arrived = shop.sent[chosen]
    if not await shop.do(
        lambda session: transfers.undo(session, chosen, "law", Actor(NOBODY, None)),
        refused=False,
        cut_off=step.cut_off,
    ):
        return
    if arrived is None:
        shop.move((product, 0), asked)
        shop.move((product, UNDER_WAY), -asked)
        shop.sent[chosen][2] = None
    else:
        quantity, at_origin = arrived
        shop.move((product, UNDER_WAY), shipped)
        shop.move((product, 1), -quantity)
        shop.move((product, 0), -at_origin)
        shop.sent[chosen][3] = None
