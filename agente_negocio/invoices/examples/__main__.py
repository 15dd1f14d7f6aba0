"""Command: keep papers that people corrected as a test set for the reader.

`python -m agente_negocio.invoices.examples --out FOLDER [--organisation ID] [--since DATE] [--all]` writes
every document whose vouchers are all confirmed, and on which a person mended what was read, to FOLDER/files
and one line of FOLDER/manifest.jsonl:

    {"files": ["files/<sha256>.<ext>", ...], "own_cuits": [...], "truth": [...], "corrected": [...],
     "read": [...]}

truth: always a list, one entry per voucher of the files, in part order. corrected: paths into the voucher,
such as "header.total"; those of the second and later vouchers begin with their part, "2/header.total".
read: as truth, what was read before anybody corrected it, every value with its box, raw text and source.
Running again adds what is new; what was undone since stays until the folder is made anew.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from agente_negocio.invoices.examples import folder, queries
from agente_negocio.invoices.examples.folder import Example, Kept
from agente_negocio.invoices.examples.queries import Paper
from agente_negocio.invoices.examples.truth import corrected_paths, truth_of
from shared.config.settings import Settings, get_settings
from shared.database.session import Database, open_database
from shared.kernel.clock import ARGENTINA
from shared.storage.objects import ObjectStore, open_store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to give out. organisation_id None: of everybody. since: confirmed on that Argentine day or later.

    everything: also papers that needed no correction.
    """

    out: Path
    organisation_id: UUID | None = None
    since: date | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the manifest holds now. lost: documents left out because the object store lacks a file."""

    kept: Kept
    lost: tuple[UUID, ...]


class UnknownOrganisationError(Exception):
    """No organisation has this id."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when files were missing, 2 for an organisation there is not or settings that are not."""
    chosen = _parser().parse_args(arguments)
    wanted = Wanted(chosen.out, chosen.organisation, chosen.since, chosen.all)
    try:
        settings = get_settings()
    except ValidationError as error:
        sys.stderr.write(f"{_what_is_missing(error)}\n")
        return 2
    try:
        outcome = asyncio.run(export(settings, wanted))
    except UnknownOrganisationError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    kept = outcome.kept
    sys.stdout.write(
        f"{kept.added} examples added, {kept.replaced} replaced, {kept.total} in {wanted.out}.\n"
    )
    for document_id in outcome.lost:
        sys.stderr.write(f"Left out: a file of document {document_id} is not in the object store.\n")
    return 1 if outcome.lost else 0


def _what_is_missing(error: ValidationError) -> str:
    """The variables at fault, by name alone: their values are secrets."""
    found = error.errors(include_input=False)
    names = sorted({str(each["loc"][0]).upper() for each in found if each["loc"]})
    if not names:
        return f"La configuración del entorno no es válida: {'; '.join(each['msg'] for each in found)}."
    return (
        f"Faltan o no son válidas estas variables de entorno: {', '.join(names)}. Cargalas y probá de nuevo."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m agente_negocio.invoices.examples",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--organisation", type=UUID, metavar="ID", help="only of this one")
    parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="confirmed then or later")
    parser.add_argument("--all", action="store_true", help="also what needed no correction")
    return parser


async def export(settings: Settings, wanted: Wanted) -> Outcome:
    """Write the test set, organisation by organisation. Raises UnknownOrganisationError."""
    database, store = open_database(settings, role="app_negocio"), open_store(settings)
    examples: list[Example] = []
    lost: list[UUID] = []
    try:
        for organisation_id in await _organisations(database, wanted.organisation_id):
            for document_id in await _documents(database, organisation_id, wanted):
                async with database.transaction(organisation_id) as session:
                    paper = await queries.load(session, document_id)
                example = _example(paper) if paper else None
                if paper is None or example is None or not (example["corrected"] or wanted.everything):
                    continue
                try:
                    await _keep_files(store, organisation_id, paper, wanted.out)
                except FileNotFoundError:
                    lost.append(document_id)
                else:
                    examples.append(example)
    finally:
        await database.close()
    # Last, so that the manifest never names a file that is not there.
    return Outcome(folder.write_manifest(wanted.out, examples), tuple(lost))


async def _organisations(database: Database, wanted: UUID | None) -> list[UUID]:
    async with database.transaction(None) as session:
        known = await queries.organisation_ids(session)
    if wanted is None:
        return known
    if wanted not in known:
        raise UnknownOrganisationError(f"There is no organisation {wanted}.")
    return [wanted]


async def _documents(database: Database, organisation_id: UUID, wanted: Wanted) -> list[UUID]:
    since = datetime.combine(wanted.since, time.min, ARGENTINA) if wanted.since else None
    async with database.transaction(organisation_id) as session:
        return await queries.confirmed_documents(session, since)


def _example(paper: Paper) -> Example:
    return {
        "files": [folder.name_of(file.sha256, file.media_type) for file in paper.files],
        "own_cuits": [paper.own_cuit],
        "truth": [truth_of(voucher) for voucher in paper.vouchers],
        "corrected": [
            path if part == 1 else f"{part}/{path}"
            for part, voucher in enumerate(paper.vouchers, 1)
            for path in corrected_paths(voucher)
        ],
        "read": list(paper.readings),
    }


async def _keep_files(store: ObjectStore, organisation_id: UUID, paper: Paper, out: Path) -> None:
    """Copy the originals that are not there yet. Raises FileNotFoundError."""
    for file in paper.files:
        name = folder.name_of(file.sha256, file.media_type)
        if not folder.has(out, name):
            folder.write_file(out, name, await store.get(organisation_id, file.sha256))


if __name__ == "__main__":
    sys.exit(main())
