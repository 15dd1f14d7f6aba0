"""A shop's life through the API: every route of the three services is asked at least once, and noted."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from scripts.demo.papers import Paper, render
from scripts.demo.papers.codes import qr_text
from scripts.demo.papers.sampling import REGISTERED_BUYER
from scripts.demo.papers.vocabulary import invented_cuit
from shared.jobs.tracking import JobTable
from shared.kernel.clock import business_date, utc_now
from shared.security.permissions import Role
from tests.journeys import goods
from tests.journeys.asking import Asked, Life, deposito, ml, negocio
from tests.journeys.town import Town

PASSWORD = "una clave larga de prueba"
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 150
_JSON = dict[str, Any]


async def live(town: Town, marker: str) -> Life:
    """Found the organisation and live through everything. The town's workers must be working."""
    life = Life(town, marker)
    await _found(life)
    await _sign_in(life)
    await _open_branches(life)
    await _hire(life)
    await _fill_catalogue(life)
    await _move_goods(life)
    await goods.correct(life, bearer(await sign_in(life, Role.STOCK)))
    await goods.reserve(life)
    await goods.send_between_places(life)
    await _sell(life)
    await _meet_suppliers(life)
    await _read_papers(life)
    await _settle_papers(life)
    await _correct_a_draft(life)
    await _look_ahead(life)
    await _tidy(life)
    return life


async def _found(life: Life) -> None:
    await open_organisation(
        life.town.apps["negocio"].state.database,
        OpenOrganisation(
            id=life.organisation_id,
            name=life.name("Almacén"),
            cuit=REGISTERED_BUYER.cuit or "",
            iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
            cost_basis=CostBasis.BY_CONDITION,
            is_demo=False,
            owner_name=life.name("Dueña"),
            owner_email=life.email("duena"),
            owner_username=f"duena.{life.marker}",
            owner_password=PASSWORD,
        ),
    )


async def sign_in(life: Life, who: str) -> _JSON:
    """Tokens of somebody of this shop."""
    body = {"username": life.email(who), "password": PASSWORD}
    pair: _JSON = await life.ask(negocio("POST", "/auth/login", body=body))
    return pair


def bearer(pair: _JSON) -> dict[str, str]:
    """Headers of whoever got these tokens."""
    return {"Authorization": f"Bearer {pair['access_token']}"}


async def _sign_in(life: Life) -> None:
    pair = await sign_in(life, "duena")
    body = {"refresh_token": pair["refresh_token"]}
    life.headers = bearer(await life.ask(negocio("POST", "/auth/refresh", body=body)))
    other = await life.ask(
        negocio("POST", "/auth/switch", body={"organisation_id": str(life.organisation_id)})
    )
    await life.ask(negocio("POST", "/auth/logout"), headers=bearer(other))
    await life.ask(negocio("GET", "/auth/me"))
    await life.ask(negocio("GET", "/operations"))
    await life.ask(Asked("negocio", "GET", "/.well-known/jwks.json"))
    await life.ask(negocio("GET", "/org"))
    await life.ask(
        negocio("PATCH", "/org", body={"name": life.name("Almacén"), "cost_basis": "by_condition"})
    )


async def _open_branches(life: Life) -> None:
    for key, name in (("centro", "Centro"), ("sur", "Sur")):
        body = {"name": life.name(name), "address": life.name("Rivadavia 4821")}
        branch = await life.ask(negocio("POST", "/branches", body=body))
        life.ids[key] = branch["id"]
    await life.ask(
        negocio(
            "PATCH",
            "/branches/{branch_id}",
            path={"branch_id": life.ids["centro"]},
            body={"name": life.name("Centro"), "address": life.name("Rivadavia 4900"), "archived": False},
        )
    )
    await life.ask(negocio("GET", "/branches", query={"archived": "true"}))
    for key in ("centro", "sur"):
        life.ids[f"salon_{key}"] = await _shop_of(life, life.ids[key])


async def _shop_of(life: Life, branch_id: str) -> str:
    """The place the warehouse makes when it hears of a branch."""

    async def look() -> str | None:
        request = deposito("GET", "/locations", query={"branch_id": branch_id})
        found = (await life.ask(request))["items"]
        return found[0]["id"] if found else None

    return str(await _until(look))


