"""Every query on stored forecasts."""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ml.forecasting.models import AccuracyGroup, StoredForecast
from shared.database.session import raw_connection

_COLUMNS = [field.name for field in fields(StoredForecast)]
_INSERT = (
    f"INSERT INTO ml.forecast ({', '.join(_COLUMNS)}) "  # noqa: S608  our own column names
    f"VALUES ({', '.join(f'${at + 1}' for at in range(len(_COLUMNS)))})"
)
_LIST = text(
    f"SELECT {', '.join(_COLUMNS)} FROM ml.forecast "  # noqa: S608  our own column names
    "WHERE made_on = :made_on "
    "AND (CAST(:product_id AS uuid) IS NULL OR product_id = :product_id) "
    "AND (CAST(:branch_ids AS uuid[]) IS NULL OR branch_id = ANY(:branch_ids)) "
    "AND (CAST(:after_branch AS uuid) IS NULL OR (branch_id, product_id) > (:after_branch, :after_product)) "
    "ORDER BY branch_id, product_id LIMIT :limit"
)
GroupBy = Literal["branch", "method", "pattern", "all"]
_GROUP_KEYS: dict[GroupBy, str] = {
    "branch": "branch_id::text",
    "method": "method",
    "pattern": "pattern",
    "all": "'all'",
}
_METHODS = text("SELECT branch_id, product_id, method FROM ml.forecast WHERE made_on = :made_on")
_TOTALS = text(
    "SELECT first_day + CAST(at - 1 AS integer), sum(units) "
    "FROM ml.forecast, unnest(mean) WITH ORDINALITY AS part(units, at) "
    "WHERE made_on = :made_on "
    "AND (CAST(:branch_ids AS uuid[]) IS NULL OR branch_id = ANY(:branch_ids)) "
    "GROUP BY 1 ORDER BY 1"
)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class ForecastFilter:
    """Which forecasts of a day. branch_ids None means every branch."""

    made_on: date
    product_id: UUID | None
    branch_ids: Collection[UUID] | None


class ForecastRepository:
    """The stored forecasts of the session's organisation."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, made_on: date, forecasts: Iterable[StoredForecast]) -> int:
        """Make these the forecasts of a day, whatever was there; how many were written."""
        await self._session.execute(
            text("DELETE FROM ml.forecast WHERE made_on = :made_on"), {"made_on": made_on}
        )
        connection = await raw_connection(self._session)
        rows = [astuple(forecast) for forecast in forecasts]
        for start in range(0, len(rows), _BATCH):
            await connection.executemany(_INSERT, rows[start : start + _BATCH])
        return len(rows)

    async def forget_before(self, day: date) -> None:
        """Remove forecasts made before a day; their run and its figures stay."""
        await self._session.execute(text("DELETE FROM ml.forecast WHERE made_on < :day"), {"day": day})

    async def find(
        self, wanted: ForecastFilter, *, after: tuple[UUID, UUID] | None, limit: int
    ) -> list[StoredForecast]:
        """At most limit + 1 forecasts by branch and product, so that the caller sees if there are more."""
        rows = await self._session.execute(
            _LIST,
            {
                "made_on": wanted.made_on,
                "product_id": wanted.product_id,
                "branch_ids": None if wanted.branch_ids is None else list(wanted.branch_ids),
                "after_branch": after[0] if after else None,
                "after_product": after[1] if after else None,
                "limit": limit + 1,
            },
        )
        return [StoredForecast(*row) for row in rows]

    async def accuracy(
        self, made_on: date, *, by: GroupBy, branch_ids: Collection[UUID] | None
    ) -> list[AccuracyGroup]:
        """Error sums of a day's forecasts, by group, the largest seller first."""
        statement = text(
            f"SELECT {_GROUP_KEYS[by]} AS key, count(*), sum(actual), sum(absolute_error), "  # noqa: S608  from a closed list
            "sum(signed_error), sum(naive_absolute_error), sum(scored), sum(covered) FROM ml.forecast "
            "WHERE made_on = :made_on "
            "AND (CAST(:branch_ids AS uuid[]) IS NULL OR branch_id = ANY(:branch_ids)) "
            "GROUP BY 1 ORDER BY 3 DESC, 1"
        )
        branches = None if branch_ids is None else list(branch_ids)
        rows = await self._session.execute(statement, {"made_on": made_on, "branch_ids": branches})
        return [AccuracyGroup(*row) for row in rows]

    async def methods(self, made_on: date) -> dict[tuple[UUID, UUID], str]:
        """Name of the method of each (branch, product) forecast on a day."""
        rows = await self._session.execute(_METHODS, {"made_on": made_on})
        return {(row.branch_id, row.product_id): row.method for row in rows}

    async def totals(self, made_on: date, branch_ids: Collection[UUID] | None) -> list[tuple[date, float]]:
        """Mean units of everything together on each day, nearest first."""
        branches = None if branch_ids is None else list(branch_ids)
        rows = await self._session.execute(_TOTALS, {"made_on": made_on, "branch_ids": branches})
        return [(day, units) for day, units in rows]
