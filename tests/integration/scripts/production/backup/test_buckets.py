"""Papers in one bucket, backups in another: what takes one away leaves the other, and nothing is readable."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from scripts.production.backup.manifest import Manifest
from tests.integration.scripts.production.backup.conftest import (
    MOVEMENTS,
    Capture,
    Platform,
    back_up,
    bring_back,
    hold_drill,
)

KEY = "k" * 32
MOVED = "SELECT count(*) FROM deposito.stock_movement"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of a provider. variables: what leads to it, without the prefix of whose it is."""

    client: Any
    name: str
    variables: dict[str, str]

    def content(self) -> dict[str, bytes]:
        """Bytes by key."""
        listed = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {item["Key"]: self.get(item["Key"]) for item in listed}

    def get(self, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return content

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content)

    def destroy(self) -> None:
        for key in self.content():
            self.client.delete_object(Bucket=self.name, Key=key)
        self.client.delete_bucket(Bucket=self.name)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def make_bucket(address: str, what: str) -> Iterator[Bucket]:
    variables = {
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_ACCESS_KEY_ID": f"key-of-{what}",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    client = boto3.client(
        "s3",
        endpoint_url=address,
        aws_access_key_id="x",
        aws_secret_access_key="y",
        region_name="us-east-1",
    )
    name = f"{what}-{uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    yield Bucket(client, name, variables)
    client.close()


