"""Notes of progress never hold up the reading they tell of."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest

from agente_negocio.invoices import tasks
from agente_negocio.invoices.service import reading
from agente_negocio.invoices.service.reading import ReadingJob
from shared.jobs.worker import Running

JOB = ReadingJob(organisation_id=uuid4(), document_id=uuid4(), generation=1, job_id=uuid4())
RUNNING = cast("Running", SimpleNamespace(organisation_id=uuid4(), resources=SimpleNamespace(database=None)))


async def test_a_note_that_swallows_its_cancellation_does_not_hang_the_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noting = asyncio.Event()

    async def stubborn(*_: Any) -> None:
        while True:
            noting.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                # As a client does that is cut off between sending and being answered.
                await asyncio.sleep(0.01)
                return

    async def no_hint(*_: Any) -> None:
        return None

    monkeypatch.setattr(reading, "note_progress", stubborn)
    monkeypatch.setattr(tasks, "send_hint", no_hint)
    monkeypatch.setattr(tasks, "_SECONDS_BETWEEN_NOTES", 0.001)
    monkeypatch.setattr(tasks, "_LAST_NOTE_SECONDS", 0.05)

    async with asyncio.timeout(5):
        async with tasks._followed(RUNNING, JOB) as listen:
            listen(0.5)
            await noting.wait()
