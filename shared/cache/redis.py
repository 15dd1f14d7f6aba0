"""The Redis client: cache, counters and hints. Losing it loses no fact."""

from redis.asyncio import Redis

from shared.config.settings import Settings


def open_redis(settings: Settings) -> "Redis":
    """A client that gives up after a second, because every caller can go on without it."""
    return Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=1,
        socket_connect_timeout=1,
        decode_responses=True,
        health_check_interval=30,
    )
