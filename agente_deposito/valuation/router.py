"""HTTP endpoint of valuations."""

from uuid import UUID

from fastapi import APIRouter

from agente_deposito.valuation import service
from agente_deposito.valuation.rules import Group, Method, Part, Question
from agente_deposito.valuation.schemas import PartRead, ValuationRead
from shared.security.guards import StockReader
from shared.web.paging import Cursor, Limit, cursor_decimal, cursor_uuid, decode_cursor, encode_cursor
from shared.web.schemas import Instant
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/inventory", tags=["inventory"])


@router.get("/valuation")
async def value(  # noqa: PLR0913  the parts of the question are these
    session: Session,
    caller: StockReader,
    *,
    method: Method = Method.AVERAGE,
    group: Group = Group.CATEGORY,
    at: Instant | None = None,
    branch_id: UUID | None = None,
    location_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ValuationRead:
    """What the goods are worth, now or at a past instant: the most valuable groups first."""
    keys = decode_cursor(cursor, parts=2)
    asked = Question(method, group, at, branch_id, location_id)
    after = (cursor_decimal(keys[0]), cursor_uuid(keys[1])) if keys else None
    found = await service.value(session, asked, caller.branch_ids, after=after, limit=limit)
    shown = found.parts[:limit]
    return ValuationRead(
        method=method,
        group=group,
        at=found.at,
        products=found.total.products,
        value=found.total.value,
        uncosted=found.total.uncosted,
        items=[PartRead.model_validate(part) for part in shown],
        next_cursor=_cursor(shown[-1], caller.organisation_id) if len(found.parts) > limit else None,
    )


def _cursor(part: Part, organisation_id: UUID) -> str:
    return encode_cursor(str(part.value), str(part.id or organisation_id))
