"""Reads one organisation's rows and writes them, a few at a time, all of one instant."""

import csv
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast
from uuid import UUID

import psycopg
from psycopg import IsolationLevel

from scripts.production.export.datasets import LEDGER_DIFFERENCES, Dataset
from scripts.production.export.manifest import DatasetFacts, FileFacts, OrganisationFacts
from scripts.production.export.values import cell, line, plain

_ROWS_AT_A_TIME = 1000
_SCOPE = "SELECT set_config('role', %s, true), set_config('app.organisation_id', %s, true)"
_IDS = "SELECT * FROM auth.organisation_ids()"


def organisation_ids(connection: psycopg.Connection) -> list[UUID]:
    """Every organisation."""
    with connection.transaction():
        connection.execute(_SCOPE, ["app_negocio", ""])
        return [row[0] for row in connection.execute(_IDS).fetchall()]


def open_reader(database_url: str) -> psycopg.Connection:
    """A connection whose transactions see one instant and cannot write."""
    connection = psycopg.connect(database_url, autocommit=True)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


def export_organisation(
    connection: psycopg.Connection, organisation_id: UUID, datasets: Sequence[Dataset], folder: Path
) -> OrganisationFacts:
    """Write all datasets of one organisation below the folder, in one transaction."""
    with connection.transaction():
        _enter(connection, "app_negocio", organisation_id)
        row = connection.execute("SELECT cuit, name FROM auth.organisation").fetchone()
        assert row is not None
        name = f"{row[0]}-{str(organisation_id)[:8]}"
        (folder / name).mkdir(mode=0o700)
        written = []
        for dataset in datasets:
            _enter(connection, dataset.role, organisation_id)
            written.append(_export(connection, dataset, folder, name))
        _enter(connection, "app_deposito", organisation_id)
        differences = connection.execute(LEDGER_DIFFERENCES).fetchone()
        assert differences is not None
    return OrganisationFacts(str(organisation_id), row[0], row[1], differences[0], written)


def count(
    connection: psycopg.Connection, organisation_id: UUID, datasets: Sequence[Dataset]
) -> dict[str, int]:
    """How many rows each dataset has."""
    found = {}
    with connection.transaction():
        for dataset in datasets:
            _enter(connection, dataset.role, organisation_id)
            found[dataset.name] = _totals(connection, dataset)[0]
    return found


def _enter(connection: psycopg.Connection, role: str, organisation_id: UUID) -> None:
    """From here on the database shows what this service may see of this organisation."""
    connection.execute("RESET ROLE")
    connection.execute(_SCOPE, [role, str(organisation_id)])


def _export(connection: psycopg.Connection, dataset: Dataset, folder: Path, inside: str) -> DatasetFacts:
    rows, sums = _totals(connection, dataset)
    jsonl, table = f"{inside}/{dataset.name}.jsonl", f"{inside}/{dataset.name}.csv"
    with (
        _Hashed.open(folder / jsonl) as lines,
        _Hashed.open(folder / table) as cells,
        connection.cursor(name=f"export_{dataset.name}") as cursor,
    ):
        cursor.itersize = _ROWS_AT_A_TIME
        cursor.execute(dataset.query)
        columns = [column.name for column in cursor.description or ()]
        # What csv calls a file needs nothing but write.
        writer = csv.writer(cast("Any", cells), lineterminator="\n")
        writer.writerow(columns)
        for row in cursor:
            lines.write(line(columns, row) + "\n")
            writer.writerow([cell(plain(value)) for value in row])
    facts = (FileFacts(path, file.size, file.digest) for path, file in ((jsonl, lines), (table, cells)))
    return DatasetFacts(dataset.name, columns, rows, sums, *facts)


def _totals(connection: psycopg.Connection, dataset: Dataset) -> tuple[int, dict[str, str]]:
    """Rows and sums, counted by the database."""
    wanted = "".join(f", coalesce(sum({column}), 0)" for column in dataset.sums)
    counting = f"SELECT count(*){wanted} FROM ({dataset.query}) AS d"  # noqa: S608  our own queries
    row = connection.execute(counting).fetchone()
    assert row is not None
    return row[0], {name: str(plain(total)) for name, total in zip(dataset.sums, row[1:], strict=True)}


@dataclass(slots=True)
class _Hashed:
    """A file written once, whose checksum is taken of what was meant to be written."""

    _stream: Any
    _hash: Any
    size: int = 0

    @classmethod
    def open(cls, path: Path) -> "_Hashed":
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return cls(os.fdopen(descriptor, "wb"), hashlib.sha256())

    @property
    def digest(self) -> str:
        return str(self._hash.hexdigest())

    def write(self, text: str) -> None:
        raw = text.encode()
        self._stream.write(raw)
        self._hash.update(raw)
        self.size += len(raw)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()


def files_of(facts: DatasetFacts) -> Iterator[FileFacts]:
    """Both files of a dataset."""
    yield facts.jsonl
    yield facts.csv
