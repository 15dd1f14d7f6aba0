"""Two organisations: nothing of one is shown to, changed by, or written down at the other."""

import copy
import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from scripts.demo.papers import Traits
from shared.security.guards import require
from shared.security.permissions import PERMISSIONS, Permission, Role
from tests.journeys.asking import Asked, Life, negocio
from tests.journeys.life import (
    bearer,
    confirm,
    match_lines,
    read_paper,
    sign_in,
    upload,
)
from tests.journeys.rows import digest, ids, ids_of_branch, texts, uuids_in
from tests.journeys.town import SERVICES, Town
from tests.services import Endpoint, endpoints

# They tell nothing of any organisation.
COMMON = {"/health", "/health/live", "/health/ready", "/version", "/metrics"}
# Whoever has these words is the person they name: sent again, they are that person's own requests.
CREDENTIALS = {"/api/v1/auth/login", "/api/v1/auth/refresh"}
# About the sender's own session and password, and naming nobody; asked in a test of their own.
OWN_SESSION = {"/api/v1/auth/logout", "/api/v1/auth/password"}
BRANCH_FIGURES = (
    "on_hand",
    "in_transit",
    "reserved",
    "available",
    "weekly_sales",
    "value",
    "unit_cost",
    "margin",
    "last_sale_price",
    "history",
)
# Each of its sales gets a verdict of its own, so refusals come in a success.
VERDICTS = {"/api/v1/sales/batch"}
# No branch's own. A job tells ids only, to whoever was given its id; what a supplier's wording means was
# learned for all branches, from an invoice whose id it tells.
ABOVE_BRANCHES = {"/api/v1/jobs/{job_id}", "/api/v1/suppliers/{supplier_id}/aliases"}


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def test_the_life_reaches_every_endpoint(town: Town, lives: tuple[Life, Life]) -> None:
    """An endpoint that is new and not lived through fails here, so that no wall goes untested."""
    wanted = {
        (service, endpoint.method, endpoint.path)
        for service in SERVICES
        for endpoint in endpoints(town.apps[service])
        if endpoint.path not in COMMON
    }

    for life in lives:
        assert {request.key for request in life.asked} == wanted


async def test_nothing_crosses_when_one_shop_sends_what_the_other_sent(
    lives: tuple[Life, Life], owner: psycopg.Connection
) -> None:
    theirs, mine = lives
    their_ids, my_ids = ids(owner, theirs.organisation_id), ids(owner, mine.organisation_id)
    before = digest(owner, theirs.organisation_id)
    assert theirs.organisation_id != mine.organisation_id
    assert len(their_ids) > 100

    for request in theirs.asked:
        if request.route not in CREDENTIALS | OWN_SESSION:
            await _send_as_other(owner, mine, rebranded(request, theirs, mine), theirs, their_ids - my_ids)

    assert digest(owner, theirs.organisation_id) == before
    _check_rows(owner, theirs, mine, their_ids - my_ids)


async def test_nothing_crosses_when_one_foreign_id_is_slipped_into_ones_own_request(
    lives: tuple[Life, Life], owner: psycopg.Connection
) -> None:
    """Both lived the same life, so each id of one has its counterpart at the other."""
    theirs, mine = lives
    their_ids, my_ids = ids(owner, theirs.organisation_id), ids(owner, mine.organisation_id)
    before = digest(owner, theirs.organisation_id)
    slipped = 0

    for request, counterpart in zip(mine.asked, theirs.asked, strict=False):
        if request.key == counterpart.key and request.route not in CREDENTIALS | OWN_SESSION:
            for changed in one_id_slipped_in(request, counterpart):
                slipped += 1
                await _send_as_other(owner, mine, changed, theirs, their_ids - my_ids)

    assert slipped > 80
    assert digest(owner, theirs.organisation_id) == before
    _check_rows(owner, theirs, mine, their_ids - my_ids)


async def _send_as_other(
    owner: psycopg.Connection, mine: Life, request: Asked, theirs: Life, foreign: set[str]
) -> None:
    """Send in my name what names their things: it must show nothing of them and do nothing with them."""
    sent = uuids_in(json.dumps([request.path, request.query, request.body, request.form]))
    named = (sent & foreign) - theirs.chosen
    before = digest(owner, mine.organisation_id) if named else {}
    answer = await mine.send(request)
    what = f"{request.method} {request.target} {request.body} -> {answer.status_code} {answer.text[:400]}"

    assert answer.status_code < 500, what
    assert theirs.marker.lower() not in answer.text.lower(), what
    assert not (uuids_in(answer.text) & foreign) - sent, what
    assert not (answer.is_success and named & set(request.path.values())), what
    if named:
        # Even a success did nothing: a repeated act answers as before, a batch refuses each of its sales.
        assert digest(owner, mine.organisation_id) == before, what