async def _leaf_through(life: Life, request: Asked) -> Any:
    """The first row of a list, then the rows after it."""
    first = await life.ask(replace(request, query={**request.query, "limit": "1"}))
    if first["next_cursor"]:
        after = {**request.query, "limit": "50", "cursor": first["next_cursor"]}
        await life.ask(replace(request, query=after))
    return first


async def _until(look: Any) -> Any:
    """What `look` gives as soon as it gives something."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (found := await look()) is None:
            await asyncio.sleep(_POLL_SECONDS)
        return found


async def _hire(life: Life) -> None:
    for who in Role:
        if who is not Role.OWNER:
            await _add_person(life, who, who, None)
    await _add_person(life, "encargada", Role.MANAGER, [life.ids["centro"]])
    spare = await _add_person(life, "suplente", Role.STOCK, None)
    change = {"role": "cashier", "branch_ids": [life.ids["centro"]], "archived": False}
    request = negocio("PATCH", "/users/{user_id}", path={"user_id": spare}, body=change)
    await life.ask(request)
    await life.ask(negocio("GET", "/users"))
    pair = await sign_in(life, "suplente")
    change = {"current": PASSWORD, "new": PASSWORD + " y nueva"}
    await life.ask(negocio("POST", "/auth/password", body=change), headers=bearer(pair))


async def _add_person(life: Life, who: str, role: Role, branch_ids: list[str] | None) -> str:
    body = {
        "email": life.email(who),
        "username": f"{who}.{life.marker}",
        "name": life.name(who),
        "password": PASSWORD,
        "role": role,
        "branch_ids": branch_ids,
    }
    person = await life.ask(negocio("POST", "/users", body=body))
    return str(person["id"])


async def _fill_catalogue(life: Life) -> None:
    ids = life.ids
    top = await life.ask(deposito("POST", "/categories", body={"name": life.name("Bebidas")}))
    ids["category"] = top["id"]
    body: _JSON = {"name": life.name("Gaseosas"), "parent_id": ids["category"]}
    ids["subcategory"] = (await life.ask(deposito("POST", "/categories", body=body)))["id"]
    await life.ask(
        deposito(
            "PATCH",
            "/categories/{category_id}",
            path={"category_id": ids["subcategory"]},
            body={"name": life.name("Gaseosas cola"), "parent_id": ids["category"], "archived": False},
        )
    )
    await life.ask(deposito("GET", "/categories", query={"archived": "true"}))
    body = {
        "branch_id": ids["centro"],
        "name": life.name("Fondo"),
        "kind": "deposit",
        "negative_stock": "warn",
    }
    ids["fondo"] = (await life.ask(deposito("POST", "/locations", body=body)))["id"]
    body = {"name": life.name("Depósito del fondo"), "kind": "deposit", "negative_stock": "allow"}
    where = {"location_id": ids["fondo"]}
    await life.ask(
        deposito("PATCH", "/locations/{location_id}", path=where, body={**body, "archived": False})
    )
    for key, serial in (("cola", 1), ("yerba", 2), ("vieja", 3)):
        await _add_product(life, key, serial)
    await _change_products(life)
    await _ask_catalogue(life)


async def _add_product(life: Life, key: str, serial: int) -> None:
    body = {
        "name": life.name(key.title()),
        "brand": life.name("Marca"),
        "sku": f"{key}-{life.marker}",
        "category_id": life.ids["subcategory"],
        "base_unit": "unit",
        "content": {"quantity": "2.25", "unit": "l"},
        "iva_rate": "21",
        "has_internal_tax": False,
        "negative_stock": "warn",
        "barcodes": [{"code": f"{life.marker}{serial}", "factor": "6", "kind": "pack"}],
    }
    life.ids[key] = (await life.ask(deposito("POST", "/products", body=body)))["id"]


async def _change_products(life: Life) -> None:
    where = {"product_id": life.ids["cola"]}
    change = {
        "name": life.name("Gaseosa cola 2,25"),
        "brand": life.name("Marca"),
        "sku": f"cola2-{life.marker}",
        "category_id": life.ids["category"],
        "base_unit": "unit",
        "content": {"quantity": "2.25", "unit": "l"},
        "iva_rate": "21",
        "has_internal_tax": True,
        "negative_stock": "warn",
        "archived": False,
    }
    await life.ask(deposito("PATCH", "/products/{product_id}", path=where, body=change))
    code = {"code": f"SUELTO-{life.marker}", "factor": "1", "kind": "unit"}
    await life.ask(deposito("POST", "/products/{product_id}/barcodes", path=where, body=code))
    spare = {"code": f"SOBRA-{life.marker}", "factor": "12", "kind": "pack"}
    await life.ask(deposito("POST", "/products/{product_id}/barcodes", path=where, body=spare))
    gone = {**where, "code": spare["code"]}
    await life.ask(deposito("DELETE", "/products/{product_id}/barcodes/{code}", path=gone))
    old = {"product_id": life.ids["vieja"]}
    await life.ask(deposito("DELETE", "/products/{product_id}", path=old))


async def _ask_catalogue(life: Life) -> None:
    await life.ask(deposito("GET", "/products", query={"limit": "2", "count": "1", "archived": "true"}))
    await _leaf_through(life, deposito("GET", "/products", query={"sort": "name"}))
    await life.ask(deposito("GET", "/products", query={"q": life.marker}))
    await life.ask(deposito("GET", "/products", query={"category_id": life.ids["category"]}))
    await life.ask(deposito("GET", "/products/lookup", query={"code": f"SUELTO-{life.marker}"}))
    lines = [{"code": f"{life.marker}1", "barcode": f"{life.marker}2", "text": life.name("YERBA")}]
    await life.ask(deposito("POST", "/products/match", body={"lines": lines}))
    await life.ask(deposito("GET", "/products/{product_id}", path={"product_id": life.ids["cola"]}))


async def _move_goods(life: Life) -> None:
    ids = life.ids
    for place, key in (("salon_centro", "movement"), ("salon_sur", "movement_sur")):
        posted = await life.ask(deposito("POST", "/inventory/movements", body=_receipt(life, ids[place])))
        ids[key] = posted["posting_id"]
    spare = await life.ask(deposito("POST", "/inventory/movements", body=_receipt(life, ids["fondo"])))
    where = {"posting_id": spare["posting_id"]}
    reason = {"reason": life.name("Cargado dos veces")}
    await life.ask(deposito("POST", "/inventory/movements/{posting_id}/reverse", path=where, body=reason))
    await life.ask(deposito("POST", "/inventory/adjustments", body=_difference(life)))
    await life.ask(deposito("POST", "/inventory/adjustments", body=_count(life)))
    today, product = business_date(utc_now()).isoformat(), {"product_id": ids["cola"]}
    await _leaf_through(life, deposito("GET", "/inventory/movements", query=product))
    narrow = {"location_id": ids["salon_sur"], "posting_id": ids["movement_sur"], "from": today, "to": today}
    await life.ask(deposito("GET", "/inventory/movements", query=narrow))
    why = {**product, "location_id": ids["salon_centro"], "from": today, "at": utc_now().isoformat()}
    await life.ask(deposito("GET", "/inventory/explain", query=why))
    await life.ask(deposito("GET", "/inventory/explain", query=product))
    await life.ask(deposito("GET", "/inventory/integrity"))
    await life.ask(deposito("POST", "/inventory/integrity/rebuild"))
    worth = {"method": "fifo", "group": "product", "branch_id": ids["centro"], "at": utc_now().isoformat()}
    await life.ask(deposito("GET", "/inventory/valuation", query={**worth, "location_id": ids["fondo"]}))


def _receipt(life: Life, location_id: str) -> _JSON:
    line = {"location_id": location_id, "quantity": "40", "kind": "receipt", "unit_cost": "812.5"}
    return {
        "id": life.draw_id(),
        "lines": [{**line, "product_id": life.ids[key]} for key in ("cola", "yerba")],
        "occurred_at": utc_now().isoformat(),
        "note": life.name("Llegó mercadería"),
    }


def _difference(life: Life) -> _JSON:
    return {
        "id": life.draw_id(),
        "location_id": life.ids["salon_centro"],
        "reason": "adjustment",
        "lines": [{"product_id": life.ids["cola"], "quantity": "-2"}],
        "occurred_at": utc_now().isoformat(),
        "note": life.name("Se rompieron"),
    }


def _count(life: Life) -> _JSON:
    line = {"product_id": life.ids["yerba"], "counted": "37"}
    return {"id": life.draw_id(), "location_id": life.ids["salon_centro"], "lines": [line]}


async def _sell(life: Life) -> None:
    ids = life.ids
    for key, branch in (("sale", "centro"), ("sale_sur", "sur")):
        ticket = _ticket(life, ids[branch])
        ids[key] = ticket["id"]
        await life.ask(deposito("POST", "/sales", body=ticket))
    batch = {"sales": [_ticket(life, ids["centro"]), _ticket(life, ids["centro"])]}
    await life.ask(deposito("POST", "/sales/batch", body=batch))
    void = {"reason": life.name("Se arrepintió")}
    where = {"sale_id": batch["sales"][1]["id"]}
    await life.ask(deposito("POST", "/sales/{sale_id}/void", path=where, body=void))
    for key in ("sale", "sale_sur"):
        await life.ask(deposito("GET", "/sales/{sale_id}", path={"sale_id": ids[key]}))
    today = business_date(utc_now()).isoformat()
    days = {"from": today, "to": today}
    await _leaf_through(life, deposito("GET", "/sales", query={"branch_id": ids["centro"], **days}))
    await life.ask(deposito("GET", "/sales"))
    await life.ask(deposito("GET", "/sales/summary", query={**days, "branch_id": ids["centro"]}))
    await life.ask(deposito("GET", "/sales/summary", query=days))
    await _leaf_through(life, deposito("GET", "/sales/daily", query=days))
    narrow = {"branch_id": ids["centro"], "product_id": ids["cola"]}
    await life.ask(deposito("GET", "/sales/daily", query={**days, **narrow}))
    await life.ask(deposito("GET", "/sales/daily", query={**days, "product_id": ids["yerba"]}))


def _ticket(life: Life, branch_id: str) -> _JSON:
    return {
        "id": life.draw_id(),
        "branch_id": branch_id,
        "occurred_at": utc_now().isoformat(),
        "lines": [
            {"product_id": life.ids["cola"], "quantity": "2", "unit_price": "1500", "discount": "100"},
            {"code": f"SUELTO-{life.marker}", "quantity": "1", "unit_price": "1500"},
        ],
        "payments": [{"method": "cash", "amount": "4400", "reference": life.name("Caja")}],
    }


async def _meet_suppliers(life: Life) -> None:
    profile = {
        "visit_days": [0, 3],
        "cutoff": "16:30",
        "lead_days": 2,
        "min_order": "50000",
        "email": life.email("ventas"),
        "phone": f"11 4555 {life.marker}",
        "notes": life.name("Cobra los martes"),
    }
    body = {"name": life.name("Mayorista"), "cuit": invented_cuit(611_111), **profile}
    supplier = await life.ask(negocio("POST", "/suppliers", body=body))
    life.ids["supplier"] = supplier["id"]
    where = {"supplier_id": supplier["id"]}
    change = {**profile, "name": life.name("Mayorista Sur"), "cuit": body["cuit"], "archived": False}
    await life.ask(negocio("PATCH", "/suppliers/{supplier_id}", path=where, body=change))
    await life.ask(negocio("GET", "/suppliers/{supplier_id}", path=where))
    await life.ask(negocio("POST", "/suppliers", body={"name": life.name("Otro")}))
    await _leaf_through(life, negocio("GET", "/suppliers"))
    await life.ask(negocio("GET", "/suppliers", query={"archived": "true"}))
    await life.ask(negocio("GET", "/suppliers", query={"q": life.marker}))


async def _read_papers(life: Life) -> None:
    await life.ask(negocio("GET", "/ocr/health"))
    # A machine that does much else at the time may be too slow for the probe.
    await life.ask(negocio("POST", "/ocr/test", body={"test": True}), expect=503)
    papers = {"factura": "centro", "otra": "sur", "borrador": "centro"}
    uploads = [
        upload(life.paper(1000 + number), life.ids[branch])
        for number, branch in enumerate(papers.values(), 1)
    ]
    received = [await life.ask(each) for each in uploads]
    for key, answer in zip(papers, received, strict=True):
        life.ids[f"document_{key}"] = answer["documents"][0]["id"]
        life.ids[f"job_{key}"] = answer["job_id"]
        life.ids[key] = await _reading(life, answer["job_id"])
    where = {"document_id": life.ids["document_factura"]}
    again = negocio("POST", "/ocr/documents/{document_id}/reprocess", path=where)
    life.ids["factura"] = await _reading(life, (await life.ask(again))["job_id"])
    await life.ask(uploads[0])
    spoilt = await life.ask(upload(life.paper(1900), life.ids["sur"]))
    where = {"document_id": spoilt["documents"][0]["id"]}
    discard = negocio(
        "DELETE", "/ocr/documents/{document_id}", path=where, body={"reason": life.name("Salió movida")}
    )
    await life.ask(discard)
    for key in ("factura", "otra"):
        where = {"document_id": life.ids[f"document_{key}"]}
        await life.ask(negocio("GET", "/ocr/documents/{document_id}", path=where))
        page = {**where, "n": "1"}
        await life.ask(negocio("GET", "/ocr/documents/{document_id}/pages/{n}", path=page))
    await _leaf_through(life, negocio("GET", "/ocr/documents"))
    await life.ask(negocio("GET", "/ocr/documents", query={"status": "needs_review"}))


def upload(paper: Paper, branch_id: str) -> Asked:
    """A supplier's PDF for a branch."""
    form = {"branch_id": branch_id, "source": "web"}
    return negocio("POST", "/ocr/documents", form=form, files=(render(paper),))


