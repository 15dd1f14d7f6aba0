"""Lost object storage where papers lie in a bucket: it is destroyed, and a new one is filled from copies."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from benchmarks.rehearsals.recovering.stage import Stage
from scripts.production.backup.documents import is_intact

_REGION = "us-east-1"


def lost_bucket(stage: Stage) -> list[str]:
    """Papers with one provider, backups with another: the first loses everything."""
    with _provider() as (papers_url, papers), _provider() as (backups_url, backups):
        of_papers, of_backups = _bucket(papers), _bucket(backups)
        for file in stage.papers:
            key = str(file.relative_to(stage.storage))
            papers.put_object(Bucket=of_papers, Key=key, Body=file.read_bytes())
        told = {
            "AWS_BUCKET_NAME": of_papers,
            "AWS_ENDPOINT_URL_S3": papers_url,
            "AWS_ACCESS_KEY_ID": "papers",
            "AWS_SECRET_ACCESS_KEY": "of the papers",
            "BACKUP_BUCKET_NAME": of_backups,
            "BACKUP_AWS_ENDPOINT_URL_S3": backups_url,
            "BACKUP_AWS_ACCESS_KEY_ID": "backups",
            "BACKUP_AWS_SECRET_ACCESS_KEY": "of the backups",
        }
        stage.command("scripts/backup_database.sh", **told)
        for key in _content(papers, of_papers):
            papers.delete_object(Bucket=of_papers, Key=key)
        papers.delete_bucket(Bucket=of_papers)

        told["AWS_BUCKET_NAME"] = _bucket(papers)
        done = stage.command("scripts/restore_database.sh", "--documents-only", **told)

        back = _content(papers, told["AWS_BUCKET_NAME"])
    faults = [f"{key} is not what it was" for key, content in back.items() if not is_intact(key, content)]
    if done["documents_brought_back"] != len(stage.papers) or len(back) != len(stage.papers):
        faults.append(f"{len(back)} papers are in the new bucket: {done}")
    return faults


@contextmanager
def _provider() -> Iterator[tuple[str, Any]]:
    """Address and client of a server that speaks S3."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=url,
            aws_access_key_id="x",
            aws_secret_access_key="y",  # noqa: S106  this server asks for one and looks at none
            region_name=_REGION,
        )
        yield url, client
        client.close()
    finally:
        server.stop()


def _bucket(client: Any) -> str:
    name = f"rehearsal-{uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    return name


def _content(client: Any, bucket: str) -> dict[str, bytes]:
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {item["Key"]: client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read() for item in listed}
