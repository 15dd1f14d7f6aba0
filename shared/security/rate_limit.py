"""Counting requests per address, person and organisation, in Redis and, without it, in this process."""

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from shared.kernel.clock import utc_now
from shared.security.errors import TooManyRequestsError

log = structlog.get_logger()


class RateLimiter:
    """Fixed windows. Losing Redis loosens the limits to one count per process; it never refuses service."""

    def __init__(self, redis_url: str) -> None:
        self._pool = ConnectionPool.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
        storage = RedisStorage(
            f"async+{redis_url}",
            implementation="redispy",
            connection_pool=self._pool,  # type: ignore[arg-type]  # its options are typed too narrowly
            wrap_exceptions=True,
        )
        self._shared = FixedWindowRateLimiter(storage)
        self._local = FixedWindowRateLimiter(MemoryStorage())

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.aclose()

    async def hit(self, limit: RateLimitItem, *key: str) -> None:
        """Count one request. Raises TooManyRequestsError with the seconds to wait."""
        try:
            await self._hit(self._shared, limit, key)
        except (StorageError, RedisError, OSError) as error:
            log.warning("rate_limit.redis_lost", error=str(error))
            await self._hit(self._local, limit, key)

    async def give_back(self, limit: RateLimitItem, *key: str) -> None:
        """Take one count back."""
        try:
            await self._give_back(self._shared, limit, key)
        except (StorageError, RedisError, OSError):
            await self._give_back(self._local, limit, key)

    async def clear(self, limit: RateLimitItem, *key: str) -> None:
        """Forget what was counted, e.g. after a right password."""
        try:
            await self._shared.clear(limit, *key)
        except (StorageError, RedisError, OSError):
            await self._local.clear(limit, *key)

    @staticmethod
    async def _hit(limiter: FixedWindowRateLimiter, limit: RateLimitItem, key: tuple[str, ...]) -> None:
        if not await limiter.hit(limit, *key):
            raise TooManyRequestsError(await _seconds_left(limiter, limit, key))

    @staticmethod
    async def _give_back(limiter: FixedWindowRateLimiter, limit: RateLimitItem, key: tuple[str, ...]) -> None:
        await limiter.hit(limit, *key, cost=-1)


async def _seconds_left(limiter: FixedWindowRateLimiter, limit: RateLimitItem, key: tuple[str, ...]) -> int:
    window = await limiter.get_window_stats(limit, *key)
    return max(1, round(window.reset_time - utc_now().timestamp()))


def per_minute(amount: int) -> RateLimitItem:
    """So many requests in each minute."""
    return RateLimitItemPerMinute(amount)
