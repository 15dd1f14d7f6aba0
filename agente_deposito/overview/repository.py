"""The read side: catalogue, balances and daily sales in one question.

It reads tables of the features below it and writes none of them; its own keep how past days ended.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.overview.rules import (
    CRITICAL_DAYS,
    LOW_DAYS,
    WEEKS_SHOWN,
    Order,
    StockFilter,
    StockSort,
)
from shared.kernel.clock import business_date

Branches = frozenset[UUID] | None

_TOKENS = text("SELECT token FROM deposito.tokens(shared.searchable(:q)) AS token")

# Balances now, less what happened after `at`: that was recorded at most a day before it happened, so
# only the ledger's latest months are read.
_LATER = """
  LEFT JOIN (
    SELECT m.product_id, m.location_id, sum(m.quantity) AS quantity, sum(m.value) AS value
    FROM deposito.stock_movement AS m
    WHERE m.recorded_at > CAST(:at AS timestamptz) - interval '1 day' AND m.occurred_at > :at
    GROUP BY m.product_id, m.location_id
  ) AS later USING (product_id, location_id)
"""
_FOUND = """
WITH place AS (
  SELECT id, branch_id, kind = 'transit' AS is_transit FROM deposito.location
  WHERE (CAST(:visible AS uuid[]) IS NULL OR branch_id = ANY(CAST(:visible AS uuid[])))
    AND (CAST(:branch_id AS uuid) IS NULL OR branch_id = :branch_id)
    AND (CAST(:location_id AS uuid) IS NULL OR id = :location_id)
), held AS (
  SELECT b.product_id, coalesce(sum({quantity}) FILTER (WHERE NOT place.is_transit), 0) AS quantity,
    coalesce(sum({quantity}) FILTER (WHERE place.is_transit), 0) AS in_transit, sum({value}) AS value,
    (array_agg(b.last_unit_cost ORDER BY b.updated_at DESC)
      FILTER (WHERE b.last_unit_cost IS NOT NULL))[1] AS last_unit_cost
  FROM deposito.stock_balance AS b JOIN place ON place.id = b.location_id {later}
  WHERE (CAST(:product_id AS uuid) IS NULL OR b.product_id = :product_id)
  GROUP BY b.product_id
), sold AS (
  SELECT product_id, sum(quantity) FILTER (WHERE day > CAST(:today AS date) - 28) / 4 AS weekly
  FROM deposito.sale_product_day
  WHERE day > CAST(:today AS date) - 28 AND day <= :today
    AND branch_id IN (SELECT branch_id FROM place)
    AND (CAST(:product_id AS uuid) IS NULL OR product_id = :product_id)
  GROUP BY product_id
), judged AS MATERIALIZED (
  SELECT p.id AS product_id, p.search_name, coalesce(h.quantity, 0) AS on_hand,
    coalesce(h.in_transit, 0) AS in_transit, coalesce(h.value, 0) AS value, h.last_unit_cost,
    greatest(coalesce(s.weekly, 0), 0) AS weekly_sales,
    CASE WHEN s.weekly > 0
      THEN round(greatest(coalesce(h.quantity, 0), 0) * 7 / s.weekly, 1) END AS cover_days
  FROM deposito.product AS p
  LEFT JOIN held AS h ON h.product_id = p.id
  LEFT JOIN sold AS s ON s.product_id = p.id
  WHERE (p.archived_at IS NULL OR h.quantity <> 0 OR h.in_transit <> 0) {search}
), stated AS (
  SELECT judged.*, CASE
    WHEN on_hand < 0 THEN 'negative'
    WHEN on_hand = 0 THEN 'out'
    WHEN cover_days <= :critical THEN 'critical'
    WHEN cover_days <= :low THEN 'low'
    WHEN weekly_sales = 0 AND EXISTS (
      SELECT FROM deposito.stock_day AS d
      WHERE d.product_id = judged.product_id AND d.day <= CAST(:today AS date) - 28) THEN 'idle'
    ELSE 'ok' END AS state
  FROM judged
)
"""
_SEARCH = " AND (({words}) OR p.id IN ({codes}))"
_WORD = (
    "p.id IN (SELECT product_id FROM deposito.product_token"
    " WHERE token >= :token_{n} AND token < :token_{n} || '~')"
)
_CODES = (
    "SELECT c.product_id FROM deposito.product_barcode AS c"
    " WHERE c.code = ANY(CAST(:codes AS text[])) AND c.archived_at IS NULL"
    " UNION ALL SELECT k.id FROM deposito.product AS k WHERE lower(k.sku) = lower(:q)"
)
_ONLY_PRODUCT = " AND p.id = :product_id"
_COUNTS = "SELECT state, count(*) AS products, sum(value) AS value FROM stated GROUP BY state"

_RISK = """(CASE state WHEN 'negative' THEN 4 WHEN 'out' THEN 3 WHEN 'critical' THEN 2 WHEN 'low' THEN 1
  ELSE 0 END * 1000000000000 + weekly_sales)"""
_KEYS = {
    StockSort.NAME: "search_name",
    StockSort.ON_HAND: "on_hand",
    StockSort.COVER_DAYS: "coalesce(cover_days, 1000000000)",
    StockSort.WEEKLY_SALES: "weekly_sales",
    StockSort.VALUE: "value",
    StockSort.RISK: _RISK,
}
_PAGE = """
, page AS (
  SELECT stated.*, {key} AS sort_key FROM stated
  WHERE (CAST(:state AS text) IS NULL OR state = :state) {after}
  ORDER BY {key} {direction}, product_id {direction} LIMIT :limit
)
SELECT page.*, {reserved} AS reserved,
  p.name, p.brand, p.base_unit, p.content_quantity, p.content_unit, p.iva_rate,
  c.name AS category_name,
  (SELECT b.code FROM deposito.product_barcode AS b
   WHERE b.product_id = page.product_id AND b.archived_at IS NULL AND b.kind = 'unit'
   ORDER BY b.id LIMIT 1) AS barcode,
  (SELECT d.last_price FROM deposito.sale_product_day AS d
   WHERE d.product_id = page.product_id AND d.branch_id IN (SELECT branch_id FROM place)
     AND d.day <= :today AND d.last_price IS NOT NULL
   ORDER BY d.day DESC LIMIT 1) AS last_sale_price,
  (SELECT array_agg(coalesce(w.quantity, 0) ORDER BY n DESC) FROM generate_series(0, :weeks - 1) AS n
   LEFT JOIN (
     SELECT (CAST(:today AS date) - d.day) / 7 AS week, sum(d.quantity) AS quantity
     FROM deposito.sale_product_day AS d
     WHERE d.product_id = page.product_id AND d.branch_id IN (SELECT branch_id FROM place)
       AND d.day > CAST(:today AS date) - 7 * :weeks AND d.day <= :today
     GROUP BY 1) AS w ON w.week = n) AS history
