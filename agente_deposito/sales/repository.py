"""Every query of sales and their daily summaries."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.sales.rules import (
    BranchHours,
    DayFacts,
    PricedLine,
    ProductDays,
    RecordSale,
)
from shared.kernel.branches import Branches, as_list

# Ticket, lines and payments in one statement: one round trip to the database per sale.
_ADD = text("""
WITH ticket AS (
  INSERT INTO deposito.sale
    (id, branch_id, location_id, posting_id, request_hash, occurred_at, recorded_by, total)
  VALUES (:id, :branch_id, :location_id, :posting_id, :request_hash, :occurred_at, :recorded_by, :total)
), lines AS (
  INSERT INTO deposito.sale_line
    (sale_id, position, product_id, code, quantity, factor, base_quantity, unit_price, discount, amount, cost)
  SELECT :id, l.* FROM unnest(
    CAST(:positions AS int[]), CAST(:products AS uuid[]), CAST(:codes AS text[]),
    CAST(:quantities AS numeric[]), CAST(:factors AS numeric[]), CAST(:base_quantities AS numeric[]),
    CAST(:unit_prices AS numeric[]), CAST(:discounts AS numeric[]), CAST(:amounts AS numeric[]),
    CAST(:costs AS numeric[])) AS l
)
INSERT INTO deposito.sale_payment (sale_id, position, method, amount, reference)
SELECT :id, p.* FROM unnest(
  CAST(:payment_positions AS int[]), CAST(:methods AS text[]), CAST(:payment_amounts AS numeric[]),
  CAST(:references AS text[])) AS p""")

# Always after the balances and in key order, so that writers never wait for each other in a circle.
_ADD_PRODUCT_DAYS = text("""
INSERT INTO deposito.sale_product_day AS d
  (product_id, branch_id, day, quantity, amount, cost, uncosted, last_price)
SELECT * FROM unnest(
  CAST(:products AS uuid[]), CAST(:branches AS uuid[]), CAST(:days AS date[]),
  CAST(:quantities AS numeric[]), CAST(:amounts AS numeric[]), CAST(:costs AS numeric[]),
  CAST(:uncosted AS numeric[]), CAST(:prices AS numeric[]))
ON CONFLICT (organisation_id, product_id, branch_id, day) DO UPDATE SET
  quantity = d.quantity + excluded.quantity, amount = d.amount + excluded.amount,
  cost = d.cost + excluded.cost, uncosted = d.uncosted + excluded.uncosted,
  last_price = coalesce(excluded.last_price, d.last_price)""")
_ADD_BRANCH_HOURS = text("""
INSERT INTO deposito.sale_branch_hour AS h (branch_id, day, hour, amount, cost, uncosted, tickets, units)
SELECT * FROM unnest(
  CAST(:branches AS uuid[]), CAST(:days AS date[]), CAST(:hours AS int[]), CAST(:amounts AS numeric[]),
  CAST(:costs AS numeric[]), CAST(:uncosted AS numeric[]), CAST(:tickets AS int[]),
  CAST(:units AS numeric[]))
ON CONFLICT (organisation_id, branch_id, day, hour) DO UPDATE SET
  amount = h.amount + excluded.amount, cost = h.cost + excluded.cost,
  uncosted = h.uncosted + excluded.uncosted, tickets = h.tickets + excluded.tickets,
  units = h.units + excluded.units""")

_HASHES = text("SELECT id, request_hash FROM deposito.sale WHERE id = ANY(CAST(:ids AS uuid[]))")
_VISIBLE = "(CAST(:visible AS uuid[]) IS NULL OR s.branch_id = ANY(CAST(:visible AS uuid[])))"
_SALE = """
SELECT s.id, s.branch_id, s.location_id, s.posting_id, s.occurred_at, s.recorded_at, s.recorded_by,
  s.total, s.voided_at, s.voided_by, s.void_reason, s.void_posting_id,
  (SELECT count(*) FROM deposito.sale_line AS l
   WHERE l.organisation_id = s.organisation_id AND l.sale_id = s.id) AS line_count
FROM deposito.sale AS s
"""
_FIND = text(f"{_SALE} WHERE s.id = :id AND {_VISIBLE}")
_LIST = f"{_SALE} WHERE {_VISIBLE}"
_CONDITIONS = {
    "branch_id": " AND s.branch_id = :branch_id",
    "first": " AND s.occurred_at >= :first",
    "last": " AND s.occurred_at < :last",
    "after_at": " AND (s.occurred_at, s.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))",
}
_LINES = text("""
SELECT l.*, p.name AS product_name FROM deposito.sale_line AS l
JOIN deposito.product AS p ON p.organisation_id = l.organisation_id AND p.id = l.product_id
WHERE l.sale_id = ANY(CAST(:ids AS uuid[])) ORDER BY l.sale_id, l.position""")
_PAYMENTS = text("""
SELECT sale_id, method, amount, reference FROM deposito.sale_payment
WHERE sale_id = ANY(CAST(:ids AS uuid[])) ORDER BY sale_id, position""")
_VOID = text("""
UPDATE deposito.sale
SET voided_at = :at, voided_by = :by, void_reason = :reason, void_posting_id = :posting_id
WHERE id = :id""")

_DAYS = text("""
SELECT day, sum(amount) AS amount, CASE WHEN sum(uncosted) = 0 THEN sum(cost) END AS cost,
  sum(tickets) AS tickets, sum(units) AS units
