"""The list of what an export holds, with what proves it whole."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.production import env_file
from scripts.production.console import RefusedError

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """path: below the manifest's folder."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """rows and sums as the database counted them, not as they were written."""

    name: str
    columns: list[str]
    rows: int
    sums: Mapping[str, str]
    jsonl: FileFacts
    csv: FileFacts


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """ledger_differences: balances that are not the sum of their movements; 0 in a sound shop."""

    organisation_id: str
    cuit: str
    name: str
    ledger_differences: int
    datasets: list[DatasetFacts]


@dataclass(frozen=True, slots=True)
class Manifest:
    """An export. taken_at: RFC 3339."""

    taken_at: str
    commit: str
    schema: str
    organisations: list[OrganisationFacts]


def write(folder: Path, manifest: Manifest) -> None:
    """Beside the files it tells of, readable by its owner alone."""
    env_file.write(folder / NAME, json.dumps(asdict(manifest), indent=1, ensure_ascii=False) + "\n")


def read(folder: Path) -> Manifest:
    """The manifest of an export. Raises RefusedError for a folder that holds none."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Manifest(
            told["taken_at"],
            told["commit"],
            told["schema"],
            [_organisation(one) for one in told["organisations"]],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{folder / NAME} is no manifest of an export ({error}).") from error


def _organisation(told: dict[str, Any]) -> OrganisationFacts:
    datasets = [
        DatasetFacts(**{**one, "jsonl": FileFacts(**one["jsonl"]), "csv": FileFacts(**one["csv"])})
        for one in told["datasets"]
    ]
    return OrganisationFacts(**{**told, "datasets": datasets})
