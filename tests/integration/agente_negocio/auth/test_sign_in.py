"""Signing in, staying signed in and signing out, over HTTP on a real database."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from agente_negocio.main import build
from shared.config.settings import Settings
from tests.factories import make_organisation
from tests.integration.conftest import Serve

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def app(settings: Settings) -> FastAPI:
    return build(settings)


@pytest.fixture(scope="module")
async def client(app: FastAPI, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(app) as client:
        yield client


async def make_owner(app: FastAPI) -> str:
    """A new organisation's owner; returns the user name."""
    username = f"owner-{uuid4().hex[:12]}"
    await open_organisation(
        app.state.database,
        OpenOrganisation(
            id=uuid4(),
            name="Almacén de prueba",
            cuit="30-71234567-1",
            iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
            cost_basis=CostBasis.BY_CONDITION,
            is_demo=False,
            owner_name="Marta",
            owner_email=f"{username}@example.com",
            owner_username=username,
            owner_password=PASSWORD,
        ),
    )
    return username


async def sign_in(client: httpx.AsyncClient, username: str) -> dict[str, str]:
    answer = await client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    pair: dict[str, str] = answer.json()
    return pair


def bearer(pair: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {pair['access_token']}"}


async def test_signs_in_by_user_name_by_email_and_by_form(app: FastAPI, client: httpx.AsyncClient) -> None:
    username = await make_owner(app)

    by_name = await client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
    by_email = await client.post(
        "/api/v1/auth/login", json={"email": f"{username}@EXAMPLE.com", "password": PASSWORD}
    )
    by_form = await client.post("/api/v1/auth/login", data={"username": username, "password": PASSWORD})

    assert [a.status_code for a in (by_name, by_email, by_form)] == [200, 200, 200]
    assert by_name.json()["user"]["role"] == "owner"


async def test_wrong_password_and_unknown_person_get_the_same_answer(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    username = await make_owner(app)

    wrong = await client.post("/api/v1/auth/login", json={"username": username, "password": "nope"})
    unknown = await client.post("/api/v1/auth/login", json={"username": uuid4().hex, "password": "nope"})

    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}
    assert wrong.headers["content-type"] == "application/problem+json"


async def test_too_many_wrong_passwords_lock_the_account(app: FastAPI, client: httpx.AsyncClient) -> None:
    username = await make_owner(app)
    for _ in range(5):
        await client.post("/api/v1/auth/login", json={"username": username, "password": "nope"})

    locked = await client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
    other_name = {"email": f"{username}@example.com", "password": PASSWORD}
    by_email = await client.post("/api/v1/auth/login", json=other_name)

    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 0
    assert by_email.status_code == 429, "one account, whichever name it is tried by"


async def test_many_guesses_at_once_get_no_more_answers_than_one_after_another(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    username = await make_owner(app)
    guess = {"username": username, "password": "nope"}

    answers = await asyncio.gather(*(client.post("/api/v1/auth/login", json=guess) for _ in range(50)))

    assert [answer.status_code for answer in answers].count(401) == 5
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_right_passwords_are_not_counted_however_many_come_at_once(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    username = await make_owner(app)
    right = {"username": username, "password": PASSWORD}
    wrong = {"username": username, "password": "nope"}

    for _ in range(4):
        await client.post("/api/v1/auth/login", json=wrong)
    answers = await asyncio.gather(*(client.post("/api/v1/auth/login", json=right) for _ in range(20)))
    again = [await client.post("/api/v1/auth/login", json=wrong) for _ in range(6)]

    assert {answer.status_code for answer in answers} == {200}
    assert [answer.status_code for answer in again] == [401] * 5 + [429]


async def test_the_present_password_cannot_be_guessed_from_a_stolen_session(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    here = await sign_in(client, await make_owner(app))

    async def change(current: str) -> int:
        body = {"current": current, "new": "quite another one"}
        return (await client.post("/api/v1/auth/password", json=body, headers=bearer(here))).status_code

    guesses = [await change(f"guess {n}") for n in range(5)]

    assert set(guesses) == {401}
    assert await change(PASSWORD) == 429


async def test_a_new_password_signs_out_everywhere_else(
    app: FastAPI, client: httpx.AsyncClient, database_url: str
) -> None:
    username = await make_owner(app)
    here = await sign_in(client, username)
    elsewhere = make_organisation(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO auth.membership (organisation_id, user_id, role) VALUES (%s, %s, 'owner')",
            [elsewhere.id, here["user"]["id"]],  # type: ignore[index]
        )
    there = await client.post(
        "/api/v1/auth/switch", json={"organisation_id": str(elsewhere.id)}, headers=bearer(here)
    )
    stranger = await sign_in(client, await make_owner(app))

    changed = await client.post(
        "/api/v1/auth/password",
        json={"current": PASSWORD, "new": "quite another one"},
        headers=bearer(here),
    )

    assert (there.status_code, changed.status_code) == (200, 204)
    tokens = (here, there.json(), stranger)
    states = [(await client.get("/api/v1/auth/me", headers=bearer(pair))).status_code for pair in tokens]
    assert states == [200, 401, 200]


async def test_refresh_rotates_and_a_lost_answer_may_be_asked_again(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    first = await sign_in(client, await make_owner(app))

    second = await client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    again = await client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})

    assert second.status_code == again.status_code == 200
    assert len({first["refresh_token"], second.json()["refresh_token"], again.json()["refresh_token"]}) == 3


async def test_a_refresh_token_used_again_later_ends_the_session(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    first = await sign_in(client, await make_owner(app))
    second = await client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    await _age_refresh_tokens(app, UUID(first["user"]["organisation_id"]))  # type: ignore[index]

    stolen = await client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    honest = await client.post("/api/v1/auth/refresh", json={"refresh_token": second.json()["refresh_token"]})
    me = await client.get("/api/v1/auth/me", headers=bearer(second.json()))

    assert [stolen.status_code, honest.status_code, me.status_code] == [401, 401, 401]


async def test_signing_out_ends_access_at_once(app: FastAPI, client: httpx.AsyncClient) -> None:
    pair = await sign_in(client, await make_owner(app))
    before = await client.get("/api/v1/auth/me", headers=bearer(pair))

    out = await client.post("/api/v1/auth/logout", headers=bearer(pair))
    after = await client.get("/api/v1/auth/me", headers=bearer(pair))

    assert [before.status_code, out.status_code, after.status_code] == [200, 204, 401]


async def test_changing_the_password_signs_other_devices_out(app: FastAPI, client: httpx.AsyncClient) -> None:
    username = await make_owner(app)
    here, elsewhere = await sign_in(client, username), await sign_in(client, username)

    changed = await client.post(
        "/api/v1/auth/password",
        json={"current": PASSWORD, "new": "another long one"},
        headers=bearer(here),
    )

    assert changed.status_code == 204
    assert (await client.get("/api/v1/auth/me", headers=bearer(here))).status_code == 200
    assert (await client.get("/api/v1/auth/me", headers=bearer(elsewhere))).status_code == 401


async def test_a_token_signed_by_somebody_else_is_refused(client: httpx.AsyncClient) -> None:
    for token in ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "ñ" * 10):
        answer = await client.get("/api/v1/auth/me", headers={b"Authorization": f"Bearer {token}".encode()})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"username":"a"}',
        b'{"password":1}',
        b'{"username":"\\u0000","password":"x"}',
    ],
)
async def test_a_malformed_login_is_a_problem_with_fields(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(
        "/api/v1/auth/login", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json()["fields"]


async def test_branches_and_people(app: FastAPI, client: httpx.AsyncClient) -> None:
    owner = bearer(await sign_in(client, await make_owner(app)))
    branch = (await client.post("/api/v1/branches", json={"name": "Centro"}, headers=owner)).json()
    username = f"caja-{uuid4().hex[:8]}"
    person = {
        "email": f"{username}@example.com",
        "username": username,
        "name": "Caja",
        "password": PASSWORD,
        "role": "cashier",
        "branch_ids": [branch["id"]],
    }

    added = await client.post("/api/v1/users", json=person, headers=owner)
    cashier = bearer(await sign_in(client, username))
    me = (await client.get("/api/v1/auth/me", headers=cashier)).json()
    refused = await client.post("/api/v1/branches", json={"name": "Norte"}, headers=cashier)
    ended = await client.patch(f"/api/v1/users/{added.json()['id']}", json={"archived": True}, headers=owner)
    after = await client.get("/api/v1/auth/me", headers=cashier)

    assert added.status_code == 201, added.text
    assert me["branches"] == [{"id": branch["id"], "name": "Centro"}]
    assert refused.status_code == 403
    assert (ended.status_code, after.status_code) == (200, 401)


async def test_the_last_owner_stays(app: FastAPI, client: httpx.AsyncClient) -> None:
    pair = await sign_in(client, await make_owner(app))

    answer = await client.patch(
        f"/api/v1/users/{pair['user']['id']}",  # type: ignore[index]
        json={"role": "manager"},
        headers=bearer(pair),
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "auth.last_owner")


async def test_a_repeated_idempotency_key_opens_one_branch(app: FastAPI, client: httpx.AsyncClient) -> None:
    owner = bearer(await sign_in(client, await make_owner(app)))
    once = {**owner, "Idempotency-Key": "branch-1"}

    first = await client.post("/api/v1/branches", json={"name": "Centro"}, headers=once)
    again = await client.post("/api/v1/branches", json={"name": "Centro"}, headers=once)
    other = await client.post("/api/v1/branches", json={"name": "Norte"}, headers=once)
    listed = await client.get("/api/v1/branches", headers=owner)

    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    assert len(listed.json()["items"]) == 1


async def test_archived_branches_are_a_list_of_their_own(app: FastAPI, client: httpx.AsyncClient) -> None:
    owner = bearer(await sign_in(client, await make_owner(app)))
    ids = {
        name: (await client.post("/api/v1/branches", json={"name": name}, headers=owner)).json()["id"]
        for name in ("Centro", "Norte")
    }
    closed = await client.patch(f"/api/v1/branches/{ids['Norte']}", json={"archived": True}, headers=owner)

    live = (await client.get("/api/v1/branches", headers=owner)).json()["items"]
    archived = (await client.get("/api/v1/branches?archived=true", headers=owner)).json()["items"]

    assert closed.status_code == 200, closed.text
    assert [branch["name"] for branch in live] == ["Centro"]
    assert [branch["name"] for branch in archived] == ["Norte"]


async def test_a_stale_version_is_refused(app: FastAPI, client: httpx.AsyncClient) -> None:
    owner = bearer(await sign_in(client, await make_owner(app)))
    etag = (await client.get("/api/v1/org", headers=owner)).headers["etag"]

    changed = await client.patch("/api/v1/org", json={"name": "Uno"}, headers={**owner, "If-Match": etag})
    stale = await client.patch("/api/v1/org", json={"name": "Dos"}, headers={**owner, "If-Match": etag})

    assert (changed.status_code, stale.status_code) == (200, 412)


async def _age_refresh_tokens(app: FastAPI, organisation_id: UUID) -> None:
    async with app.state.database.transaction(organisation_id) as session:
        await session.execute(text("UPDATE auth.refresh_token SET used_at = used_at - interval '1 hour'"))