async def follow(life: Life, service: str, job_id: str) -> _JSON:
    """A job when it has ended."""

    async def look() -> _JSON | None:
        job: _JSON = await life.ask(Asked(service, "GET", "/api/v1/jobs/{job_id}", path={"job_id": job_id}))
        return job if job["status"] in {"done", "failed"} else None

    ended: _JSON = await _until(look)
    return ended


async def _reading(life: Life, job_id: str) -> str:
    """The invoice that a reading made."""
    job = await follow(life, "negocio", job_id)
    assert job["status"] == "done", job
    return str(job["result"]["invoice_ids"][0])


async def invoice(life: Life, key: str) -> Any:
    """A whole invoice."""
    return await life.ask(negocio("GET", "/invoices/{invoice_id}", path={"invoice_id": life.ids[key]}))


async def read_paper(life: Life, paper: Paper, branch_id: str) -> str:
    """The invoice that comes of a paper."""
    return await _reading(life, (await life.ask(upload(paper, branch_id)))["job_id"])


async def match_lines(life: Life, invoice_id: str) -> _JSON:
    """Say of both lines which product they are; the draft is ready then."""
    draft: _JSON = await life.ask(negocio("GET", "/invoices/{invoice_id}", path={"invoice_id": invoice_id}))
    for line, product in zip(draft["lines"], ("cola", "yerba"), strict=True):
        where = {"invoice_id": invoice_id, "line_id": line["id"]}
        body = {"product_id": life.ids[product], "pack_factor": "1", "remember": True}
        route = "/invoices/{invoice_id}/lines/{line_id}/match"
        draft = await life.ask(negocio("POST", route, path=where, body=body))
    assert draft["blockers"] == [], draft["blockers"]
    return draft


