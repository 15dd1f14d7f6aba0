"""The warehouse's answers on transfers, corrections and values, for pictures of every page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI

from tests.browser.fakes.world import DEPOSIT, FUNES, NOW, ROSARIO, SHOP, World

DRAFT, UNDER_WAY, ARRIVED = (str(UUID(int=7000 + n)) for n in range(3))
WAITING = str(UUID(int=7100))
_FUNES_SHOP = str(UUID(int=203))


def add_goods_paths(app: FastAPI, world: World) -> None:
    """Read only: what is done to goods is tried on the running system."""

    @app.get("/api/v1/transfers")
    async def transfers(status: str = "") -> Any:
        items = [] if world.is_empty else [_transfer(world, one) for one in (UNDER_WAY, DRAFT, ARRIVED)]
        return {"items": [one for one in items if status in ("", one["status"])], "next_cursor": None}

    @app.get("/api/v1/transfers/{transfer_id}")
    async def transfer(transfer_id: str) -> Any:
        return _transfer(world, transfer_id)

    @app.get("/api/v1/inventory/adjustments")
    async def adjustments(status: str = "") -> Any:
        items = [_adjustment(world)] if status == "waiting" and not world.is_empty else []
        return {"items": items, "next_cursor": None}

    @app.get("/api/v1/inventory/valuation")
    async def valuation(group: str = "category") -> Any:
        parts: dict[str, dict[str, Any]] = {}
        for row in world.rows:
            key = row["name"] if group == "product" else row["category_name"]
            part = parts.setdefault(key, _part(row, key, group))
            part["products"] += 1
            part["value"] += max(0.0, float(row["value"]))
        items = sorted(parts.values(), key=lambda part: -part["value"])
        return {
            "at": NOW.isoformat(),
            "products": len(world.rows),
            "value": f"{sum(part['value'] for part in items):.2f}",
            "uncosted": 2 if world.rows else 0,
            "items": [{**part, "value": f"{part['value']:.2f}"} for part in items],
            "next_cursor": None,
        }


def _part(row: dict[str, Any], key: str, group: str) -> dict[str, Any]:
    is_product = group == "product"
    return {
        "id": row["product_id"] if is_product else None,
        "name": key,
        "products": 0,
        "quantity": row["on_hand"] if is_product else None,
        "value": 0.0,
        "uncosted": 0,
    }


def _transfer(world: World, transfer_id: str) -> dict[str, Any]:
    status = {DRAFT: "draft", UNDER_WAY: "shipped", ARRIVED: "received"}[transfer_id]
    done = {"draft": (), "shipped": ("ship",), "received": ("ship", "receive")}[status]
    lines = [
        {
            "product_id": row["product_id"],
            "name": row["name"],
            "quantity": "6",
            "shipped": None if status == "draft" else "6",
            "received": "4" if status == "received" and n == 0 else ("6" if status == "received" else None),
            "reason": "broken" if status == "received" and n == 0 else None,
        }
        for n, row in enumerate(world.products[:3])
    ]
    steps = [
        {"step": step, "done_at": (NOW - timedelta(hours=3 - n)).isoformat(), "note": None}
        for n, step in enumerate(done)
    ]
    return {
        "id": transfer_id,
        "status": status,
        "origin": {"location_id": DEPOSIT, "name": "Depósito", "branch_id": ROSARIO},
        "destination": {"location_id": _FUNES_SHOP, "name": "Salón de Funes", "branch_id": FUNES},
        "note": "Para el fin de semana largo",
        "created_at": (NOW - timedelta(hours=5)).isoformat(),
        "lines": lines,
        "steps": steps,
    }


def _adjustment(world: World) -> dict[str, Any]:
    row = world.products[0]
    return {
        "id": WAITING,
        "status": "waiting",
        "location_id": SHOP,
        "kind": "broken",
        "worth": "118200.00",
        "note": "Se cayó la góndola del fondo",
        "requested_at": (NOW - timedelta(hours=2)).isoformat(),
        "decided_at": None,
        "decision_note": None,
        "lines": [{"product_id": row["product_id"], "name": row["name"], "quantity": "-12"}],
    }
