"""Laws of the ledger: any sequence of postings, retries and reversals, and many writers at once."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from agente_deposito.stock.errors import (
    InsufficientStockError,
    IsAReversalError,
    NothingToRevalueError,
    SourceReusedError,
)
from agente_deposito.stock.rules import MovementKind, MovementLine, Posted, Posting
from agente_deposito.stock.service import moving
from shared.database.session import Database
from tests.factories import make_organisation
from tests.integration.agente_deposito.conftest import add_location

AT = datetime(2026, 11, 1, tzinfo=UTC)
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Books:
    """An organisation with three products in two locations, one of which blocks negative stock."""

    database: Database
    database_url: str
    organisation_id: UUID
    products: tuple[UUID, ...]
    locations: tuple[UUID, ...]
    strict: UUID

    async def post(self, source: str, lines: Sequence[MovementLine]) -> Posted:
        async with self.database.transaction(self.organisation_id) as session:
            return await moving.post(session, Posting(source, AT, NOBODY), lines)

    async def reverse(self, posting_id: UUID) -> Posted:
        async with self.database.transaction(self.organisation_id) as session:
            return await moving.reverse(session, posting_id, occurred_at=AT, by=NOBODY, note="law")

    def sell(self, product: UUID, quantity: int | str, location: UUID | None = None) -> MovementLine:
        return MovementLine(product, location or self.strict, MovementKind.SALE, -Decimal(quantity))

    def receive(self, product: UUID, quantity: int | str, location: UUID | None = None) -> MovementLine:
        return MovementLine(
            product, location or self.strict, MovementKind.RECEIPT, Decimal(quantity), Decimal(10)
        )

    def wrong(self) -> list[tuple[object, ...]]:
        """Every way in which the books may contradict themselves; none is right."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(_CONTRADICTIONS, {"org": self.organisation_id}).fetchall()

    def on_hand(self, product: UUID, location: UUID | None = None) -> Decimal:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(
                "SELECT quantity FROM deposito.stock_balance"
                " WHERE organisation_id = %s AND product_id = %s AND location_id = %s",
                [self.organisation_id, product, location or self.strict],
            ).fetchone()
        return Decimal(0) if row is None else row[0]


_CONTRADICTIONS = """
WITH m AS (SELECT * FROM deposito.stock_movement WHERE organisation_id = %(org)s),
b AS (SELECT * FROM deposito.stock_balance WHERE organisation_id = %(org)s)
SELECT 'sum', product_id, b.quantity, b.value, s.quantity, s.value
FROM b LEFT JOIN (
  SELECT product_id, location_id, sum(quantity) AS quantity, sum(value) AS value FROM m GROUP BY 1, 2
) AS s USING (product_id, location_id)
WHERE b.quantity <> coalesce(s.quantity, 0) OR b.value <> coalesce(s.value, 0)
UNION ALL
SELECT 'days', product_id, b.quantity, 0, d.quantity, 0 FROM b LEFT JOIN (
  SELECT product_id, location_id, sum(entered - departed) AS quantity FROM deposito.stock_day
  WHERE organisation_id = %(org)s GROUP BY 1, 2) AS d USING (product_id, location_id)
WHERE b.quantity <> coalesce(d.quantity, 0)
UNION ALL
SELECT 'chain', product_id, balance_after, 0, running, 0 FROM (
  SELECT product_id, balance_after,
    sum(quantity) OVER (PARTITION BY product_id, location_id ORDER BY recorded_at, id) AS running
  FROM m) AS chained WHERE balance_after <> running
UNION ALL
SELECT 'sign', product_id, quantity, value, 0, 0 FROM b
WHERE quantity * value < 0 OR (quantity = 0 AND value <> 0)
"""


async def make_books(database: Database, database_url: str) -> Books:
    organisation = make_organisation(database_url)
    strict = add_location(organisation, organisation.branch_id, negative_stock="block")
    loose = add_location(organisation, organisation.add_branch("Norte"), negative_stock="warn")
    with psycopg.connect(database_url) as connection:
        products = [
            connection.execute(
                "INSERT INTO deposito.product (organisation_id, name) VALUES (%s, %s) RETURNING id",
                [organisation.id, f"Producto {n}"],
            ).fetchone()
            for n in range(3)
        ]
    ids = tuple(row[0] for row in products if row is not None)
    return Books(database, database_url, organisation.id, ids, (strict, loose), strict)


