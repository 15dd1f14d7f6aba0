"""People at work: readers, tills, offices and slow phones, who note every answer that should not be.

Half of them keep their connection, as browsers do, with the browsers' rule: when a connection that was used
before ends without a byte of an answer, the same request (a write with the same Idempotency-Key) is sent once
more on a new one. NGINX before 1.27.4 closes idle connections on a reload, and cannot know that a request is
on its way. The others take a new connection each time and never send anything twice.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from threading import Thread
from typing import Any, Self
from uuid import UUID, uuid4

import httpx

CLIENTS = {"read": 18, "sell": 6, "branch": 2, "upload": 6}
_PATHS = (
    "/api/v1/inventory/stats",
    "/api/v1/products?limit=20",
    "/api/v1/sales?limit=20",
    "/api/v1/auth/me",
    "/api/v1/invoices?limit=20",
    "/api/v1/forecasts?limit=5",
    "/entrar",
)
_THINK_SECONDS = {"read": 0.5, "sell": 0.8, "branch": 3.0, "upload": 4.0}
_UPLOAD_SECONDS = 2.5
_PIECES = 10
_PAPERS = 12
_TIMEOUT = httpx.Timeout(60)
_INSISTING_SECONDS = 90
_PAUSE_SECONDS = 0.3
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
_PAPER += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
_PAPER += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%"
_CLOSED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


@dataclass(slots=True)
class Notes:
    """What was done and answered.

    resent: by the rule of browsers. repeated: by those who insist. answered_by: version, of every answer.
    """

    requests: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    resent: int = 0
    repeated: int = 0
    answered_by: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    sales: set[UUID] = field(default_factory=set)
    branches: set[str] = field(default_factory=set)
    documents: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shop:
    """Where work is done, by whom, with what. address: of the proxy."""

    address: str
    token: str
    branch_id: str
    product_id: str


class Load:
    """Everybody at work on a thread of its own, until told to stop.

    insists: a request without a good answer is sent again until it has one, a write with its key.
    notes: those of people who worked in the shop before, if any.
    """

    def __init__(self, shop: Shop, *, seed: int, insists: bool = False, notes: Notes | None = None) -> None:
        self._insists = insists
        self.notes = notes or Notes()
        self._shop = shop
        self._seed = seed
        self._stopping = False
        self._thread = Thread(target=self._run, daemon=True)

    @contextmanager
    def at_work(self) -> Iterator[Notes]:
        """While the block runs; afterwards everybody has finished what they began."""
        self._thread.start()
        try:
            yield self.notes
        finally:
            self._stopping = True
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except BaseException as error:
            # People who stopped working must not look like people who were content.
            self.notes.failures.append(f"the load itself failed: {error!r}")
            raise

    async def _all(self) -> None:
        people = [(kind, number) for kind, count in CLIENTS.items() for number in range(count)]
        async with asyncio.TaskGroup() as group:
            for place, (kind, number) in enumerate(people):
                group.create_task(self._work(kind, Random(self._seed * 1000 + place), keeps=number % 2 == 0))

    async def _work(self, kind: str, random: Random, *, keeps: bool) -> None:
        acts = {"read": self._read, "sell": self._sell, "branch": self._branch, "upload": self._upload}
        act: Callable[[Client, Random], Awaitable[None]] = acts[kind]
        async with Client(self._shop, self.notes, kind, keeps=keeps, insists=self._insists) as client:
            while not self._stopping:
                await act(client, random)
                await asyncio.sleep(random.uniform(0.5, 1.5) * _THINK_SECONDS[kind])

    async def _read(self, client: "Client", random: Random) -> None:
        await client.ask("GET", random.choice(_PATHS))

    async def _sell(self, client: "Client", _random: Random) -> None:
        sale_id = uuid4()
        line = {"product_id": self._shop.product_id, "quantity": "1", "unit_price": "100"}
        body = {"id": str(sale_id), "branch_id": self._shop.branch_id, "lines": [line]}
        body["occurred_at"] = datetime.now(UTC).isoformat()
        if await client.ask("POST", "/api/v1/sales", json=body):
            self.notes.sales.add(sale_id)

    async def _branch(self, client: "Client", _random: Random) -> None:
        name = f"Sucursal {uuid4().hex[:12]}"
        if await client.ask("POST", "/api/v1/branches", json={"name": name}):
            self.notes.branches.add(name)

    async def _upload(self, client: "Client", random: Random) -> None:
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="paper.pdf"\r\n'
        head += "Content-Type: application/pdf\r\n\r\n"
        # The same paper again is stored again but not read again, which would take all of a small machine.
        paper = _PAPER + str(random.randrange(_PAPERS)).encode()
        content = head.encode() + paper + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        headers["Content-Length"] = str(len(content))
        answer = await client.ask("POST", "/api/v1/ocr/documents", slowly=content, headers=headers)
        if answer:
            self.notes.documents.append(answer.json()["documents"][0]["id"])


class Client:
    """One person's way of asking."""

    def __init__(self, shop: Shop, notes: Notes, kind: str, *, keeps: bool, insists: bool) -> None:
        limits = httpx.Limits(max_keepalive_connections=1 if keeps else 0, keepalive_expiry=60)
        headers = {"Authorization": f"Bearer {shop.token}"}
        self._http = httpx.AsyncClient(
            base_url=shop.address, limits=limits, timeout=_TIMEOUT, headers=headers
        )
        self._notes = notes
        self._kind = f"{kind}, {'kept' if keeps else 'new'} connection"
        self._keeps = keeps
        self._insists = insists
        self._is_used = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_reason: object) -> None:
        await self._http.aclose()

    async def ask(
        self, method: str, path: str, *, slowly: bytes = b"", **options: Any
    ) -> httpx.Response | None:
        """The answer, None when it failed, which was noted then."""
        if method != "GET":
            options["headers"] = {**options.get("headers", {}), "Idempotency-Key": uuid4().hex}
        self._notes.requests[self._kind] += 1
        deadline = time.monotonic() + _INSISTING_SECONDS
        while True:
            answer, how = await self._once(method, path, slowly, options)
            if answer is not None and answer.is_success:
                return answer
            if not self._insists or time.monotonic() > deadline:
                at = datetime.now(UTC).strftime("%H:%M:%S.%f")[:-3]
                self._notes.failures.append(f"{at} {self._kind}: {method} {path}: {how}")
                return None
            self._notes.repeated += 1
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _once(
        self, method: str, path: str, slowly: bytes, options: dict[str, Any]
    ) -> tuple[httpx.Response | None, str]:
        """The answer, if there was one, and how it went."""
        began = time.monotonic()
        try:
            answer = await self._send(method, path, slowly, options)
        except httpx.HTTPError as error:
            return None, f"{type(error).__name__} {error}"
        self._is_used = True
        took = time.monotonic() - began - (_UPLOAD_SECONDS if slowly else 0)
        self._notes.slowest_seconds = max(self._notes.slowest_seconds, took)
        self._notes.answered_by[answer.headers.get("x-version", "nobody")] += 1
        return answer, f"{answer.status_code} {answer.text[:200]}"

    async def _send(self, method: str, path: str, slowly: bytes, options: dict[str, Any]) -> httpx.Response:
        def once() -> Awaitable[httpx.Response]:
            given = {**options, "content": _in_pieces(slowly)} if slowly else options
            return self._http.request(method, path, **given)

        try:
            return await once()
        except _CLOSED:
            if not (self._keeps and self._is_used):
                raise
            self._notes.resent += 1
            return await once()


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    """As a phone with a bad connection sends it."""
    size = len(content) // _PIECES + 1
    for start in range(0, len(content), size):
        yield content[start : start + size]
        await asyncio.sleep(_UPLOAD_SECONDS / _PIECES)
