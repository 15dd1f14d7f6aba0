"""Deferring durable jobs inside the transaction that makes them necessary."""

import json
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.base import Event
from shared.observability import tracing

# jobs.defer stamps the organisation from the transaction's own setting; callers cannot choose it.
_DEFER = text("SELECT jobs.defer(:task, CAST(:args AS jsonb), :queue, :lock, :priority)")

# Somebody looks at a page and waits; work of the night lets everything else pass.
PRIORITY_OF_PAGES = 10
PRIORITY_OF_NIGHTS = -10


async def defer(  # noqa: PLR0913  the parts of a job are these
    session: AsyncSession,
    *,
    task: str,
    queue: str,
    args: dict[str, Any],
    lock: str | None = None,
    priority: int = 0,
) -> int:
    """Queue a job; it exists only if the transaction commits.

    Jobs with one lock run one by one; of one priority, in order. The id of the request that caused
    it goes along, so that the worker's log lines carry it too; so does its trace, when there is one.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id is not None:
        args = {**args, "request_id": request_id}
    with tracing.span(f"queue {task}", "PRODUCER"):
        carrier: dict[str, str] = {}
        tracing.inject(carrier)
        if carrier:
            args = {**args, "trace": carrier}
        job_id = await session.scalar(
            _DEFER,
            {"task": task, "args": json.dumps(args), "queue": queue, "lock": lock, "priority": priority},
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
