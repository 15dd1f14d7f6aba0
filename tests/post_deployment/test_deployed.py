"""The checks of scripts/post-deploy-verification.sh as tests: `python -m pytest tests/post_deployment`."""

import pytest

from scripts.production.verification.asking import Asking, Check
from scripts.production.verification.running import run_check


async def test_deployed(check: Check, asked: Asking) -> None:
    outcome = await run_check(check, asked)

    if outcome.result == "skipped":
        pytest.skip(outcome.detail)
    assert outcome.result == "ok", outcome.detail
