"""Writing the ledger: one set-based call per posting, and its refusals as our own errors."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.stock.errors import (
    AlreadyReversedError,
    InsufficientStockError,
    IsAReversalError,
    NothingToRevalueError,
    PostingNotFoundError,
    Shortage,
    SourceReusedError,
    TooLargeError,
    UnknownLocationError,
    UnknownProductError,
)
from agente_deposito.stock.rules import Movement, MovementLine, Posted, Posting
from shared.database.session import raw_connection
from shared.kernel.branches import Branches, as_list
from shared.kernel.errors import DomainError

_POST = """
SELECT * FROM deposito.post_movements(
  $1, $2, $3, $4, $5::uuid[], $6::uuid[], $7::text[], $8::numeric[], $9::numeric[], $10::numeric[],
  $11::uuid[])"""
_REVERSE = "SELECT * FROM deposito.reverse_posting($1, $2, $3, $4, $5)"
_OUT_OF_RANGE = "22003"
_LOCK = "SELECT deposito.lock_balances($1::uuid[], $2::uuid[])"
_HELD = """
SELECT product_id, location_id, quantity FROM deposito.stock_balance
WHERE (product_id, location_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))"""
_FREE = """
SELECT b.product_id, b.location_id,
  b.quantity - deposito.reserved(b.product_id, b.location_id, clock_timestamp()) AS quantity
FROM deposito.stock_balance AS b
WHERE (b.product_id, b.location_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))"""

_SET_POLICY = """
INSERT INTO deposito.stock_policy (product_id, branch_id, negative_stock) VALUES ($1, $2, $3)
ON CONFLICT (organisation_id, product_id, branch_id) DO UPDATE SET negative_stock = excluded.negative_stock"""
_DROP_POLICY = "DELETE FROM deposito.stock_policy WHERE product_id = $1 AND branch_id = $2"

_REMEMBER_COUNT = """
INSERT INTO deposito.stock_counted (source, request_hash) VALUES ($1, $2)
ON CONFLICT DO NOTHING RETURNING source"""
_COUNTED = "SELECT request_hash FROM deposito.stock_counted WHERE source = $1"
_IS_KNOWN = """
SELECT EXISTS (SELECT FROM deposito.stock_posting WHERE source = $1)
  OR EXISTS (SELECT FROM deposito.stock_counted WHERE source = $1) AS is_known"""
_POSTED_BY = """
SELECT s.id AS posting_id, true AS is_replay, s.recorded_at, m.line, m.id AS movement_id, m.product_id,
  m.location_id, m.kind, m.quantity, m.unit_cost, m.value, m.balance_after,
  m.balance_after < 0 AND m.quantity < 0 AS is_short
FROM deposito.stock_posting AS s
JOIN deposito.stock_movement AS m ON m.organisation_id = s.organisation_id
  AND m.posting_id = s.id AND m.recorded_at = s.recorded_at
