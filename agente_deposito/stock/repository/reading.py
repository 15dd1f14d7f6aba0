"""Reading the ledger: movements, how a number came to be, and whether sums and balances agree."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.stock.rules import MovementFilter, PostingFacts, Story
from shared.kernel.branches import Branches, as_list

_VISIBLE = """(CAST(:branches AS uuid[]) IS NULL OR k.branch_id = ANY(CAST(:branches AS uuid[])))"""

# What occurred from an instant on was recorded at most a day before it: older months are not read.
_LIST = f"""
SELECT m.id, m.posting_id, s.source, m.kind, m.product_id, p.name AS product_name, m.location_id,
  k.name AS location_name, m.quantity, m.unit_cost, m.value, m.balance_after, m.occurred_at,
  m.recorded_at, s.recorded_by, s.note, r.id AS reversed_by
FROM deposito.stock_movement AS m
JOIN deposito.stock_posting AS s ON s.organisation_id = m.organisation_id AND s.id = m.posting_id
JOIN deposito.product AS p ON p.organisation_id = m.organisation_id AND p.id = m.product_id
JOIN deposito.location AS k ON k.organisation_id = m.organisation_id AND k.id = m.location_id
LEFT JOIN deposito.stock_posting AS r
  ON r.organisation_id = m.organisation_id AND r.reverses_posting_id = m.posting_id
WHERE {_VISIBLE}
"""  # noqa: S608  only our own constant is put in
_CONDITIONS = {
    "product_id": " AND m.product_id = :product_id",
    "location_id": " AND m.location_id = :location_id",
    "posting_id": " AND m.posting_id = :posting_id",
    "first": " AND m.occurred_at >= :first"
    " AND m.recorded_at >= CAST(:first AS timestamptz) - interval '1 day'",
    "last": " AND m.occurred_at < :last",
    "after_at": " AND (m.recorded_at, m.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))",
}
_NEWEST_FIRST = " ORDER BY m.recorded_at DESC, m.id DESC LIMIT :limit"

_POSTING = text(f"""
SELECT s.id, s.source, s.reverses_posting_id, r.id AS reversed_by,
  bool_and({_VISIBLE}) AS is_visible
FROM deposito.stock_posting AS s
JOIN deposito.stock_movement AS m ON m.organisation_id = s.organisation_id
  AND m.posting_id = s.id AND m.recorded_at = s.recorded_at
JOIN deposito.location AS k ON k.organisation_id = m.organisation_id AND k.id = m.location_id
LEFT JOIN deposito.stock_posting AS r
  ON r.organisation_id = s.organisation_id AND r.reverses_posting_id = s.id
WHERE s.id = :posting_id
GROUP BY s.organisation_id, s.id, r.id""")  # noqa: S608  only our own constant is put in

_BY_SOURCE = text("SELECT id FROM deposito.stock_posting WHERE source = :source")

_OF_PRODUCT = f"""
FROM deposito.stock_movement AS m
JOIN deposito.location AS k ON k.organisation_id = m.organisation_id AND k.id = m.location_id
WHERE m.product_id = :product_id AND m.occurred_at <= :at AND {_VISIBLE}
  AND (CAST(:location_id AS uuid) IS NULL OR m.location_id = :location_id)
"""
_OPENING = text(
    f"SELECT coalesce(sum(m.quantity), 0) AS quantity, coalesce(sum(m.value), 0) AS value {_OF_PRODUCT}"
    " AND m.occurred_at < :first"
)
_GROUPS = text(
    "SELECT m.kind, count(*) AS movements, sum(m.quantity) AS quantity, sum(m.value) AS value "
    f"{_OF_PRODUCT} AND m.occurred_at >= :first GROUP BY m.kind ORDER BY min(m.occurred_at), m.kind"
)
_DOCUMENTS = text(f"""
SELECT found.*, s.source, s.note, s.recorded_by, r.id AS reversed_by, o.source AS reverses_source
FROM (
  SELECT m.organisation_id, m.posting_id, min(m.kind) FILTER (WHERE m.quantity <> 0) AS kind,
    m.occurred_at, m.recorded_at, sum(m.quantity) AS quantity, sum(m.value) AS value
  {_OF_PRODUCT} AND m.occurred_at >= :first
  GROUP BY m.organisation_id, m.posting_id, m.occurred_at, m.recorded_at
  ORDER BY m.occurred_at DESC, m.posting_id DESC LIMIT :limit
) AS found
JOIN deposito.stock_posting AS s ON s.organisation_id = found.organisation_id AND s.id = found.posting_id
LEFT JOIN deposito.stock_posting AS r
  ON r.organisation_id = found.organisation_id AND r.reverses_posting_id = found.posting_id
LEFT JOIN deposito.stock_posting AS o
  ON o.organisation_id = found.organisation_id AND o.id = s.reverses_posting_id
