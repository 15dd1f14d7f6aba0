"""The page that shows the owner how the platform is and how it is looked after."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web_dashboard.peers import or_none
from web_dashboard.rendering import page
from web_dashboard.status.checks import peer_states
from web_dashboard.status.view_models import state_page
from web_dashboard.visitor import OperationsVisitor

router = APIRouter(include_in_schema=False)


@router.get("/estado")
async def state(request: Request, visitor: OperationsVisitor) -> HTMLResponse:
    """Services, last backup and drill, the ledger's check and what waits."""
    app = request.app
    peers, operations, integrity = await asyncio.gather(
        peer_states(app.state.http, app.state.settings),
        or_none(visitor.clients.negocio.operations()),
        or_none(visitor.clients.deposito.integrity_of_last_night()),
    )
    shown = state_page(peers, operations, integrity, app.state.clock())
    return await page(request, visitor, "status/page.html", section="state", state=shown)