WHERE s.source = $1 ORDER BY m.line"""


async def post(
    session: AsyncSession, posting: Posting, lines: Sequence[MovementLine], branches: Branches
) -> Posted:
    """Append all lines and update their balances, or raise and write nothing.

    A location of another branch than `branches` is as unknown as one that does not exist.
    Locks balances in key order; call it once per transaction, or lock all balances first.
    A source posted before with the same content answers what it wrote then.
    """
    rows = await _fetch(
        session,
        _POST,
        posting.source,
        posting.occurred_at,
        posting.recorded_by,
        posting.note,
        [line.product_id for line in lines],
        [line.location_id for line in lines],
        [line.kind.value for line in lines],
        [line.quantity for line in lines],
        [line.unit_cost for line in lines],
        [line.value for line in lines],
        as_list(branches),
    )
    return _posted(rows)


async def reverse(  # noqa: PLR0913  what a reversal records are these
    session: AsyncSession, posting_id: UUID, *, occurred_at: datetime, by: UUID, note: str | None, kind: str
) -> Posted:
    """Write the exact mirror of a posting, or answer the one written before (is_replay).

    No negative policy stops it. Raises PostingNotFoundError, IsAReversalError.
    """
    return _posted(await _fetch(session, _REVERSE, posting_id, occurred_at, by, note, kind))


async def lock_balances(session: AsyncSession, keys: Sequence[tuple[UUID, UUID]]) -> None:
    """Lock these (product, location) in key order until the transaction ends."""
    await _fetch(session, _LOCK, [product for product, _ in keys], [place for _, place in keys])


async def held(session: AsyncSession, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Decimal]:
    """What the books hold of each (product, location) that ever moved."""
    rows = await _fetch(session, _HELD, [product for product, _ in keys], [place for _, place in keys])
    return {(row["product_id"], row["location_id"]): row["quantity"] for row in rows}


async def free(session: AsyncSession, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Decimal]:
    """What of each (product, location) is promised to nobody; below zero where more is promised than held."""
    rows = await _fetch(session, _FREE, [product for product, _ in keys], [place for _, place in keys])
    return {(row["product_id"], row["location_id"]): row["quantity"] for row in rows}


async def set_policy(session: AsyncSession, product_id: UUID, branch_id: UUID, policy: str | None) -> None:
    """What the product may do below zero in the branch; None leaves it to the product and its place."""
    if policy is None:
        await _fetch(session, _DROP_POLICY, product_id, branch_id)
    else:
        await _fetch(session, _SET_POLICY, product_id, branch_id, policy)


async def remember_count(session: AsyncSession, source: str, request_hash: bytes) -> bool:
    """Note a count; False when the same one was noted before. Raises SourceReusedError for another.

    Call it with the balances locked: whoever counts the same at the same time waits there.
    """
    if await _fetch(session, _REMEMBER_COUNT, source, request_hash):
        return True
    known = await _fetch(session, _COUNTED, source)
    if known[0]["request_hash"] != request_hash:
        raise SourceReusedError("Counted with other content.")
    return False


async def is_known(session: AsyncSession, source: str) -> bool:
    """Whether it was posted, or counted."""
    rows = await _fetch(session, _IS_KNOWN, source)
    return bool(rows[0]["is_known"])


async def posted_by(session: AsyncSession, source: str) -> Posted | None:
    """What a source wrote, as a replay; None when it wrote nothing."""
    rows = await _fetch(session, _POSTED_BY, source)
    return _posted(rows) if rows else None


async def _fetch(session: AsyncSession, statement: str, *values: Any) -> list[asyncpg.Record]:
    connection = await raw_connection(session)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
    except asyncpg.PostgresError as error:
        known = _refusal(error)
        if known is not None:
            raise known from error
        # What is nobody's business rule is answered as any other failure of the database.
        raise DBAPIError(statement, None, error) from error
    return rows


def _posted(rows: Sequence[asyncpg.Record]) -> Posted:
    first = rows[0]
    movements = tuple(
        Movement(
            line=row["line"],
            id=row["movement_id"],
            product_id=row["product_id"],
            location_id=row["location_id"],
            kind=row["kind"],
            quantity=row["quantity"],
            unit_cost=row["unit_cost"],
            value=row["value"],
            balance_after=row["balance_after"],
            is_short=row["is_short"],
        )
        for row in rows
    )
    return Posted(first["posting_id"], first["is_replay"], first["recorded_at"], movements)


def _refusal(error: asyncpg.PostgresError) -> DomainError | None:
    """Our error for a refusal of the ledger's functions; lines count from 1 there."""
    if str(error.sqlstate) == _OUT_OF_RANGE:
        return TooLargeError("Out of range.")
    make = _REFUSALS.get(str(error.sqlstate))
    return None if make is None else make(json.loads(error.detail))


def _unknown(detail: dict[str, Any]) -> DomainError:
    line, identifier = detail["line"] - 1, UUID(detail["id"])
    if detail["what"] == "product":
        return UnknownProductError(identifier, line=line)
    if detail["what"] == "location":
        return UnknownLocationError(identifier, line=line)
    return PostingNotFoundError("No such posting.")


def _insufficient(shortages: list[dict[str, Any]]) -> DomainError:
    found = [
        Shortage(
            short["line"] - 1,
            UUID(short["product_id"]),
            Decimal(short["requested"]),
            Decimal(short["available"]),
        )
        for short in shortages
    ]
    return InsufficientStockError(sorted(found, key=lambda short: short.line))


_REFUSALS: dict[str, Callable[[Any], DomainError]] = {
    "GD404": _unknown,
    "GD409": _insufficient,
    "GD410": lambda _: SourceReusedError("Source reused."),
    "GD411": lambda detail: AlreadyReversedError(UUID(detail["posting_id"])),
    "GD412": lambda _: IsAReversalError("A reversal."),
    "GD422": lambda detail: NothingToRevalueError(line=detail["line"] - 1),
}
