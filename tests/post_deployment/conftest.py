"""A deployed platform to look at, named by the environment; without one there is nothing to test here."""

import os
from collections.abc import AsyncIterator

import pytest

from scripts.production.console import RefusedError
from scripts.production.verification.asking import Asking, Check, asking
from scripts.production.verification.running import all_checks
from scripts.production.verification.targets import missing, targets_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "check" not in metafunc.fixturenames:
        return
    lacking = missing(os.environ)
    if lacking:
        nothing = pytest.param(None, id="nothing", marks=pytest.mark.skip(reason=_reason(lacking)))
        metafunc.parametrize("check", [nothing])
        return
    try:
        checks = all_checks(targets_of(os.environ))
    except RefusedError as error:
        raise pytest.UsageError(str(error)) from error
    metafunc.parametrize("check", checks, ids=[check.name for check in checks])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lacking = missing(os.environ)
    if lacking:
        terminalreporter.write_line(f"tests/post_deployment is skipped: {_reason(lacking)}")


def _reason(lacking: list[str]) -> str:
    return f"no deployed platform is named, set {', '.join(lacking)}"


@pytest.fixture
async def asked(check: Check) -> AsyncIterator[Asking]:
    assert check
    async with asking(targets_of(os.environ)) as opened:
        yield opened
