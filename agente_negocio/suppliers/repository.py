"""Every query on suppliers and their aliases."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.suppliers.models import Supplier, SupplierAlias


@dataclass(frozen=True, slots=True)
class AliasKey:
    """What a paper says of one thing. kind: code or text."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a confirmed line teaches."""

    alias: AliasKey
    product_id: UUID
    product_name: str
    has_internal_tax: bool
    pack_factor: Decimal
    learned_from: UUID


async def find(session: AsyncSession, supplier_id: UUID, *, lock: bool = False) -> Supplier | None:
    """One supplier."""
    statement = select(Supplier).where(Supplier.id == supplier_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(statement)


async def find_by_cuit(session: AsyncSession, cuit: str) -> Supplier | None:
    """The supplier with that CUIT, archived or not."""
    return await session.scalar(select(Supplier).where(Supplier.cuit == cuit))


async def find_many(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Supplier]:
    """Suppliers by id."""
    found = await session.scalars(select(Supplier).where(Supplier.id.in_(ids)))
    return {supplier.id: supplier for supplier in found}


async def add_if_new(session: AsyncSession, *, cuit: str, name: str) -> None:
    """A supplier nobody has confirmed yet; does nothing when the CUIT is known."""
    statement = insert(Supplier).values(cuit=cuit, name=name)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["organisation_id", "cuit"]))


async def page(
    session: AsyncSession,
    *,
    search: str | None,
    archived: bool,
    limit: int,
    after: tuple[str, UUID] | None,
) -> Sequence[tuple[Supplier, str]]:
    """Suppliers by searchable name, each with its sort key."""
    name = func.shared.searchable(Supplier.name)
    statement = select(Supplier, name).order_by(name, Supplier.id).limit(limit)
    statement = statement.where(
        Supplier.archived_at.is_not(None) if archived else Supplier.archived_at.is_(None)
    )
    if search:
        wanted = func.shared.searchable(search)
        statement = statement.where(
            or_(func.strpos(name, wanted) > 0, Supplier.cuit.startswith(search, autoescape=True))
        )
    if after:
        statement = statement.where(tuple_(name, Supplier.id) > after)
    return [(supplier, key) for supplier, key in (await session.execute(statement)).all()]


async def aliases_of(
    session: AsyncSession, supplier_id: UUID, *, limit: int, after: UUID | None
) -> Sequence[SupplierAlias]:
    """What was learned of a supplier, oldest first."""
    statement = select(SupplierAlias).where(SupplierAlias.supplier_id == supplier_id)
    if after:
        statement = statement.where(SupplierAlias.id > after)
    return (await session.scalars(statement.order_by(SupplierAlias.id).limit(limit))).all()


async def remembered(
    session: AsyncSession, supplier_id: UUID, keys: Collection[AliasKey]
) -> dict[AliasKey, SupplierAlias]:
    """The aliases that exist among those asked for."""
    wanted = [(key.kind, key.key) for key in keys]
    found = await session.scalars(
        select(SupplierAlias).where(
            SupplierAlias.supplier_id == supplier_id,
            tuple_(SupplierAlias.kind, SupplierAlias.key).in_(wanted),
        )
    )
    return {AliasKey(alias.kind, alias.key): alias for alias in found}


# Keys in order, so that two confirmations cannot deadlock.
_LEARN = text("""
    INSERT INTO negocio.supplier_alias AS known
      (supplier_id, kind, key, product_id, product_name, product_has_internal_tax, pack_factor, learned_from,
       last_used_at)
    SELECT CAST(:supplier_id AS uuid), lesson.*, CAST(:now AS timestamptz)
    FROM unnest(
      CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:products AS uuid[]), CAST(:names AS text[]),
      CAST(:internal_taxes AS boolean[]), CAST(:factors AS numeric[]), CAST(:sources AS uuid[])
    ) AS lesson (kind, key, product_id, product_name, has_internal_tax, pack_factor, learned_from)
    ORDER BY lesson.kind, lesson.key
    ON CONFLICT (organisation_id, supplier_id, kind, key) DO UPDATE SET
      product_id = excluded.product_id, product_name = excluded.product_name,
      product_has_internal_tax = excluded.product_has_internal_tax, pack_factor = excluded.pack_factor,
      last_used_at = excluded.last_used_at,
      -- Who taught this meaning first, and how many papers said so since.
      learned_from = CASE WHEN (known.product_id, known.pack_factor)
        = (excluded.product_id, excluded.pack_factor) THEN known.learned_from ELSE excluded.learned_from END,
      times_used = CASE WHEN (known.product_id, known.pack_factor)
        = (excluded.product_id, excluded.pack_factor) THEN known.times_used + 1 ELSE 1 END
""")


async def learn(session: AsyncSession, supplier_id: UUID, lessons: Sequence[Lesson], now: datetime) -> None:
    """Remember lessons of different aliases at once; the newest meaning of a key wins."""
    values = {
        "supplier_id": supplier_id,
        "now": now,
        "kinds": [lesson.alias.kind for lesson in lessons],
        "keys": [lesson.alias.key for lesson in lessons],
        "products": [lesson.product_id for lesson in lessons],
        "names": [lesson.product_name for lesson in lessons],
        "internal_taxes": [lesson.has_internal_tax for lesson in lessons],
        "factors": [lesson.pack_factor for lesson in lessons],
        "sources": [lesson.learned_from for lesson in lessons],
    }
    await session.execute(_LEARN, values)


async def unlearn(session: AsyncSession, invoice_id: UUID) -> None:
    """Drop what only this paper taught."""
    await session.execute(
        delete(SupplierAlias).where(
            and_(SupplierAlias.learned_from == invoice_id, SupplierAlias.times_used == 1)
        )
    )


async def forget(session: AsyncSession, supplier_id: UUID, alias_id: UUID) -> bool:
    """Drop an alias; False when there is none."""
    statement = delete(SupplierAlias).where(
        and_(SupplierAlias.supplier_id == supplier_id, SupplierAlias.id == alias_id)
    )
    gone = await session.scalars(statement.returning(SupplierAlias.id))
    return gone.one_or_none() is not None
