"""Deferring durable jobs inside the transaction that makes them necessary."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import Event

# jobs.defer stamps the organisation from the transaction's own setting; callers cannot choose it.
_DEFER = text("SELECT jobs.defer(:task, CAST(:args AS jsonb), :queue, :lock)")


async def defer(
    session: AsyncSession, *, task: str, queue: str, args: dict[str, Any], lock: str | None = None
) -> int:
    """Queue a job; it exists only if the transaction commits. Jobs with one lock run one by one, in order."""
    job_id = await session.scalar(
        _DEFER, {"task": task, "args": json.dumps(args), "queue": queue, "lock": lock}
    )
    return int(job_id)


async def publish(session: AsyncSession, event: Event) -> None:
    """Tell every subscriber of a fact, each through a job of its own."""
    for subscriber in event.subscribers:
        await defer(
            session,
            task=subscriber.task,
            queue=subscriber.queue,
            args={"fact": event.model_dump(mode="json")},
            lock=f"{subscriber.queue}:{event.subject()}",
        )
