"""Typed questions to agente_deposito."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from shared.clients.base import Authorization, Peer


class MatchLine(BaseModel):
    """What a paper says of one product: the supplier's code, a barcode, a text; any may be missing."""

    code: str | None = None
    barcode: str | None = None
    text: str | None = None


class ProductCandidate(BaseModel):
    """A product that may be meant. score from 0 to 1; reason: barcode, pack, sku or text.

    pack_factor: base units in one of what the code names (1 for the unit itself).
    """

    product_id: UUID
    name: str
    score: float
    reason: str
    pack_factor: Decimal
    iva_rate: Decimal
    has_internal_tax: bool
    last_unit_cost: Decimal | None


_MATCHES = TypeAdapter(list[list[ProductCandidate]])


@dataclass(frozen=True, slots=True)
class DepositoClient:
    """agente_deposito, asked in somebody's name."""

    peer: Peer
    authorization: Authorization

    async def match_products(self, lines: list[MatchLine]) -> list[list[ProductCandidate]]:
        """Candidates of each line, best first, same order. At most 500 lines."""
        body = {"lines": [line.model_dump() for line in lines]}
        answer = await self._json("POST", "/api/v1/products/match", json=body)
        return _MATCHES.validate_python(answer["lines"])

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        return await self.peer.json(method, path, authorization=self.authorization, **options)
