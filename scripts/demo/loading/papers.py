"""The demo's invoices: uploaded, read by the worker, corrected where it doubts, confirmed."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scripts.demo.loading.api import Api, LoadingError
from scripts.demo.loading.history import Places, delivered_at
from scripts.demo.papers import photograph, truth
from scripts.demo.shop.values import Invoice
from shared.kernel.money import plain

_PAUSE_SECONDS = 0.3
_TRIES = 2000
_HEADER = (
    "issuer_cuit",
    "receiver_cuit",
    "type_code",
    "point_of_sale",
    "number",
    "issue_date",
    "net",
    "exempt",
    "discount",
    "total",
)
_FIGURES = (
    "quantity",
    "bonus_quantity",
    "unit_price",
    "discounts",
    "iva_rate",
    "internal_tax",
    "subtotal",
)
_TAX = ("kind", "rate", "base", "amount")
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
    case = _Case(invoice, truth(invoice.paper), key)
    draft = await _mend_header(api, case, draft)
    draft = await _mend_lines(api, case, draft, places)
    if draft["blockers"]:
        raise LoadingError(f"Demo invoice {key} cannot be confirmed: {draft['blockers']}")
    body = {
        "location_id": str(places.locations[invoice.receipt.branch]),
        "received_at": delivered_at(invoice.receipt.day),
    }
    await api.write(api.negocio, f"/api/v1/invoices/{invoice_id}/confirm", body, key=f"{key}:confirm")
    for _ in range(_TRIES):
        receipt = await api.get(api.negocio, f"/api/v1/invoices/{invoice_id}/receipt")
        if receipt["status"] == "done":
            return
        if receipt["status"] == "failed":
            raise LoadingError(f"The warehouse refused demo invoice {key}: {receipt}")
        await asyncio.sleep(_PAUSE_SECONDS / 3)
    raise LoadingError("The warehouse's worker does not answer; see its log.")


@dataclass(frozen=True, slots=True)
class _Case:
    """A paper, what it says, and the key that its acts share."""

    invoice: Invoice
    expected: Any
    key: str


async def _mend_header(api: Api, case: _Case, draft: Any) -> Any:
    """Header and taxes as the paper prints them."""
    expected = case.expected
    wrong: dict[str, Any] = {
        name: value
        for name in _HEADER
        if (value := expected["header"][name]) is not None
        and not _same(draft["header"].get(name, {}).get("value"), value)
    }
    if _tax_amounts(draft["taxes"]) != _tax_amounts(expected["taxes"]):
        wrong["taxes"] = [
            {name: tax[name] for name in _TAX} | {"description": tax["description"] or ""}
            for tax in expected["taxes"]
        ]
    if not wrong:
        return draft
    path = f"/api/v1/invoices/{draft['id']}"
    return await api.write(api.negocio, path, wrong, key=f"{case.key}:header", method="PATCH")


async def _mend_lines(api: Api, case: _Case, draft: Any, places: Places) -> Any:
    """Lines of the paper in order; a row the reader missed is added, one it invented is taken out."""
    expected, key = case.expected, case.key
    path = f"/api/v1/invoices/{draft['id']}/lines"
    for number, line in enumerate(draft["lines"][len(expected["lines"]) :]):
        draft = await api.write(
            api.negocio, f"{path}/{line['id']}", None, key=f"{key}:drop:{number}", method="DELETE"
        )
    for number, truth_line in enumerate(expected["lines"]):
        figures = {name: truth_line[name] for name in _FIGURES if truth_line[name] is not None}
        if number >= len(draft["lines"]):
            body = {**figures, "code": truth_line["code"], "description": truth_line["description"]}
            draft = await api.write(api.negocio, path, body, key=f"{key}:add:{number}")
        line = draft["lines"][number]
        wrong = {name: value for name, value in figures.items() if not _same(line[name], value)}
        if wrong:
            draft = await api.write(
                api.negocio, f"{path}/{line['id']}", wrong, key=f"{key}:line:{number}", method="PATCH"
            )
        draft = await _match(api, case, draft, number, places)
    return draft


async def _match(api: Api, case: _Case, draft: Any, number: int, places: Places) -> Any:
    """Name the product and the pack of a line, unless they were recognised."""
    sku, line = case.invoice.skus[number], draft["lines"][number]
    if sku is None:
        raise LoadingError("A confirmed demo invoice has only known products.")
    product_id = places.products[sku]
    printed = case.invoice.paper.lines[number]
    received = next(line for line in case.invoice.receipt.lines if line.sku == sku)
    factor = plain(received.quantity / (printed.quantity + printed.bonus_quantity))
    if line["product"] and line["product"]["id"] == product_id and _same(line["pack_factor"], factor):
        return draft
    body = {"product_id": product_id, "pack_factor": factor, "remember": True}
    path = f"/api/v1/invoices/{draft['id']}/lines/{line['id']}/match"
    return await api.write(api.negocio, path, body, key=f"{case.key}:match:{number}")


def _tax_amounts(taxes: Any) -> list[tuple[str, Decimal]]:
    return sorted((tax["kind"], Decimal(tax["amount"])) for tax in taxes)


def _same(read: Any, expected: Any) -> bool:
    """Equal as figures when both are figures: "21" is "21.00"."""
    if isinstance(expected, list):
        pairs = zip(read, expected, strict=False)
        return len(read) == len(expected) and all(
            one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
            for one, other in pairs
        )
    try:
        return read is not None and Decimal(read) == Decimal(expected)
    except ArithmeticError:
        return bool(read == expected)


def _key(invoice: Invoice) -> str:
    paper = invoice.paper
    return f"{paper.issuer.cuit}-{paper.type_code}-{paper.point_of_sale}-{paper.number}"
