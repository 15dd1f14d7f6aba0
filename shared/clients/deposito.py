"""Typed questions to agente_deposito."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from shared.clients.base import Authorization, Peer
from shared.clients.deposito_goods import (
    Adjustment,
    AdjustmentOutcome,
    AdjustmentPage,
    Transfer,
    TransferPage,
    Valuation,
)
from shared.clients.deposito_models import (
    Explanation,
    FoundProduct,
    Integrity,
    Location,
    MovementPage,
    Product,
    SalesSummary,
    StockClose,
    StockPage,
    StockStats,
)


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


class DailySeries(BaseModel):
    """A product's days in a branch: one value per calendar day from first_day to the last asked for."""

    product_id: UUID
    branch_id: UUID
    first_day: date
    quantities: list[Decimal]
    in_stock: list[bool]


_DAILY_SERIES = TypeAdapter(list[DailySeries])
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

    async def stats(self, *, branch_id: UUID | None) -> StockStats:
        """The stock in a few figures."""
        params = _given(branch_id=branch_id)
        return StockStats.model_validate(await self._json("GET", "/api/v1/inventory/stats", params=params))

    async def closes(self, *, branch_id: UUID | None, days: int) -> list[StockClose]:
        """How the last days ended, oldest first; today is not among them."""
        params = _given(branch_id=branch_id, days=days)
        answer = await self._json("GET", "/api/v1/inventory/history", params=params)
        return [StockClose.model_validate(item) for item in answer["items"]]

    async def stock(  # noqa: PLR0913  the filters of the list are these
        self,
        *,
        q: str | None = None,
        branch_id: UUID | None = None,
        location_id: UUID | None = None,
        product_id: UUID | None = None,
        state: str | None = None,
        sort: str | None = None,
        direction: str | None = None,
        at: datetime | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> StockPage:
        """Stock per product. at: as it was at that instant."""
        params = _given(
            q=q,
            branch_id=branch_id,
            location_id=location_id,
            product_id=product_id,
            state=state,
            sort=sort,
            direction=direction,
            at=at.isoformat() if at else None,
            limit=limit,
            cursor=cursor,
        )
        return StockPage.model_validate(await self._json("GET", "/api/v1/inventory/stock", params=params))

    async def movements(
        self, *, product_id: UUID, location_id: UUID | None = None, limit: int = 20, cursor: str | None = None
    ) -> MovementPage:
        """The ledger of one product, newest first."""
        params = _given(product_id=product_id, location_id=location_id, limit=limit, cursor=cursor)
        answer = await self._json("GET", "/api/v1/inventory/movements", params=params)
        return MovementPage.model_validate(answer)

    async def product(self, product_id: UUID) -> Product:
        """One product of the catalogue."""
        return Product.model_validate(await self._json("GET", f"/api/v1/products/{product_id}"))

    async def create_product(self, values: dict[str, Any], *, key: str) -> Product:
        """A new product; the same key makes it once."""
        headers = {"Idempotency-Key": key}
        answer = await self._json("POST", "/api/v1/products", json=values, headers=headers)
        return Product.model_validate(answer)

    async def products(self, *, q: str, limit: int = 8) -> list[Product]:
        """Products that a text may mean, best first."""
        params = _given(q=q, limit=limit)
        answer = await self._json("GET", "/api/v1/products", params=params)
        return [Product.model_validate(item) for item in answer["items"]]

    async def locations(self, *, everywhere: bool = False) -> list[Location]:
        """The places of one's branches; everywhere: of all, to send goods to."""
        params = {"everywhere": "true"} if everywhere else {}
        answer = await self._json("GET", "/api/v1/locations", params=params)
        return [Location.model_validate(item) for item in answer["items"]]

    async def sales_summary(self, *, first: date, last: date, branch_id: UUID | None) -> SalesSummary:
        """Sales of some days, both included, by day and by hour of the week."""
        params = {"from": first.isoformat(), "to": last.isoformat(), **_given(branch_id=branch_id)}
        return SalesSummary.model_validate(await self._json("GET", "/api/v1/sales/summary", params=params))

    async def daily_series(self, first: date, last: date) -> AsyncIterator[list[DailySeries]]:
        """Demand per product and branch from first to last, both included, at most 1200 days; by pages."""
        params = {"from": first.isoformat(), "to": last.isoformat(), "limit": "500"}
        while True:
            answer = await self._json("GET", "/api/v1/sales/daily", params=params)
            yield _DAILY_SERIES.validate_python(answer["items"])
            if not answer["next_cursor"]:
                return
            params["cursor"] = answer["next_cursor"]

    async def look_up(self, code: str) -> FoundProduct:
        """The product that a barcode, pack code or SKU names. Raises PeerRefusedError when none does."""
        answer = await self._json("GET", "/api/v1/products/lookup", params={"code": code})
        return FoundProduct.model_validate(answer)

    async def add_barcode(self, product_id: UUID, code: str, *, factor: Decimal) -> Product:
        """Attach a code that names `factor` base units; the same one again changes nothing."""
        body = {"code": code, "factor": str(factor)}
        headers = {"Idempotency-Key": f"barcode:{product_id}:{code}:{factor}"}
        path = f"/api/v1/products/{product_id}/barcodes"
        return Product.model_validate(await self._json("POST", path, json=body, headers=headers))

    async def integrity_of_last_night(self) -> Integrity:
        """What the nightly check of the ledger found; nothing is summed now."""
        params = {"nightly": "true"}
        return Integrity.model_validate(await self._json("GET", "/api/v1/inventory/integrity", params=params))

    async def explain(
        self, product_id: UUID, *, location_id: UUID | None = None, at: datetime | None = None
    ) -> Explanation:
        """How the stock of a product came to be, now or at a past instant."""
        params = _given(product_id=product_id, location_id=location_id, at=at.isoformat() if at else None)
        answer = await self._json("GET", "/api/v1/inventory/explain", params=params)
        return Explanation.model_validate(answer)

    async def transfers(
        self, *, status: str = "", branch_id: UUID | None = None, cursor: str = "", limit: int = 20
    ) -> TransferPage:
        """Transfers from and to one's branches, newest first."""
        params = _given(status=status, branch_id=branch_id, cursor=cursor, limit=limit)
        return TransferPage.model_validate(await self._json("GET", "/api/v1/transfers", params=params))

    async def transfer(self, transfer_id: UUID) -> Transfer:
        """One transfer."""
        return Transfer.model_validate(await self._json("GET", f"/api/v1/transfers/{transfer_id}"))

    async def ask_for_transfer(self, values: dict[str, Any]) -> Transfer:
        """A draft; with an id of one's own it is made once."""
        return Transfer.model_validate(await self._json("POST", "/api/v1/transfers", json=values))

    async def step_of_transfer(self, transfer_id: UUID, step: str, values: dict[str, Any]) -> Transfer:
        """Ship, receive, undo or cancel."""
        path = f"/api/v1/transfers/{transfer_id}/{step}"
        return Transfer.model_validate(await self._json("POST", path, json=values))

    async def adjust(self, values: dict[str, Any]) -> AdjustmentOutcome:
        """Correct the books; with an id of one's own it is done once."""
        answer = await self._json("POST", "/api/v1/inventory/adjustments", json=values)
        return AdjustmentOutcome.model_validate(answer)

    async def adjustments(self, *, status: str = "", cursor: str = "", limit: int = 20) -> AdjustmentPage:
        """Corrections that wait for approval, or waited, newest first."""
        params = _given(status=status, cursor=cursor, limit=limit)
        answer = await self._json("GET", "/api/v1/inventory/adjustments", params=params)
        return AdjustmentPage.model_validate(answer)

    async def decide_adjustment(
        self, adjustment_id: UUID, decision: str, values: dict[str, Any]
    ) -> Adjustment:
        """Approve or reject one."""
        path = f"/api/v1/inventory/adjustments/{adjustment_id}/{decision}"
        return Adjustment.model_validate(await self._json("POST", path, json=values))

    async def valuation(
        self, *, method: str, group: str, at: datetime | None, branch_id: UUID | None, cursor: str = ""
    ) -> Valuation:
        """What goods are worth; at: as of that instant."""
        params = _given(
            method=method,
            group=group,
            at=at.isoformat() if at else None,
            branch_id=branch_id,
            cursor=cursor,
            limit=50,
        )
        return Valuation.model_validate(await self._json("GET", "/api/v1/inventory/valuation", params=params))

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        return await self.peer.json(method, path, authorization=self.authorization, **options)


def _given(**params: object) -> dict[str, str]:
    """The parameters that have a value, as text."""
    return {name: str(value) for name, value in params.items() if value not in (None, "")}
