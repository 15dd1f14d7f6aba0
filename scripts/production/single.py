"""Everything in one process on PORT, for hosts that allow one: `python -m scripts.production.single`."""

import asyncio
import signal
import sys

import structlog

from scripts.local.errors import SetupError
from scripts.local.services import SERVICES
from scripts.local.single_process import SingleProcess
from scripts.production.processes import FIXED_PORT
from shared.config.settings import get_settings
from shared.observability.logging import configure_logging

log = structlog.get_logger()

_READY_SECONDS = 120
_WATCH_SECONDS = 0.5


def main() -> int:
    """Serve and work until SIGTERM; 1 when a part ends by itself, so that the host starts it all again."""
    settings = get_settings()
    configure_logging(
        service="single",
        level=settings.effective_log_level,
        file=settings.log_file,
        version=settings.release,
        colour=settings.colour,
    )
    port = settings.port or FIXED_PORT
    host = SingleProcess({service.name: port for service in SERVICES})
    try:
        asyncio.run(_run(host))
    except SetupError as error:
        log.critical("single.failed", reason=str(error))
        return 1
    return 0


async def _run(host: SingleProcess) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopped = asyncio.create_task(stop.wait())
    host.start()
    ready = asyncio.create_task(host.wait_until_ready(timeout_seconds=_READY_SECONDS))
    try:
        await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            ready.result()
        while not stop.is_set():
            host.check()
            await asyncio.wait({stopped}, timeout=_WATCH_SECONDS)
    finally:
        ready.cancel()
        await host.stop()


if __name__ == "__main__":
    sys.exit(main())
