"""Products: adding, changing, archiving, finding."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.errors import (
    BarcodeTakenError,
    CategoryNotFoundError,
    CodeNotFoundError,
    ProductNotFoundError,
    SkuTakenError,
    WrongCheckDigitError,
)
from agente_deposito.catalog.models import Product
from agente_deposito.catalog.repository import places, products
from agente_deposito.catalog.rules.codes import (
    canonical_code,
    check_barcode,
    check_different,
    has_wrong_check_digit,
)
from agente_deposito.catalog.rules.values import Barcode, BarcodeKind, FoundCode, ProductFilter, ProductView
from shared.kernel.clock import utc_now
from shared.web.etag import check_version


@dataclass(frozen=True, slots=True)
class NewBarcode:
    """A code as it was typed and how many base units it names."""

    code: str
    factor: Decimal
    kind: BarcodeKind


async def add_product(
    session: AsyncSession, values: dict[str, Any], barcodes: Sequence[NewBarcode]
) -> ProductView:
    """A new product with its codes.

    Raises CategoryNotFoundError, SkuTakenError, WrongCheckDigitError, BarcodeRepeatedError,
    BarcodeTakenError.
    """
    await _check_values(session, values, but=None)
    checked = [
        check_barcode(new.code, new.factor, new.kind, field=f"barcodes[{n}].code")
        for n, new in enumerate(barcodes)
    ]
    check_different(checked)
    await _refuse_taken(session, checked)
    product_id = await products.add_product(session, values)
    await products.add_barcodes(session, product_id, checked)
    return await read_product(session, product_id)


async def read_product(session: AsyncSession, product_id: UUID) -> ProductView:
    """One product, archived ones too. Raises ProductNotFoundError."""
    found = await products.view_products(session, [product_id])
    if product_id not in found:
        raise ProductNotFoundError("No such product.")
    return found[product_id]


async def list_products(
    session: AsyncSession, wanted: ProductFilter, *, after: tuple[str, UUID] | None, limit: int
) -> list[ProductView]:
    """By name; one more than `limit` when there are more."""
    return await products.list_products(session, wanted, after=after, limit=limit)


async def count_products(session: AsyncSession, wanted: ProductFilter) -> int:
    """How many the filter finds."""
    return await products.count_products(session, wanted)


async def change_product(
    session: AsyncSession, product_id: UUID, changes: dict[str, Any], *, version: int | None
) -> ProductView:
    """Change what is given. Raises as add_product does, and StaleVersionError."""
    product = await _locked(session, product_id, version=version)
    archived = changes.pop("archived", None)
    await _check_values(session, changes, but=product_id)
    for name, value in changes.items():
        setattr(product, name, value)
    if archived is not None:
        await _set_archived(session, product, archived=archived)
    await _touch(session, product)
    return await read_product(session, product_id)


async def archive_product(session: AsyncSession, product_id: UUID, *, version: int | None) -> ProductView:
    """Take a product out of use; its codes become free, its history stays."""
    return await change_product(session, product_id, {"archived": True}, version=version)


async def add_barcode(session: AsyncSession, product_id: UUID, new: NewBarcode) -> ProductView:
    """Attach a code; attaching the same one again changes nothing.

    Raises ProductNotFoundError, WrongCheckDigitError, BarcodeTakenError.
    """
    product = await _locked(session, product_id, version=None)
    barcode = check_barcode(new.code, new.factor, new.kind, field="code")
    view = await read_product(session, product_id)
    if barcode not in view.barcodes:
        await _refuse_taken(session, [barcode])
        await products.add_barcodes(session, product_id, [barcode])
        await _touch(session, product)
    return await read_product(session, product_id)


async def remove_barcode(session: AsyncSession, product_id: UUID, code: str) -> ProductView:
    """Free a code. Raises ProductNotFoundError, CodeNotFoundError."""
    product = await _locked(session, product_id, version=None)
    if not await products.archive_barcodes(session, product_id, canonical_code(code)):
        raise CodeNotFoundError(code)
    await _touch(session, product)
    return await read_product(session, product_id)


async def resolve_codes(session: AsyncSession, codes: Collection[str]) -> dict[str, FoundCode]:
    """What each code names, by the code as given: a barcode in any spelling, or a SKU."""
    stored = {code: canonical_code(code) for code in codes}
    found = await products.find_codes(session, set(stored.values()), set(codes))
    resolved = {code: found.get(stored[code]) or found.get(code) for code in codes}
    return {code: product for code, product in resolved.items() if product is not None}


async def look_up(session: AsyncSession, code: str) -> tuple[FoundCode, ProductView]:
    """The product a code names. Raises CodeNotFoundError, or WrongCheckDigitError for a misread barcode."""
    found = (await resolve_codes(session, [code])).get(code)
    if found is None:
        if has_wrong_check_digit(code):
            raise WrongCheckDigitError(code, field="code")
        raise CodeNotFoundError(code)
    return found, await read_product(session, found.product_id)


async def _locked(session: AsyncSession, product_id: UUID, *, version: int | None) -> Product:
    product = await products.find_product(session, product_id, lock=True)
    if product is None:
        raise ProductNotFoundError("No such product.")
    check_version(product.version, version)
    return product


async def _touch(session: AsyncSession, product: Product) -> None:
    product.version += 1
    product.updated_at = utc_now()
    await session.flush()


async def _set_archived(session: AsyncSession, product: Product, *, archived: bool) -> None:
    if archived and product.archived_at is None:
        product.archived_at = utc_now()
        await products.archive_barcodes(session, product.id, None)
    if not archived and product.archived_at is not None:
        if product.sku is not None:
            await _refuse_taken_sku(session, product.sku, but=product.id)
        product.archived_at = None


async def _check_values(session: AsyncSession, values: dict[str, Any], *, but: UUID | None) -> None:
    category_id = values.get("category_id")
    if category_id is not None and not await places.is_live_category(session, category_id):
        raise CategoryNotFoundError("No such category.", fields=("category_id",))
    sku = values.get("sku")
    if sku is not None:
        await _refuse_taken_sku(session, sku, but=but)


async def _refuse_taken_sku(session: AsyncSession, sku: str, *, but: UUID | None) -> None:
    owner = await products.find_sku_owner(session, sku)
    if owner is not None and owner != but:
        raise SkuTakenError(sku)


async def _refuse_taken(session: AsyncSession, barcodes: Sequence[Barcode]) -> None:
    codes = [barcode.code for barcode in barcodes]
    for code, (product_id, name) in (await products.find_barcode_owners(session, codes)).items():
        raise BarcodeTakenError(code, product_id=product_id, product_name=name)


async def existing_ids(session: AsyncSession, product_ids: Collection[UUID]) -> set[UUID]:
    """Those of them that exist, archived ones too."""
    return await products.existing_ids(session, product_ids)
