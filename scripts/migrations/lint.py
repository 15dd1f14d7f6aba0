"""Asks squawk about each migration: `python -m scripts.migrations.lint [REVISION ...]`; 1 for an unsafe one.

squawk knows which statements lock a table that is in use, rewrite it, or break the code that still runs.
"""

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from alembic import command

from scripts.migrations.run import configuration, revisions
from scripts.production.console import Parser, RefusedError, ScriptError, run, say

_RULES = Path(__file__).with_name("squawk.toml")

# Found in migrations that ran before this check was there; they are never edited, and tables were empty then.
_TYPES = {
    "prefer-text-field": "procrastinate's own schema",
    "prefer-identity": "procrastinate's own schema",
    "prefer-bigint-over-int": "counts of lines, days and attempts, which stay small",
    "prefer-bigint-over-smallint": "codes of ARCA, hours and HTTP statuses, whose range is known",
    "ban-char-field": "currency and country codes of fixed length",
}
BEFORE_THE_CHECK = {
    **dict.fromkeys(("0001_foundation", "0002_auth", "0003_deposito", "0004_negocio", "0005_ml"), _TYPES),
    "0007_edges": {
        "ban-drop-function": "made anew in the same transaction, its first four parameters unchanged",
        "require-concurrent-index-creation": "auth.session had some hundred rows",
    },
}


def sql_of(revision: str) -> str:
    """What the migration to a revision would send, without a database."""
    known = revisions()
    before = known[known.index(revision) - 1] if revision != known[0] else "base"
    config = configuration("postgresql://nobody")
    config.output_buffer = io.StringIO()
    command.upgrade(config, f"{before}:{revision}", sql=True)
    return config.output_buffer.getvalue()


def findings(sql: str, *, revision: str = "") -> list[str]:
    """What squawk says against a script, one line each, but for what was accepted of that revision."""
    told = subprocess.run(
        [_program(), "--config", str(_RULES), "--reporter", "json", "--stdin-filepath", f"{revision}.sql"],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
    )
    if not told.stdout.strip():
        raise ScriptError(f"squawk failed: {told.stderr.strip()}")
    accepted = BEFORE_THE_CHECK.get(revision, {})
    return [
        f"{revision}:{found['line'] + 1}: {found['rule_name']}: {found['message']}"
        for found in json.loads(told.stdout)
        if found["rule_name"] not in accepted
    ]


def _program() -> str:
    beside = Path(sys.executable).with_name("squawk")
    return str(beside) if beside.exists() else "squawk"


def main(arguments: Sequence[str]) -> int:
    """Lint the named revisions, or all; 0 clean, 1 not, 2 wrongly called."""
    return run("lint-migrations", _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    parser = Parser(prog="python -m scripts.migrations.lint", description=__doc__)
    parser.add_argument("revision", nargs="*", help=f"[all] {', '.join(revisions())}")
    wanted = parser.parse_args(arguments).revision or revisions()
    if strange := sorted(set(wanted) - set(revisions())):
        raise RefusedError(f"there is no revision {', '.join(strange)}")
    found = [line for revision in wanted for line in findings(sql_of(revision), revision=revision)]
    for line in found:
        say(line)
    if found:
        raise ScriptError(f"{len(found)} statements are not safe", findings=len(found))
    return {"findings": 0}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
