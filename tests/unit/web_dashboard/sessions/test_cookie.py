"""The session cookie: sealed, out of reach, and gone after signing out."""

import json
import re
from dataclasses import asdict

import httpx
import pytest

from tests.unit.web_dashboard.support import ME, ORIGIN, client_of, make_app, signed_in_session
from web_dashboard.sessions.seal import Seal

_SECRET = "s" * 40


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/api/v1/auth/login":
        if b"buena" not in request.content:
            return httpx.Response(401, json={"code": "auth.bad_credentials", "detail": "No coinciden."})
        tokens = {"access_token": "a" * 600, "refresh_token": "r" * 43, "expires_in": 900}
        return httpx.Response(200, json=tokens)
    if request.url.path == "/api/v1/auth/me":
        return httpx.Response(200, json=ME)
    return httpx.Response(503)


async def token_of(client: httpx.AsyncClient, path: str = "/entrar") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get(path)).text)
    assert found is not None
    return found[1]


async def test_signing_in_seals_the_tokens_in_one_cookie() -> None:
    async with client_of(make_app(answer)) as client:
        form = {"csrf": await token_of(client), "usuario": "admin", "clave": "buena", "volver": "/stock"}
        signed = await client.post("/entrar", data=form)

    cookie = signed.headers["set-cookie"]
    assert (signed.status_code, signed.headers["location"]) == (303, "/stock")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "aaaa" not in cookie
    assert len(cookie) < 4096


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host() -> None:
    async with client_of(make_app(answer)) as client:
        page = await client.get("https://dashboard.test/entrar")

    assert page.headers["set-cookie"].startswith("__Host-gondola=")
    assert "Secure" in page.headers["set-cookie"]


@pytest.mark.parametrize("back", ["//mal.example", "https://mal.example", "/\\mal.example", "/a\nb"])
async def test_signing_in_never_leads_to_another_site(back: str) -> None:
    async with client_of(make_app(answer)) as client:
        form = {"csrf": await token_of(client), "usuario": "admin", "clave": "buena", "volver": back}
        signed = await client.post("/entrar", data=form)

    assert signed.headers["location"] == "/"


async def test_wrong_password_leaves_nobody_signed_in() -> None:
    async with client_of(make_app(answer)) as client:
        form = {"csrf": await token_of(client), "usuario": "admin", "clave": "mala"}
        refused = await client.post("/entrar", data=form)
        page = await client.get("/stock")

    assert refused.status_code == 401
    assert "No coinciden." in refused.text
    assert page.headers["location"] == "/entrar?volver=/stock"


async def test_a_cookie_of_another_secret_is_nobodys() -> None:
    foreign = Seal("x" * 40).close(json.dumps(asdict(signed_in_session())))
    async with client_of(make_app(answer)) as client:
        page = await client.get("/stock", headers={"Cookie": f"gondola={foreign}"})

    assert page.status_code == 303


async def test_signing_out_takes_the_cookie_away_though_negocio_is_down() -> None:
    sealed = Seal(_SECRET).close(json.dumps(asdict(signed_in_session())))
    async with client_of(make_app(answer)) as client:
        client.cookies.set("gondola", sealed)
        token = await token_of(client, "/stock")
        left = await client.post("/salir", data={"csrf": token})

    assert left.headers["location"] == "/entrar"
    assert "Max-Age=0" in left.headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://mal.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
async def test_posts_of_another_origin_are_refused(headers: dict[str, str]) -> None:
    async with client_of(make_app(answer)) as client:
        form = {"csrf": await token_of(client), "usuario": "admin", "clave": "buena"}
        refused = await client.post("/entrar", data=form, headers={"Origin": ORIGIN, **headers})

    assert refused.status_code == 403


async def test_posts_need_the_sessions_own_token() -> None:
    async with client_of(make_app(answer)) as client:
        await client.get("/entrar")
        async with client_of(make_app(answer)) as other:
            foreign_token = await token_of(other)
        missing = await client.post("/entrar", data={"usuario": "admin", "clave": "buena"})
        foreign = await client.post(
            "/entrar", data={"csrf": foreign_token, "usuario": "admin", "clave": "buena"}
        )

    assert (missing.status_code, foreign.status_code) == (403, 403)


async def test_the_browsers_address_is_passed_on_for_counting() -> None:
    seen: list[str | None] = []

    def watched(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("x-forwarded-for"))
        return answer(request)

    async with client_of(make_app(watched)) as client:
        form = {"csrf": await token_of(client), "usuario": "admin", "clave": "mala"}
        await client.post("/entrar", data=form)

    assert seen == ["127.0.0.1"]


async def test_a_cookie_and_a_page_of_the_previous_secret_are_good_and_the_cookie_is_sealed_anew() -> None:
    old = {"secret_key": "x" * 40}
    sealed = Seal("x" * 40).close(json.dumps(asdict(signed_in_session())))
    async with client_of(make_app(answer, **old)) as client:
        client.cookies.set("gondola", sealed)
        form = {"csrf": await token_of(client, "/stock"), "sucursal": ME["branches"][0]["id"]}  # type: ignore[index]

    async with client_of(make_app(answer, secret_key_previous="x" * 40)) as client:
        client.cookies.set("gondola", sealed)
        chosen = await client.post("/sucursal", data=form)
    async with client_of(make_app(answer)) as client:
        retired = await client.get("/stock", headers={"Cookie": f"gondola={sealed}"})
        renewed = await client.get("/stock", headers={"Cookie": chosen.headers["set-cookie"].split(";")[0]})

    assert chosen.headers["location"] == "/"
    assert retired.headers["location"] == "/entrar?volver=/stock"
    assert renewed.status_code == 200
