"""The command line: `scripts/post-deploy-verification.sh`, or `python -m scripts.production.verification`."""

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence

from scripts.production.console import Parser, RefusedError, ScriptError, run, say
from scripts.production.verification.asking import asking
from scripts.production.verification.health import wait_until_ready
from scripts.production.verification.running import Outcome, all_checks, run_check, shown
from scripts.production.verification.targets import Targets, targets_of

_DESCRIPTION = """\
Looks at a deployed platform as its users and services do; it changes nothing. Addresses and the probe's
account come from the environment, or from the options:

  PUBLIC_URL (or DASHBOARD_URL)     where the dashboard answers
  NEGOCIO_URL DEPOSITO_URL ML_URL   where the services answer (or NEGOCIO_HOSTPORT and so on); without any,
                                    PUBLIC_URL stands for all: a proxy, or the single process
  ONE_ADDRESS=1                     it does although they are told
  FROM_OUTSIDE=1                    the addresses are not those services use among themselves
  PROBE_USERNAME PROBE_PASSWORD     somebody who signs in; any role
  EXPECTED_COMMIT                   the commit that has to answer
  VERIFICATION_HEADER               'Name: value' sent along; one that pins no colour sees what people see"""
_OPTIONS = {
    "negocio_url": "NEGOCIO_URL",
    "deposito_url": "DEPOSITO_URL",
    "ml_url": "ML_URL",
    "public_url": "PUBLIC_URL",
    "dashboard_url": "DASHBOARD_URL",
    "expect_commit": "EXPECTED_COMMIT",
    "header": "VERIFICATION_HEADER",
}


def main(arguments: Sequence[str]) -> int:
    """Verify; 0 when nothing failed."""
    return run("post-deploy-verification", _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    options = _parse(arguments)
    targets = targets_of(_environment(options))
    outcomes = asyncio.run(_verify(targets, options))
    say(shown(outcomes))
    results = [outcome.result for outcome in outcomes]
    facts = {
        "passed": results.count("ok"),
        "failed": results.count("failed"),
        "skipped": results.count("skipped"),
        "checks": [outcome.told() for outcome in outcomes],
    }
    unseen = ["skipped"] if options.strict else []
    bad = [outcome.name for outcome in outcomes if outcome.result in {"failed", *unseen}]
    if bad:
        raise ScriptError(f"{len(bad)} of {len(outcomes)} checks did not pass: {', '.join(bad)}", **facts)
    return facts


async def _verify(targets: Targets, options: argparse.Namespace) -> list[Outcome]:
    checks = all_checks(targets)
    chosen = [check for check in checks if not options.only or check.name.startswith(tuple(options.only))]
    if not chosen:
        raise RefusedError(f"No such check; there are: {', '.join(check.name for check in checks)}")
    async with asking(targets) as asked:
        if options.wait:
            await wait_until_ready(asked, options.wait)
        return [await run_check(check, asked) for check in chosen]


def _environment(options: argparse.Namespace) -> dict[str, str]:
    given = {
        variable: getattr(options, name) for name, variable in _OPTIONS.items() if getattr(options, name)
    }
    if options.one_address:
        given |= {"PUBLIC_URL": options.one_address, "ONE_ADDRESS": "1"}
    if options.from_outside:
        given["FROM_OUTSIDE"] = "1"
    return {**os.environ, **given}


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="post-deploy-verification.sh",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, variable in _OPTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"instead of {variable}")
    parser.add_argument("--one-address", metavar="URL", help="PUBLIC_URL with ONE_ADDRESS=1")
    parser.add_argument("--from-outside", action="store_true", help="FROM_OUTSIDE=1")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="first wait until ready")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="checks that begin so")
    parser.add_argument("--strict", action="store_true", help="what is skipped fails")
    return parser.parse_args(arguments)
