"""What every service does at its edges: limits, headers, lost servers, malformed requests."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request
from sqlalchemy import text

from agente_negocio.main import build
from shared.config.settings import Settings
from shared.security.permissions import Role
from shared.security.rates import address_of
from shared.security.tokens import TokenReader
from shared.web.session import AnonymousSession
from tests.factories import make_organisation, people_keys
from tests.integration.conftest import Serve

NOWHERE = "127.0.0.1:1"


@pytest.fixture(scope="module")
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build(settings)) as client:
        yield client


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    body = answer.json()
    return (
        answer.status_code == status
        and answer.headers["content-type"] == "application/problem+json"
        and body["code"] == code
        and body["request_id"] == answer.headers["x-request-id"]
    )


async def test_healthy_is_said_in_exactly_these_words(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "healthy"}
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["postgres"]["ok"]) == (200, True)
    assert b"http_request_duration_seconds" in (await client.get("/metrics")).content


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/health", "/nothing/here", "/api/v1/auth/me"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert len(headers["x-request-id"]) >= 8


async def test_a_given_request_id_is_kept_and_a_hostile_one_is_not(client: httpx.AsyncClient) -> None:
    kept = await client.get("/health", headers={"X-Request-Id": "abc-12345678"})
    made = await client.get("/health", headers={"X-Request-Id": "x" * 5000})

    assert kept.headers["x-request-id"] == "abc-12345678"
    assert len(made.headers["x-request-id"]) <= 64


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get("/nothing"), 404, "request.not_found")
    assert is_problem(await client.get("/api/v1/auth/login"), 405, "request.method_not_allowed")


async def test_a_body_past_the_limit_is_refused_by_length_and_by_counting(client: httpx.AsyncClient) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(400):
            taken += 1
            yield b"x" * 2**20

    by_length = await client.post("/api/v1/auth/refresh", content=b"x" * (3 * 2**20))
    by_counting = await client.post("/api/v1/auth/refresh", content=endless())

    assert is_problem(by_length, 413, "request.too_large")
    assert is_problem(by_counting, 413, "request.too_large")
    assert by_length.json()["details"] == {"maximum_mb": "2"}
    assert taken <= 4


async def test_only_papers_may_be_large(settings: Settings, serve: Serve, database_url: str) -> None:
    owner = make_organisation(database_url).add_person(Role.OWNER)
    app = build(settings)
    async with serve(app) as client:
        app.state.tokens = TokenReader(
            "negocio", secret_key=settings.secret_key.get_secret_value(), people_keys=people_keys
        )
        large = await client.post(
            "/api/v1/ocr/documents", files={"files": b"x" * (5 * 2**20)}, headers=owner.headers
        )
        too_large = await client.post(
            "/api/v1/ocr/documents", files={"files": b"x" * (27 * 2**20)}, headers=owner.headers
        )

    assert large.status_code == 415
    assert is_problem(too_large, 413, "request.too_large")


async def test_a_request_is_counted_before_its_body_is_read(settings: Settings, serve: Serve) -> None:
    limited = Settings.model_validate(settings.model_dump() | {"rate_per_address": 3})
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{}"

    async with serve(build(limited)) as client:
        for _ in range(12):
            answer = await client.post("/api/v1/auth/refresh", content=body())

    assert answer.status_code == 429
    assert read <= 6


async def test_who_is_not_signed_in_is_refused_before_the_body_is_read(client: httpx.AsyncClient) -> None:
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{"

    for path in ("/api/v1/ocr/documents", "/api/v1/branches"):
        answer = await client.post(path, content=body())
        assert is_problem(answer, 401, "auth.not_signed_in")
    assert not read


async def test_a_failure_nobody_foresaw_is_a_whole_answer(settings: Settings, serve: Serve) -> None:
    app = build(settings)

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    async with serve(app) as client:
        answer = await client.get("/broken", headers={"X-Request-Id": "abc-12345678"})

    assert is_problem(answer, 500, "internal")
    assert answer.headers["x-request-id"] == "abc-12345678"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(("peer", "counts_as"), [("127.0.0.1", "203.0.113.9"), ("198.51.100.7", None)])
async def test_only_a_trusted_proxy_names_the_client(
    settings: Settings, serve: Serve, peer: str, counts_as: str | None
) -> None:
    app = build(settings)

    @app.get("/who")
    async def who(request: Request) -> str:
        return address_of(request)

    async with serve(app):
        transport = httpx.ASGITransport(app, client=(peer, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.get("/who", headers={"X-Forwarded-For": "203.0.113.9"})

    assert answer.json() == (counts_as or peer)


async def test_a_number_no_column_holds_is_a_refusal(settings: Settings, serve: Serve) -> None:
    app = build(settings)

    @app.get("/number")
    async def number(session: AnonymousSession) -> None:
        await session.execute(text("SELECT CAST(:n AS integer)"), {"n": 2**40})

    async with serve(app) as client:
        answer = await client.get("/number")

    assert is_problem(answer, 422, "request.invalid")


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"refresh_token": "\\ud800"}', b"1e999"]
)
async def test_malformed_json_is_a_problem(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(
        "/api/v1/auth/refresh", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_redis_the_service_goes_on_degraded(settings: Settings, serve: Serve) -> None:
    lost = Settings.model_validate(settings.model_dump() | {"redis_url": f"redis://{NOWHERE}/0"})
    async with serve(build(lost)) as client:
        ready = await client.get("/health/ready")
        login = await client.post("/api/v1/auth/login", json={"username": "nobody", "password": "x"})

    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert login.status_code == 401


async def test_without_postgres_it_says_so_and_never_500(settings: Settings, serve: Serve) -> None:
    lost = Settings.model_validate(settings.model_dump() | {"database_url": f"postgresql://x@{NOWHERE}/x"})
    async with serve(build(lost)) as client:
        health = await client.get("/health")
        ready = await client.get("/health/ready")
        login = await client.post("/api/v1/auth/login", json={"username": "nobody", "password": "x"})

    assert (health.status_code, health.json()) == (503, {"status": "unhealthy"})
    assert ready.status_code == 503
    assert is_problem(login, 503, "busy")


async def test_a_foreign_host_is_refused(settings: Settings, serve: Serve) -> None:
    strict = Settings.model_validate(settings.model_dump() | {"allowed_hosts": "shop.example"})
    async with serve(build(strict)) as client:
        foreign = await client.get("/health", headers={"Host": "evil.example"})
        own = await client.get("/health", headers={"Host": "shop.example"})

    assert (foreign.status_code, own.status_code) == (400, 200)


async def test_other_origins_are_let_in_only_when_named(settings: Settings, serve: Serve) -> None:
    named = Settings.model_validate(settings.model_dump() | {"cors_origins": "https://shop.example"})
    async with serve(build(named)) as client:
        known = await client.get("/health", headers={"Origin": "https://shop.example"})
        unknown = await client.get("/health", headers={"Origin": "https://evil.example"})

    assert known.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in unknown.headers


async def test_rate_limits_say_when_to_come_back(settings: Settings, serve: Serve) -> None:
    limited = Settings.model_validate(settings.model_dump() | {"rate_per_address": 3})
    async with serve(build(limited)) as client:
        answers = [await client.get("/.well-known/jwks.json") for _ in range(200)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 194
    assert is_problem(refused[0], 429, "request.too_many")
    assert 1 <= int(refused[0].headers["retry-after"]) <= 60


def test_weak_secrets_are_refused(settings: Settings) -> None:
    given = settings.model_dump()
    for weak in ({"secret_key": "short"}, {"secret_key": given["jwt_secret_key"]}):
        with pytest.raises(ValueError, match="SECRET_KEY"):
            Settings.model_validate(given | weak)