FROM deposito.sale_branch_hour AS s
WHERE day BETWEEN :first AND :last AND (CAST(:branch_id AS uuid) IS NULL OR branch_id = :branch_id)
  AND (CAST(:visible AS uuid[]) IS NULL OR branch_id = ANY(CAST(:visible AS uuid[])))
GROUP BY day ORDER BY day""")
_HOURS = text("""
SELECT extract(isodow FROM day)::int - 1 AS weekday, hour, sum(amount) AS amount
FROM deposito.sale_branch_hour
WHERE day BETWEEN :first AND :last AND (CAST(:branch_id AS uuid) IS NULL OR branch_id = :branch_id)
  AND (CAST(:visible AS uuid[]) IS NULL OR branch_id = ANY(CAST(:visible AS uuid[])))
GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2""")

# A series exists for whatever was held or sold in a branch up to the last day.
_SERIES_KEYS = text("""
WITH place AS (
  SELECT id, branch_id FROM deposito.location
  WHERE kind <> 'transit' AND (CAST(:branch_id AS uuid) IS NULL OR branch_id = :branch_id)
    AND (CAST(:visible AS uuid[]) IS NULL OR branch_id = ANY(CAST(:visible AS uuid[])))
)
SELECT product_id, branch_id FROM (
  SELECT b.product_id, place.branch_id FROM deposito.stock_balance AS b
  JOIN place ON place.id = b.location_id
  GROUP BY b.product_id, place.branch_id
) AS series
WHERE (CAST(:product_id AS uuid) IS NULL OR product_id = :product_id)
  AND (CAST(:after_product AS uuid) IS NULL
    OR (product_id, branch_id) > (CAST(:after_product AS uuid), CAST(:after_branch AS uuid)))
ORDER BY product_id, branch_id LIMIT :limit""")
_STOCK_DAYS = text("""
WITH wanted AS (
  SELECT * FROM unnest(CAST(:products AS uuid[]), CAST(:branches AS uuid[])) AS w (product_id, branch_id)
)
SELECT w.product_id, w.branch_id, greatest(d.day, CAST(:before AS date)) AS day,
  sum(d.entered) AS entered, sum(d.departed) AS departed
FROM wanted AS w
JOIN deposito.location AS k ON k.branch_id = w.branch_id AND k.kind <> 'transit'
JOIN deposito.stock_day AS d ON d.product_id = w.product_id AND d.location_id = k.id AND d.day <= :last
GROUP BY 1, 2, 3""")
_SOLD_DAYS = text("""
WITH wanted AS (
  SELECT * FROM unnest(CAST(:products AS uuid[]), CAST(:branches AS uuid[])) AS w (product_id, branch_id)
)
SELECT d.product_id, d.branch_id, d.day, d.quantity FROM wanted AS w
JOIN deposito.sale_product_day AS d USING (product_id, branch_id)
WHERE d.day BETWEEN :first AND :last""")


async def find_hashes(session: AsyncSession, sale_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The content hash of those that are recorded."""
    rows = await session.execute(_HASHES, {"ids": list(sale_ids)})
    return {row.id: bytes(row.request_hash) for row in rows}


async def add_sale(  # noqa: PLR0913  what a ticket is made of are these
    session: AsyncSession,
    sale: RecordSale,
    lines: Sequence[PricedLine],
    *,
    location_id: UUID,
    posting_id: UUID,
    request_hash: bytes,
    recorded_by: UUID,
    total: Decimal,
    costs: Sequence[Decimal | None],
) -> None:
    """Record a ticket with its lines and payments."""
    await session.execute(
        _ADD,
        {
            "id": sale.id,
            "branch_id": sale.branch_id,
            "location_id": location_id,
            "posting_id": posting_id,
            "request_hash": request_hash,
            "occurred_at": sale.occurred_at,
            "recorded_by": recorded_by,
            "total": total,
            "positions": list(range(1, len(lines) + 1)),
            "products": [line.product_id for line in lines],
            "codes": [line.code for line in lines],
            "quantities": [line.quantity for line in lines],
            "factors": [line.factor for line in lines],
            "base_quantities": [line.base_quantity for line in lines],
            "unit_prices": [line.unit_price for line in lines],
            "discounts": [line.discount for line in lines],
            "amounts": [line.amount for line in lines],
            "costs": list(costs),
            "payment_positions": list(range(1, len(sale.payments) + 1)),
            "methods": [payment.method.value for payment in sale.payments],
            "payment_amounts": [payment.amount for payment in sale.payments],
            "references": [payment.reference for payment in sale.payments],
        },
    )


