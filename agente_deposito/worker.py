"""Durable tasks and schedules of the warehouse."""

import asyncio

from agente_deposito.catalog import tasks as catalog_tasks
from agente_deposito.overview import tasks as overview_tasks
from agente_deposito.receipts import tasks as receipt_tasks
from agente_deposito.reservations import tasks as reservation_tasks
from agente_deposito.stock import tasks as stock_tasks
from shared.config.settings import Settings, get_settings
from shared.jobs import tidying
from shared.jobs.main import run_until_stopped
from shared.jobs.worker import Worker


def make_worker() -> Worker:
    """The worker with everything it can do."""
    worker = Worker(service="deposito", role="app_deposito")
    catalog_tasks.register(worker)
    receipt_tasks.register(worker)
    reservation_tasks.register(worker)
    stock_tasks.register(worker)
    overview_tasks.register(worker)
    tidying.register(worker, schema="deposito")
    return worker


async def run(stop: asyncio.Event, settings: Settings | None = None) -> None:
    """Work until `stop` is set."""
    await make_worker().run(settings or get_settings(), stop)


if __name__ == "__main__":
    run_until_stopped(run)
