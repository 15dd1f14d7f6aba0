"""The other services as small stand-ins that answer the contracts from memory."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, FastAPI, Header, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from shared.kernel.clock import business_date, utc_now
from tests.browser.fakes.goods import add_goods_paths
from tests.browser.fakes.invoice import DOCUMENT, INVOICE, make_invoice, recompute
from tests.browser.fakes.world import (
    DEPOSIT,
    FUNES,
    NOW,
    ROSARIO,
    SHOP,
    TODAY,
    World,
    make_products,
    sales_days,
    sales_hours,
)

PAGE = Path(__file__).parent / "page.jpg"
PASSWORD = "test_password"
_PERMISSIONS = [
    "catalog:read",
    "stock:read",
    "stock:write",
    "stock:approve",
    "sales:read",
    "invoices:read",
    "invoices:write",
    "invoices:confirm",
    "forecasts:read",
    "operations:read",
]
JsonBody = Annotated[dict[str, Any], Body()]
Version = Annotated[str, Header()]
_Call = Callable[[Request], Awaitable[Response]]


def make_world() -> World:
    """The shop as each test finds it."""
    world = World(products=make_products())
    world.invoices[INVOICE] = make_invoice(world.products)
    for index, (name, total, status, days) in enumerate(_OLDER):
        older = make_invoice(world.products, invoice_id=str(UUID(int=5100 + index)), status=status)
        older["supplier"]["name"], older["header"]["issuer_name"]["value"] = name, name
        older["header"]["number"]["value"] = str(118203 + index * 733)
        older["totals"]["total"], older["status"] = total, status
        older["blockers"] = []
        older["created_at"] = (NOW - timedelta(days=days)).isoformat()
        world.invoices[older["id"]] = older
    failed = str(UUID(int=6002))
    error = {"code": "reading.unreadable", "detail": "La foto está movida y no se llega a leer."}
    world.documents[failed] = _document(failed, status="failed", error=error)
    world.documents[DOCUMENT] = _document(DOCUMENT, status="needs_review", invoice_ids=[INVOICE])
    return world


def _run(*, hours: int, seconds: int, **facts: Any) -> dict[str, Any]:
    started = NOW - timedelta(hours=hours)
    finished = started + timedelta(seconds=seconds)
    times = {"started_at": started, "finished_at": finished, "last_good_at": started}
    return {**{name: at.isoformat() for name, at in times.items()}, "ok": True, **facts}


_OLDER = [
    ("Arcor S.A.I.C.", "412880.00", "confirmed", 1),
    ("La Serenísima", "298140.50", "confirmed", 2),
    ("Quilmes", "655000.00", "discarded", 3),
    ("Molinos Río de la Plata", "187450.25", "ready", 4),
]


def _document(document_id: str, **facts: Any) -> dict[str, Any]:
    created = (NOW - timedelta(hours=3)).isoformat()
    return {"id": document_id, "source": "web", "created_at": created, "invoice_ids": [], **facts}


def negocio(world: World) -> FastAPI:
    """agente_negocio's part of the contracts."""
    app = _app("negocio", world)

    @app.post("/api/v1/auth/login")
    async def login(body: JsonBody) -> Any:
        if body.get("username") != "admin" or body.get("password") != PASSWORD:
            detail = "El usuario o la contraseña no coinciden."
            return _problem(401, "auth.bad_credentials", "No pudimos entrar", detail)
        return _tokens(world)

    @app.post("/api/v1/auth/refresh")
    async def refresh() -> Any:
        world.refreshes += 1
        await asyncio.sleep(0.05)
        return _tokens(world)

    @app.post("/api/v1/auth/logout", status_code=204)
    async def logout() -> None:
        return None

    @app.get("/api/v1/auth/me")
    async def me() -> Any:
        return {
            "user": {"id": str(UUID(int=1)), "name": "Marta Gómez", "email": "m@x.ar", "role": "owner"},
            "organisation": {
                "id": str(UUID(int=2)),
                "name": "Almacén Doña Marta",
                "cuit": "27185554441",
                "is_demo": True,
            },
            "branches": [
                {"id": ROSARIO, "name": "Sucursal Rosario"},
                {"id": FUNES, "name": "Sucursal Funes"},
            ],
            "memberships": [],
            "permissions": [each for each in _PERMISSIONS if each not in world.forbidden],
        }

    @app.get("/api/v1/operations")
    async def operations() -> Any:
        return {
            "backup": _run(hours=8, seconds=34, is_encrypted=True),
            "drill": _run(hours=40, seconds=71, of=(NOW - timedelta(hours=44)).isoformat()),
            "jobs": {"waiting": 0, "failed": world.jobs_given_up, "oldest": None},
        }

    _document_paths(app, world)
    _invoice_paths(app, world)
    _act_paths(app, world)
    _line_paths(app, world)
    return app


