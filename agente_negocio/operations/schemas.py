"""Wire format of how the platform is looked after.

Runs are of the whole platform, so nothing is told here that would say how large other organisations are.
"""

from datetime import datetime
from typing import Self

from agente_negocio.operations.repository import LastRun
from agente_negocio.operations.service import Operations
from shared.web.schemas import Answer


class RunRead(Answer):
    """The newest run. of: when the backup was made that a drill restored. last_good_at: may be this one."""

    started_at: datetime
    finished_at: datetime
    ok: bool
    last_good_at: datetime | None
    of: datetime | None
    is_encrypted: bool | None

    @classmethod
    def from_run(cls, run: LastRun) -> Self:
        """From what was noted."""
        return cls(
            started_at=run.started_at,
            finished_at=run.finished_at,
            ok=run.ok,
            last_good_at=run.last_good_at,
            of=run.facts.get("backup_made_at"),
            is_encrypted=bool(run.facts["encrypted"]) if "encrypted" in run.facts else None,
        )


class JobsRead(Answer):
    """The organisation's own jobs. oldest: since when the longest waiting one has been due."""

    waiting: int
    failed: int
    oldest: datetime | None


class OperationsRead(Answer):
    """null for what never ran. since: when the organisation was made."""

    since: datetime
    backup: RunRead | None
    drill: RunRead | None
    jobs: JobsRead

    @classmethod
    def from_operations(cls, found: Operations) -> Self:
        """From what was found."""
        return cls(
            since=found.since,
            backup=RunRead.from_run(found.backup) if found.backup else None,
            drill=RunRead.from_run(found.drill) if found.drill else None,
            jobs=JobsRead.model_validate(found.jobs),
        )
