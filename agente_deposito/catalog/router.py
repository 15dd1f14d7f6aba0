"""HTTP endpoints of the catalogue."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from agente_deposito.catalog.rules.codes import canonical_code
from agente_deposito.catalog.rules.values import ProductFilter
from agente_deposito.catalog.schemas import (
    BarcodeCreate,
    CandidateRead,
    CategoryChange,
    CategoryCreate,
    CategoryRead,
    LocationChange,
    LocationCreate,
    LocationRead,
    LookupRead,
    MatchAnswer,
    MatchRequest,
    ProductChange,
    ProductCreate,
    ProductRead,
)
from agente_deposito.catalog.service import places, products
from agente_deposito.catalog.service.matching import match_lines
from shared.security.guards import CatalogReader, CatalogWriter
from shared.web.etag import IfMatch, etag, expected_version
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import Cursor, Limit, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Code, Page, SearchText
from shared.web.session import Session

router = APIRouter(prefix="/api/v1", tags=["catalog"], route_class=IdempotentRoute)


@router.get("/products")
async def list_products(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    _caller: CatalogReader,
    *,
    q: SearchText | None = None,
    category_id: UUID | None = None,
    archived: bool = False,
    sort: Literal["name"] = "name",  # noqa: ARG001  the only order there is, said by clients
    count: Annotated[bool, Query(description="1 tells the total")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ProductRead]:
    """Products by name; `q` finds the beginnings of words, barcodes and SKUs."""
    after = decode_cursor(cursor, parts=2)
    wanted = ProductFilter(q or None, (canonical_code(q),) if q else (), category_id, archived)
    found = await products.list_products(
        session, wanted, after=(after[0], cursor_uuid(after[1])) if after else None, limit=limit
    )
    return page_of(
        found,
        limit,
        read=ProductRead.of,
        key=lambda view: (view.search_name, str(view.id)),
        total=await products.count_products(session, wanted) if count else None,
    )


@router.post("/products", status_code=status.HTTP_201_CREATED)
async def add_product(
    body: ProductCreate, session: Session, _caller: CatalogWriter, response: Response
) -> ProductRead:
    """Add a product with its codes."""
    view = await products.add_product(session, body.values(), [code.to_command() for code in body.barcodes])
    response.headers["ETag"] = etag(view.version)
    return ProductRead.of(view)


@router.get("/products/lookup")
async def look_up(session: Session, _caller: CatalogReader, code: Annotated[Code, Query()]) -> LookupRead:
    """The product that any of its codes names: barcode, pack code or SKU."""
    found, view = await products.look_up(session, code)
    return LookupRead(product=ProductRead.of(view), quantity=found.factor, parsed_as=found.parsed_as)


@router.post("/products/match")
async def match(body: MatchRequest, session: Session, _caller: CatalogReader) -> MatchAnswer:
    """Which products the lines of a paper may mean, best first; at most 500 lines."""
    matched = await match_lines(session, [line.to_value() for line in body.lines])
    return MatchAnswer(lines=[[CandidateRead.of(candidate) for candidate in line] for line in matched])


@router.get("/products/{product_id}")
async def read_product(
    product_id: UUID, session: Session, _caller: CatalogReader, response: Response
) -> ProductRead:
    """One product, archived ones too."""
    view = await products.read_product(session, product_id)
    response.headers["ETag"] = etag(view.version)
    return ProductRead.of(view)


@router.patch("/products/{product_id}")
async def change_product(
    product_id: UUID,
    body: ProductChange,
    session: Session,
    _caller: CatalogWriter,
    response: Response,
    if_match: IfMatch = None,
) -> ProductRead:
    """Change, archive or reopen a product."""
    version = expected_version(if_match)
    view = await products.change_product(session, product_id, body.changes(), version=version)
    response.headers["ETag"] = etag(view.version)
    return ProductRead.of(view)


@router.delete("/products/{product_id}")
async def archive_product(
    product_id: UUID, session: Session, _caller: CatalogWriter, if_match: IfMatch = None
) -> ProductRead:
    """Archive a product: nothing with history is deleted."""
    view = await products.archive_product(session, product_id, version=expected_version(if_match))
    return ProductRead.of(view)


@router.post("/products/{product_id}/barcodes", status_code=status.HTTP_201_CREATED)
async def add_barcode(
    product_id: UUID, body: BarcodeCreate, session: Session, _caller: CatalogWriter
) -> ProductRead:
    """Attach a code to a product."""
    return ProductRead.of(await products.add_barcode(session, product_id, body.to_command()))


@router.delete("/products/{product_id}/barcodes/{code}")
async def remove_barcode(
    product_id: UUID, code: Code, session: Session, _caller: CatalogWriter
) -> ProductRead:
    """Free a code of a product."""
    return ProductRead.of(await products.remove_barcode(session, product_id, code))


@router.get("/categories")
async def list_categories(
    session: Session, _caller: CatalogReader, *, archived: bool = False
) -> Page[CategoryRead]:
    """Every category, by name; the tree stands in `parent_id`."""
    rows = await places.list_categories(session, archived=archived)
    return Page[CategoryRead](items=[CategoryRead.of(row) for row in rows])


@router.post("/categories", status_code=status.HTTP_201_CREATED)
async def add_category(body: CategoryCreate, session: Session, _caller: CatalogWriter) -> CategoryRead:
    """Add a category."""
    return CategoryRead.of(await places.add_category(session, body.name, body.parent_id))


@router.patch("/categories/{category_id}")
async def change_category(
    category_id: UUID,
    body: CategoryChange,
    session: Session,
    _caller: CatalogWriter,
    if_match: IfMatch = None,
) -> CategoryRead:
    """Rename, move, archive or reopen a category."""
    version = expected_version(if_match)
    return CategoryRead.of(
        await places.change_category(session, category_id, body.changes(), version=version)
    )


@router.get("/locations")
async def list_locations(
    session: Session,
    caller: CatalogReader,
    *,
    branch_id: UUID | None = None,
    archived: bool = False,
    everywhere: bool = False,
) -> Page[LocationRead]:
    """The places of the caller's branches, by name; `everywhere` those of all, to send goods to."""
    branches = None if everywhere else caller.branch_ids
    rows = await places.list_locations(session, branches, archived=archived, branch_id=branch_id)
    return Page[LocationRead](items=[LocationRead.of(row) for row in rows])


@router.post("/locations", status_code=status.HTTP_201_CREATED)
async def add_location(body: LocationCreate, session: Session, caller: CatalogWriter) -> LocationRead:
    """Add a place for goods to a branch."""
    return LocationRead.of(await places.add_location(session, body.model_dump(), caller.branch_ids))


@router.patch("/locations/{location_id}")
async def change_location(
    location_id: UUID,
    body: LocationChange,
    session: Session,
    caller: CatalogWriter,
    if_match: IfMatch = None,
) -> LocationRead:
    """Rename a place, change its kind or negative policy, archive or reopen it."""
    row = await places.change_location(
        session,
        location_id,
        body.model_dump(exclude_none=True),
        caller.branch_ids,
        version=expected_version(if_match),
    )
    return LocationRead.of(row)
