"""Opens a shop for the load, and compares what people were told with what the database holds."""

import time
from collections import Counter
from uuid import uuid4

import httpx
import psycopg

from benchmarks.rehearsals.recovering.stage import PASSWORD, USERNAME
from benchmarks.rehearsals.switching.load import Notes, Shop

_QUIET_SECONDS = 120


def make_shop(address: str) -> Shop:
    """Somebody signed in, a branch whose location is there, a product."""
    body = {"username": USERNAME, "password": PASSWORD}
    with httpx.Client(base_url=address, timeout=30) as http:
        token = http.post("/api/v1/auth/login", json=body).raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        branch = _write(http, "/api/v1/branches", {"name": "Centro"})
        product = _write(http, "/api/v1/products", {"name": "Yerba", "base_unit": "unit", "iva_rate": "21"})
        deadline = time.monotonic() + _QUIET_SECONDS
        while not http.get("/api/v1/locations").raise_for_status().json()["items"]:
            if time.monotonic() > deadline:
                raise TimeoutError("The branch got no location.")
            time.sleep(0.1)
    return Shop(address, token, str(branch), str(product))


def _write(http: httpx.Client, path: str, body: dict[str, str]) -> object:
    answer = http.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})
    return answer.raise_for_status().json()["id"]


def differences(database_url: str, notes: Notes) -> list[str]:
    """What was lost or doubled, in words; waits until every job is done."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        faults = _wait_for_quiet(connection)

        def column(query: str) -> list[str]:
            return [str(value) for (value,) in connection.execute(query.encode())]

        sold = column("SELECT id FROM deposito.sale")
        postings = column("SELECT source FROM deposito.stock_posting")
        (units,) = column("SELECT coalesce(-sum(quantity), 0)::int FROM deposito.stock_movement")
        (balance,) = column("SELECT coalesce(-sum(quantity), 0)::int FROM deposito.stock_balance")
        branches = column("SELECT name FROM auth.branch WHERE name <> 'Centro'")
        locations = column(
            "SELECT b.name FROM deposito.location AS l JOIN auth.branch AS b ON b.id = l.branch_id "
            "WHERE b.name <> 'Centro'"
        )
        documents = column("SELECT id FROM negocio.document")
        unread = column("SELECT id FROM negocio.document WHERE status IN ('received', 'reading')")
    faults += _compare("sale", sold, [str(sale) for sale in notes.sales])
    faults += _compare("branch", branches, list(notes.branches))
    faults += _compare("location of branch", locations, list(notes.branches))
    faults += _compare("document", documents, notes.documents)
    faults += [f"document {document} was never read" for document in unread]
    if not int(units) == int(balance) == len(notes.sales) == len(postings):
        faults.append(f"{len(notes.sales)} sold, {len(postings)} posted, ledger {units}, balance {balance}")
    return faults


def _compare(what: str, found: list[str], told: list[str]) -> list[str]:
    counted, expected = Counter(found), Counter(told)
    lost = [f"lost {what} {key}" for key in expected - counted]
    return lost + [f"{what} {key} is there {counted[key]} times" for key in counted - expected]


def _wait_for_quiet(connection: psycopg.Connection) -> list[str]:
    """Until no job is left to do; names of those that were not done well."""
    query = "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing')"
    deadline = time.monotonic() + _QUIET_SECONDS
    while connection.execute(query).fetchone() != (0,):
        if time.monotonic() > deadline:
            return ["jobs are left to do"]
        time.sleep(0.2)
    failed = "SELECT task_name FROM jobs.procrastinate_jobs WHERE status NOT IN ('succeeded', 'todo')"
    return [f"job {name} failed" for (name,) in connection.execute(failed)]
