"""The invoice service: people, organisations, papers, suppliers."""

from fastapi import FastAPI

from agente_negocio.auth.keys import own_keys, people_keys
from agente_negocio.auth.organisation_router import router as organisation_router
from agente_negocio.auth.router import router as auth_router
from shared.config.settings import Settings, get_settings
from shared.jobs.tracking import JobTable, jobs_router
from shared.web.app import Service, create_app


def build(settings: Settings) -> FastAPI:
    """The service's application for given settings."""
    keys = people_keys(settings)
    service = Service(
        name="negocio",
        schema="negocio",
        role="app_negocio",
        routers=(auth_router, organisation_router, jobs_router(JobTable("negocio", "neg"))),
        people_keys=own_keys(keys),
    )
    app = create_app(service, settings)
    app.state.signing_key = keys[0]
    app.state.people_keys = keys
    return app


app = build(get_settings())
