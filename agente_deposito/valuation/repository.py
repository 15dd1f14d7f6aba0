"""The queries of valuations: what was on hand at an instant, and what it is worth by each method.

What more left than came in has no value here: negative quantities are no goods.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.valuation.rules import Group, Method, Question
from shared.kernel.branches import Branches, as_list

# Balances now, less what happened after `at`: that was recorded at most a day before it happened.
_STOCKED = """
WITH place AS (
  SELECT id, branch_id, name FROM deposito.location
  WHERE (CAST(:visible AS uuid[]) IS NULL OR branch_id = ANY(CAST(:visible AS uuid[])))
    AND (CAST(:branch_id AS uuid) IS NULL OR branch_id = :branch_id)
    AND (CAST(:location_id AS uuid) IS NULL OR id = :location_id)
), later AS (
  SELECT m.product_id, m.location_id, sum(m.quantity) AS quantity, sum(m.value) AS value
  FROM deposito.stock_movement AS m
  WHERE m.recorded_at > CAST(:at AS timestamptz) - interval '1 day' AND m.occurred_at > :at
  GROUP BY m.product_id, m.location_id
), held AS (
  SELECT b.product_id, b.location_id, b.quantity - coalesce(l.quantity, 0) AS quantity,
    b.value - coalesce(l.value, 0) AS value, b.last_unit_cost IS NOT NULL AS is_cost_known
  FROM deposito.stock_balance AS b JOIN place ON place.id = b.location_id
  LEFT JOIN later AS l USING (product_id, location_id)
), stocked AS MATERIALIZED (
  SELECT product_id, location_id, quantity, value / quantity AS each,
    CASE WHEN value > 0 OR is_cost_known THEN value END AS average
  FROM held WHERE quantity > 0
), undone AS (
  SELECT reverses_posting_id AS posting_id FROM deposito.stock_posting
  WHERE reverses_posting_id IS NOT NULL AND occurred_at <= :at
)"""
_AVERAGE = ", worth AS (SELECT s.*, s.average AS worth FROM stocked AS s)"
# What purchases told of costs, until then.
_COSTS = """, told AS MATERIALIZED (
  SELECT m.product_id, m.location_id, m.unit_cost, m.occurred_at, m.recorded_at, m.id
  FROM deposito.stock_movement AS m
  WHERE m.is_cost_given AND m.occurred_at <= :at
    AND NOT EXISTS (SELECT FROM undone WHERE undone.posting_id = m.posting_id)
), anywhere AS (
  SELECT DISTINCT ON (product_id) product_id, unit_cost FROM told
  ORDER BY product_id, occurred_at DESC, recorded_at DESC, id DESC
), there AS (
  SELECT DISTINCT ON (product_id, location_id) product_id, location_id, unit_cost FROM told
  ORDER BY product_id, location_id, occurred_at DESC, recorded_at DESC, id DESC
)"""
_LAST = """, worth AS (
  SELECT s.*, s.quantity * coalesce(t.unit_cost, a.unit_cost) AS worth
  FROM stocked AS s LEFT JOIN there AS t USING (product_id, location_id)
  LEFT JOIN anywhere AS a USING (product_id)
)"""
_REPLACEMENT = """, worth AS (
  SELECT s.*, s.quantity * a.unit_cost AS worth
  FROM stocked AS s LEFT JOIN anywhere AS a USING (product_id)
)"""
# Goods that come back to where they were bought for take no new place in the order of entries. More on hand
# than entries account for is worth the average; so is all of it when one of them told no cost.
_FIFO = """, entry AS (
  SELECT s.product_id, s.location_id, m.quantity, m.value, m.unit_cost, s.quantity AS on_hand,
    sum(m.quantity) OVER (
      PARTITION BY s.product_id, s.location_id ORDER BY m.occurred_at DESC, m.recorded_at DESC, m.id DESC
    ) AS together
  FROM stocked AS s JOIN deposito.stock_movement AS m USING (product_id, location_id)
  WHERE m.quantity > 0 AND m.occurred_at <= :at
    AND m.kind NOT IN ('reversal', 'sale_void', 'customer_return')
    AND NOT EXISTS (SELECT FROM undone WHERE undone.posting_id = m.posting_id)
), layer AS (
  SELECT product_id, location_id, sum(taken) AS quantity, sum(taken * value / quantity) AS value,
    bool_or(unit_cost IS NULL) AS is_unknown
  FROM (
    SELECT entry.*, least(quantity, on_hand - (together - quantity)) AS taken FROM entry
    WHERE together - quantity < on_hand) AS reached
  GROUP BY product_id, location_id
), worth AS (
  SELECT s.*, CASE WHEN l.quantity IS NULL OR l.is_unknown THEN s.average
    ELSE l.value + (s.quantity - l.quantity) * s.each END AS worth
  FROM stocked AS s LEFT JOIN layer AS l USING (product_id, location_id)
)"""
_WORTH = {
    Method.AVERAGE: (_STOCKED, _AVERAGE),
    Method.LAST: (_STOCKED, _COSTS, _LAST),
    Method.REPLACEMENT: (_STOCKED, _COSTS, _REPLACEMENT),
    Method.FIFO: (_STOCKED, _FIFO),
}
_KEYS = {
    Group.PRODUCT: ("p.id", "p.name"),
    Group.CATEGORY: ("p.category_id", "c.name"),
    Group.BRANCH: ("k.branch_id", "CAST(NULL AS text)"),
    Group.LOCATION: ("k.id", "k.name"),
}
_GROUPED = """, grouped AS (
  SELECT {key} AS id, min({name}) AS name, count(DISTINCT w.product_id) AS products,
    sum(w.quantity) AS quantity, coalesce(round(sum(w.worth), 4), 0) AS value,
    count(DISTINCT w.product_id) FILTER (WHERE w.worth IS NULL) AS uncosted
  FROM worth AS w
  JOIN place AS k ON k.id = w.location_id
  JOIN deposito.product AS p ON p.id = w.product_id
  LEFT JOIN deposito.category AS c ON c.organisation_id = p.organisation_id AND c.id = p.category_id
  GROUP BY {key}
), ordered AS (
  SELECT grouped.*, coalesce(id, shared.current_organisation()) AS place FROM grouped
)
SELECT id, name, products, quantity, value, uncosted FROM ordered
WHERE CAST(:after_value AS numeric) IS NULL
  OR (-value, place) > (-CAST(:after_value AS numeric), CAST(:after_id AS uuid))