def _tokens(world: World) -> dict[str, Any]:
    return {
        "access_token": f"access-{world.refreshes}",
        "token_type": "bearer",
        "expires_in": world.token_seconds,
        "refresh_token": f"refresh-{world.refreshes}",
        "user": {},
    }


def _document_paths(app: FastAPI, world: World) -> None:
    @app.post("/api/v1/ocr/documents", status_code=202)
    async def upload(request: Request) -> Any:
        form = await request.form()
        files = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
        await form.close()
        document_id, job_id = str(UUID(int=6100 + len(world.documents))), f"neg_{len(world.jobs)}"
        unreadable = files[0].filename == "movida.jpg"
        invoice_id = str(UUID(int=5200 + len(world.invoices)))
        facts: dict[str, Any] = {"status": "reading"}
        if unreadable:
            facts["error"] = {"code": "reading.unreadable", "detail": "La foto está movida."}
        world.documents[document_id] = _document(document_id, **facts)
        world.jobs[job_id] = {"polls": 0, "document": document_id, "invoice": invoice_id, "fails": unreadable}
        received = [{"id": document_id, "status": "reading", "duplicate_of": None}]
        return {"documents": received, "job_id": job_id, "status_url": f"/api/v1/jobs/{job_id}"}

    @app.get("/api/v1/jobs/{job_id}")
    async def job(job_id: str) -> Any:
        known = world.jobs[job_id]
        known["polls"] += 1
        if known["polls"] < 3:
            return {"id": job_id, "kind": "read", "status": "running", "progress": known["polls"] / 3}
        if known["fails"]:
            world.documents[known["document"]]["status"] = "failed"
            return {"id": job_id, "kind": "read", "status": "failed", "progress": 1.0, "error": {"code": "x"}}
        invoice = make_invoice(world.products, invoice_id=known["invoice"])
        world.invoices.setdefault(known["invoice"], invoice)
        world.documents[known["document"]] |= {"status": "needs_review", "invoice_ids": [known["invoice"]]}
        result = {"document_id": known["document"], "invoice_ids": [known["invoice"]]}
        return {"id": job_id, "kind": "read", "status": "done", "progress": 1.0, "result": result}

    @app.get("/api/v1/ocr/documents")
    async def documents(status: str | None = None) -> Any:
        found = [item for item in world.documents.values() if status in (None, item["status"])]
        return {"items": [] if world.is_empty else found, "next_cursor": None}

    @app.get("/api/v1/ocr/documents/{document_id}")
    async def document(document_id: str) -> Any:
        return world.documents[document_id]

    @app.post("/api/v1/ocr/documents/{document_id}/reprocess", status_code=202)
    async def reprocess(document_id: str) -> Any:
        job_id = f"neg_{len(world.jobs)}"
        world.jobs[job_id] = {"polls": 0, "document": document_id, "invoice": INVOICE, "fails": True}
        return {"documents": [{"id": document_id, "status": "reading"}], "job_id": job_id}

    @app.get("/api/v1/ocr/documents/{document_id}/pages/{page}")
    async def page(document_id: str, page: int) -> Response:
        known = document_id in world.documents and page == 1
        return FileResponse(PAGE, media_type="image/jpeg") if known else Response(status_code=404)


