"""The demo's invoices: uploaded, read by the worker, corrected where it doubts, confirmed."""

import asyncio
from decimal import Decimal
from typing import Any

from scripts.demo.loading.api import Api, LoadingError
from scripts.demo.loading.history import Places
from scripts.demo.papers import photograph
from scripts.demo.shop.values import Invoice
from shared.kernel.money import plain

_PAUSE_SECONDS = 0.3
_TRIES = 2000
_EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


async def upload(api: Api, invoice: Invoice, places: Places) -> str:
    """Send one paper as its supplier sent it. Returns the id of its reading job."""
    shot = await asyncio.to_thread(photograph, invoice.paper, invoice.condition, seed=invoice.condition_seed)
    extension = _EXTENSIONS[shot.media_type]
    name = _key(invoice)
    files = [
        (f"{name}-{page}.{extension}", content, shot.media_type) for page, content in enumerate(shot.files, 1)
    ]
    data = {"branch_id": places.branches[invoice.receipt.branch], "source": "web"}
    answer = await api.upload("/api/v1/ocr/documents", files, data, key=f"demo:paper:{name}")
    job_id: str = answer["job_id"]
    return job_id


async def wait_until_read(api: Api, job_id: str) -> str | None:
    """The invoice that a reading job made; None when the paper could not be read."""
    for _ in range(_TRIES):
        job = await api.get(api.negocio, f"/api/v1/jobs/{job_id}")
        if job["status"] == "done":
            invoice_ids: list[str] = job["result"]["invoice_ids"]
            return invoice_ids[0] if invoice_ids else None
        if job["status"] == "failed":
            return None
        await asyncio.sleep(_PAUSE_SECONDS)
    raise LoadingError("The reading worker does not answer; see its log.")


async def confirm(api: Api, invoice: Invoice, invoice_id: str, places: Places) -> None:
    """Do what a person at the review page does: name products, mend misread figures, confirm."""
    key = f"demo:{_key(invoice)}"
    draft = await api.get(api.negocio, f"/api/v1/invoices/{invoice_id}")
    if draft["status"] == "confirmed":
        return
    draft = await _mend_header(api, invoice, draft, key)
    draft = await _mend_lines(api, invoice, draft, places, key)
    if draft["blockers"]:
        raise LoadingError(f"Demo invoice {key} cannot be confirmed: {draft['blockers']}")
    body = {"location_id": str(places.locations[invoice.receipt.branch])}
    await api.write(api.negocio, f"/api/v1/invoices/{invoice_id}/confirm", body, key=f"{key}:confirm")
    for _ in range(_TRIES):
        receipt = await api.get(api.negocio, f"/api/v1/invoices/{invoice_id}/receipt")
        if receipt["status"] == "done":
            return
        if receipt["status"] == "failed":
            raise LoadingError(f"The warehouse refused demo invoice {key}: {receipt}")
        await asyncio.sleep(_PAUSE_SECONDS / 3)
    raise LoadingError("The warehouse's worker does not answer; see its log.")


async def _mend_header(api: Api, invoice: Invoice, draft: Any, key: str) -> Any:
    paper = invoice.paper
    expected = {
        "issuer_cuit": paper.issuer.cuit,
        "type_code": str(paper.type_code),
        "point_of_sale": str(paper.point_of_sale),
        "number": str(paper.number),
        "issue_date": paper.issue_date.isoformat(),
        "total": plain(paper.totals.total),
    }
    wrong = {
        name: value
        for name, value in expected.items()
        if not _same(draft["header"].get(name, {}).get("value"), value)
    }
    if not wrong:
        return draft
    path = f"/api/v1/invoices/{draft['id']}"
    return await api.write(api.negocio, path, wrong, key=f"{key}:header", method="PATCH")


async def _mend_lines(api: Api, invoice: Invoice, draft: Any, places: Places, key: str) -> Any:
    """Lines of the paper in order; a row the reader missed is added, one it invented is taken out."""
    path = f"/api/v1/invoices/{draft['id']}/lines"
    for number, line in enumerate(draft["lines"][len(invoice.paper.lines) :]):
        await api.write(
            api.negocio, f"{path}/{line['id']}", None, key=f"{key}:drop:{number}", method="DELETE"
        )
    for number, (truth, sku) in enumerate(zip(invoice.paper.lines, invoice.skus, strict=True)):
        figures = {
            "quantity": plain(truth.quantity),
            "unit_price": plain(truth.unit_price),
            "subtotal": plain(truth.subtotal),
        }
        if number >= len(draft["lines"]):
            body = {**figures, "code": truth.code, "description": truth.description}
            draft = await api.write(api.negocio, path, body, key=f"{key}:add:{number}")
        line = draft["lines"][number]
        wrong = {name: value for name, value in figures.items() if not _same(line[name], value)}
        if wrong:
            draft = await api.write(
                api.negocio, f"{path}/{line['id']}", wrong, key=f"{key}:line:{number}", method="PATCH"
            )
            line = draft["lines"][number]
        draft = await _match(api, invoice, draft, line, number, sku, places, key)
    return draft


async def _match(  # noqa: PLR0913, PLR0917  a person sees all of these at once
    api: Api, invoice: Invoice, draft: Any, line: Any, number: int, sku: str | None, places: Places, key: str
) -> Any:
    if sku is None:
        raise LoadingError("A confirmed demo invoice has only known products.")
    received = next(r for r in invoice.receipt.lines if r.sku == sku)
    printed = invoice.paper.lines[number]
    factor = received.quantity / (printed.quantity + printed.bonus_quantity)
    product_id = places.products[sku]
    known = line["product"] and line["product"]["id"] == product_id
    if known and _same(line["pack_factor"], plain(factor)):
        return draft
    body = {"product_id": product_id, "pack_factor": plain(factor), "remember": True}
    path = f"/api/v1/invoices/{draft['id']}/lines/{line['id']}/match"
    return await api.write(api.negocio, path, body, key=f"{key}:match:{number}")


def _same(read: str | None, expected: str) -> bool:
    if read is None:
        return False
    try:
        return Decimal(read) == Decimal(expected)
    except ArithmeticError:
        return read == expected


def _key(invoice: Invoice) -> str:
    paper = invoice.paper
    return f"{paper.issuer.cuit}-{paper.type_code}-{paper.point_of_sale}-{paper.number}"