FROM page
JOIN deposito.product AS p ON p.id = page.product_id
LEFT JOIN deposito.category AS c ON c.organisation_id = p.organisation_id AND c.id = p.category_id
ORDER BY page.sort_key {direction}, page.product_id {direction}
"""
# What is promised now; what was at a past instant is not kept.
_RESERVED = """(SELECT coalesce(sum(l.quantity), 0)
   FROM deposito.reservation_line AS l
   JOIN deposito.reservation AS r ON r.organisation_id = l.organisation_id AND r.id = l.reservation_id
   WHERE l.product_id = page.product_id AND l.location_id IN (SELECT id FROM place)
     AND NOT l.is_ended AND r.status = 'active' AND r.expires_at > now())"""
_REPLACEMENT = """
SELECT coalesce(sum(b.quantity * b.last_unit_cost), 0) AS replacement, coalesce(sum(b.value), 0) AS average,
  coalesce(sum(b.quantity), 0) AS units,
  count(DISTINCT b.product_id) FILTER (WHERE b.quantity > 0 AND b.last_unit_cost IS NULL) AS uncosted
FROM deposito.stock_balance AS b JOIN deposito.location AS k
  ON k.organisation_id = b.organisation_id AND k.id = b.location_id
WHERE (CAST(:visible AS uuid[]) IS NULL OR k.branch_id = ANY(CAST(:visible AS uuid[])))
  AND (CAST(:branch_id AS uuid) IS NULL OR k.branch_id = :branch_id)"""
_PRODUCTS = """
SELECT count(*) AS total, count(*) FILTER (WHERE archived_at IS NULL) AS active FROM deposito.product"""
_NET = text("SELECT deposito.costs_are_net()")
_BRANCHES = text("SELECT DISTINCT branch_id FROM deposito.location ORDER BY branch_id")
_FIRST_DAY = text("SELECT min(day) FROM deposito.stock_day")
_CLOSED_DAYS = text("""
SELECT day FROM deposito.stock_close
WHERE scope_id = coalesce(CAST(:branch_id AS uuid), shared.current_organisation())
  AND day BETWEEN :first AND :last""")
_CLOSE = text("""
INSERT INTO deposito.stock_close (scope_id, day, value, by_state)
VALUES (coalesce(CAST(:branch_id AS uuid), shared.current_organisation()), :day, :value,
  CAST(:by_state AS jsonb))