ORDER BY found.occurred_at DESC, found.posting_id DESC""")  # noqa: S608  only our own constant is put in

_POLICIES = text("""
SELECT product_id, branch_id, negative_stock FROM deposito.stock_policy
WHERE (CAST(:product_id AS uuid) IS NULL OR product_id = :product_id)
  AND (CAST(:branches AS uuid[]) IS NULL OR branch_id = ANY(CAST(:branches AS uuid[])))
ORDER BY product_id, branch_id LIMIT 1000""")

# Balances are read in the same statement, hence the same snapshot, as the movements.
_RESUM = text(f"""
WITH summed AS (
  SELECT m.product_id, m.location_id, sum(m.quantity) AS quantity, sum(m.value) AS value
  FROM deposito.stock_movement AS m GROUP BY m.product_id, m.location_id
), by_day AS (
  SELECT d.product_id, d.location_id, sum(d.entered - d.departed) AS quantity
  FROM deposito.stock_day AS d GROUP BY d.product_id, d.location_id
), compared AS (
  SELECT b.product_id, b.location_id, b.quantity, b.value, coalesce(s.quantity, 0) AS summed_quantity,
    coalesce(s.value, 0) AS summed_value, coalesce(d.quantity, 0) AS days_quantity
  FROM deposito.stock_balance AS b
  JOIN deposito.location AS k ON k.organisation_id = b.organisation_id AND k.id = b.location_id
    AND {_VISIBLE}
  LEFT JOIN summed AS s USING (product_id, location_id)
  LEFT JOIN by_day AS d USING (product_id, location_id)
)
SELECT c.*, count(*) OVER () AS wrong FROM compared AS c
WHERE c.quantity <> c.summed_quantity OR c.value <> c.summed_value OR c.quantity <> c.days_quantity
ORDER BY c.product_id, c.location_id LIMIT :limit""")  # noqa: S608  only our own constant is put in
_BALANCES = text(f"""
SELECT count(*) FROM deposito.stock_balance AS b
JOIN deposito.location AS k ON k.organisation_id = b.organisation_id AND k.id = b.location_id
WHERE {_VISIBLE}""")  # noqa: S608  only our own constant is put in
# The sums as the ledger has them, of keys that are locked.
_REBUILD_BALANCES = text("""
UPDATE deposito.stock_balance AS b
SET quantity = s.quantity, value = s.value, updated_at = clock_timestamp()
FROM (
  SELECT k.product_id, k.location_id, coalesce(sum(m.quantity), 0) AS quantity,
    coalesce(sum(m.value), 0) AS value
  FROM unnest(CAST(:products AS uuid[]), CAST(:locations AS uuid[])) AS k (product_id, location_id)
  LEFT JOIN deposito.stock_movement AS m USING (product_id, location_id)
  GROUP BY k.product_id, k.location_id
) AS s
WHERE b.product_id = s.product_id AND b.location_id = s.location_id""")
_REBUILD_DAYS = text("""
WITH key AS (
  SELECT * FROM unnest(CAST(:products AS uuid[]), CAST(:locations AS uuid[])) AS k (product_id, location_id)
), summed AS (
  SELECT m.product_id, m.location_id,
    (m.occurred_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date AS day,
    coalesce(sum(m.quantity) FILTER (WHERE m.quantity > 0), 0) AS entered,
    coalesce(-sum(m.quantity) FILTER (WHERE m.quantity < 0), 0) AS departed
  FROM deposito.stock_movement AS m JOIN key USING (product_id, location_id)
  WHERE m.quantity <> 0 GROUP BY 1, 2, 3
), emptied AS (
  SELECT d.product_id, d.location_id, d.day, 0 AS entered, 0 AS departed
  FROM deposito.stock_day AS d JOIN key USING (product_id, location_id)
  WHERE NOT EXISTS (
    SELECT FROM summed AS s
    WHERE s.product_id = d.product_id AND s.location_id = d.location_id AND s.day = d.day)
)
INSERT INTO deposito.stock_day AS d (product_id, location_id, day, entered, departed)
SELECT * FROM summed UNION ALL SELECT * FROM emptied
ON CONFLICT (organisation_id, product_id, location_id, day)
DO UPDATE SET entered = excluded.entered, departed = excluded.departed""")
_KEEP_CHECK = text("""
INSERT INTO deposito.integrity_check (checked, differences)
VALUES (:checked, CAST(:differences AS jsonb))""")
_LAST_CHECK = text(f"""
SELECT c.checked_at, c.checked, jsonb_array_length(c.differences) AS wrong, (
  SELECT coalesce(jsonb_agg(d), '[]') FROM jsonb_array_elements(c.differences) AS d
  JOIN deposito.location AS k ON k.id = CAST(d ->> 'location_id' AS uuid) AND {_VISIBLE}) AS differences
FROM deposito.integrity_check AS c ORDER BY c.id DESC LIMIT 1""")  # noqa: S608  only our own constant is put in
_LEDGERS = text("SELECT organisations, wrong, oldest_check FROM deposito.ledgers()")
_CLAIM_CHECK = text(
    "SELECT pg_try_advisory_xact_lock("
    "hashtextextended('deposito.integrity:' || shared.current_organisation(), 0))"
)
_PATIENCE = text("SELECT set_config('statement_timeout', '600000', true)")
_ENSURE_PARTITIONS = text("SELECT deposito.ensure_partitions(CAST(:first AS date), :months)")


async def list_movements(
    session: AsyncSession,
    wanted: MovementFilter,
    branches: Branches,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Newest first; one more than `limit` when there are more."""
    values: dict[str, Any] = {
        "product_id": wanted.product_id,
        "location_id": wanted.location_id,
        "posting_id": wanted.posting_id,
        "first": wanted.first,
        "last": wanted.last,
        "after_at": after[0] if after else None,
    }
    given = {name: value for name, value in values.items() if value is not None}
    statement = _LIST + "".join(_CONDITIONS[name] for name in given) + _NEWEST_FIRST
    if after:
        given["after_id"] = after[1]
    bound = {**given, "branches": as_list(branches), "limit": limit + 1}
    return (await session.execute(text(statement), bound)).all()


async def find_posting(session: AsyncSession, posting_id: UUID, branches: Branches) -> PostingFacts | None:
    """A posting, by its id."""
    row = (
        await session.execute(_POSTING, {"posting_id": posting_id, "branches": as_list(branches)})
    ).one_or_none()
    if row is None:
        return None
    return PostingFacts(row.id, row.source, row.reverses_posting_id, row.reversed_by, row.is_visible)


async def find_posting_id(session: AsyncSession, source: str) -> UUID | None:
    """The posting a document made."""
    found: UUID | None = await session.scalar(_BY_SOURCE, {"source": source})
    return found


async def opening(session: AsyncSession, story: Story, branches: Branches) -> tuple[Decimal, Decimal]:
    """Quantity and value before the story begins."""
    row = (await session.execute(_OPENING, _told(story, branches))).one()
    return row.quantity, row.value


async def groups(session: AsyncSession, story: Story, branches: Branches) -> Sequence[Row[Any]]:
    """What each kind of movement added or took."""
    return (await session.execute(_GROUPS, _told(story, branches))).all()


async def documents(
    session: AsyncSession, story: Story, branches: Branches, *, limit: int
) -> Sequence[Row[Any]]:
    """The postings behind it, the latest first."""
    return (await session.execute(_DOCUMENTS, {**_told(story, branches), "limit": limit})).all()


async def list_policies(
    session: AsyncSession, product_id: UUID | None, branches: Branches
) -> Sequence[Row[Any]]:
    """The first thousand, by product."""
    values = {"product_id": product_id, "branches": as_list(branches)}
    return (await session.execute(_POLICIES, values)).all()


async def resum(
    session: AsyncSession, branches: Branches, *, patiently: bool, most: int = 100
) -> tuple[int, int, Sequence[Row[Any]]]:
    """Balances checked, how many differ from the ledger's sums, and the first of those."""
    if patiently:
        await session.execute(_PATIENCE)
    seen = {"branches": as_list(branches)}
    rows = (await session.execute(_RESUM, {**seen, "limit": most})).all()
    checked = await session.scalar(_BALANCES, seen)
    return int(checked or 0), rows[0].wrong if rows else 0, rows


async def rebuild(session: AsyncSession, keys: Sequence[tuple[UUID, UUID]]) -> None:
    """Make balances and days what the ledger's sums are; call it with these balances locked."""
    values = {"products": [product for product, _ in keys], "locations": [place for _, place in keys]}
    await session.execute(_REBUILD_BALANCES, values)
    await session.execute(_REBUILD_DAYS, values)


async def keep_check(session: AsyncSession, *, checked: int, differences: str) -> None:
    """Remember a nightly check. differences: JSON."""
    await session.execute(_KEEP_CHECK, {"checked": checked, "differences": differences})


async def claim_check(session: AsyncSession) -> bool:
    """Whether nobody else is summing this organisation's ledger until the transaction ends."""
    return bool(await session.scalar(_CLAIM_CHECK))


async def last_check(session: AsyncSession, branches: Branches) -> Row[Any] | None:
    """The latest nightly check, with its first hundred differences that the caller may see."""
    return (await session.execute(_LAST_CHECK, {"branches": as_list(branches)})).one_or_none()


async def ledgers(session: AsyncSession) -> Row[Any]:
    """All organisations together, by each one's last check: organisations, wrong, oldest_check."""
    return (await session.execute(_LEDGERS)).one()


async def ensure_partitions(session: AsyncSession, *, first: datetime, months: int) -> int:
    """Make the ledger's partitions of these months that are missing; how many were."""
    made = await session.scalar(_ENSURE_PARTITIONS, {"first": first.date(), "months": months})
    return int(made or 0)


def _told(story: Story, branches: Branches) -> dict[str, Any]:
    return {
        "product_id": story.product_id,
        "location_id": story.location_id,
        "first": story.first,
        "at": story.at,
        "branches": as_list(branches),
    }
