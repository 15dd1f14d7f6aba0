"""What every process counts, in Prometheus' format."""

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time to answer, by route template",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUESTS_IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered now", ["service"])
JOB_SECONDS = Histogram(
    "job_duration_seconds",
    "Time a job took, by task and outcome",
    ["task", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300),
)
JOBS_DEAD = Counter("jobs_given_up_total", "Jobs that failed for the last time", ["task"])
JOBS_WAITING = Gauge("jobs_waiting", "Jobs waiting to run, by queue", ["queue"])
PEER_SECONDS = Histogram(
    "peer_request_duration_seconds", "Time another of our services took to answer", ["peer", "outcome"]
)
