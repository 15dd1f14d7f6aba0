"""Where documents are kept: all of an object store, or none of it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scripts.production.addresses import is_private_host
from scripts.production.configuration.findings import Configuration, Finding

_TOGETHER = ("AWS_BUCKET_NAME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ALL = (*_TOGETHER, "AWS_ENDPOINT_URL_S3", "AWS_REGION")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_DOCUMENTED = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def check_storage(configuration: Configuration) -> Iterator[Finding]:
    """AWS_* and STORAGE_PATH; the dashboard keeps nothing."""
    if configuration.process == "web-dashboard":
        return
    given = [name for name in _ALL if configuration.get(name) is not None]
    if not given:
        yield from _folder(configuration)
        return
    for name in _TOGETHER:
        if configuration.get(name) is None:
            problem = f"is not set though {', '.join(given)} is: half an object store keeps nothing"
            others = "; ".join(configuration.place.remove(one) for one in given)
            fix = f"{configuration.place.set(name, '...')}; or without one: {others}"
            yield Finding(name, "error", problem, fix)
    yield from _bucket(configuration)
    yield from _endpoint(configuration)
    for name in _TOGETHER:
        if configuration.get(name) in _DOCUMENTED:
            yield Finding(name, "error", "is the one of AWS' documentation", "use a key of your own")


def _folder(configuration: Configuration) -> Iterator[Finding]:
    if configuration.is_on_railway and configuration.get("RAILWAY_VOLUME_MOUNT_PATH") is None:
        problem = "is not set: without object storage documents go to this container's disk and with it"
        fix = "; ".join(configuration.place.set(name, "...") for name in _TOGETHER)
        yield Finding("AWS_BUCKET_NAME", "error", problem, fix)
        return
    path = configuration.get("STORAGE_PATH")
    if path is None:
        problem = "is not set: documents go to var/objects of wherever the process was started"
        fix = configuration.place.set("STORAGE_PATH", "/var/lib/gondola/objects")
        yield Finding("STORAGE_PATH", "error", problem, fix)
    elif not path.startswith("/"):
        problem = "is no absolute path: processes started elsewhere would keep documents elsewhere"
        fix = configuration.place.set("STORAGE_PATH", f"/var/lib/gondola/{path.removeprefix('./')}")
        yield Finding("STORAGE_PATH", "error", problem, fix)


def _bucket(configuration: Configuration) -> Iterator[Finding]:
    name, bucket = "AWS_BUCKET_NAME", configuration.get("AWS_BUCKET_NAME")
    if bucket is not None and not BUCKET.fullmatch(bucket):
        problem = f"{bucket!r} cannot be a bucket: 3 to 63 small letters, digits, dots and hyphens"
        yield Finding(name, "error", problem, configuration.place.set(name, "gondola-documents"))


def _endpoint(configuration: Configuration) -> Iterator[Finding]:
    name, endpoint = "AWS_ENDPOINT_URL_S3", configuration.get("AWS_ENDPOINT_URL_S3")
    if endpoint is None:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problem = "is no address like https://s3.example"
        yield Finding(name, "error", problem, configuration.place.set(name, "https://..."))
    elif parts.scheme == "http" and not is_private_host(parts.hostname):
        problem = f"sends documents to {parts.hostname} without TLS"
        yield Finding(name, "error", problem, configuration.place.set(name, f"https://{parts.netloc}"))
