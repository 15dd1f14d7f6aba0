"""What the work of a worker may use besides its arguments."""

from dataclasses import dataclass

import httpx
from redis.asyncio import Redis

from shared.config.settings import Settings
from shared.database.session import Database


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened when the worker starts, closed when it ends."""

    settings: Settings
    database: Database
    redis: Redis
    http: httpx.AsyncClient