async def confirm(life: Life, invoice_id: str, location_id: str) -> _JSON:
    """What became of the goods of a ready draft."""
    where, body = {"invoice_id": invoice_id}, {"location_id": location_id}
    await life.ask(negocio("POST", "/invoices/{invoice_id}/confirm", path=where, body=body))
    return await _receipt_of(life, invoice_id, {"done", "failed"})


async def _receipt_of(life: Life, invoice_id: str, statuses: set[str]) -> _JSON:
    async def look() -> _JSON | None:
        where = {"invoice_id": invoice_id}
        found: _JSON = await life.ask(negocio("GET", "/invoices/{invoice_id}/receipt", path=where))
        return found if found["status"] in statuses else None

    receipt: _JSON = await _until(look)
    return receipt


async def _settle_papers(life: Life) -> None:
    """One paper confirmed and undone, another confirmed and left, its goods received."""
    for key, branch in (("factura", "centro"), ("otra", "sur")):
        await match_lines(life, life.ids[key])
        receipt = await confirm(life, life.ids[key], life.ids[f"salon_{branch}"])
        assert receipt["status"] == "done", receipt
    where = {"invoice_id": life.ids["factura"]}
    reason = {"reason": life.name("Era de otro")}
    await life.ask(negocio("POST", "/invoices/{invoice_id}/reverse", path=where, body=reason))
    await _receipt_of(life, life.ids["factura"], {"taken_back"})
    await life.ask(negocio("POST", "/ocr/qr", body={"payload": qr_text(life.paper(1002))}))
    supplier = (await invoice(life, "otra"))["supplier"]["id"]
    aliases = negocio("GET", "/suppliers/{supplier_id}/aliases", path={"supplier_id": supplier})
    found = await _leaf_through(life, aliases)
    forgotten = {"supplier_id": supplier, "alias_id": found["items"][0]["id"]}
    await life.ask(negocio("DELETE", "/suppliers/{supplier_id}/aliases/{alias_id}", path=forgotten))


