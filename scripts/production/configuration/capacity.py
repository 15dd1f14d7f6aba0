"""How many connections the platform may open, against how many the server gives."""

from dataclasses import dataclass

# Each web service and each worker has a pool of MAX_CONNECTIONS; the dashboard never opens the database.
_POOLS = 6
# Each queue of a worker keeps its own connections beside: one for every job at once, and three.
QUEUES = {"negocio-worker": 2, "deposito-worker": 1, "ml-worker": 1}
_BESIDE_JOBS = 3
# The bot's pool, and the connection that holds its lock.
_BOT_LOCK = 1
# The migrator, a backup, a drill, people with psql.
_OTHERS = 5
_WARN_FROM = 0.8
LEAST_POOL = 2


@dataclass(frozen=True, slots=True)
class Fleet:
    """What runs. colours: how often all of it runs at once while versions are switched.

    is_pooled: a pooler stands before the server, so that only what needs the server itself counts there.
    """

    max_connections: int
    workers_count: int
    has_bot: bool
    is_pooled: bool
    colours: int

    def needed(self, max_connections: int | None = None) -> int:
        """Connections when every pool is full."""
        pool = 0 if self.is_pooled else max_connections or self.max_connections
        bot = pool + _BOT_LOCK if self.has_bot else 0
        queues = sum(QUEUES.values()) * (self.workers_count + _BESIDE_JOBS)
        return self.colours * (_POOLS * pool + queues + bot) + _OTHERS

    def largest_pool(self, available: int) -> int | None:
        """The largest MAX_CONNECTIONS that fits, None when not even the least does."""
        fitting = [pool for pool in range(LEAST_POOL, 201) if self.needed(pool) <= available]
        return max(fitting, default=None)


@dataclass(frozen=True, slots=True)
class Server:
    """maximum: max_connections of the server; reserved: those it keeps for superusers."""

    maximum: int
    reserved: int

    @property
    def available(self) -> int:
        """What ordinary roles may open."""
        return self.maximum - self.reserved

    def is_tight(self, needed: int) -> bool:
        """Whether little is left when all pools are full."""
        return needed > _WARN_FROM * self.available
