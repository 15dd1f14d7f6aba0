"""The warehouse service: catalogue, stock, sales."""

from fastapi import FastAPI

from agente_deposito.adjustments.router import router as adjustments_router
from agente_deposito.catalog.router import router as catalog_router
from agente_deposito.overview.router import router as overview_router
from agente_deposito.reservations.router import router as reservations_router
from agente_deposito.sales.router import router as sales_router
from agente_deposito.stock.router import router as stock_router
from agente_deposito.transfers.router import router as transfers_router
from agente_deposito.valuation.router import router as valuation_router
from shared.config.settings import Settings, get_settings
from shared.jobs.tracking import JobTable, jobs_router
from shared.security.tokens import PublicKeys
from shared.web.app import Service, create_app


def build(settings: Settings, *, people_keys: PublicKeys | None = None) -> FastAPI:
    """The service's application for given settings. people_keys: None asks negocio for them."""
    service = Service(
        name="deposito",
        schema="deposito",
        role="app_deposito",
        routers=(
            catalog_router,
            stock_router,
            adjustments_router,
            overview_router,
            valuation_router,
            sales_router,
            reservations_router,
            transfers_router,
            jobs_router(JobTable("deposito", "dep")),
        ),
        people_keys=people_keys,
    )
    return create_app(service, settings)


app = build(get_settings())