async def _correct_a_draft(life: Life) -> None:
    """Every edit of a draft that stays open, and one draft that is set aside."""
    ids, where = life.ids, {"invoice_id": life.ids["borrador"]}
    draft = await invoice(life, "borrador")
    extra = await life.ask(negocio("POST", "/invoices/{invoice_id}/lines", path=where, body=_line(life)))
    gone = {**where, "line_id": extra["lines"][-1]["id"]}
    await life.ask(negocio("DELETE", "/invoices/{invoice_id}/lines/{line_id}", path=gone))
    first, second = ({**where, "line_id": line["id"]} for line in draft["lines"])
    await life.ask(negocio("PATCH", "/invoices/{invoice_id}/lines/{line_id}", path=first, body=_line(life)))
    product = {
        "name": life.name("Galletitas"),
        "iva_rate": "21",
        "category_id": ids["category"],
        "barcode": f"GALLE-{life.marker}",
        "pack_factor": "1",
        "remember": True,
    }
    route = "/invoices/{invoice_id}/lines/{line_id}/create-product"
    await life.ask(negocio("POST", route, path=second, body=product))
    change = _header(life, [first["line_id"]])
    await life.ask(negocio("PATCH", "/invoices/{invoice_id}", path=where, body=change))
    await life.ask(negocio("POST", "/invoices/{invoice_id}/validate", path=where))
    await _type_a_paper(life)
    await _set_aside(life)
    await _leaf_through(life, negocio("GET", "/invoices"))
    await life.ask(negocio("GET", "/invoices", query={"q": life.marker, "status": "confirmed"}))
    await life.ask(negocio("GET", "/invoices/summary"))
    await invoice(life, "otra")
    await invoice(life, "borrador")