ON CONFLICT DO NOTHING""")
_CLOSES = text("""
SELECT day, value, by_state FROM deposito.stock_close
WHERE scope_id = coalesce(CAST(:branch_id AS uuid), shared.current_organisation()) AND day >= :first
ORDER BY day""")


@dataclass(frozen=True, slots=True)
class Question:
    """A filter made into SQL once, for its page and its counts."""

    found: str
    values: dict[str, Any]


async def ask(session: AsyncSession, wanted: StockFilter, branches: Branches, *, now: datetime) -> Question:
    """The statement's beginning and its values."""
    moment = wanted.at or now
    values: dict[str, Any] = {
        "visible": None if branches is None else list(branches),
        "branch_id": wanted.branch_id,
        "location_id": wanted.location_id,
        "product_id": wanted.product_id,
        "today": business_date(moment),
        "critical": CRITICAL_DAYS,
        "low": LOW_DAYS,
    }
    search = _ONLY_PRODUCT if wanted.product_id is not None else ""
    if wanted.q:
        tokens = list(await session.scalars(_TOKENS, {"q": wanted.q}))
        words = " AND ".join(_WORD.format(n=n) for n in range(len(tokens))) or "false"
        search += _SEARCH.format(words=words, codes=_CODES)
        values |= {f"token_{n}": token for n, token in enumerate(tokens)}
        values |= {"codes": list(wanted.codes), "q": wanted.q}
    later = ""
    quantity, value = "b.quantity", "b.value"
    if wanted.at is not None:
        later, values["at"] = _LATER, wanted.at
        quantity = "b.quantity - coalesce(later.quantity, 0)"
        value = "b.value - coalesce(later.value, 0)"
    return Question(_FOUND.format(search=search, later=later, quantity=quantity, value=value), values)


async def counts(session: AsyncSession, question: Question) -> dict[str, tuple[int, Decimal]]:
    """Products and value by state, of everything the question finds."""
    rows = await session.execute(text(question.found + _COUNTS), question.values)
    return {row.state: (row.products, row.value) for row in rows}


async def page(
    session: AsyncSession, question: Question, order: Order, *, state: str | None
) -> Sequence[Row[Any]]:
    """Rows in order; one more than the limit when there are more."""
    key, sign = _KEYS[order.sort], ">" if order.direction == "asc" else "<"
    values = {**question.values, "state": state, "limit": order.limit + 1, "weeks": WEEKS_SHOWN}
    after = ""
    if order.after is not None:
        cast = "text" if order.sort is StockSort.NAME else "numeric"
        after = f"AND ({key}, product_id) {sign} (CAST(:after_key AS {cast}), CAST(:after_id AS uuid))"
        values |= {"after_key": order.after[0], "after_id": order.after[1]}
    reserved = "CAST(NULL AS numeric)" if "at" in question.values else _RESERVED
    statement = question.found + _PAGE.format(
        key=key, direction=order.direction.value, after=after, reserved=reserved
    )
    return (await session.execute(text(statement), values)).all()


async def figures(session: AsyncSession, branches: Branches, *, branch_id: UUID | None) -> Row[Any]:
    """Units and what they are worth, at the average and at the last cost."""
    values = {"visible": None if branches is None else list(branches), "branch_id": branch_id}
    return (await session.execute(text(_REPLACEMENT), values)).one()


async def product_counts(session: AsyncSession) -> Row[Any]:
    """How many products there are, and how many in use."""
    return (await session.execute(text(_PRODUCTS))).one()


async def branches_with_goods(session: AsyncSession) -> Sequence[UUID]:
    """Every branch that has a place for goods."""
    return (await session.scalars(_BRANCHES)).all()


async def first_day(session: AsyncSession) -> date | None:
    """The day of the first movement; None when nothing ever moved."""
    found: date | None = await session.scalar(_FIRST_DAY)
    return found


async def closed_days(session: AsyncSession, branch_id: UUID | None, first: date, last: date) -> set[date]:
    """Which of those days are kept; branch_id None is the organisation."""
    values = {"branch_id": branch_id, "first": first, "last": last}
    return set(await session.scalars(_CLOSED_DAYS, values))


async def keep_close(
    session: AsyncSession, branch_id: UUID | None, day: date, *, value: Decimal, by_state: dict[str, int]
) -> None:
    """Note how a day ended, once."""
    values = {"branch_id": branch_id, "day": day, "value": value, "by_state": json.dumps(by_state)}
    await session.execute(_CLOSE, values)


async def closes(session: AsyncSession, branch_id: UUID | None, *, first: date) -> Sequence[Row[Any]]:
    """How the days from first on ended, oldest first."""
    return (await session.execute(_CLOSES, {"branch_id": branch_id, "first": first})).all()


async def costs_are_net(session: AsyncSession) -> bool:
    """Whether this organisation books costs without IVA."""
    return bool(await session.scalar(_NET))
