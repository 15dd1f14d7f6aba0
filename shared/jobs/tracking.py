"""Jobs a client follows: status, progress from 0 to 1, result, error. One table per service."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kernel.errors import DomainError, ErrorKind
from shared.security.guards import OrganisationReader
from shared.web.schemas import Answer
from shared.web.session import Session


class JobNotFoundError(DomainError):
    """No such job in this organisation."""

    code = "job.not_found"
    kind = ErrorKind.NOT_FOUND


class JobRead(Answer):
    """What `GET /api/v1/jobs/{id}` answers. status: queued, running, done or failed."""

    id: str
    kind: str
    status: str
    progress: float
    result: dict[str, Any] | None
    error: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class JobTable:
    """The followed jobs of one service. prefix starts its public ids: neg, dep or ml."""

    schema: str
    prefix: str

    def public_id(self, job_id: UUID) -> str:
        """The id clients see."""
        return f"{self.prefix}_{job_id}"

    def status_url(self, job_id: UUID) -> str:
        """Where clients follow it."""
        return f"/api/v1/jobs/{self.public_id(job_id)}"

    async def open(self, session: AsyncSession, kind: str) -> UUID:
        """A new job, queued."""
        statement = text(f"INSERT INTO {self.schema}.job (kind) VALUES (:kind) RETURNING id")  # noqa: S608  schema is ours
        job_id = await session.scalar(statement, {"kind": kind})
        assert isinstance(job_id, UUID)  # noqa: S101  INSERT ... RETURNING gives a row
        return job_id

    async def advance(self, session: AsyncSession, job_id: UUID, progress: float) -> None:
        """Running, this far. Never moves a finished job."""
        await self._set(session, job_id, "running", {"progress": Decimal(str(round(progress, 3)))})

    async def finish(self, session: AsyncSession, job_id: UUID, result: dict[str, Any]) -> None:
        """Done, with its result."""
        await self._set(session, job_id, "done", {"progress": Decimal(1), "result": json.dumps(result)})

    async def fail(self, session: AsyncSession, job_id: UUID, error: dict[str, Any]) -> None:
        """Failed for good, with a problem's code and detail."""
        await self._set(session, job_id, "failed", {"error": json.dumps(error)})

    async def read(self, session: AsyncSession, public_id: str) -> JobRead:
        """One job. Raises JobNotFoundError."""
        prefix, _, tail = public_id.partition("_")
        try:
            job_id = UUID(tail)
        except ValueError as error:
            raise JobNotFoundError("Not a job id.") from error
        statement = text(
            f"SELECT kind, status, progress, result, error FROM {self.schema}.job WHERE id = :id"  # noqa: S608  schema is ours
        )
        row = (await session.execute(statement, {"id": job_id})).one_or_none()
        if row is None or prefix != self.prefix:
            raise JobNotFoundError("No such job.")
        return JobRead(
            id=public_id,
            kind=row.kind,
            status=row.status,
            progress=float(row.progress),
            result=row.result,
            error=row.error,
        )

    async def _set(self, session: AsyncSession, job_id: UUID, status: str, values: dict[str, Any]) -> None:
        columns = "".join(
            f", {name} = CAST(:{name} AS jsonb)" if name != "progress" else ", progress = :progress"
            for name in values
        )
        statement = text(
            f"UPDATE {self.schema}.job SET status = :status, updated_at = now(){columns} "  # noqa: S608  names are ours
            "WHERE id = :id AND status IN ('queued', 'running')"
        )
        await session.execute(statement, {"id": job_id, "status": status, **values})


def jobs_router(table: JobTable) -> APIRouter:
    """`GET /api/v1/jobs/{id}` of one service."""
    router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

    @router.get("/{job_id}")
    async def read_job(
        job_id: Annotated[str, Path(max_length=64)], session: Session, _caller: OrganisationReader
    ) -> JobRead:
        """How far a job is."""
        return await table.read(session, job_id)

    return router