async def _type_a_paper(life: Life) -> None:
    decisions = ("accept_difference", "accept_receiver", "credit_effect", "internal_tax_lines")
    typed = {name: value for name, value in _header(life, []).items() if name not in decisions}
    body = {**typed, "number": 78, "source": "api", "lines": [_line(life)]}
    life.ids["tipeada"] = (await life.ask(negocio("POST", "/invoices", body=body)))["id"]


async def _set_aside(life: Life) -> None:
    received = await life.ask(upload(life.paper(1009), life.ids["centro"]))
    life.ids["descartada"] = await _reading(life, received["job_id"])
    where = {"invoice_id": life.ids["descartada"]}
    reason = {"reason": life.name("No es nuestra")}
    await life.ask(negocio("POST", "/invoices/{invoice_id}/discard", path=where, body=reason))


def _line(life: Life) -> _JSON:
    return {
        "code": f"COD-{life.marker}",
        "description": life.name("Renglón"),
        "quantity": "3",
        "bonus_quantity": "1",
        "unit": "u",
        "unit_price": "100.5",
        "discounts": [{"rate": "10"}, {"amount": "5.25"}],
        "iva_rate": "21",
        "internal_tax": "0",
        "subtotal": "266.1",
        "not_stock": False,
        "spread": False,
    }


