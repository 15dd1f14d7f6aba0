"""Durable jobs of this feature: reading a document, noting what the warehouse tells."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from agente_negocio.invoices import engine
from agente_negocio.invoices.peers import deposito_as_service
from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions
from agente_negocio.invoices.service import reading, receipts
from agente_negocio.invoices.service.documents import READ_DOCUMENT, READING_QUEUE
from agente_negocio.invoices.service.reading import Begun, ReadingJob, StoredPage
from shared.cache.hints import send_hint
from shared.config.settings import Settings
from shared.events.contracts import ReceiptRefused, StockReceived, StockTakenBack
from shared.jobs.worker import Running, Worker
from shared.kernel.clock import business_date, utc_now
from shared.storage.objects import ObjectStore, open_store

log = structlog.get_logger()

_SECONDS_BETWEEN_NOTES = 0.5
_LAST_NOTE_SECONDS = 5.0
# The reading itself is most of the work; matching and writing are the rest.
_READING_SHARE = 0.9

Read = Callable[
    [Sequence[bytes], ReadingOptions, Settings, Callable[[float], None]],
    Awaitable[tuple[ReadDocument, ...]],
]
"""Files, options, limits and a progress listener to documents. Raises what `engine.read` raises."""


def register(worker: Worker, *, read: Read = engine.read) -> None:
    """Give the worker this feature's jobs. read: what turns files into documents."""

    async def read_document(running: Running, args: dict[str, Any]) -> None:
        await _read_document(running, _job(running, args), read)

    worker.task(READ_DOCUMENT, read_document, on_give_up=_give_up, queue=READING_QUEUE)
    worker.subscribe("negocio.note_receipt", StockReceived, receipts.note_receipt)
    worker.subscribe("negocio.note_take_back", StockTakenBack, receipts.note_take_back)
    worker.subscribe("negocio.note_refusal", ReceiptRefused, receipts.note_refusal)


async def _read_document(running: Running, job: ReadingJob, read: Read) -> None:
    """Read, keep the pages, make the drafts. May be killed at any point and run again.

    Only what is wrong with the files fails the document; after anything else, such as a missing recogniser,
    the worker tries again while the document waits.
    """
    database = running.resources.database
    begun = await reading.begin(database, job)
    if begun is None:
        log.info("reading.overtaken", document_id=str(job.document_id))
        return
    store = open_store(running.resources.settings)
    try:
        found = await _read_files(running, job, begun, store, read)
    except UnreadableFileError as error:
        log.info("reading.refused", document_id=str(job.document_id), code=error.code, detail=error.detail)
        await _fail(running, job, error.code)
        return
    except FileNotFoundError:
        await _fail(running, job, "files_missing")
        return
    if not found:
        await _fail(running, job, "nothing_found")
        return
    pages = await _keep_pages(store, job.organisation_id, found)
    invoice_ids = await reading.make_drafts(
        database,
        job,
        begun,
        found,
        pages,
        deposito=deposito_as_service(running.resources.http, running.resources.settings, job.organisation_id),
        today=business_date(utc_now()),
    )
    await _hint(running, "document.read", job, invoices=len(invoice_ids))


async def _read_files(
    running: Running, job: ReadingJob, begun: Begun, store: ObjectStore, read: Read
) -> tuple[ReadDocument, ...]:
    settings = running.resources.settings
    files = [await store.get(job.organisation_id, sha256) for sha256 in begun.sha256s]
    options = ReadingOptions(
        own_cuits=frozenset({begun.own_cuit}), page_timeout_seconds=settings.page_timeout_seconds
    )
    async with _followed(running, job) as listener:
        return await read(files, options, settings, listener)


@asynccontextmanager
async def _followed(running: Running, job: ReadingJob) -> AsyncIterator[Callable[[float], None]]:
    """A progress listener; what it hears is noted now and then, in transactions of its own."""
    heard = noted = 0.02
    ended = asyncio.Event()

    def listen(share: float) -> None:
        nonlocal heard
        heard = max(heard, min(share, 1.0) * _READING_SHARE)

    async def note() -> None:
        nonlocal noted
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _SECONDS_BETWEEN_NOTES)
            if heard > noted:
                noted = heard
                try:
                    await reading.note_progress(running.resources.database, job, noted)
                except (SQLAlchemyError, OSError) as error:
                    # The next note says more than this one; the reading must not be lost for it.
                    log.warning("reading.note_lost", document_id=str(job.document_id), error=str(error))
                    continue
                await _hint(running, "document.progress", job, progress=noted)

    noting = asyncio.create_task(note())
    try:
        yield listen
    finally:
        # Asked to end, not cancelled: a client that swallows a cancellation would be waited for for ever.
        ended.set()
        await asyncio.wait({noting}, timeout=_LAST_NOTE_SECONDS)
        noting.cancel()


async def _keep_pages(
    store: ObjectStore, organisation_id: UUID, found: Sequence[ReadDocument]
) -> list[StoredPage]:
    return [
        StoredPage(await store.put(organisation_id, image.jpeg), image.width, image.height)
        for document in found
        for image in document.images
    ]


async def _give_up(running: Running, args: dict[str, Any]) -> None:
    await _fail(running, _job(running, args), "given_up")


async def _fail(running: Running, job: ReadingJob, code: str) -> None:
    await reading.note_failure(running.resources.database, job, code)
    await _hint(running, "document.failed", job, code=code)


async def _hint(running: Running, kind: str, job: ReadingJob, **facts: Any) -> None:
    """Tell the pages that show this document."""
    data = {"document_id": str(job.document_id), **facts}
    await send_hint(running.resources.redis, running.organisation_id, kind, data)


def _job(running: Running, args: dict[str, Any]) -> ReadingJob:
    return ReadingJob(
        organisation_id=running.organisation_id,
        document_id=UUID(args["document_id"]),
        generation=int(args["generation"]),
        job_id=UUID(args["job_id"]),
    )
