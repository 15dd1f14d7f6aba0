"""What happens to suppliers and to what is remembered of their papers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.suppliers import repository
from agente_negocio.suppliers.errors import (
    AliasNotFoundError,
    SupplierCuitError,
    SupplierExistsError,
    SupplierNotFoundError,
)
from agente_negocio.suppliers.models import Supplier, SupplierAlias
from agente_negocio.suppliers.repository import AliasKey, Lesson
from agente_negocio.suppliers.rules import KnownSupplier
from shared.kernel.cuit import format_cuit, parse_cuit
from shared.web.etag import check_version

__all__ = ["AliasKey", "KnownSupplier", "Lesson"]


async def read_supplier(session: AsyncSession, supplier_id: UUID) -> Supplier:
    """One supplier. Raises SupplierNotFoundError."""
    supplier = await repository.find(session, supplier_id)
    if supplier is None:
        raise SupplierNotFoundError("No such supplier.")
    return supplier


async def list_suppliers(
    session: AsyncSession,
    *,
    search: str | None,
    archived: bool,
    limit: int,
    after: tuple[str, UUID] | None,
) -> Sequence[tuple[Supplier, str]]:
    """Suppliers by name, each with its sort key."""
    return await repository.page(session, search=search, archived=archived, limit=limit, after=after)


async def add_supplier(session: AsyncSession, values: dict[str, Any]) -> Supplier:
    """A supplier a person enters. Raises SupplierCuitError, SupplierExistsError."""
    values = await _checked(session, values, besides=None)
    supplier = Supplier(is_confirmed=True)
    await _save(session, supplier, values)
    return supplier


async def change_supplier(
    session: AsyncSession, supplier_id: UUID, changes: dict[str, Any], *, version: int | None, now: datetime
) -> Supplier:
    """Apply the given fields.

    Raises SupplierNotFoundError, SupplierCuitError, SupplierExistsError, StaleVersionError.
    """
    supplier = await repository.find(session, supplier_id, lock=True)
    if supplier is None:
        raise SupplierNotFoundError("No such supplier.")
    check_version(supplier.version, version)
    changes = await _checked(session, changes, besides=supplier_id)
    if "archived" in changes:
        changes["archived_at"] = now if changes.pop("archived") else None
    await _save(session, supplier, {**changes, "is_confirmed": True, "version": supplier.version + 1})
    return supplier


async def suppliers_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, KnownSupplier]:
    """Those that exist."""
    found = await repository.find_many(session, ids)
    return {supplier_id: _known(supplier) for supplier_id, supplier in found.items()}


async def supplier_of(session: AsyncSession, cuit: str) -> KnownSupplier | None:
    """The supplier with that CUIT."""
    supplier = await repository.find_by_cuit(session, cuit)
    return None if supplier is None else _known(supplier)


async def propose_supplier(session: AsyncSession, *, cuit: str, name: str | None) -> KnownSupplier:
    """The supplier of a paper, made unconfirmed when it is new. Safe to repeat and to race."""
    known = await supplier_of(session, cuit)
    if known is not None:
        return known
    await repository.add_if_new(session, cuit=cuit, name=(name or format_cuit(cuit))[:200])
    made = await supplier_of(session, cuit)
    assert made is not None  # noqa: S101  just inserted, or by somebody else
    return made


async def confirm_supplier(session: AsyncSession, supplier_id: UUID) -> KnownSupplier:
    """A person accepted a paper of theirs. Raises SupplierNotFoundError."""
    supplier = await read_supplier(session, supplier_id)
    if not supplier.is_confirmed:
        supplier.is_confirmed = True
        supplier.version += 1
        await session.flush()
    return _known(supplier)


def _known(supplier: Supplier) -> KnownSupplier:
    return KnownSupplier(supplier.id, supplier.name, supplier.cuit, supplier.is_confirmed)


async def remember(
    session: AsyncSession, supplier_id: UUID, lessons: Sequence[Lesson], *, now: datetime
) -> None:
    """Learn what a confirmed paper teaches, each alias once."""
    if lessons:
        await repository.learn(session, supplier_id, lessons, now)


async def unlearn(session: AsyncSession, invoice_id: UUID) -> None:
    """Forget what nothing but an undone paper taught: its products may have been the mistake."""
    await repository.unlearn(session, invoice_id)


async def recall(
    session: AsyncSession, supplier_id: UUID, keys: Collection[AliasKey]
) -> dict[AliasKey, SupplierAlias]:
    """What is remembered under these keys."""
    return await repository.remembered(session, supplier_id, keys)


async def list_aliases(
    session: AsyncSession, supplier_id: UUID, *, limit: int, after: UUID | None
) -> Sequence[SupplierAlias]:
    """What was learned of a supplier. Raises SupplierNotFoundError."""
    await read_supplier(session, supplier_id)
    return await repository.aliases_of(session, supplier_id, limit=limit, after=after)


async def forget_alias(session: AsyncSession, supplier_id: UUID, alias_id: UUID) -> None:
    """Forget one lesson. Raises SupplierNotFoundError, AliasNotFoundError."""
    await read_supplier(session, supplier_id)
    if not await repository.forget(session, supplier_id, alias_id):
        raise AliasNotFoundError("No such alias.")


async def _checked(session: AsyncSession, values: dict[str, Any], *, besides: UUID | None) -> dict[str, Any]:
    """The values with a well-formed CUIT that nobody else has."""
    if values.get("cuit") is None:
        return dict(values)
    cuit = parse_cuit(values["cuit"])
    if cuit is None:
        raise SupplierCuitError("Bad CUIT.", fields=("cuit",))
    known = await repository.find_by_cuit(session, cuit)
    if known is not None and known.id != besides:
        raise SupplierExistsError(str(known.id))
    return {**values, "cuit": cuit}


async def _save(session: AsyncSession, supplier: Supplier, values: dict[str, Any]) -> None:
    """Write within a savepoint, so that a race for a CUIT is answered as such."""
    try:
        # Changed inside: opening a savepoint writes whatever was changed before it.
        async with session.begin_nested():
            for name, value in values.items():
                setattr(supplier, name, value)
            session.add(supplier)
    except IntegrityError as error:
        winner = await repository.find_by_cuit(session, values["cuit"]) if values.get("cuit") else None
        raise SupplierExistsError(str(winner.id) if winner else "") from error
