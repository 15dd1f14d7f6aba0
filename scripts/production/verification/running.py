"""Runs checks one after another and says how each went."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scripts.production.tables import table
from scripts.production.verification.asking import Asking, Check, CheckFailedError, CheckSkippedError, Facts
from scripts.production.verification.health import health_checks
from scripts.production.verification.network import network_checks
from scripts.production.verification.targets import Targets
from scripts.production.verification.working import working_checks


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check went. detail: one sentence."""

    name: str
    result: Literal["ok", "failed", "skipped"]
    ms: int
    detail: str
    facts: Facts

    def told(self) -> dict[str, Any]:
        """For the summary."""
        return asdict(self)


def all_checks(targets: Targets) -> list[Check]:
    """Everything that can be looked at there, the cheap first."""
    return [*health_checks(targets), *network_checks(targets), *working_checks(targets)]


async def run_check(check: Check, asking: Asking) -> Outcome:
    """One check; an answer of another shape than expected is a failure too."""
    started = time.perf_counter()

    def ended(result: Literal["ok", "failed", "skipped"], detail: str, facts: Facts | None = None) -> Outcome:
        ms = round((time.perf_counter() - started) * 1000)
        return Outcome(check.name, result, ms, detail, facts or {})

    try:
        detail, facts = await check.run(asking)
    except CheckFailedError as error:
        return ended("failed", str(error))
    except CheckSkippedError as error:
        return ended("skipped", str(error))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return ended("failed", f"An answer of an unexpected shape ({type(error).__name__}: {error}).")
    return ended("ok", detail, facts)


def shown(outcomes: Sequence[Outcome]) -> str:
    """The table for people."""
    rows = [(outcome.name, outcome.result, str(outcome.ms), outcome.detail) for outcome in outcomes]
    return table(("check", "result", "ms", "what was found"), rows)
