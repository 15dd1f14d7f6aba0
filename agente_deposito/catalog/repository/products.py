"""Products and their codes."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, literal, or_, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.models import Category, Product, ProductBarcode
from agente_deposito.catalog.rules.values import (
    Barcode,
    BarcodeKind,
    FoundCode,
    MatchProduct,
    ProductFilter,
    ProductView,
)

_TOKENS = text("SELECT token FROM deposito.tokens(shared.searchable(:searched)) AS token")
# "~" sorts after every token: those hold digits, a point and lower case letters only.
_WORD_BEGINS = "SELECT product_id FROM deposito.product_token WHERE token >= :{0} AND token < :{0} || '~'"

# Products that share the beginning of a word with a line; rare words weigh more. Range comparisons
# on text are leakproof, so the index serves under row-level security.
_CANDIDATES = text("""
WITH wanted AS (
  SELECT * FROM unnest(CAST(:lines AS int[]), CAST(:prefixes AS text[])) AS w (line, prefix)
), hit AS MATERIALIZED (
  SELECT DISTINCT p.prefix, t.product_id
  FROM (SELECT DISTINCT prefix FROM wanted) AS p
  JOIN deposito.product_token AS t ON t.token >= p.prefix AND t.token < p.prefix || '~'
  JOIN deposito.product ON product.id = t.product_id AND product.archived_at IS NULL
), weighted AS (
  SELECT prefix, product_id, 1.0 / (1 + count(*) OVER (PARTITION BY prefix)) AS weight FROM hit
), ranked AS (
  SELECT w.line, h.product_id,
    row_number() OVER (PARTITION BY w.line ORDER BY count(*) DESC, sum(h.weight) DESC, h.product_id) AS place
  FROM wanted AS w JOIN weighted AS h USING (prefix)
  GROUP BY w.line, h.product_id
)
SELECT line, product_id FROM ranked WHERE place <= :each ORDER BY line, place""")

_FOR_MATCHING = text("""
SELECT p.id, p.name, p.brand, p.content_quantity, p.content_unit, p.iva_rate, p.has_internal_tax,
  (SELECT b.last_unit_cost FROM deposito.stock_balance AS b
   WHERE b.product_id = p.id AND b.last_unit_cost IS NOT NULL
   ORDER BY b.updated_at DESC LIMIT 1) AS last_unit_cost,
  (SELECT array_agg(c.factor) FROM deposito.product_barcode AS c
   WHERE c.product_id = p.id AND c.archived_at IS NULL AND c.kind = 'pack') AS packs
FROM deposito.product AS p
WHERE p.id = ANY(CAST(:ids AS uuid[])) AND p.archived_at IS NULL""")


async def find_product(session: AsyncSession, product_id: UUID, *, lock: bool = False) -> Product | None:
    """The product's row, archived ones too."""
    statement = select(Product).where(Product.id == product_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.scalars(statement)).one_or_none()


