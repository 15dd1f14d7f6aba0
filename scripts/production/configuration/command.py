"""The command line of validation."""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from scripts.production import env_file
from scripts.production.configuration.backups import check_backups, check_identity
from scripts.production.configuration.findings import NOT_SET, Configuration, Finding, Place, Rule
from scripts.production.configuration.fiscal import check_certificate, check_cuits
from scripts.production.configuration.forms import (
    OTHERS,
    SETTINGS,
    check_forms,
    check_names,
    check_placeholders,
)
from scripts.production.configuration.network import (
    check_hosts,
    check_origins,
    check_peers,
    check_proxies,
    check_public,
)
from scripts.production.configuration.online import check_online
from scripts.production.configuration.platforms import PLATFORMS
from scripts.production.configuration.running import (
    check_alerts,
    check_limits,
    check_mode,
    check_platform,
    check_version,
    check_watching,
)
from scripts.production.configuration.secrets import check_secrets
from scripts.production.configuration.servers import check_database, check_redis
from scripts.production.configuration.storage import check_storage
from scripts.production.console import Parser, ScriptError, run, say
from scripts.production.tables import table

_EVERYWHERE: tuple[Rule, ...] = (check_forms, check_names)
_IN_PRODUCTION: tuple[Rule, ...] = (
    check_placeholders,
    check_mode,
    check_secrets,
    check_database,
    check_redis,
    check_peers,
    check_public,
    check_hosts,
    check_origins,
    check_proxies,
    check_platform,
    check_storage,
    check_backups,
    check_identity,
    check_cuits,
    check_certificate,
    check_version,
    check_limits,
    check_watching,
    check_alerts,
)
_DESCRIPTION = """\
Says what is wrong with a configuration before anything is deployed with it: for each variable what, and the
command that mends it. Values of secrets are never shown. 0: fit; 1: not fit; 2: wrongly called."""


def main(arguments: Sequence[str]) -> int:
    """Validate; 0 when nothing has to be mended."""
    return run("validate_config", _work, arguments)


def findings_of(configuration: Configuration, environment: str) -> list[Finding]:
    """Everything that is wrong, errors first, each variable's own errors once."""
    rules = _EVERYWHERE + (_IN_PRODUCTION if environment == "production" else ())
    return _sorted(finding for rule in rules for finding in rule(configuration))


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    configuration = _configuration(options)
    found = findings_of(configuration, options.env)
    given = {name for names in options.provided for name in names.split(",")}
    if configuration.platform:
        given |= configuration.platform.references
        # What its files set is right, and nothing that is given changes it.
        found = [one for one in found if one.variable not in configuration.platform.sets({})]
    found = [one for one in found if one.variable not in given or not one.problem.startswith(NOT_SET)]
    if options.online:
        found = _sorted([*found, *check_online(configuration, colours=options.colours)])
    known = [name for name in configuration.values if name in SETTINGS or name in OTHERS]
    return _tell(found, options, checked=len(known))


def _tell(found: Sequence[Finding], options: argparse.Namespace, *, checked: int) -> Mapping[str, object]:
    if found:
        rows = [(finding.variable, finding.severity, finding.problem) for finding in found]
        say(table(("variable", "", "what is wrong"), rows))
        say("\nHow to mend it:")
        for finding in found:
            say(f"  {finding.variable}: {finding.fix}")
    errors = sum(finding.severity == "error" for finding in found)
    facts = {
        "environment": options.env,
        "online": options.online,
        "variables": checked,
        "errors": errors,
        "warnings": len(found) - errors,
        "findings": [asdict(finding) for finding in found],
    }
    if errors or (options.strict and found):
        raise ScriptError(
            f"{errors} errors, {len(found) - errors} warnings: not fit for {options.env}", **facts
        )
    say(f"Fit for {options.env}: {checked} variables, {len(found)} warnings.")
    return facts


def _configuration(options: argparse.Namespace) -> Configuration:
    platform = PLATFORMS.get(options.platform)
    # Within a container the platform's file is not to be seen; there the environment has what it said.
    file: Path | None = options.env_file or (platform.file if platform else None)
    if file is not None and (options.env_file or file.is_file()):
        say(f"Looking at {file}.")
        given = env_file.read(file)
    else:
        say("Looking at the environment of this process.")
        given = dict(os.environ)
    on_railway = options.platform == "railway" or "RAILWAY_PROJECT_ID" in given
    place = Place("file", file) if file else Place("railway" if on_railway else "shell")
    told = {**given, **(platform.sets(given) if platform else {})}
    values = {name: value for name, value in told.items() if value}
    return Configuration(values, place, datetime.now(UTC), platform)


def _sorted(found: Iterator[Finding] | Sequence[Finding]) -> list[Finding]:
    return sorted(dict.fromkeys(found), key=lambda one: (one.severity != "error", one.variable, one.problem))


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(prog="validate_config.py", description=_DESCRIPTION)
    parser.add_argument(
        "--env",
        choices=("production", "development", "demo", "test"),
        required=True,
        help="what it has to be fit for; outside production only forms are looked at",
    )
    parser.add_argument(
        "--for",
        dest="platform",
        choices=tuple(PLATFORMS),
        help="where it runs: what its own files set is taken as set, and what it needs besides is asked for",
    )
    parser.add_argument(
        "--env-file",
        type=Path,
        help="look at this file [what all processes read there, else the environment]",
    )
    parser.add_argument(
        "--provided",
        action="append",
        default=[],
        metavar="NAMES",
        help="variables that something else sets, as a Compose file does, separated by commas",
    )
    parser.add_argument("--online", action="store_true", help="ask the servers too")
    parser.add_argument(
        "--colours",
        type=int,
        choices=(1, 2),
        default=2,
        help="with --online: sets of processes at once; two while versions are switched [2]",
    )
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    return parser.parse_args(arguments)
