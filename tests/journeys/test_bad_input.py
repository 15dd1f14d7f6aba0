"""Hostile requests: each is refused with a problem in Spanish or done whole; none fails or half-writes."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.journeys import hostile
from tests.journeys.asking import Asked, Life, deposito, negocio
from tests.journeys.life import bearer
from tests.journeys.rows import digest
from tests.journeys.town import Town

EVERYTHING = os.environ.get("HOSTILE_EVERYTHING") == "1"
# Reads a whole picture in a child process each time, whatever is sent: once in the life is enough.
SLOW = {"/api/v1/ocr/test"}
# These end the sender's own session, so they are sent with the session of somebody who is not needed.
OWN_SESSION = {"/api/v1/auth/logout", "/api/v1/auth/password"}
# The words of refusals that only libraries write.
FOREIGN = re.compile(
    r"\b(should|must be|invalid|required|unexpected|error|value is|not found|expected|validation|Input)\b"
)
CODE = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?")


@pytest.fixture(scope="session")
def shop(rough_shop: Life) -> Life:
    return rough_shop


@pytest.fixture(scope="module", autouse=True)
async def no_lockout(town: Town) -> AsyncIterator[None]:
    """Wrong passwords sent here must not keep later tests from signing in."""
    yield
    await town.apps["negocio"].state.redis.flushdb()


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
async def guest(shop: Life) -> dict[str, str]:
    """Headers of somebody whose session may end."""
    body = {"username": shop.email("suplente"), "password": "una clave larga de prueba y nueva"}
    answer = await shop.send(negocio("POST", "/auth/login", body=body))
    return bearer(answer.json())


def latest(shop: Life) -> list[Asked]:
    """The last request to each endpoint: what it names is still open."""
    return list({r.key: r for r in shop.asked if r.route not in SLOW}.values())


async def send(shop: Life, request: Asked, headers: dict[str, str]) -> httpx.Response:
    content = None if request.body is None else hostile.encoded(request.body)
    return await shop.town.send(
        request.service,
        request.method,
        request.target,
        params=dict(request.query),
        content=content,
        headers={**headers, "Content-Type": "application/json"},
    )


def check(answer: httpx.Response, what: Any) -> None:
    """A success, or a problem that tells a person what to mend."""
    told = f"{str(what)[:600]} -> {answer.status_code} {answer.text[:800]}"
    assert answer.status_code < 500, told
    if answer.status_code < 400:
        return
    assert answer.headers["content-type"] == "application/problem+json", told
    problem = answer.json()
    assert problem["status"] == answer.status_code, told
    assert CODE.fullmatch(problem["code"]), told
    assert problem["type"].startswith("/errors/"), told
    assert problem["request_id"], told
    sentences = [problem["title"], problem["detail"]]
    if answer.status_code == 422 and problem["code"].startswith("request."):
        assert problem.get("fields"), told
    for field in problem.get("fields", ()):
        assert field["path"], told
        sentences.append(field["msg"])
    for sentence in sentences:
        assert sentence.strip(), told
        assert not FOREIGN.search(sentence), told


class Refusals:
    """Sends requests and sees to it that refused ones left every row as it was."""

    def __init__(self, shop: Life, owner: psycopg.Connection) -> None:
        self._shop = shop
        self._owner = owner
        self._rows = self._digest()
        self._unproven: list[tuple[Asked, dict[str, str]]] = []
        self.sent = self.refused = 0

    async def send_all(self, requests: Iterable[Asked], headers: dict[str, str]) -> None:
        batch: list[tuple[Asked, dict[str, str]]] = []
        for request in requests:
            answer = await send(self._shop, request, headers)
            check(answer, request)
            self.sent += 1
            if answer.is_success:
                # What it wrote hides what the refused ones before it may have written.
                self._unproven += batch
                batch = []
                if request.method != "GET":
                    self._rows = self._digest()
            else:
                self.refused += 1
                batch.append((request, headers))
        assert self._digest() == self._rows, [request for request, _ in batch]

    async def prove_the_rest(self) -> None:
        """Send those once more whose trace a success may have hidden."""
        for request, headers in self._unproven:
            answer = await send(self._shop, request, headers)
            if answer.is_success:
                self._rows = self._digest()
        assert self._digest() == self._rows

    def _digest(self) -> Any:
        return digest(self._owner, self._shop.organisation_id)


async def test_hostile_values_in_every_field_of_every_body(
    shop: Life, owner: psycopg.Connection, guest: dict[str, str]
) -> None:
    refusals = Refusals(shop, owner)

    for request in latest(shop):
        if request.body is not None:
            headers = guest if request.route in OWN_SESSION else shop.headers
            await refusals.send_all(hostile.bodies(request, everything=EVERYTHING), headers)
    await refusals.prove_the_rest()

    assert refusals.refused > 800
    await _books_agree(shop)


async def test_hostile_addresses(shop: Life, owner: psycopg.Connection, guest: dict[str, str]) -> None:
    refusals = Refusals(shop, owner)

    for request in latest(shop):
        headers = guest if request.route in OWN_SESSION else shop.headers
        if request.route not in OWN_SESSION:
            await refusals.send_all(hostile.paths(request), headers)
    reads = {(r.key, *sorted(r.query)): r for r in shop.asked if r.method == "GET"}
    for request in reads.values():
        await refusals.send_all(hostile.queries(request, everything=EVERYTHING), shop.headers)
    await refusals.prove_the_rest()

    assert refusals.refused > 300


async def _books_agree(shop: Life) -> None:
    answer = await shop.send(deposito("GET", "/inventory/integrity"))
    assert answer.json()["ok"] is True, answer.text


GOOD = b'{"name": "Categor\xc3\xada buena"}'
RAW_BODIES = {
    "nothing": b"",
    "cut": GOOD[:-4],
    "no json": b"name=x",
    "bad utf-8": b'{"name": "\xff\xfe"}',
    "utf-16": '{"name": "x"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + GOOD,
    "a list": b"[]",
    "a number": b"1",
    "a string": b'"x"',
    "null": b"null",
    "deep": b"[" * 200_000,
    "deep objects": b'{"name":' * 100_000,
    "trailing": GOOD + b"}",
    "duplicate keys": b'{"name": "una", "name": "otra"}',
    "nul": b"\x00" * 100,
    "many keys": json.dumps({f"k{n}": n for n in range(50_000)}).encode(),
    "long number": b'{"name": ' + b"9" * 100_000 + b"}",
    "too large": b'{"name": "' + b"x" * (3 * 2**20) + b'"}',
}
CONTENT_TYPES = (
    "application/json",
    "text/plain",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "x" * 5000,
    "",
)


async def test_hostile_bodies_and_content_types(shop: Life, owner: psycopg.Connection) -> None:
    before = digest(owner, shop.organisation_id)
    routes = [
        ("deposito", "/api/v1/categories"),
        ("negocio", "/api/v1/suppliers"),
        ("negocio", "/api/v1/auth/login"),
        ("negocio", "/api/v1/ocr/documents"),
        ("ml", "/api/v1/predictions/demand"),
        ("ml", "/predict"),
    ]
    for service, path in routes:
        for name, content in RAW_BODIES.items():
            for kind in CONTENT_TYPES[:: 1 if name in {"nothing", "cut"} else 4]:
                headers = {**shop.headers, "Content-Type": kind}
                answer = await shop.town.send(service, "POST", path, content=content, headers=headers)
                check(answer, (path, name, kind))
                if answer.is_success:
                    before = digest(owner, shop.organisation_id)
                    assert name in {"duplicate keys", "byte order mark", "utf-16"}, (
                        path,
                        name,
                        kind,
                        answer.text,
                    )

    assert digest(owner, shop.organisation_id) == before


IF_MATCH = ("abc", '"1', '"-1"', '"99999999999999999999"', '"1", "2"', "W/", "x" * 60, '"999999"', b'"\xff"')
KEYS = ("", "x" * 201, b"a\tb", b"\xc2\x85")
TOKENS = (
    "Bearer",
    "Bearer x",
    "Bearer a.b.c",
    "Basic x:y",
    b"Bearer \xff",
    "Bearer " + "a" * 40_000,
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
)
BAD_HEADERS: tuple[dict[str, str | bytes], ...] = (
    *({"If-Match": value} for value in IF_MATCH),
    *({"Idempotency-Key": value} for value in KEYS),
    *({"Authorization": value} for value in TOKENS),
    {"X-Request-Id": b"\xff" * 300},
    {"X-Forwarded-For": "not an address, <script>"},
)


@pytest.mark.parametrize("extra", BAD_HEADERS, ids=lambda extra: repr(extra)[:50])
async def test_hostile_headers(shop: Life, owner: psycopg.Connection, extra: dict[str, str | bytes]) -> None:
    before = digest(owner, shop.organisation_id)
    request = next(r for r in latest(shop) if r.key[1:] == ("PATCH", "/api/v1/products/{product_id}"))
    headers = {**shop.headers, "Content-Type": "application/json", **extra}

    answer = await shop.town.send("deposito", "PATCH", request.target, json=request.body, headers=headers)

    check(answer, extra)
    if {"X-Request-Id", "X-Forwarded-For"} & extra.keys():
        assert answer.is_success
    else:
        assert answer.is_client_error, answer.text
        assert digest(owner, shop.organisation_id) == before


async def test_a_body_that_never_ends_coming_writes_nothing(shop: Life, owner: psycopg.Connection) -> None:
    before = digest(owner, shop.organisation_id)
    url = httpx.URL(shop.town.url("deposito"))
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        f"POST /api/v1/categories HTTP/1.1\r\nHost: x\r\nAuthorization: {shop.headers['Authorization']}\r\n"
    )
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n".encode() + GOOD)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""

    assert (await shop.send(deposito("GET", "/categories"))).is_success
    assert digest(owner, shop.organisation_id) == before


async def test_a_key_reused_with_another_body_is_refused(shop: Life, owner: psycopg.Connection) -> None:
    headers = {**shop.headers, "Idempotency-Key": "la misma clave"}
    url = "/api/v1/categories"
    first = await shop.town.send("deposito", "POST", url, json={"name": "Fiambres"}, headers=headers)
    before = digest(owner, shop.organisation_id)

    second = await shop.town.send("deposito", "POST", url, json={"name": "Quesos"}, headers=headers)
    again = await shop.town.send("deposito", "POST", url, json={"name": "Fiambres"}, headers=headers)

    check(second, "another body")
    assert (second.status_code, second.json()["code"]) == (409, "idempotency.key_reused")
    assert again.json() == first.json()
    assert digest(owner, shop.organisation_id) == before
