"""What only the servers themselves can say of a configuration: real PostgreSQL, Redis and an object store."""

from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer

from agente_deposito.worker import make_worker as build_deposito
from agente_negocio.worker import build as build_negocio
from ml.worker import make_worker
from scripts.production.configuration.capacity import QUEUES, Fleet
from scripts.production.configuration.findings import Configuration, Finding, Place
from scripts.production.configuration.online import check_online

BUCKET = "gondola-documents"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=BUCKET)
    client.close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def values(database_url: str, redis_url: str, store: str) -> dict[str, str]:
    return {
        "SECRET_KEY": "s" * 40,
        "JWT_SECRET_KEY": "j" * 40,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "MAX_CONNECTIONS": "2",
        "AWS_BUCKET_NAME": BUCKET,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_ENDPOINT_URL_S3": store,
    }


def online(values: dict[str, str], *, colours: int = 2) -> list[Finding]:
    configuration = Configuration(values, Place("shell"), datetime.now(UTC))
    return list(check_online(configuration, colours=colours))


def maximum_of(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SHOW max_connections").fetchone()
    assert row
    return int(row[0])


def test_servers_that_answer_have_nothing_to_say(values: dict[str, str]) -> None:
    assert online(values) == []


def test_more_connections_than_the_server_gives_are_found_before_they_are_missing(
    values: dict[str, str], database_url: str
) -> None:
    maximum = maximum_of(database_url)
    too_many = {**values, "MAX_CONNECTIONS": str(maximum // 6)}

    (found,) = online(too_many)
    alone = online({**values, "MAX_CONNECTIONS": str(maximum // 12)}, colours=1)

    assert (found.variable, found.severity) == ("MAX_CONNECTIONS", "error")
    assert alone == []
    largest = int(found.fix.split("MAX_CONNECTIONS=")[1].split(";")[0])
    assert not [one for one in online({**values, "MAX_CONNECTIONS": str(largest)}) if one.severity == "error"]
    assert [one for one in online({**values, "MAX_CONNECTIONS": str(largest + 1)}) if one.severity == "error"]


def test_behind_a_pooler_only_what_goes_past_it_counts(values: dict[str, str]) -> None:
    direct = {"DATABASE_URL_DIRECT": values["DATABASE_URL"], "DATABASE_URL": "postgresql://u:p@pooler:6432/x"}

    assert online({**values, **direct, "MAX_CONNECTIONS": "200"}) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql://app:wrong@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
        ("AWS_BUCKET_NAME", "nobody-made-this"),
    ],
)
def test_what_does_not_answer_is_named_without_its_password(
    values: dict[str, str], variable: str, value: str
) -> None:
    found = online({**values, variable: value})

    assert [(one.variable, one.severity) for one in found] == [(variable, "error")]
    assert "wrong" not in found[0].problem + found[0].fix


def test_a_database_without_the_schema_is_a_warning(values: dict[str, str], empty_database_url: str) -> None:
    found = online({**values, "DATABASE_URL": empty_database_url})

    assert [(one.variable, one.severity) for one in found] == [("DATABASE_URL", "warning")]
    assert "no revision" in found[0].problem


def test_every_queue_of_every_worker_is_counted() -> None:
    workers = {
        "negocio-worker": build_negocio(),
        "deposito-worker": build_deposito(),
        "ml-worker": make_worker(),
    }

    assert {name: len(worker._queues()) for name, worker in workers.items()} == QUEUES


def test_what_the_defaults_need() -> None:
    fleet = Fleet(max_connections=10, workers_count=1, has_bot=False, is_pooled=False, colours=1)

    # Six pools of ten, four queues of one job and three more, and five for everything else.
    assert fleet.needed() == 60 + 16 + 5
    assert fleet.largest_pool(available=20) is None