def _invoice_paths(app: FastAPI, world: World) -> None:
    @app.get("/api/v1/invoices")
    async def invoices(status: str | None = None, q: str | None = None) -> Any:
        rows = [_row(item) for item in world.invoices.values() if status in (None, item["status"])]
        if q:
            rows = [row for row in rows if q.lower() in row["supplier"]["name"].lower()]
        rows.sort(key=lambda row: row["created_at"], reverse=True)
        return {"items": [] if world.is_empty else rows, "next_cursor": None}

    @app.get("/api/v1/invoices/summary")
    async def summary() -> Any:
        states = [] if world.is_empty else [item["status"] for item in world.invoices.values()]
        counts = {name: states.count(name) for name in ("needs_review", "ready")}
        return {**counts, "confirmed_30d": 2, "confirmed_30d_total": "711020.50"}

    @app.get("/api/v1/invoices/{invoice_id}")
    async def invoice(invoice_id: str) -> Any:
        known = world.invoices.get(invoice_id)
        if known is None:
            return _problem(404, "invoice.not_found", "No existe", "No está.")
        if known["status"] == "reversed" and known["receipt"]["status"] == "done":
            known["receipt"]["status"] = "taken_back"
        return known

    @app.patch("/api/v1/invoices/{invoice_id}")
    async def change(invoice_id: str, body: JsonBody, if_match: Version = "") -> Any:
        return _edited(world, invoice_id, if_match, lambda invoice: _change_header(invoice, body))


def _act_paths(app: FastAPI, world: World) -> None:
    @app.post("/api/v1/invoices/{invoice_id}/confirm")
    async def confirm(invoice_id: str, if_match: Version = "") -> Any:
        if world.invoices[invoice_id]["blockers"]:
            return _problem(422, "invoice.blocked", "No se puede confirmar", "Falta resolver lo marcado.")
        return _edited(world, invoice_id, if_match, _confirm)

    @app.get("/api/v1/invoices/{invoice_id}/receipt")
    async def receipt(invoice_id: str) -> Any:
        invoice = world.invoices[invoice_id]
        _advance_receipt(invoice)
        return invoice["receipt"]

    @app.post("/api/v1/invoices/{invoice_id}/reverse")
    async def reverse(invoice_id: str, body: JsonBody) -> Any:
        if not body["reason"]:
            return _problem(422, "request.invalid", "Falta el motivo", "Contá por qué.")

        closed = {"status": "reversed", "close_reason": body["reason"]}
        return _edited(world, invoice_id, "", lambda invoice: invoice.update(closed))

    @app.post("/api/v1/invoices/{invoice_id}/discard")
    async def discard(invoice_id: str, body: JsonBody) -> Any:
        closed = {"status": "discarded", "close_reason": body["reason"]}
        return _edited(world, invoice_id, "", lambda invoice: invoice.update(closed))


def _line_paths(app: FastAPI, world: World) -> None:
    @app.patch("/api/v1/invoices/{invoice_id}/lines/{line_id}")
    async def change_line(invoice_id: str, line_id: str, body: JsonBody, if_match: Version = "") -> Any:
        return _edited(world, invoice_id, if_match, lambda invoice: _find(invoice, line_id).update(body))

    @app.post("/api/v1/invoices/{invoice_id}/lines")
    async def add_line(invoice_id: str, body: JsonBody) -> Any:
        def add(invoice: dict[str, Any]) -> None:
            blank = {**invoice["lines"][0], "product": None, "match": None, "state": "bad", "box": None}
            position = len(invoice["lines"]) + 1
            new = {**blank, **body, "id": str(UUID(int=7100 + position)), "position": position}
            invoice["lines"].append({**new, "candidates": []})

        return _edited(world, invoice_id, "", add)

    @app.delete("/api/v1/invoices/{invoice_id}/lines/{line_id}")
    async def remove_line(invoice_id: str, line_id: str) -> Any:
        def remove(invoice: dict[str, Any]) -> None:
            invoice["lines"] = [line for line in invoice["lines"] if line["id"] != line_id]

        return _edited(world, invoice_id, "", remove)

    @app.post("/api/v1/invoices/{invoice_id}/lines/{line_id}/match")
    async def match(invoice_id: str, line_id: str, body: JsonBody, if_match: Version = "") -> Any:
        product = next(item for item in world.products if item["product_id"] == body["product_id"])
        return _edited(world, invoice_id, if_match, lambda it: _matched(_find(it, line_id), product, body))

    @app.post("/api/v1/invoices/{invoice_id}/lines/{line_id}/create-product")
    async def create(invoice_id: str, line_id: str, body: JsonBody) -> Any:
        product = {**world.products[0], "product_id": str(UUID(int=1900)), "name": body["name"]}
        world.products.append(product)
        return _edited(world, invoice_id, "", lambda it: _matched(_find(it, line_id), product, body))


def _find(invoice: dict[str, Any], line_id: str) -> dict[str, Any]:
    return next(line for line in invoice["lines"] if line["id"] == line_id)


