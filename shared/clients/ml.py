"""Typed questions to ml."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from shared.clients.base import Authorization, Peer


class ForecastDay(BaseModel):
    """Units expected on one day, with the band that holds 8 days of 10."""

    day: date
    quantity: float
    p10: float | None = None
    p90: float | None = None


class Forecast(BaseModel):
    """The days ahead, nearest first."""

    days: list[ForecastDay] = []


@dataclass(frozen=True, slots=True)
class MlClient:
    """ml, asked in somebody's name."""

    peer: Peer
    authorization: Authorization

    async def total_forecast(self, *, branch_id: UUID | None, horizon: int = 7) -> Forecast:
        """Units that will be sold in all, per day."""
        params = {"horizon": str(horizon)}
        if branch_id is not None:
            params["branch_id"] = str(branch_id)
        return Forecast.model_validate(await self._json("GET", "/api/v1/forecasts/total", params=params))

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        return await self.peer.json(method, path, authorization=self.authorization, **options)
