"""Whether the books agree: now, every night, and made to agree again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.stock.errors import (
    CheckRunningError,
)
from agente_deposito.stock.repository import ledger, reading
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now

log = structlog.get_logger()

_MOST_KEPT = 100
_MOST_REBUILT = 100_000
_MONTHS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Integrity:
    """Whether the ledger's sums equal the balances; the first hundred that differ."""

    checked: int
    wrong: int
    differences: Sequence[Any]
    last_nightly: Row[Any] | None


async def integrity_of_last_night(session: AsyncSession, branches: Branches) -> Integrity:
    """What the latest nightly check found; nothing checked before the first."""
    nightly = await reading.last_check(session, branches)
    if nightly is None:
        return Integrity(0, 0, (), None)
    wrong = nightly.wrong if branches is None else len(nightly.differences)
    return Integrity(nightly.checked, wrong, nightly.differences, nightly)


async def check_integrity(session: AsyncSession, branches: Branches) -> Integrity:
    """Sum the whole ledger again and compare. Raises CheckRunningError while another does."""
    if not await reading.claim_check(session):
        raise CheckRunningError
    checked, wrong, differences = await reading.resum(session, branches, patiently=False)
    return Integrity(checked, wrong, differences, await reading.last_check(session, branches))


async def rebuild(session: AsyncSession, branches: Branches, *, by: UUID) -> Integrity:
    """Make every balance that differs what the ledger's sums say; what was wrong is kept and cried out.

    Only sums are written anew, never a movement. Raises CheckRunningError while another check sums.
    """
    if not await reading.claim_check(session):
        raise CheckRunningError
    found = await reading.resum(session, branches, patiently=True, most=_MOST_REBUILT)
    checked, wrong, differences = found
    if wrong:
        keys = [(row.product_id, row.location_id) for row in differences]
        await ledger.lock_balances(session, keys)
        await reading.rebuild(session, keys)
        log.error("ledger.rebuilt", checked=checked, wrong=wrong, by=str(by))
        await _keep(session, checked, differences[:_MOST_KEPT])
        await _keep(session, *await _resummed(session))
    return Integrity(checked, wrong, differences[:_MOST_KEPT], await reading.last_check(session, branches))


async def check_nightly(session: AsyncSession) -> bool:
    """The nightly check, remembered and, when something differs, cried out. True when all agrees."""
    checked, wrong, differences = await reading.resum(session, None, patiently=True)
    told = await _keep(session, checked, differences)
    if wrong:
        log.error("ledger.integrity_failed", checked=checked, wrong=wrong, first=told[0])
    else:
        log.info("ledger.integrity_ok", checked=checked)
    return wrong == 0


async def _resummed(session: AsyncSession) -> tuple[int, Sequence[Row[Any]]]:
    checked, _, differences = await reading.resum(session, None, patiently=True)
    return checked, differences


async def _keep(session: AsyncSession, checked: int, differences: Sequence[Row[Any]]) -> list[dict[str, str]]:
    told = [
        {name: str(value) for name, value in row._asdict().items() if name != "wrong"} for row in differences
    ]
    await reading.keep_check(session, checked=checked, differences=json.dumps(told))
    return told


@dataclass(frozen=True, slots=True)
class Ledgers:
    """All organisations together, by each one's last check; oldest_check is None before the first."""

    organisations: int
    wrong: int
    oldest_check: datetime | None


async def ledgers(session: AsyncSession) -> Ledgers:
    """How the ledgers stood, for those who watch the platform."""
    found = await reading.ledgers(session)
    return Ledgers(found.organisations, found.wrong, found.oldest_check)


async def prepare_months(session: AsyncSession) -> int:
    """See to it that the ledger has its partitions for a year ahead; how many were made."""
    return await reading.ensure_partitions(session, first=utc_now(), months=_MONTHS_AHEAD)
