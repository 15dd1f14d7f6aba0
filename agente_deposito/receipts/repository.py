"""Which invoices were undone before their goods came in."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_NOTE = text(
    "INSERT INTO deposito.taken_back (invoice_id) VALUES (:invoice_id)"
    " ON CONFLICT (organisation_id, invoice_id) DO NOTHING"
)
_FIND = text("SELECT EXISTS (SELECT FROM deposito.taken_back WHERE invoice_id = :invoice_id)")


async def note_taken_back(session: AsyncSession, invoice_id: UUID) -> None:
    """Remember it for good. Safe to repeat."""
    await session.execute(_NOTE, {"invoice_id": invoice_id})


async def was_taken_back(session: AsyncSession, invoice_id: UUID) -> bool:
    """Whether it was undone without ever having posted."""
    return bool(await session.scalar(_FIND, {"invoice_id": invoice_id}))