def _matched(line: dict[str, Any], product: dict[str, Any], body: dict[str, Any]) -> None:
    line["product"] = {"id": product["product_id"], "name": product["name"]}
    line |= {"match": {"source": "user", "score": 1.0}, "state": "sure", "doubts": []}
    line["pack_factor"] = body.get("pack_factor") or "1"


def _change_header(invoice: dict[str, Any], body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name in invoice["header"]:
            invoice["header"][name] |= {"value": value, "state": "sure", "source": "user"}
        else:
            invoice[name] = value


def _confirm(invoice: dict[str, Any]) -> None:
    invoice |= {"status": "confirmed", "receipt": {"status": "queued", "movements": [], "error": None}}


def _advance_receipt(invoice: dict[str, Any]) -> None:
    if invoice["receipt"]["status"] == "queued":
        movements = [
            {
                "product_id": line["product"]["id"],
                "location_id": SHOP,
                "quantity": line["quantity"],
                "balance_after": str(100 + int(float(line["quantity"]))),
            }
            for line in invoice["lines"]
            if line["product"]
        ]
        invoice["receipt"] = {"status": "done", "movements": movements, "error": None}


def _edited(world: World, invoice_id: str, if_match: str, change: Callable[[dict[str, Any]], object]) -> Any:
    invoice = world.invoices[invoice_id]
    if if_match and if_match != f'"{invoice["version"]}"':
        return _problem(412, "etag.stale", "Alguien lo cambió antes", "Volvé a cargarlo.")
    change(invoice)
    invoice["version"] += 1
    recompute(invoice)
    return invoice


def _row(invoice: dict[str, Any]) -> dict[str, Any]:
    header = {name: entry["value"] for name, entry in invoice["header"].items()}
    return {
        **{
            name: invoice[name]
            for name in ("id", "document_id", "supplier", "status", "source", "created_at")
        },
        **{name: header[name] for name in ("letter", "type_code", "point_of_sale", "number", "issue_date")},
        "total": invoice["totals"]["total"],
        "currency": "ARS",
        "blockers": len(invoice["blockers"]),
        "lines": len(invoice["lines"]),
    }


def deposito(world: World) -> FastAPI:
    """agente_deposito's part of the contracts."""
    app = _app("deposito", world)

    @app.get("/api/v1/inventory/stats")
    async def stats() -> Any:
        value = sum(float(row["value"]) for row in world.rows)
        return {"total_products": len(world.rows), "stock_value": {"average": f"{value:.2f}"}}

    @app.get("/api/v1/inventory/history")
    async def history(days: int = 30) -> Any:
        today, value = business_date(utc_now()), sum(float(row["value"]) for row in world.rows)
        return {
            "items": [
                {
                    "day": (today - timedelta(days=back)).isoformat(),
                    "value": f"{value * (1 - back / 400 - (back % 5) / 120):.2f}",
                    "by_state": {"out": 2 + back // 9, "critical": 3 + back % 4, "low": 6, "ok": 30},
                }
                for back in range(days, 0, -1)
            ]
        }

    @app.get("/api/v1/inventory/stock")
    async def stock(asked: Annotated[StockQuery, Query()]) -> Any:
        return _stock_page(world, asked)

    @app.get("/api/v1/inventory/movements")
    async def movements(product_id: str, cursor: str = "") -> Any:
        row = _stocked(world, product_id)
        page = int(cursor or 0)
        items = [_movement(row, index + page * 10) for index in range(10)]
        return {"items": items, "next_cursor": str(page + 1) if page < 2 else None}

    @app.get("/api/v1/locations")
    async def locations() -> Any:
        shop = {"id": SHOP, "branch_id": ROSARIO, "name": "Salón", "kind": "shop"}
        deposit = {"id": DEPOSIT, "branch_id": ROSARIO, "name": "Depósito", "kind": "deposit"}
        return {"items": [shop, deposit], "next_cursor": None}

    @app.get("/api/v1/products")
    async def products(q: str = "", limit: int = 8) -> Any:
        words = q.lower().split()
        found = [row for row in world.rows if all(word in row["name"].lower() for word in words)]
        return {"items": [_catalogued(row) for row in found[:limit]], "next_cursor": None}

    @app.get("/api/v1/products/{product_id}")
    async def product(product_id: str) -> Any:
        return _catalogued(_stocked(world, product_id))

    @app.get("/api/v1/sales/summary")
    async def sales(request: Request) -> Any:
        first, last = (date.fromisoformat(request.query_params[name]) for name in ("from", "to"))
        if world.is_empty:
            return {"days": [], "hours": []}
        return {"days": sales_days(first, last), "hours": sales_hours(first, last)}

    _integrity_path(app)
    add_goods_paths(app, world)
    return app


def _integrity_path(app: FastAPI) -> None:
    @app.get("/api/v1/inventory/integrity")
    async def integrity() -> Any:
        checked_at = (NOW - timedelta(hours=9)).isoformat()
        return {"last_nightly": {"checked_at": checked_at, "checked": 412, "wrong": 0}}


class StockQuery(BaseModel):
    """The filters of the stock list."""

    q: str = ""
    state: str = ""
    sort: str = "name"
    direction: str = "asc"
    product_id: str = ""
    location_id: str = ""
    limit: int = 20
    cursor: int = 0


def _stock_page(world: World, asked: StockQuery) -> dict[str, Any]:
    found = [row for row in world.rows if asked.q.lower() in f"{row['name']} {row['barcode']}".lower()]
    counts = {"all": len(found)}
    for row in found:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    value = f"{sum(float(row['value']) for row in found):.2f}"
    found = [row for row in found if asked.state in ("", row["state"])]
    found = [row for row in found if asked.product_id in ("", row["product_id"])]
    found.sort(key=lambda row: _sort_key(row, asked.sort), reverse=asked.direction == "desc")
    end = asked.cursor + asked.limit
    page = found[asked.cursor : end]
    if asked.location_id == DEPOSIT:
        page = [{**row, "on_hand": "0"} for row in page]
    following = str(end) if end < len(found) else None
    return {"items": page, "next_cursor": following, "counts": counts, "value": value}


def _sort_key(row: dict[str, Any], sort: str) -> Any:
    if sort == "name":
        return row["name"]
    if sort == "risk":
        return ("ok", "idle", "low", "critical", "negative", "out").index(row["state"])
    return float(row[sort])


def _stocked(world: World, product_id: str) -> dict[str, Any]:
    return next(row for row in world.rows if row["product_id"] == product_id)


def _catalogued(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "id": row["product_id"],
        "version": 1,
        "iva_rate": "21",
        "barcodes": [{"code": row["barcode"], "factor": "1"}],
    }


def _movement(row: dict[str, Any], index: int) -> dict[str, Any]:
    kind, quantity = ("receipt", "24") if index % 5 == 4 else ("sale", "-2")
    return {
        "id": str(UUID(int=8000 + index)),
        "posting_id": str(UUID(int=8500 + index)),
        "source": f"invoice:{INVOICE}" if kind == "receipt" else f"sale:{index}",
        "kind": kind,
        "product_id": row["product_id"],
        "product_name": row["name"],
        "location_id": SHOP,
        "location_name": "Salón",
        "quantity": quantity,
        "unit_cost": row["unit_cost"],
        "value": "0",
        "balance_after": str(int(row["on_hand"]) + 2 * index),
        "occurred_at": (NOW - timedelta(hours=7 * index)).isoformat(),
        "recorded_at": NOW.isoformat(),
        "recorded_by": None,
        "reversed_by": None,
        "note": None,
    }


def ml(world: World) -> FastAPI:
    """ml's part of the contracts."""
    app = _app("ml", world)

    @app.get("/api/v1/forecasts/total")
    async def total(horizon: int = 7) -> Any:
        days = sales_days(TODAY - timedelta(days=7), TODAY - timedelta(days=1))
        return {"days": [] if world.is_empty else [_expected(day, i) for i, day in enumerate(days[:horizon])]}

    return app


def _expected(day: dict[str, Any], index: int) -> dict[str, Any]:
    units = float(day["units"])
    coming = date.fromisoformat(day["day"]) + timedelta(days=7)
    spread = 0.05 + 0.013 * index
    low, high = units * (1 - spread), units * (1 + spread)
    return {"day": coming.isoformat(), "quantity": units, "p10": low, "p90": high}


def _app(name: str, world: World) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def away(request: Request, call_next: _Call) -> Response:
        if name in world.away:
            return JSONResponse({"code": "busy"}, 503)
        return await call_next(request)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "healthy"}

    return app


def _problem(status: int, code: str, title: str, detail: str) -> JSONResponse:
    body = {"title": title, "detail": detail, "code": code, "status": status, "request_id": "req-12345678"}
    return JSONResponse(body, status, media_type="application/problem+json")
