"""Runs a worker as a process of its own, stopped by SIGTERM or SIGINT."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

# A running job may take so long to finish before it is cancelled and tried again elsewhere. Whoever
# stops a worker kills it only later than that, and hosts give 30 s in all.
GRACE_SECONDS = 15


def run_until_stopped(run: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run a worker's `run(stop)` until a signal asks it to finish."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        await run(stop)

    asyncio.run(main())