@pytest.fixture
async def books(database: Database, database_url: str) -> Books:
    return await make_books(database, database_url)


@dataclass(slots=True)
class Model:
    """What the books must say, kept by the simplest rules there are."""

    quantities: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    posted: dict[str, tuple[UUID, list[tuple[int, int, Decimal]]]] = field(default_factory=dict)
    reversed_sources: set[str] = field(default_factory=set)

    def apply(self, moves: Sequence[tuple[int, int, Decimal]]) -> None:
        for product, place, quantity in moves:
            self.quantities[product, place] = self.quantities.get((product, place), Decimal(0)) + quantity

    def would_block(self, moves: Sequence[tuple[int, int, Decimal]]) -> bool:
        """Only the first place blocks, and only what leaves it on the whole."""
        for product in {product for product, place, _ in moves if place == 0}:
            held = self.quantities.get((product, 0), Decimal(0))
            change = sum((q for p, place, q in moves if (p, place) == (product, 0)), Decimal(0))
            if change < 0 and held + change < 0:
                return True
        return False


# Small whole numbers meet at zero and cross it; the others test rounding.
QUANTITIES = (
    st.integers(-4, 6).map(Decimal) | st.decimals(min_value="-20", max_value="20", places=3)
).filter(bool)
COSTS = st.sampled_from([Decimal(1), Decimal(100)]) | st.none() | st.decimals(0, 1000, places=4)
LINES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), QUANTITIES, COSTS), min_size=1, max_size=5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), LINES),
        st.tuples(st.just("retry"), st.integers(0, 30)),
        st.tuples(st.just("reuse"), st.integers(0, 30)),
        st.tuples(st.just("reverse"), st.integers(0, 30)),
        st.tuples(st.just("reverse"), st.integers(0, 30)),
        st.tuples(st.just("revalue"), st.tuples(st.integers(0, 2), st.integers(0, 1), COSTS)),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_any_sequence_keeps_the_books_right(
    database: Database, database_url: str, steps: list[tuple[str, object]]
) -> None:
    books = await make_books(database, database_url)
    model = Model()

    for number, step in enumerate(steps):
        await _take(books, model, number, step)
        assert books.wrong() == [], (number, step)

    for (product, place), quantity in model.quantities.items():
        assert books.on_hand(books.products[product], books.locations[place]) == quantity


async def _take(books: Books, model: Model, number: int, step: tuple[str, object]) -> None:
    kind, detail = step
    if kind == "post":
        assert isinstance(detail, list)
        await _post(books, model, f"law:{number}", detail)
    elif kind == "revalue":
        assert isinstance(detail, tuple)
        await _revalue(books, model, number, detail)
    elif model.posted:
        assert isinstance(detail, int)
        source = sorted(model.posted)[detail % len(model.posted)]
        await {"retry": _retry, "reuse": _reuse, "reverse": _reverse}[kind](books, model, source)


def _lines(books: Books, described: Sequence[tuple[int, int, Decimal, Decimal | None]]) -> list[MovementLine]:
    return [
        MovementLine(
            books.products[product],
            books.locations[place],
            MovementKind.RECEIPT if quantity > 0 else MovementKind.SALE,
            quantity,
            cost if quantity > 0 else None,
        )
        for product, place, quantity, cost in described
    ]


async def _post(
    books: Books,
    model: Model,
    source: str,
    described: Sequence[tuple[int, int, Decimal, Decimal | None]],
) -> None:
    moves = [(product, place, quantity) for product, place, quantity, _ in described]
    lines = _lines(books, described)
    if model.would_block(moves):
        with pytest.raises(InsufficientStockError):
            await books.post(source, lines)
        return
    posted = await books.post(source, lines)
    model.apply(moves)
    model.posted[source] = (posted.posting_id, moves)
    again = await books.post(source, lines)
    assert again.is_replay
    assert [move.id for move in again.movements] == [move.id for move in posted.movements]


