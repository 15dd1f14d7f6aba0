"""The room for predictions: few at a time, since they cost CPU that the event loop needs some of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ml.forecasting.errors import NoRoomError


class Room:
    """Places for predictions; who finds none free waits for a bounded time."""

    def __init__(self, places: int, *, patience_seconds: float) -> None:
        self._free = asyncio.Semaphore(places)
        self._patience_seconds = patience_seconds

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place. Raises NoRoomError when none became free in time."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise NoRoomError("Every place is taken.") from error
        try:
            yield
        finally:
            self._free.release()