async def add_product(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """A new product's id."""
    product = Product(**values)
    session.add(product)
    await session.flush()
    return product.id


async def view_products(session: AsyncSession, product_ids: Collection[UUID]) -> dict[UUID, ProductView]:
    """Those that exist, with category and codes."""
    rows = (await session.execute(_views().where(Product.id.in_(product_ids)))).all()
    return {view.id: view for view in await _with_barcodes(session, rows)}


async def list_products(
    session: AsyncSession, wanted: ProductFilter, *, after: tuple[str, UUID] | None, limit: int
) -> list[ProductView]:
    """By search name; one more than `limit` when there are more."""
    statement = _views().where(*await _conditions(session, wanted))
    if after is not None:
        key = tuple_(Product.search_name, Product.id)
        statement = statement.where(key > tuple_(literal(after[0]), literal(after[1])))
    statement = statement.order_by(Product.search_name, Product.id).limit(limit + 1)
    return await _with_barcodes(session, (await session.execute(statement)).all())


async def count_products(session: AsyncSession, wanted: ProductFilter) -> int:
    """How many the filter finds."""
    statement = select(func.count()).select_from(Product).where(*await _conditions(session, wanted))
    return int(await session.scalar(statement) or 0)


async def find_sku_owner(session: AsyncSession, sku: str) -> UUID | None:
    """The live product with this SKU."""
    statement = select(Product.id).where(
        func.lower(Product.sku) == sku.lower(), Product.archived_at.is_(None)
    )
    return await session.scalar(statement)


async def find_barcode_owners(session: AsyncSession, codes: Collection[str]) -> dict[str, tuple[UUID, str]]:
    """Id and name of the live products that carry these codes."""
    statement = (
        select(ProductBarcode.code, Product.id, Product.name)
        .join(Product, and_(Product.id == ProductBarcode.product_id))
        .where(ProductBarcode.code.in_(codes), ProductBarcode.archived_at.is_(None))
    )
    return {code: (product_id, name) for code, product_id, name in await session.execute(statement)}


async def add_barcodes(session: AsyncSession, product_id: UUID, barcodes: Sequence[Barcode]) -> None:
    """Attach codes to a product."""
    session.add_all(
        ProductBarcode(product_id=product_id, code=code.code, factor=code.factor, kind=code.kind)
        for code in barcodes
    )
    await session.flush()


async def archive_barcodes(session: AsyncSession, product_id: UUID, code: str | None) -> int:
    """Retire one code of a product, or all with None; how many there were."""
    statement = (
        update(ProductBarcode)
        .where(ProductBarcode.product_id == product_id, ProductBarcode.archived_at.is_(None))
        .values(archived_at=func.now())
        .returning(ProductBarcode.id)
    )
    if code is not None:
        statement = statement.where(ProductBarcode.code == code)
    return len((await session.scalars(statement)).all())


async def find_codes(
    session: AsyncSession, barcodes: Collection[str], skus: Collection[str]
) -> dict[str, FoundCode]:
    """What live codes name, by the code as it was asked for; a barcode comes before an equal SKU."""
    by_sku = select(Product.sku, Product.id).where(
        func.lower(Product.sku).in_([sku.lower() for sku in skus]), Product.archived_at.is_(None)
    )
    owners = {str(sku).lower(): product_id for sku, product_id in await session.execute(by_sku)}
    found = {sku: FoundCode(owners[sku.lower()], Decimal(1), "sku") for sku in skus if sku.lower() in owners}
    by_barcode = select(
        ProductBarcode.code, ProductBarcode.product_id, ProductBarcode.factor, ProductBarcode.kind
    ).where(ProductBarcode.code.in_(barcodes), ProductBarcode.archived_at.is_(None))
    for code, product_id, factor, kind in await session.execute(by_barcode):
        parsed_as = "pack" if kind == BarcodeKind.PACK else "barcode"
        found[code] = FoundCode(product_id, factor, parsed_as)
    return found


async def find_candidates(
    session: AsyncSession, prefixes: Sequence[tuple[int, str]], *, each: int
) -> dict[int, list[UUID]]:
    """Up to `each` live products per line that share the beginning of a word with it."""
    if not prefixes:
        return {}
    lines, words = zip(*prefixes, strict=True)
    rows = await session.execute(_CANDIDATES, {"lines": list(lines), "prefixes": list(words), "each": each})
    found: dict[int, list[UUID]] = {}
    for line, product_id in rows:
        found.setdefault(line, []).append(product_id)
    return found


async def load_for_matching(session: AsyncSession, product_ids: Collection[UUID]) -> list[MatchProduct]:
    """What matching needs of these products; archived ones are left out."""
    rows = await session.execute(_FOR_MATCHING, {"ids": list(product_ids)})
    return [
        MatchProduct(
            id=row.id,
            name=row.name,
            brand=row.brand,
            content_quantity=row.content_quantity,
            content_unit=row.content_unit,
            iva_rate=row.iva_rate,
            has_internal_tax=row.has_internal_tax,
            last_unit_cost=row.last_unit_cost,
            packs=frozenset(row.packs or ()),
        )
        for row in rows
    ]


def _views() -> Select[Product, str]:
    return select(Product, Category.name).outerjoin(
        Category,
        and_(Category.organisation_id == Product.organisation_id, Category.id == Product.category_id),
    )


async def _conditions(session: AsyncSession, wanted: ProductFilter) -> list[Any]:
    archived = Product.archived_at.is_not(None) if wanted.archived else Product.archived_at.is_(None)
    conditions: list[Any] = [archived]
    if wanted.category_id is not None:
        conditions.append(Product.category_id == wanted.category_id)
    if wanted.q:
        conditions.append(await _matches(session, wanted.q, wanted.codes))
    return conditions


async def _matches(session: AsyncSession, q: str, codes: Sequence[str]) -> Any:
    """Every word begins a word of the product, or the whole text is one of its codes."""
    tokens = list(await session.scalars(_TOKENS, {"searched": q}))
    by_code = or_(
        Product.id.in_(
            select(ProductBarcode.product_id).where(
                ProductBarcode.code.in_(codes), ProductBarcode.archived_at.is_(None)
            )
        ),
        func.lower(Product.sku) == q.lower(),
    )
    if not tokens:
        return by_code
    by_words = [
        Product.id.in_(
            text(_WORD_BEGINS.format(f"token_{n}")).bindparams(**{f"token_{n}": token}).columns(Product.id)
        )
        for n, token in enumerate(tokens)
    ]
    return or_(and_(*by_words), by_code)


async def _with_barcodes(session: AsyncSession, rows: Sequence[Row[Product, str]]) -> list[ProductView]:
    ids = [product.id for product, _ in rows]
    statement = (
        select(ProductBarcode)
        .where(ProductBarcode.product_id.in_(ids), ProductBarcode.archived_at.is_(None))
        .order_by(ProductBarcode.id)
    )
    codes: dict[UUID, list[Barcode]] = {}
    for barcode in await session.scalars(statement) if ids else ():
        codes.setdefault(barcode.product_id, []).append(
            Barcode(barcode.code, barcode.factor, BarcodeKind(barcode.kind))
        )
    return [_view(product, category, tuple(codes.get(product.id, ()))) for product, category in rows]


def _view(product: Product, category_name: str | None, barcodes: tuple[Barcode, ...]) -> ProductView:
    return ProductView(
        id=product.id,
        version=product.version,
        name=product.name,
        brand=product.brand,
        sku=product.sku,
        category_id=product.category_id,
        category_name=category_name,
        base_unit=product.base_unit,
        content_quantity=product.content_quantity,
        content_unit=product.content_unit,
        iva_rate=product.iva_rate,
        has_internal_tax=product.has_internal_tax,
        negative_stock=product.negative_stock,
        archived=product.archived_at is not None,
        search_name=product.search_name,
        barcodes=barcodes,
    )


async def existing_ids(session: AsyncSession, product_ids: Collection[UUID]) -> set[UUID]:
    """Those of them that exist, archived ones too."""
    return set(await session.scalars(select(Product.id).where(Product.id.in_(product_ids))))
