"""The durable jobs of the invoice service: `python -m agente_negocio.worker`."""

import asyncio

from agente_negocio.invoices import tasks as invoice_tasks
from shared.config.settings import get_settings
from shared.jobs import tidying
from shared.jobs.main import run_until_stopped
from shared.jobs.watching import look_at_database, look_at_operations, look_at_storage
from shared.jobs.worker import Worker


def build() -> Worker:
    """The worker with every job of this service."""
    worker = Worker(service="negocio", role="app_negocio")
    invoice_tasks.register(worker)
    tidying.register(worker, schema="negocio")
    worker.watch(look_at_operations)
    worker.watch(look_at_database)
    worker.watch(look_at_storage)
    return worker


async def run(stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    await build().run(get_settings(), stop)


if __name__ == "__main__":
    run_until_stopped(run)
