"""Documents by their hash, in a folder and in an S3-compatible store."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from shared.config.settings import Settings
from shared.storage.objects import ObjectStore, open_store


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return open_store(settings.model_copy(update={"storage_path": tmp_path}))
    address = request.getfixturevalue("s3_address")
    bucket = f"papers-{uuid4().hex[:8]}"
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=address, **keys)
    client.create_bucket(Bucket=bucket)
    client.close()
    given = settings.model_dump() | {
        "aws_bucket_name": bucket,
        "aws_endpoint_url_s3": address,
        "aws_access_key_id": "x",
        "aws_secret_access_key": "y",
    }
    return open_store(Settings.model_validate(given))


async def test_keeps_bytes_under_their_hash(store: ObjectStore) -> None:
    organisation_id, content = uuid4(), b"factura \x00\xff" * 1000

    sha256 = await store.put(organisation_id, content)
    again = await store.put(organisation_id, content)

    assert sha256 == again == hashlib.sha256(content).hexdigest()
    assert await store.get(organisation_id, sha256) == content


async def test_another_organisation_does_not_find_them(store: ObjectStore) -> None:
    sha256 = await store.put(uuid4(), b"mine")

    with pytest.raises(FileNotFoundError):
        await store.get(uuid4(), sha256)