async def _retry(books: Books, model: Model, source: str) -> None:
    """Reversing twice answers the first reversal."""
    if source in model.reversed_sources:
        posting_id, _ = model.posted[source]
        assert (await books.reverse(posting_id)).is_replay


async def _reuse(books: Books, _model: Model, source: str) -> None:
    with pytest.raises(SourceReusedError):
        await books.post(source, [books.receive(books.products[0], "12345.678")])


async def _reverse(books: Books, model: Model, source: str) -> None:
    posting_id, moves = model.posted[source]
    if source in model.reversed_sources:
        return
    undone = await books.reverse(posting_id)
    model.apply([(product, place, -quantity) for product, place, quantity in moves])
    model.reversed_sources.add(source)
    with pytest.raises(IsAReversalError):
        await books.reverse(undone.posting_id)


async def _revalue(books: Books, model: Model, number: int, detail: tuple[int, int, Decimal | None]) -> None:
    product, place, cost = detail
    line = MovementLine(
        books.products[product],
        books.locations[place],
        MovementKind.REVALUATION,
        Decimal(0),
        cost or Decimal(1),
    )
    if model.quantities.get((product, place), Decimal(0)) <= 0:
        with pytest.raises(NothingToRevalueError):
            await books.post(f"law:{number}", [line])
        return
    await books.post(f"law:{number}", [line])


