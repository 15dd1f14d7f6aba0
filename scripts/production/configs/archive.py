"""Puts together what is needed to set the platform up again elsewhere, in a folder that restores itself."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.local.paths import ROOT
from scripts.production import env_file
from scripts.production.backup.encryption import Cipher
from scripts.production.backup.facts import Facts, Snapshot, snapshot
from scripts.production.backup.manifest import file_facts
from scripts.production.backup.programs import LONGEST_SECONDS, connection_environment, find_programs
from scripts.production.configs.machine import Packed
from scripts.production.console import ScriptError

# Who works here, what is sold and bought, and where it is kept. The ledger is in the database backups.
CRITICAL = (
    "shared.alembic_version",
    "auth.organisation",
    "auth.branch",
    "auth.person",
    "auth.membership",
    "deposito.category",
    "deposito.product",
    "deposito.product_barcode",
    "deposito.product_token",
    "deposito.location",
    "negocio.supplier",
    "negocio.supplier_alias",
)
# How it is deployed, as it stands on this machine: it may differ from the repository.
_PLATFORM = (
    "deploy",
    ".railway",
    "railway.json",
    "render.yaml",
    "Procfile",
    "docker-compose.production.yml",
    "requirements_final.txt",
)
_ROLE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
  -- Who is no superuser gives things to a role and works on in its schemas only as its heir.
  IF NOT (pg_has_role('{role}', 'SET') AND pg_has_role('{role}', 'USAGE')) THEN
    GRANT "{role}" TO CURRENT_USER WITH SET TRUE, INHERIT TRUE;
  END IF;
END $$;
"""


@dataclass(frozen=True, slots=True)
class Written:
    """How many variables, of these secrets, and rows. missing: files of the deployment that are not here.

    machine: files of this machine. unreadable: those of them that we may not see.
    """

    variables: int
    secrets: int
    rows: int
    missing: list[str]
    machine: int
    unreadable: list[str]


def write_archive(
    folder: Path,
    database_url: str,
    variables: tuple[Mapping[str, str], Mapping[str, str]],
    edited: Packed,
    seal: Cipher,
) -> Written:
    """Fill the folder. Secrets are encrypted also inside, so that unpacking shows none.

    variables: those to be seen, and the secret ones. edited: tokens may stand in it, so it is encrypted too.
    """
    shown, secret = variables
    _write(folder / "variables.env", _lines(shown))
    (folder / f"secrets.env{seal.suffix}").write_bytes(seal.run(_lines(secret).encode()))
    (folder / f"machine.tar.gz{seal.suffix}").write_bytes(seal.run(edited.content))
    with snapshot(database_url) as moment:
        _dump(folder, database_url, moment)
        facts = moment.facts
    rows = {table: facts.rows[table] for table in CRITICAL}
    _write(folder / "rows.txt", "".join(f"{table} {count}\n" for table, count in rows.items()))
    _write(folder / "roles.sql", "".join(_ROLE.format(role=role) for role in _roles(facts)))
    for name in _PLATFORM:
        _copy(ROOT / name, folder / "platform" / name)
    shutil.copy2(Path(__file__).parent / "restore.sh", folder / "restore.sh")
    _write_checksums(folder)
    missing = [name for name in _PLATFORM if not (ROOT / name).exists()]
    return Written(len(shown), len(secret), sum(rows.values()), missing, len(edited.files), edited.unreadable)


def _dump(folder: Path, database_url: str, moment: Snapshot) -> None:
    others = sorted(set(moment.facts.rows) - set(CRITICAL))
    common = [f"--snapshot={moment.name}", "--no-password", "--lock-wait-timeout=60s"]
    if not moment.is_free_of_policies:
        common.append("--enable-row-security")
    program = find_programs(moment.facts.server_major) / "pg_dump"
    ways: tuple[list[str | Path], ...] = (
        ["--schema-only", "--file", folder / "schema.sql"],
        [
            "--format=custom",
            "--file",
            folder / "critical.dump",
            *(f"--exclude-table-data={t}" for t in others),
        ],
    )
    for words in ways:
        try:
            done = subprocess.run(
                [program, *common, *words],
                env=connection_environment(database_url),
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise ScriptError(f"pg_dump hangs: it was ended after {LONGEST_SECONDS / 3600:.1f} h") from error
        if done.returncode != 0:
            raise ScriptError(f"pg_dump failed: {done.stderr.strip()}")


def _roles(facts: Facts) -> list[str]:
    return sorted({*facts.roles, facts.owner})


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={env_file.quoted(value)}\n" for name, value in values.items())


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.key", "*.pem"))
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _write_checksums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{file_facts(file).sha256}  {file.relative_to(folder)}\n" for file in files]
    _write(folder / "SHA256SUMS", "".join(lines))