def _header(life: Life, line_ids: list[str]) -> _JSON:
    today = business_date(utc_now())
    return {
        "issuer_cuit": invented_cuit(622_222),
        "issuer_name": life.name("Distribuidora"),
        "receiver_cuit": REGISTERED_BUYER.cuit,
        "receiver_name": life.name("Almacén"),
        "letter": "A",
        "type_code": 1,
        "point_of_sale": 4,
        "number": 77,
        "issue_date": today.isoformat(),
        "currency": "ARS",
        "exchange_rate": None,
        "net": "1000",
        "untaxed": "0",
        "exempt": "0",
        "discount": "0",
        "total": "1210",
        "authorization_kind": "CAE",
        "authorization_code": "76381234567812",
        "authorization_due": (today + timedelta(days=10)).isoformat(),
        "taxes": [
            {"kind": "iva", "rate": "21", "base": "1000", "amount": "210", "description": life.name("IVA")}
        ],
        "branch_id": life.ids["centro"],
        "accept_difference": False,
        "accept_receiver": True,
        "credit_effect": None,
        "internal_tax_lines": line_ids,
    }


async def _look_ahead(life: Life) -> None:
    """Forecasts of what was sold, for both branches."""
    queued = await life.ask(ml("POST", "/api/v1/forecasts/run", body={"scope": "all"}))
    life.ids["job_ml"] = queued["job_id"]
    job = await follow(life, "ml", queued["job_id"])
    assert job["status"] == "done", job
    both = {"product_id": life.ids["cola"], "branch_id": life.ids["centro"], "horizon": "7"}
    await life.ask(ml("GET", "/api/v1/forecasts", query=both))
    await _leaf_through(life, ml("GET", "/api/v1/forecasts"))
    await life.ask(ml("GET", "/api/v1/forecasts/total", query={"branch_id": life.ids["sur"], "horizon": "7"}))
    await life.ask(ml("GET", "/api/v1/forecasts/total"))
    by_branch = {"by": "branch", "branch_id": life.ids["centro"]}
    await life.ask(ml("GET", "/api/v1/forecasts/accuracy", query=by_branch))
    await life.ask(ml("GET", "/model/info"))
    await life.ask(ml("GET", "/api/v1/predictions/health"))
    await life.ask(ml("POST", "/api/v1/predictions/test", body={"test": True, "test_data": [1, 2, 3]}))
    days = [(date(2026, 9, 1) + timedelta(days=n)).isoformat() for n in range(3)]
    products = [{"id": life.marker, "sales": [3, 4, 5], "dates": days, "in_stock": [True, True, False]}]
    wanted = {"products": products, "horizon": 3, "frequency": "D", "levels": [0.1, 0.9]}
    await life.ask(ml("POST", "/api/v1/predictions/demand", body=wanted))
    split = {"columns": ["id", "sales"], "data": [[life.marker, [10, 15, 12]]], "index": [0]}
    body = {"dataframe_split": split, "params": {"levels": [0.5]}, "horizon": 2}
    await life.ask(ml("POST", "/predict", body=body))


async def _tidy(life: Life) -> None:
    """The overviews, with everything in them; and a job of the warehouse, which makes none by itself yet."""
    await life.ask(deposito("GET", "/inventory/stats", query={"branch_id": life.ids["centro"]}))
    await life.ask(deposito("GET", "/inventory/stats"))
    await life.ask(deposito("GET", "/inventory/history", query={"branch_id": life.ids["centro"], "days": 7}))
    await _leaf_through(life, deposito("GET", "/inventory/stock", query={"sort": "on_hand"}))
    narrow = {
        "q": life.marker,
        "branch_id": life.ids["centro"],
        "location_id": life.ids["salon_centro"],
        "product_id": life.ids["cola"],
        "state": "ok",
        "sort": "value",
        "direction": "desc",
        "at": utc_now().isoformat(),
    }
    await life.ask(deposito("GET", "/inventory/stock", query=narrow))
    await life.ask(deposito("GET", "/inventory/stock", query={"location_id": life.ids["salon_sur"]}))
    table = JobTable("deposito", "dep")
    database = life.town.apps["deposito"].state.database
    async with database.transaction(life.organisation_id) as session:
        job_id = await table.open(session, f"count {life.marker}")
    await life.ask(deposito("GET", "/jobs/{job_id}", path={"job_id": table.public_id(job_id)}))