async def _until_waiting(database_url: str, sessions: int) -> None:
    """Return when so many sessions of the warehouse wait for a lock; they give up after 5 seconds."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for _ in range(400):
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'app_deposito' AND wait_event_type = 'Lock'"
            ).fetchone()
            if row is not None and row[0] >= sessions:
                return
            await asyncio.sleep(0.01)
    raise AssertionError(f"fewer than {sessions} sessions came to wait")


class TestManyWriters:
    async def test_fifty_buyers_of_one_unit(self, books: Books) -> None:
        product = books.products[0]
        await books.post("stock", [books.receive(product, 1)])

        outcomes = await asyncio.gather(
            *(books.post(f"buyer:{n}", [books.sell(product, 1)]) for n in range(50)),
            return_exceptions=True,
        )

        won = [outcome for outcome in outcomes if isinstance(outcome, Posted)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, InsufficientStockError)]
        assert (len(won), len(lost)) == (1, 49)
        assert books.on_hand(product) == 0
        assert books.wrong() == []

    async def test_a_second_sale_waits_for_the_first_to_commit(self, books: Books) -> None:
        product = books.products[0]
        await books.post("stock", [books.receive(product, 5)])

        async with books.database.transaction(books.organisation_id) as first:
            await moving.post(first, Posting("sale:1", AT, NOBODY), [books.sell(product, 4)])
            second = asyncio.create_task(books.post("sale:2", [books.sell(product, 4)]))
            finished, _ = await asyncio.wait({second}, timeout=0.5)
            assert not finished

        with pytest.raises(InsufficientStockError):
            await second
        assert books.on_hand(product) == 1

    async def test_a_second_sale_wins_when_the_first_gives_up(self, books: Books) -> None:
        product = books.products[0]
        await books.post("stock", [books.receive(product, 5)])

        with pytest.raises(ZeroDivisionError):
            async with books.database.transaction(books.organisation_id) as first:
                await moving.post(first, Posting("sale:1", AT, NOBODY), [books.sell(product, 4)])
                second = asyncio.create_task(books.post("sale:2", [books.sell(product, 4)]))
                await asyncio.wait({second}, timeout=0.3)
                raise ZeroDivisionError

        assert not (await second).is_replay
        assert books.on_hand(product) == 1

    async def test_one_document_sent_by_many_at_once_is_posted_once(self, books: Books) -> None:
        product = books.products[0]

        outcomes = await asyncio.gather(
            *(books.post("invoice:1", [books.receive(product, 7)]) for _ in range(20))
        )

        assert sum(not posted.is_replay for posted in outcomes) == 1
        assert len({posted.posting_id for posted in outcomes}) == 1
        assert books.on_hand(product) == 7

    async def test_a_posting_reversed_by_many_at_once_is_reversed_once(self, books: Books) -> None:
        posted = await books.post("invoice:1", [books.receive(books.products[0], 7)])

        outcomes = await asyncio.gather(*(books.reverse(posted.posting_id) for _ in range(20)))

        assert sum(not undone.is_replay for undone in outcomes) == 1
        assert books.on_hand(books.products[0]) == 0
        assert books.wrong() == []

    async def test_lines_in_any_order_never_deadlock_nor_oversell(self, books: Books) -> None:
        chance = random.Random(20261121)
        places = [(product, place) for product in books.products for place in books.locations]
        await books.post("stock", [books.receive(product, 60, place) for product, place in places])

        async def work(worker: int) -> tuple[int, int]:
            done = short = 0
            for n in range(25):
                lines = [
                    books.sell(product, 1, place)
                    if chance.random() < 0.7
                    else books.receive(product, 1, place)
                    for product, place in chance.sample(places, k=4)
                ]
                try:
                    await books.post(f"work:{worker}:{n}", lines)
                    done += 1
                except InsufficientStockError:
                    short += 1
            return done, short

        outcomes = await asyncio.gather(*(work(worker) for worker in range(16)), return_exceptions=True)

        assert not [outcome for outcome in outcomes if isinstance(outcome, DBAPIError)]
        totals = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
        assert sum(done + short for done, short in totals) == 16 * 25
        assert books.wrong() == []
        assert all(books.on_hand(product) >= 0 for product in books.products)

    async def test_first_movements_of_new_products_meet_without_deadlock(self, books: Books) -> None:
        """Balances that nobody has made yet are made in key order too."""
        with psycopg.connect(books.database_url) as connection:
            rows = connection.execute(
                "INSERT INTO deposito.product (organisation_id, name)"
                " SELECT %s, 'Nuevo ' || n FROM generate_series(1, 150) AS n RETURNING id",
                [books.organisation_id],
            ).fetchall()
        keys = [(product, place) for (product,) in rows for place in books.locations]
        chance = random.Random(7)

        # A lock holds all of them back until the last one stands at the start.
        with psycopg.connect(books.database_url) as starter:
            starter.execute("LOCK TABLE deposito.stock_balance IN SHARE MODE")
            writers = [
                asyncio.create_task(
                    books.post(
                        f"first:{n}",
                        [
                            books.receive(product, 1, place)
                            for product, place in chance.sample(keys, k=len(keys))
                        ],
                    )
                )
                for n in range(12)
            ]
            await _until_waiting(books.database_url, len(writers))
        await asyncio.gather(*writers)

        assert [books.on_hand(product, place) for product, place in keys] == [12] * 300
        assert books.wrong() == []

    async def test_a_waiting_posting_is_recorded_after_the_one_it_waited_for(self, books: Books) -> None:
        product = books.products[0]
        await books.post("stock", [books.receive(product, 5)])

        async with books.database.transaction(books.organisation_id) as early:
            # Begins first, moves last.
            await early.connection()
            late = await books.post("sale:late", [books.sell(product, 1)])
            own = await moving.post(early, Posting("sale:early", AT, NOBODY), [books.sell(product, 1)])

        assert own.recorded_at > late.recorded_at
        assert books.wrong() == []

    async def test_nothing_is_seen_without_an_organisation(self, books: Books) -> None:
        product = books.products[0]

        with pytest.raises(DBAPIError, match="no organisation"):
            async with books.database.transaction(None) as session:
                await moving.post(session, Posting("x", AT, NOBODY), [books.receive(product, 1)])

    async def test_one_source_serves_each_organisation(self, books: Books) -> None:
        other = await make_books(books.database, books.database_url)

        mine = await books.post(f"invoice:{UUID(int=1)}", [books.receive(books.products[0], 1)])
        theirs = await other.post(f"invoice:{UUID(int=1)}", [other.receive(other.products[0], 1)])

        assert not mine.is_replay
        assert not theirs.is_replay
