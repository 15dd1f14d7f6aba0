"""What every process counts, in Prometheus' format."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter, Gauge, Histogram, start_http_server

log = structlog.get_logger()

REQUEST_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time to answer, by route template",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)
REQUESTS_IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered now", ["service"])
JOB_SECONDS = Histogram(
    "job_duration_seconds",
    "Time a job took, by task and outcome",
    ["task", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300),
)
JOBS_DEAD = Counter("jobs_given_up_total", "Jobs that failed for the last time", ["task"])
FACTS_FAILED = Counter(
    "fact_attempts_failed_total", "Attempts at applying a fact that failed; each is repeated", ["task"]
)
JOBS_WAITING = Gauge("jobs_waiting", "Jobs waiting to run, by queue", ["queue"])
JOBS_OLDEST = Gauge(
    "jobs_oldest_waiting_seconds", "How long the job that is due longest has waited, by queue", ["queue"]
)
JOBS_RETRYING = Gauge("jobs_retrying", "Of those waiting, the ones that failed before, by queue", ["queue"])
JOBS_FAILED = Gauge("jobs_failed", "Jobs given up and kept for a person to see, by queue", ["queue"])
READING_SECONDS = Histogram(
    "reading_duration_seconds",
    "Time to read the files of one document; accepted, to_review, or why none was read",
    ["outcome"],
    buckets=(0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120),
)
LEDGERS_CHECKED = Gauge(
    "ledger_organisations_checked", "Organisations whose ledger is to be summed again every night"
)
LEDGERS_WRONG = Gauge("ledger_organisations_wrong", "Of those, whose last check found differences")
LEDGERS_OLDEST_CHECK = Gauge(
    "ledger_oldest_check_timestamp_seconds",
    "The last check of the organisation that waits longest, without one when it was made; 0 for nobody",
)
FORECASTS_OLDEST = Gauge(
    "forecasts_oldest_timestamp_seconds",
    "The last forecasts of the organisation with the oldest, without any when it was made; 0 for nobody",
)
OPERATION_LAST_OK = Gauge(
    "operation_last_ok_timestamp_seconds", "When it last went well, e.g. backup; 0 never", ["kind"]
)
OPERATION_SUCCEEDED = Gauge("operation_last_succeeded", "Whether the last run went well: 1 or 0", ["kind"])
DATABASE_SIZE = Gauge("database_size_bytes", "Size of the database on its server's disk")
STORAGE_SIZE = Gauge("storage_size_bytes", "Size of the disk that keeps the papers")
STORAGE_FREE = Gauge("storage_free_bytes", "Room left on it")
PEER_SECONDS = Histogram(
    "peer_request_duration_seconds", "Time another of our services took to answer", ["peer", "outcome"]
)


@contextmanager
def serve_metrics(port: int | None, *, address: str) -> Iterator[None]:
    """Tell them to Prometheus from a thread, for processes without an API; None tells nobody.

    A port that is taken costs the figures, never the work: workers of one machine may share settings.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, addr=address)
    except OSError as error:
        log.warning("metrics.port_taken", port=port, error=str(error))
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
