"""Requests as fast as they are answered, by a client that costs as little as possible."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

from agente_deposito.stock.rules import MovementKind, MovementLine, Posting
from agente_deposito.stock.service import moving
from benchmarks.warehouse.shop import BenchShop, product_id
from shared.database.session import Database
from shared.kernel.clock import utc_now

_WRONG = 400


@dataclass(frozen=True, slots=True)
class Pace:
    """Requests per second, and the time 50 and 99 of 100 stayed below, in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


async def measure(work: Callable[[], Awaitable[None]], *, workers: int, seconds: float) -> Pace:
    """Repeat the work in so many workers for that time."""
    took: list[float] = []
    started = time.perf_counter()

    async def repeat() -> None:
        while (now := time.perf_counter()) - started < seconds:
            await work()
            took.append(time.perf_counter() - now)

    await asyncio.gather(*(repeat() for _ in range(workers)))
    elapsed = time.perf_counter() - started
    took.sort()
    return Pace(
        len(took) / elapsed,
        1000 * took[len(took) // 2],
        1000 * took[min(len(took) - 1, len(took) * 99 // 100)],
    )


class HttpClient:
    """Kept connections to one service; reads an answer's status and length, nothing more."""

    def __init__(self, port: int, token: str, shop: BenchShop, *, lines: int, chance: random.Random) -> None:
        self._port = port
        self._head = (
            "POST /api/v1/inventory/movements HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: "
        )
        self._shop, self._lines, self._chance = shop, lines, chance
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __call__(self) -> None:
        """One request. Raises RuntimeError when it is refused."""
        streams = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = streams
        writer.write(self._request())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if int(head[9:12]) >= _WRONG:
            raise RuntimeError(f"{head[:30]!r} {body[:300]!r}")
        self._idle.append(streams)

    def close(self) -> None:
        """Let the connections go."""
        for _, writer in self._idle:
            writer.close()

    def _request(self) -> bytes:
        first = self._chance.randint(1, self._shop.products - self._lines + 1)
        place = str(self._shop.location_id)
        lines = [
            {
                "product_id": product_id(number),
                "location_id": place,
                "quantity": "1",
                "kind": "receipt",
                "unit_cost": "100",
            }
            for number in range(first, first + self._lines)
        ]
        body = json.dumps({"lines": lines}).encode()
        return f"{self._head}{len(body)}\r\n\r\n".encode() + body


def direct(
    database: Database, shop: BenchShop, *, lines: int, chance: random.Random
) -> Callable[[], Awaitable[None]]:
    """The ledger's service function in a transaction of its own, without HTTP."""

    async def post() -> None:
        first = chance.randint(1, shop.products - lines + 1)
        moves = [
            MovementLine(
                UUID(product_id(number)), shop.location_id, MovementKind.RECEIPT, Decimal(1), Decimal(100)
            )
            for number in range(first, first + lines)
        ]
        async with database.transaction(shop.organisation_id) as session:
            await moving.post(session, Posting(f"direct:{uuid4()}", utc_now(), shop.person_id), moves)

    return post
