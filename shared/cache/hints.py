"""Live hints over Redis: something changed, ask again. A lost hint costs a reload, never a fact."""

import json
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()


def hint_channel(organisation_id: UUID) -> str:
    """Where the hints of one organisation are heard."""
    return f"hints:{organisation_id}"


async def send_hint(redis: Redis, organisation_id: UUID, kind: str, data: dict[str, Any]) -> None:
    """Tell open pages; kind is an event name such as "forecast.ready". Send it after the commit."""
    try:
        await redis.publish(hint_channel(organisation_id), json.dumps({"type": kind, "data": data}))
    except (RedisError, OSError) as error:
        log.warning("hint.lost", kind=kind, error=str(error))