def _check_rows(owner: psycopg.Connection, theirs: Life, mine: Life, foreign: set[str]) -> None:
    """No row of mine holds an id or the marker of theirs, wherever: columns, arrays, jsonb."""
    for table, rows in texts(owner, mine.organisation_id).items():
        for row in rows:
            assert not uuids_in(row) & (foreign - theirs.chosen), (table, row)
            assert theirs.marker.lower() not in row.lower(), (table, row)
    queued = owner.execute(
        "SELECT args::text FROM jobs.procrastinate_jobs WHERE args->>'organisation_id' = %s",
        [str(mine.organisation_id)],
    ).fetchall()
    for (args,) in queued:
        assert not uuids_in(args) & (foreign - theirs.chosen), args


def rebranded(request: Asked, theirs: Life, mine: Life) -> Asked:
    """The same request with their names turned into mine; ids stay theirs. Papers become my own."""

    def rename(value: Any) -> Any:
        text = json.dumps(value).replace(theirs.marker, mine.marker)
        return json.loads(text.replace(theirs.marker.lower(), mine.marker.lower()))

    if request.files:
        branch_id = (request.form or {})["branch_id"]
        return upload(mine.paper(2000), branch_id)
    return replace(request, body=rename(request.body), query=rename(request.query), path=rename(request.path))


def one_id_slipped_in(mine: Asked, theirs: Asked) -> Iterator[Asked]:
    """My request, once for each id in it, with that one id theirs."""
    for part in ("path", "query", "form", "body"):
        own, other = getattr(mine, part), getattr(theirs, part)
        for place in list(_places_of_ids(own, other)):
            changed = copy.deepcopy(own)
            _put(changed, place, _at(other, place))
            yield replace(mine, **{part: changed})


def _places_of_ids(own: Any, other: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(own, dict) and isinstance(other, dict):
        for key in own.keys() & other.keys():
            yield from _places_of_ids(own[key], other[key], (*place, key))
    elif isinstance(own, list) and isinstance(other, list):
        for position, pair in enumerate(zip(own, other, strict=False)):
            yield from _places_of_ids(*pair, (*place, position))
    elif isinstance(own, str) and isinstance(other, str) and own != other and uuids_in(own):
        yield place


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


def _put(value: Any, place: tuple[Any, ...], new: Any) -> None:
    _at(value, place[:-1])[place[-1]] = new


async def test_lists_and_searches_hold_only_what_is_ones_own(
    lives: tuple[Life, Life], owner: psycopg.Connection
) -> None:
    theirs, mine = lives
    foreign = ids(owner, theirs.organisation_id) - ids(owner, mine.organisation_id)
    lists = [request for request in mine.asked if request.method == "GET" and not request.path]
    assert len(lists) > 30

    for request in lists:
        for query in (request.query, {}, {"q": theirs.marker}, {"q": theirs.marker.lower()[:3]}):
            answer = await mine.send(replace(request, query=query))
            assert theirs.marker.lower() not in answer.text.lower(), (request, answer.text)
            assert not uuids_in(answer.text) & foreign, (request, answer.text)


async def test_who_works_in_one_branch_sees_nothing_of_another(
    lives: tuple[Life, Life], owner: psycopg.Connection
) -> None:
    life = lives[1]
    headers = bearer(await sign_in(life, "encargada"))
    other_branch = ids_of_branch(owner, life.organisation_id, life.ids["sur"])
    named = {"sale_sur", "movement_sur", "otra", "document_otra", "salon_sur", "sur"}
    assert {life.ids[key] for key in named} <= other_branch

    for request in life.asked:
        sent = uuids_in(json.dumps([request.path, request.query, request.body, request.form]))
        names_other_branch = bool(sent & other_branch)
        if request.route in CREDENTIALS | OWN_SESSION | ABOVE_BRANCHES or not (
            names_other_branch or request.method == "GET"
        ):
            continue
        answer = await life.send(request, headers=headers)
        what = (
            f"{request.method} {request.target} {request.query} -> {answer.status_code} {answer.text[:600]}"
        )
        assert answer.status_code < 500, what
        assert not uuids_in(answer.text) & (other_branch - sent), what
        if names_other_branch and request.route not in VERDICTS:
            assert not answer.is_success or not _says_something(answer), what


def _says_something(answer: httpx.Response) -> bool:
    """Whether a success holds more than empty lists and zeros."""
    return _holds(answer.json())


def _holds(value: Any) -> bool:
    if isinstance(value, dict) and "on_hand" in value:
        # The catalogue is everybody's; what there is of it in a branch is not.
        return any(_holds(value[figure]) for figure in BRANCH_FIGURES)
    if isinstance(value, dict):
        return any(_holds(each) for key, each in value.items() if key != "counts")
    if isinstance(value, list):
        return any(_holds(each) for each in value)
    return value not in {None, 0, "0", "organisation", ""} and value is not True


async def test_each_role_is_refused_what_its_permissions_lack(town: Town, lives: tuple[Life, Life]) -> None:
    life = lives[1]
    guarded = [
        (service, endpoint, permission)
        for service in SERVICES
        for endpoint in endpoints(town.apps[service])
        if (permission := permission_of(endpoint)) is not None
    ]
    assert len(guarded) > 60

    for role in Role:
        headers = life.headers if role is Role.OWNER else bearer(await sign_in(life, role))
        for service, endpoint, permission in guarded:
            if permission in PERMISSIONS[role]:
                continue
            nobody = dict.fromkeys(_parameters(endpoint.path), str(uuid4()))
            request = Asked(service, endpoint.method, endpoint.path, path=nobody, body={})
            answer = await life.send(request, headers=headers)
            what = (role, request.method, request.target, answer.text)
            assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), what


