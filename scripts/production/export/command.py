"""The command line of export_critical_data.py."""

import argparse
import os
import resource
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg

from scripts.production.console import Parser, RefusedError, ScriptError, run, say
from scripts.production.export import manifest
from scripts.production.export.datasets import CRITICAL, LEDGER, Dataset
from scripts.production.export.manifest import Manifest, OrganisationFacts
from scripts.production.export.verifying import verify
from scripts.production.export.writing import count, export_organisation, open_reader, organisation_ids
from shared.config.settings import with_driver
from shared.kernel.cuit import parse_cuit

_DESCRIPTION = """\
Writes what a shop cannot do without to files anybody can read: organisations, people (without passwords),
products, balances, ledger sums, suppliers, invoices, forecast runs. Each as JSON lines, exact, and as CSV for
spreadsheets, with a manifest of row counts, sums and checksums; then reads everything back from disk and
holds it against what the database counted. Each organisation is read at one instant, through its row-level
security. The files hold personal data: only their owner may read them; encrypt them before they leave."""


def main(arguments: Sequence[str]) -> int:
    """Export or verify; 0 when everything is whole."""
    return run("export_critical_data", _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    if options.verify:
        return _verified(options.verify)
    url = os.environ.get("DATABASE_URL_DIRECT") or os.environ.get("DATABASE_URL")
    if not url:
        raise RefusedError("Set DATABASE_URL to the database to export.")
    datasets = (*CRITICAL, *LEDGER) if options.with_ledger else CRITICAL
    try:
        with closing(open_reader(with_driver(url, None))) as connection:
            ids = _chosen(connection, options.organisation)
            if options.dry_run:
                return _counted(connection, ids, datasets)
            folder = _export(connection, ids, datasets, options.output)
    except psycopg.Error as error:
        raise ScriptError(f"The database did not give everything: {str(error).strip()}") from error
    return _verified(folder)


def _export(
    connection: psycopg.Connection, ids: Sequence[UUID], datasets: Sequence[Dataset], output: Path
) -> Path:
    """The folder gets its name when it is whole: a run that was cut off leaves none that looks like one."""
    now = datetime.now(UTC)
    name = f"gondola-critical-{now:%Y%m%dT%H%M%SZ}"
    output.mkdir(parents=True, exist_ok=True)
    part = output / f".{name}.{os.getpid()}.part"
    part.mkdir(mode=0o700)
    try:
        organisations = []
        for organisation_id in ids:
            facts = export_organisation(connection, organisation_id, datasets, part)
            say(f"{facts.name}: {sum(one.rows for one in facts.datasets)} rows written")
            organisations.append(facts)
        commit = os.environ.get("COMMIT") or "unknown"
        manifest.write(part, Manifest(now.isoformat(), commit, _revision(connection), organisations))
        folder = output / name
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return folder


def _verified(folder: Path) -> Mapping[str, object]:
    told, problems = verify(folder)
    for problem in problems:
        say(problem)
    uneven = {one.cuit: one.ledger_differences for one in told.organisations if one.ledger_differences}
    facts = {
        "folder": str(folder),
        "taken_at": told.taken_at,
        "schema": told.schema,
        "organisations": [_short(one) for one in told.organisations],
        "problems": problems,
        "ledger_differences": uneven,
        "peak_mb": _peak_mb(),
    }
    if problems:
        raise ScriptError(f"{len(problems)} files are not what the database held", **facts)
    if uneven:
        raise ScriptError(f"exported whole, but balances differ from their ledger: {uneven}", **facts)
    say(f"{folder}: read back and whole.")
    return facts


def _short(facts: OrganisationFacts) -> dict[str, object]:
    return {
        "organisation_id": facts.organisation_id,
        "cuit": facts.cuit,
        "rows": {dataset.name: dataset.rows for dataset in facts.datasets},
        "bytes": sum(dataset.jsonl.bytes + dataset.csv.bytes for dataset in facts.datasets),
    }


def _counted(
    connection: psycopg.Connection, ids: Sequence[UUID], datasets: Sequence[Dataset]
) -> Mapping[str, object]:
    counted = {str(organisation_id): count(connection, organisation_id, datasets) for organisation_id in ids}
    for organisation_id, rows in counted.items():
        say(f"{organisation_id}: {sum(rows.values())} rows would be written")
    return {"dry_run": True, "organisations": counted}


def _chosen(connection: psycopg.Connection, wanted: Sequence[str]) -> list[UUID]:
    """All, or those named by CUIT or id. Raises RefusedError for one that is not there."""
    known = organisation_ids(connection)
    if not wanted:
        return known
    cuits = {organisation_id: _cuit(connection, organisation_id) for organisation_id in known}
    chosen = []
    for name in wanted:
        found = [one for one in known if str(one) == name.lower() or cuits[one] == parse_cuit(name)]
        if not found:
            raise RefusedError(f"There is no organisation {name}.")
        chosen += found
    return list(dict.fromkeys(chosen))


def _cuit(connection: psycopg.Connection, organisation_id: UUID) -> str:
    with connection.transaction():
        scope = "SELECT set_config('role', 'app_negocio', true), set_config('app.organisation_id', %s, true)"
        connection.execute(scope, [str(organisation_id)])
        row = connection.execute("SELECT cuit FROM auth.organisation").fetchone()
    return str(row[0]) if row else ""


def _revision(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT version_num FROM shared.alembic_version").fetchone()
    return str(row[0]) if row else "none"


def _peak_mb() -> int:
    """The most memory this process ever had; the kernel counts in KiB, on macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="export_critical_data.py", description=_DESCRIPTION)
    parser.add_argument("--output", type=Path, default=Path("var/exports"), help="where to [%(default)s]")
    parser.add_argument(
        "--organisation", action="append", default=[], help="only this CUIT or id; repeatable"
    )
    parser.add_argument("--with-ledger", action="store_true", help="every posting and movement too")
    parser.add_argument("--verify", type=Path, metavar="FOLDER", help="only look whether an export is whole")
    parser.add_argument("--dry-run", action="store_true", help="only count")
    return parser.parse_args(arguments)
