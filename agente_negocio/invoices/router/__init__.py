"""HTTP endpoints of documents and invoices."""

from agente_negocio.invoices.router.documents import router as documents_router
from agente_negocio.invoices.router.documents import uploads as uploads_router
from agente_negocio.invoices.router.edits import asking as asking_edits_router
from agente_negocio.invoices.router.edits import router as edits_router
from agente_negocio.invoices.router.invoices import asking as asking_acts_router
from agente_negocio.invoices.router.invoices import router as invoices_router
from agente_negocio.invoices.router.probes import router as probes_router

routers = (
    probes_router,
    uploads_router,
    documents_router,
    invoices_router,
    edits_router,
    asking_acts_router,
    asking_edits_router,
)
"""In this order: fixed paths come before those with an id."""