@pytest.fixture
def bucket(provider: str, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:  # noqa: ARG001
    """Where backups go."""
    for made in make_bucket(provider, "backups"):
        monkeypatch.setenv("BACKUP_BUCKET_NAME", made.name)
        monkeypatch.setenv("BACKUP_SIGNING_KEY", KEY)
        for variable, value in made.variables.items():
            monkeypatch.setenv(f"BACKUP_{variable}", value)
        yield made


@pytest.fixture
def papers(provider: str, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Where papers lie, with those of the platform in it."""
    for made in make_bucket(provider, "papers"):
        monkeypatch.setenv("AWS_BUCKET_NAME", made.name)
        for variable, value in made.variables.items():
            monkeypatch.setenv(variable, value)
        for paper in platform.papers:
            made.put(str(paper.relative_to(platform.storage)), paper.read_bytes())
        yield made


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"BACKUP_RECIPIENT": None}, "BACKUP_RECIPIENT"),
        ({"BACKUP_SIGNING_KEY": None}, "BACKUP_SIGNING_KEY"),
        ({"BACKUP_AWS_ACCESS_KEY_ID": None}, "BACKUP_AWS_ACCESS_KEY_ID"),
        ({"BACKUP_AWS_SECRET_ACCESS_KEY": None}, "BACKUP_AWS_SECRET_ACCESS_KEY"),
        ({"BACKUP_BUCKET_NAME": None}, "BACKUP_BUCKET_NAME"),
        ({"BACKUP_BUCKET_NAME": "that of the papers"}, "BACKUP_BUCKET_NAME"),
    ],
)
def test_nothing_is_uploaded_in_clear_unsigned_or_beside_the_papers(
    *,
    changes: dict[str, str | None],
    named: str,
    platform: Platform,
    bucket: Bucket,
    papers: Bucket,
    gpg_keys: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    monkeypatch.setenv("BACKUP_RECIPIENT", gpg_keys[0])
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, papers.name)

    code, refused = back_up(capsys)

    assert (code, named in refused["error"]) == (2, True), refused
    assert bucket.content() == {}
    assert len(papers.content()) == 2
    noted = "SELECT facts->>'error' FROM shared.operation_run WHERE NOT ok"
    assert platform.ask(noted) == refused["error"]


@pytest.mark.usefixtures("papers")
@pytest.mark.parametrize(("is_named", "expected"), [(True, 0), (False, 2)])
def test_a_folder_is_looked_into_beside_a_bucket_of_papers_only_when_it_is_named(
    *, is_named: bool, expected: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    if not is_named:
        monkeypatch.delenv("BACKUP_PATH")

    assert back_up(capsys, "--list")[0] == expected


@pytest.mark.parametrize("program", ["gpg", "age"])
def test_a_lost_bucket_of_papers_and_a_lost_database_come_back(
    *,
    program: str,
    platform: Platform,
    bucket: Bucket,
    papers: Bucket,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    public, private = request.getfixturevalue(f"{program}_keys")
    monkeypatch.setenv("BACKUP_RECIPIENT", public)
    code, backup = back_up(capsys)
    assert (code, backup["encrypted"], backup["documents_copied"]) == (0, program, 2)
    for key, content in bucket.content().items():
        assert b"PGDMP" not in content
        assert b"factura de" not in content
        assert str(platform.organisations[0]).encode() not in content, key
    kept = papers.content()

    papers.destroy()
    code, refused = bring_back(capsys, "--force")
    assert (code != 0, platform.ask(MOVED)) == (True, 2 * MOVEMENTS), refused
    monkeypatch.setenv("BACKUP_IDENTITY", private)
    papers.client.create_bucket(Bucket=papers.name)
    code, restored = bring_back(capsys, "--force")

    assert code == 0, restored
    assert restored["documents_brought_back"] == 2
    assert papers.content() == kept
    assert platform.ask(MOVED) == 2 * MOVEMENTS
    code, drill = hold_drill(capsys)
    assert (code, drill["faults"], drill["papers"]) == (0, [], 2)


def test_papers_are_uploaded_once(
    platform: Platform,
    bucket: Bucket,
    gpg_keys: tuple[str, str],
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BACKUP_RECIPIENT", gpg_keys[0])

    first, second = back_up(capsys)[1], back_up(capsys)[1]

    assert (first["documents_copied"], second["documents_copied"]) == (2, 0)
    assert len([key for key in bucket.content() if "/documents/" in key]) == 2
    assert platform.papers[0].exists()


@pytest.mark.usefixtures("bucket", "papers")
def test_without_an_address_of_their_own_backups_go_to_amazon_not_to_the_papers_provider(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKUP_AWS_ENDPOINT_URL_S3")

    place = platform.settings.of_backups()

    assert place.aws_endpoint_url_s3 == "https://s3.us-east-1.amazonaws.com"
    assert place.aws_access_key_id == "key-of-backups"


class TestSomebodyElsesBackup:
    @pytest.fixture(autouse=True)
    def made(
        self,
        platform: Platform,
        bucket: Bucket,
        gpg_keys: tuple[str, str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: Capture,
    ) -> str:
        assert platform.ask(MOVED) == 2 * MOVEMENTS
        monkeypatch.setenv("BACKUP_RECIPIENT", gpg_keys[0])
        monkeypatch.setenv("BACKUP_IDENTITY", gpg_keys[1])
        _, backup = back_up(capsys)
        manifest = f"backups/{backup['backup']}/manifest.json"
        assert manifest in bucket.content()
        return manifest

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"signature": None}, "not signed"),
            ({"signature": "ñ"}, "not signed"),
            ({"revision": "0001"}, "not signed"),
            ({"suffix": ""}, "not encrypted"),
            ({"name": "20250101T000000Z"}, "under another name"),
        ],
    )
    def test_is_neither_restored_nor_drilled_with(
        self, change: dict[str, object], reason: str, bucket: Bucket, made: str, capsys: Capture
    ) -> None:
        manifest = json.loads(bucket.get(made))
        bucket.put(made, json.dumps(manifest | change).encode())

        for code, failed in (bring_back(capsys, "--force"), hold_drill(capsys)):
            assert (code, reason in failed["error"]) == (1, True), failed

    def test_one_signed_with_another_key_is_none_of_ours(
        self, bucket: Bucket, made: str, capsys: Capture
    ) -> None:
        manifest = Manifest.from_bytes(bucket.get(made))
        bucket.put(made, manifest.signed("x" * 32).to_bytes())

        assert bring_back(capsys, "--force")[0] == 1

    def test_without_the_key_it_takes_a_word_to_restore(
        self, platform: Platform, monkeypatch: pytest.MonkeyPatch, capsys: Capture
    ) -> None:
        monkeypatch.delenv("BACKUP_SIGNING_KEY")

        code, refused = bring_back(capsys, "--force")
        assert (code, "BACKUP_SIGNING_KEY" in refused["error"]) == (2, True)
        code, restored = bring_back(capsys, "--force", "--unsigned")

        assert code == 0, restored
        assert platform.ask(MOVED) == 2 * MOVEMENTS


def test_signatures_cover_every_field_and_need_the_key() -> None:
    manifest = Manifest("20261122T031500Z", "0013", 18, ".age", "copy", {})
    signed = manifest.signed(KEY)

    assert signed.is_signed_with(KEY)
    assert not manifest.is_signed_with(KEY)
    assert not signed.is_signed_with("y" * 32)
    assert Manifest.from_bytes(signed.to_bytes()).is_signed_with(KEY)
    # As anybody may check it by hand.
    told = json.loads(signed.to_bytes()) | {"signature": None}
    del told["format"]
    text = f"gondola backup\n{json.dumps(told, sort_keys=True)}"
    assert signed.signature == hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
