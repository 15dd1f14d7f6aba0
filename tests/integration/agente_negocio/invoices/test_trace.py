"""One trace leads from the upload of a paper to the stock of its goods, through services and workers."""

from collections.abc import Iterator

import psycopg
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shared.observability import tracing
from tests.integration.agente_negocio.invoices.conftest import Desk
from tests.integration.agente_negocio.invoices.test_journey import Shop
from tests.listener import Listener, listening

PROCESSES = ("negocio", "negocio-worker", "deposito", "deposito-worker")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FROM_THE_DASHBOARD = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    with listening() as listener:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{listener.port}")
        for process in PROCESSES:
            tracing.start_tracing(process, version="abc123", colour="green")
        try:
            yield listener
        finally:
            stop()


def stop() -> None:
    for process in PROCESSES:
        tracing.stop_tracing(process)


def spans(collector: Listener) -> dict[bytes, tuple[str, Span]]:
    """By id: the process that told of it, and itself. Everything told is in the protocol's own format."""
    found: dict[bytes, tuple[str, Span]] = {}
    for request in collector.received:
        assert (request.path, request.headers["content-type"]) == ("/v1/traces", "application/x-protobuf")
        told = ExportTraceServiceRequest.FromString(request.body)
        for of_resource in told.resource_spans:
            facts = {each.key: each.value.string_value for each in of_resource.resource.attributes}
            assert (facts["service.version"], facts["deployment.colour"]) == ("abc123", "green")
            for of_scope in of_resource.scope_spans:
                found |= {span.span_id: (facts["service.name"], span) for span in of_scope.spans}
    return found


async def test_one_trace_leads_from_the_upload_to_the_stock(desk: Desk, collector: Listener) -> None:
    with psycopg.connect(desk.organisation.database_url) as connection:
        connection.execute(
            "INSERT INTO deposito.location (organisation_id, branch_id, name, kind)"
            " VALUES (%s, %s, 'Salón', 'shop')",
            [desk.organisation.id, desk.organisation.branch_id],
        )
    shop = Shop(desk)

    received = await desk.upload(headers=FROM_THE_DASHBOARD)
    await desk.office.work()
    document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
    invoice = await desk.resolve(await desk.invoice(document["invoice_ids"][0]))
    await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")
    await shop.work()
    assert (await shop.receipt(invoice))["status"] == "done"
    stop()

    told = spans(collector)
    names = {(process, span.name) for process, span in told.values() if span.trace_id.hex() == TRACE}
    assert {
        ("negocio", "POST /api/v1/ocr/documents"),
        ("negocio-worker", "negocio.read_document"),
        ("negocio-worker", "POST deposito"),
        ("deposito", "POST /api/v1/products/match"),
        ("negocio", "negocio.invoice_confirmed.v1"),
        ("deposito-worker", "deposito.receive_goods"),
        ("negocio-worker", "negocio.note_receipt"),
    } <= names, names
    (last,) = [span for _, span in told.values() if span.name == "negocio.note_receipt"]
    assert way_up(last, told)[-1] == "POST /api/v1/ocr/documents"


def way_up(span: Span, told: dict[bytes, tuple[str, Span]]) -> list[str]:
    names = [span.name]
    while span.parent_span_id in told:
        _, span = told[span.parent_span_id]
        names.append(span.name)
    return names


async def test_the_confirmation_is_linked_with_the_request_it_came_by(
    desk: Desk, collector: Listener
) -> None:
    received = await desk.upload(headers=FROM_THE_DASHBOARD)
    await desk.office.work()
    document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
    invoice = await desk.resolve(await desk.invoice(document["invoice_ids"][0]))
    await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")
    stop()

    told = spans(collector)
    (confirmed,) = [span for _, span in told.values() if span.name == "negocio.invoice_confirmed.v1"]
    (link,) = confirmed.links
    assert told[link.span_id][1].name == "POST /api/v1/invoices/{invoice_id}/confirm"


async def test_no_trace_holds_what_belongs_to_people(desk: Desk, collector: Listener) -> None:
    await desk.upload(headers=FROM_THE_DASHBOARD)
    await desk.office.work()
    stop()

    everything = b"".join(request.body for request in collector.received)
    assert everything
    for private in (desk.owner.token, str(desk.owner.id), "example.com", "Marta", "30-"):
        assert private.encode() not in everything


async def test_without_a_collector_jobs_and_papers_carry_no_trace(desk: Desk) -> None:
    received = await desk.upload(headers=FROM_THE_DASHBOARD)

    (job,) = desk.jobs("negocio.read_document")
    assert "trace" not in job
    kept = desk.rows("SELECT trace FROM negocio.document WHERE id = %s", received["documents"][0]["id"])
    assert kept == [(None,)]