ORDER BY -value, place LIMIT :limit"""
_TOTAL = """
SELECT count(DISTINCT product_id) AS products, coalesce(round(sum(worth), 4), 0) AS value,
  count(DISTINCT product_id) FILTER (WHERE worth IS NULL) AS uncosted
FROM worth"""


async def parts(  # noqa: PLR0913  a question and a page
    session: AsyncSession,
    asked: Question,
    branches: Branches,
    *,
    now: datetime,
    after: tuple[Decimal, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """What each group is worth, the most first; one more than `limit` when there are more."""
    key, name = _KEYS[asked.group]
    statement = "".join((*_WORTH[asked.method], _GROUPED.format(key=key, name=name)))
    page = {
        "after_value": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit + 1,
    }
    return (await session.execute(text(statement), {**_values(asked, branches, now), **page})).all()


async def total(session: AsyncSession, asked: Question, branches: Branches, *, now: datetime) -> Row[Any]:
    """What all of it is worth."""
    statement = "".join((*_WORTH[asked.method], _TOTAL))
    return (await session.execute(text(statement), _values(asked, branches, now))).one()


def _values(asked: Question, branches: Branches, now: datetime) -> dict[str, Any]:
    return {
        "visible": as_list(branches),
        "branch_id": asked.branch_id,
        "location_id": asked.location_id,
        "at": asked.at or now,
    }
