"""A pool of connections that tells how full it is and how long one is waited for."""

import logging
import time
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from prometheus_client import REGISTRY, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, Pool

POOL_WAITING = Gauge("database_pool_waiting", "Work that waits for a database connection now", ["role"])
POOL_WAIT_SECONDS = Histogram(
    "database_pool_wait_seconds",
    "Time until work had its database connection, a new one's opening included",
    ["role"],
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
# SQLAlchemy logs under the name of the pool's module, and ours is not below its own.
logging.getLogger(__name__).setLevel(logging.WARNING)
_roles: WeakKeyDictionary[Pool, str] = WeakKeyDictionary()


def watch_pool(pool: Pool, *, role: str) -> None:
    """Tell of this pool under its database role; one process may have several of a role."""
    _roles[pool] = role


class WatchedPool(AsyncAdaptedQueuePool):
    """Measures how long its callers wait."""

    # The one place where a caller waits; SQLAlchemy has no event for it.
    def _do_get(self) -> ConnectionPoolEntry:
        role = _roles.get(self, "")
        started = time.perf_counter()
        with POOL_WAITING.labels(role).track_inprogress():
            try:
                return super()._do_get()
            finally:
                POOL_WAIT_SECONDS.labels(role).observe(time.perf_counter() - started)


class _Pools(Collector):
    """Asks the pools themselves when Prometheus asks."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        yield from _families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        in_use, size = _families()
        used: dict[str, int] = {}
        most: dict[str, int] = {}
        for pool, role in list(_roles.items()):
            assert isinstance(pool, AsyncAdaptedQueuePool)  # noqa: S101  no other is watched
            used[role] = used.get(role, 0) + pool.checkedout()
            most[role] = most.get(role, 0) + pool.size()
        for role, number in used.items():
            in_use.add_metric([role], number)
            size.add_metric([role], most[role])
        yield from (in_use, size)


def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
    return (
        GaugeMetricFamily("database_pool_in_use", "Database connections at work now", labels=["role"]),
        GaugeMetricFamily("database_pool_size", "Database connections there may be", labels=["role"]),
    )


REGISTRY.register(_Pools())
