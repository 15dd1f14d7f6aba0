"""The invoice service: people, organisations, papers, suppliers."""

from fastapi import FastAPI

from agente_negocio.auth.keys import own_keys, people_keys
from agente_negocio.auth.organisation_router import router as organisation_router
from agente_negocio.auth.router import router as auth_router
from agente_negocio.invoices.peers import open_peers
from agente_negocio.invoices.router import routers as invoice_routers
from agente_negocio.invoices.rules.files import MAX_BYTES
from agente_negocio.operations.router import router as operations_router
from agente_negocio.suppliers.router import router as suppliers_router
from shared.config.settings import Settings, get_settings
from shared.jobs.tracking import JobTable, jobs_router
from shared.storage.objects import open_store
from shared.web.app import MEBIBYTE, Service, create_app


def build(settings: Settings) -> FastAPI:
    """The service's application for given settings."""
    keys = people_keys(settings)
    service = Service(
        name="negocio",
        schema="negocio",
        role="app_negocio",
        routers=(
            auth_router,
            organisation_router,
            suppliers_router,
            operations_router,
            *invoice_routers,
            jobs_router(JobTable("negocio", "neg")),
        ),
        # The files of a paper and what multipart adds to them.
        larger_bodies={"/api/v1/ocr/documents": MAX_BYTES + MEBIBYTE},
        resources=(open_peers,),
        people_keys=own_keys(keys),
    )
    app = create_app(service, settings)
    app.state.signing_key = keys[0]
    app.state.people_keys = keys
    app.state.store = open_store(settings)
    return app


app = build(get_settings())
