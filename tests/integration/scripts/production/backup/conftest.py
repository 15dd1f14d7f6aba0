"""A platform's database with two shops and stored papers, and the environment of the backup scripts."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from benchmarks.rehearsals.filling import add_paper, add_shop
from scripts.local.servers import Addresses
from scripts.production.backup.loading import drop, server
from scripts.production.backup.settings import BackupSettings, load_backup_settings
from tests.conftest import _database, _migrated_template

MOVEMENTS = 120


@dataclass(frozen=True, slots=True)
class Platform:
    """What is to be saved. papers: files of the stored documents."""

    database_url: str
    storage: Path
    backups: Path
    organisations: tuple[UUID, UUID]
    papers: list[Path]

    def ask(self, query: str, *values: object) -> object:
        """One value of the database."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        return row[0] if row else None

    @property
    def settings(self) -> BackupSettings:
        return load_backup_settings()


@pytest.fixture
def platform(
    server_addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    template = _migrated_template(server_addresses.database_url)
    storage, backups = tmp_path / "objects", tmp_path / "backups"
    with _database(server_addresses.database_url, template=template) as url:
        for name in ("DATABASE_URL_DIRECT", "AWS_BUCKET_NAME", "AWS_ENDPOINT_URL_S3", "BACKUP_BUCKET_NAME"):
            monkeypatch.delenv(name, raising=False)
        told = {"DATABASE_URL": url, "STORAGE_PATH": str(storage), "BACKUP_PATH": str(backups)}
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        shops = (add_shop(url, movements=MOVEMENTS), add_shop(url, movements=MOVEMENTS))
        papers = [add_paper(url, storage, shop, b"factura de %s" % shop.bytes) for shop in shops]
        yield Platform(url, storage, backups, shops, papers)
        with server(url) as connection:
            name = url.rpartition("/")[2].partition("?")[0]
            leftovers = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name[:33]}\\_%\\_2%"]
            ).fetchall()
            for (leftover,) in leftovers:
                drop(connection, str(leftover))


@pytest.fixture
def other_database_url(server_addresses: Addresses) -> Iterator[str]:
    with _database(server_addresses.database_url, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def gpg_keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A public and a private key, armoured."""
    home = tmp_path_factory.mktemp("g")
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    made = ["--passphrase", "", "--quick-gen-key", "backup@example.com", "future-default", "default", "never"]
    subprocess.run([*gpg, *made], check=True, capture_output=True)
    public = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True, text=True).stdout
    private = subprocess.run(
        [*gpg, "--armor", "--export-secret-keys"], check=True, capture_output=True, text=True
    ).stdout
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)  # noqa: S607
    return public, private
