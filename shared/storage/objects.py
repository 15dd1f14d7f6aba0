"""Documents by their sha256, in a local folder or any S3-compatible store."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import obstore
from obstore.store import LocalStore, S3Store

from shared.config.settings import Settings


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Content-addressed: the same bytes of one organisation are kept once and never changed."""

    store: LocalStore | S3Store

    async def put(self, organisation_id: UUID, content: bytes) -> str:
        """Keep the bytes; returns their sha256 in hex. Safe to repeat."""
        sha256 = hashlib.sha256(content).hexdigest()
        await obstore.put_async(self.store, _key(organisation_id, sha256), content)
        return sha256

    async def get(self, organisation_id: UUID, sha256: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        found = await obstore.get_async(self.store, _key(organisation_id, sha256))
        return bytes(await found.bytes_async())


def open_store(settings: Settings) -> ObjectStore:
    """S3 when a bucket is named, otherwise the local folder."""
    if settings.aws_bucket_name is None:
        return ObjectStore(LocalStore(settings.storage_path, mkdir=True))
    secret = settings.aws_secret_access_key
    endpoint = settings.aws_endpoint_url_s3
    return ObjectStore(
        S3Store(
            settings.aws_bucket_name,
            region=settings.aws_region,
            access_key_id=settings.aws_access_key_id,
            secret_access_key=secret.get_secret_value() if secret else None,
            endpoint=endpoint,
            client_options={"allow_http": endpoint is not None and endpoint.startswith("http://")},
        )
    )


def _key(organisation_id: UUID, sha256: str) -> str:
    return f"documents/{organisation_id}/{sha256[:2]}/{sha256}"
