"""Durable work of the forecasting service: `python -m ml.worker`."""

import asyncio

from ml.forecasting import tasks
from ml.forecasting.service import FORECAST_TASK
from shared.config.settings import Settings, get_settings
from shared.jobs import tidying
from shared.jobs.main import run_until_stopped
from shared.jobs.worker import Worker

# 05:10 in Argentina: the day before is closed, the shop not open yet.
_NIGHTLY = "10 8 * * *"


def make_worker() -> Worker:
    """The tasks of this service."""
    worker = Worker(service="ml", role="app_ml")
    worker.task(FORECAST_TASK, tasks.forecast, on_give_up=tasks.give_up)
    worker.nightly(FORECAST_TASK, cron=_NIGHTLY)
    worker.watch(tasks.look_at_forecasts)
    tidying.register(worker, schema="ml")
    return worker


async def run(stop: asyncio.Event, settings: Settings | None = None) -> None:
    """Work until `stop` is set."""
    await make_worker().run(settings or get_settings(), stop)


if __name__ == "__main__":
    run_until_stopped(run)