async def add_to_days(session: AsyncSession, products: ProductDays, hours: BranchHours) -> None:
    """Add to the daily summaries, in key order."""
    if products:
        keyed = sorted(products.items())
        await session.execute(
            _ADD_PRODUCT_DAYS,
            {
                "products": [key[0] for key, _ in keyed],
                "branches": [key[1] for key, _ in keyed],
                "days": [key[2] for key, _ in keyed],
                "quantities": [day.quantity for _, day in keyed],
                "amounts": [day.amount for _, day in keyed],
                "costs": [day.cost for _, day in keyed],
                "uncosted": [day.uncosted for _, day in keyed],
                "prices": [day.last_price for _, day in keyed],
            },
        )
    if hours:
        timed = sorted(hours.items())
        await session.execute(
            _ADD_BRANCH_HOURS,
            {
                "branches": [key[0] for key, _ in timed],
                "days": [key[1] for key, _ in timed],
                "hours": [key[2] for key, _ in timed],
                "amounts": [hour.amount for _, hour in timed],
                "costs": [hour.cost for _, hour in timed],
                "uncosted": [hour.uncosted for _, hour in timed],
                "tickets": [hour.tickets for _, hour in timed],
                "units": [hour.units for _, hour in timed],
            },
        )


async def find_sale(session: AsyncSession, sale_id: UUID, branches: Branches) -> Row[Any] | None:
    """One sale of the caller's branches."""
    return (await session.execute(_FIND, {"id": sale_id, "visible": as_list(branches)})).one_or_none()


async def list_sales(  # noqa: PLR0913  the filters of the list are these
    session: AsyncSession,
    branches: Branches,
    *,
    branch_id: UUID | None,
    first: datetime | None,
    last: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The latest first; one more than `limit` when there are more."""
    values: dict[str, Any] = {
        "branch_id": branch_id,
        "first": first,
        "last": last,
        "after_at": after[0] if after else None,
    }
    given = {name: value for name, value in values.items() if value is not None}
    statement = _LIST + "".join(_CONDITIONS[name] for name in given)
    statement += " ORDER BY s.occurred_at DESC, s.id DESC LIMIT :limit"
    if after:
        given["after_id"] = after[1]
    bound = {**given, "visible": as_list(branches), "limit": limit + 1}
    return (await session.execute(text(statement), bound)).all()


async def lines_of(session: AsyncSession, sale_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Lines of each sale, in order."""
    return _by_sale((await session.execute(_LINES, {"ids": list(sale_ids)})).all())


async def payments_of(session: AsyncSession, sale_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Payments of each sale, in order."""
    return _by_sale((await session.execute(_PAYMENTS, {"ids": list(sale_ids)})).all())


async def mark_void(  # noqa: PLR0913  what a void records are these
    session: AsyncSession, sale_id: UUID, *, at: datetime, by: UUID, reason: str, posting_id: UUID
) -> None:
    """Note that a sale was voided."""
    values = {"id": sale_id, "at": at, "by": by, "reason": reason, "posting_id": posting_id}
    await session.execute(_VOID, values)


async def summary(
    session: AsyncSession, branches: Branches, *, branch_id: UUID | None, first: date, last: date
) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]]]:
    """Sales by day and by hour of the week."""
    values = {"visible": as_list(branches), "branch_id": branch_id, "first": first, "last": last}
    days = (await session.execute(_DAYS, values)).all()
    return days, (await session.execute(_HOURS, values)).all()


async def series_keys(  # noqa: PLR0913  the filters of the list are these
    session: AsyncSession,
    branches: Branches,
    *,
    branch_id: UUID | None,
    product_id: UUID | None,
    after: tuple[UUID, UUID] | None,
    limit: int,
) -> list[tuple[UUID, UUID]]:
    """Products and branches that have a series; one more than `limit` when there are more."""
    values = {
        "visible": as_list(branches),
        "branch_id": branch_id,
        "product_id": product_id,
        "after_product": after[0] if after else None,
        "after_branch": after[1] if after else None,
        "limit": limit + 1,
    }
    return [(row.product_id, row.branch_id) for row in await session.execute(_SERIES_KEYS, values)]


async def day_facts(
    session: AsyncSession, keys: Sequence[tuple[UUID, UUID]], *, before: date, first: date, last: date
) -> dict[tuple[UUID, UUID], dict[date, DayFacts]]:
    """What happened on each day of each series; everything earlier is gathered on the day `before`."""
    wanted: dict[str, Any] = {
        "products": [product for product, _ in keys],
        "branches": [branch for _, branch in keys],
        "last": last,
    }
    found: dict[tuple[UUID, UUID], dict[date, DayFacts]] = {key: {} for key in keys}
    for row in await session.execute(_STOCK_DAYS, {**wanted, "before": before}):
        facts = DayFacts(entered=row.entered, departed=row.departed)
        found[row.product_id, row.branch_id][row.day] = facts
    for row in await session.execute(_SOLD_DAYS, {**wanted, "first": first}):
        days = found[row.product_id, row.branch_id]
        known = days.get(row.day, DayFacts())
        days[row.day] = DayFacts(row.quantity, known.entered, known.departed)
    return found


def _by_sale(rows: Sequence[Row[Any]]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.sale_id, []).append(row)
    return found
