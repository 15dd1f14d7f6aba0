"""HTTP endpoints of suppliers and their aliases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from agente_negocio.suppliers import service
from agente_negocio.suppliers.schemas import AliasRead, SupplierChange, SupplierCreate, SupplierRead
from shared.kernel.clock import utc_now
from shared.security.guards import InvoiceReader, InvoiceWriter
from shared.web.etag import IfMatch, etag, expected_version
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import BadCursorError, Cursor, Limit, decode_cursor, page_of
from shared.web.schemas import Page, SearchText
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/suppliers", tags=["suppliers"], route_class=IdempotentRoute)


@router.get("")
async def list_suppliers(
    session: Session,
    _caller: InvoiceReader,
    limit: Limit = 50,
    cursor: Cursor = None,
    q: Annotated[SearchText | None, Query()] = None,
    archived: Annotated[bool, Query()] = False,  # noqa: FBT002  a query parameter
) -> Page[SupplierRead]:
    """Suppliers by name."""
    keys = decode_cursor(cursor, parts=2)
    after = (keys[0], _id(keys[1])) if keys else None
    found = await service.list_suppliers(session, search=q, archived=archived, limit=limit + 1, after=after)
    return page_of(
        found,
        limit,
        read=lambda listed: SupplierRead.model_validate(listed[0]),
        key=lambda listed: (listed[1], str(listed[0].id)),
    )


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_supplier(
    body: SupplierCreate, session: Session, _caller: InvoiceWriter, response: Response
) -> SupplierRead:
    """Enter a supplier."""
    supplier = await service.add_supplier(session, body.values())
    response.headers["ETag"] = etag(supplier.version)
    return SupplierRead.model_validate(supplier)


@router.get("/{supplier_id}")
async def read_supplier(
    supplier_id: UUID, session: Session, _caller: InvoiceReader, response: Response
) -> SupplierRead:
    """One supplier."""
    supplier = await service.read_supplier(session, supplier_id)
    response.headers["ETag"] = etag(supplier.version)
    return SupplierRead.model_validate(supplier)


@router.patch("/{supplier_id}")
async def change_supplier(
    supplier_id: UUID,
    body: SupplierChange,
    session: Session,
    _caller: InvoiceWriter,
    response: Response,
    if_match: IfMatch = None,
) -> SupplierRead:
    """Change a supplier's profile, archive or bring back."""
    supplier = await service.change_supplier(
        session, supplier_id, body.changes(), version=expected_version(if_match), now=utc_now()
    )
    response.headers["ETag"] = etag(supplier.version)
    return SupplierRead.model_validate(supplier)


@router.get("/{supplier_id}/aliases")
async def list_aliases(
    supplier_id: UUID, session: Session, _caller: InvoiceReader, limit: Limit = 50, cursor: Cursor = None
) -> Page[AliasRead]:
    """What was learned of a supplier's codes and wordings."""
    keys = decode_cursor(cursor, parts=1)
    after = _id(keys[0]) if keys else None
    found = await service.list_aliases(session, supplier_id, limit=limit + 1, after=after)
    return page_of(found, limit, read=AliasRead.model_validate, key=lambda alias: (str(alias.id),))


@router.delete("/{supplier_id}/aliases/{alias_id}", status_code=status.HTTP_204_NO_CONTENT)
async def forget_alias(supplier_id: UUID, alias_id: UUID, session: Session, _caller: InvoiceWriter) -> None:
    """Forget one alias; the next paper asks again."""
    await service.forget_alias(session, supplier_id, alias_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadCursorError("Foreign cursor.", fields=("cursor",)) from error
