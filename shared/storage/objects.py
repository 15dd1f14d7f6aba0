"""Documents by their sha256, in a local folder or any S3-compatible store."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import obstore
from obstore.store import LocalStore, S3Store
from pydantic import SecretStr


class StorageSettings(Protocol):
    """What is told of where objects are kept; the settings of services and those of backups both do."""

    @property
    def storage_path(self) -> Path: ...
    @property
    def aws_access_key_id(self) -> str | None: ...
    @property
    def aws_secret_access_key(self) -> SecretStr | None: ...
    @property
    def aws_region(self) -> str: ...
    @property
    def aws_bucket_name(self) -> str | None: ...
    @property
    def aws_endpoint_url_s3(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Content-addressed: the same bytes of one organisation are kept once and never changed."""

    store: LocalStore | S3Store

    async def put(self, organisation_id: UUID, content: bytes) -> str:
        """Keep the bytes; returns their sha256 in hex. Safe to repeat."""
        sha256 = hashlib.sha256(content).hexdigest()
        await obstore.put_async(self.store, document_key(organisation_id, sha256), content)
        return sha256

    async def get(self, organisation_id: UUID, sha256: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        found = await obstore.get_async(self.store, document_key(organisation_id, sha256))
        return bytes(await found.bytes_async())


def open_store(settings: StorageSettings) -> ObjectStore:
    """S3 when a bucket is named, otherwise the local folder."""
    if settings.aws_bucket_name is None:
        return ObjectStore(LocalStore(settings.storage_path, mkdir=True))
    return ObjectStore(open_bucket(settings, settings.aws_bucket_name))


def open_bucket(settings: StorageSettings, bucket: str, *, prefix: str | None = None) -> S3Store:
    """One bucket of the S3-compatible store that the settings name; prefix: goes before every key."""
    secret = settings.aws_secret_access_key
    endpoint = settings.aws_endpoint_url_s3
    return S3Store(
        bucket,
        prefix=prefix,
        region=settings.aws_region,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=secret.get_secret_value() if secret else None,
        endpoint=endpoint,
        client_options={"allow_http": endpoint is not None and endpoint.startswith("http://")},
    )


def document_key(organisation_id: UUID, sha256: str) -> str:
    """Where the bytes of one organisation with this hash lie."""
    return f"documents/{organisation_id}/{sha256[:2]}/{sha256}"