async def test_an_accountant_writes_nothing(lives: tuple[Life, Life]) -> None:
    """Every write of the three services, with a body that was good when the owner sent it."""
    life = lives[1]
    headers = bearer(await sign_in(life, Role.ACCOUNTANT))
    # Questions that are too long for an address, open probes, and what concerns only one's own sign-in.
    harmless = {"/api/v1/products/match", "/api/v1/ocr/qr", "/api/v1/ocr/test", "/predict"}
    harmless |= {request.route for request in life.asked if "/predictions/" in request.route}
    harmless |= {request.route for request in life.asked if "/auth/" in request.route}
    writes = {r.key: r for r in life.asked if r.method != "GET" and r.route not in harmless}
    assert len(writes) > 30

    for request in writes.values():
        answer = await life.send(request, headers=headers)
        assert answer.status_code == 403, (request, answer.text)


async def test_nobody_without_a_token_sees_or_does_anything(
    lives: tuple[Life, Life], owner: psycopg.Connection
) -> None:
    life = lives[0]
    own = ids(owner, life.organisation_id)
    before = digest(owner, life.organisation_id)

    for request in life.asked:
        if request.route in CREDENTIALS:
            continue
        answer = await life.send(request, headers={})
        sent = uuids_in(json.dumps([request.path, request.query, request.body, request.form]))
        assert not (uuids_in(answer.text) & own) - sent, (request, answer.text)
        is_open = (
            "/predict" in request.route
            or "/ocr/" in request.route
            or request.route in {"/.well-known/jwks.json", "/model/info", "/api/v1/inventory/stats"}
        )
        assert answer.status_code == 401 or is_open, (request, answer.text)

    assert digest(owner, life.organisation_id) == before


async def test_signing_out_ends_ones_own_session_only(lives: tuple[Life, Life]) -> None:
    theirs, mine = lives
    headers = bearer(await sign_in(mine, "duena"))
    signing_out = next(request for request in theirs.asked if request.route.endswith("/auth/logout"))
    asking = next(request for request in theirs.asked if request.route == "/api/v1/auth/me")

    answer = await mine.send(signing_out, headers=headers)

    assert answer.status_code == 204
    assert (await mine.send(asking, headers=headers)).status_code == 401
    for life in lives:
        assert (await life.send(asking)).is_success


async def test_a_paper_is_received_in_its_own_branch_only(
    town: Town, lives: tuple[Life, Life], owner: psycopg.Connection
) -> None:
    """Another organisation's place, another branch's and nobody's are refused alike; the draft stays one."""
    theirs, mine = lives
    before = digest(owner, theirs.organisation_id)
    paper = replace(mine.paper(3000), traits=Traits(has_qr=False))

    async with town.working():
        invoice_id = await read_paper(mine, paper, mine.ids["centro"])
        await match_lines(mine, invoice_id)
        for place in (theirs.ids["salon_centro"], mine.ids["salon_sur"], str(uuid4())):
            where, body = {"invoice_id": invoice_id}, {"location_id": place}
            answer = await mine.send(negocio("POST", "/invoices/{invoice_id}/confirm", path=where, body=body))
            assert (answer.status_code, answer.json()["code"]) == (422, "invoice.location_unknown")
        receipt = await confirm(mine, invoice_id, mine.ids["salon_centro"])

    assert receipt["status"] == "done"
    assert digest(owner, theirs.organisation_id) == before


def permission_of(endpoint: Endpoint) -> Permission | None:
    """What its guard asks for; None where anybody, or anybody signed in, may ask."""
    guard = require(Permission.SELL)
    for call in endpoint.calls():
        if inspect.isfunction(call) and call.__code__ is guard.__code__:
            return Permission(inspect.getclosurevars(call).nonlocals["permission"])
    return None


def _parameters(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]
