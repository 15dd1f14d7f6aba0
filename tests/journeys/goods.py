"""What a shop does with its goods: promises some, sends some elsewhere; each way it may end."""

from tests.journeys.asking import Life, deposito


async def reserve(life: Life) -> None:
    """Two promises: one handed over and taken back, one given up."""
    made = {}
    for key in ("handed_over", "given_up"):
        line = {"product_id": life.ids["cola"], "location_id": life.ids["salon_centro"], "quantity": "1"}
        body = {"id": life.draw_id(), "lines": [line], "ttl_s": 3600, "ref": life.name("Pedido")}
        made[key] = (await life.ask(deposito("POST", "/reservations", body=body)))["id"]
    where = {"reservation_id": made["handed_over"]}
    left = {"reason": "own_use", "note": life.name("Se lo llevaron")}
    await life.ask(deposito("POST", "/reservations/{reservation_id}/commit", path=where, body=left))
    back = {"reason": life.name("Volvió")}
    await life.ask(deposito("POST", "/reservations/{reservation_id}/reverse", path=where, body=back))
    where = {"reservation_id": made["given_up"]}
    await life.ask(deposito("POST", "/reservations/{reservation_id}/release", path=where))
    await life.ask(deposito("GET", "/reservations/{reservation_id}", path=where))
    await life.ask(deposito("GET", "/reservations", query={"status": "released", "limit": "1"}))


async def correct(life: Life, clerk: dict[str, str]) -> None:
    """What waits for approval because it is worth more than anybody may correct alone; policies.

    clerk: headers of somebody who may not approve.
    """
    await life.ask(deposito("PUT", "/inventory/settings", body={"adjustment_limit": "1"}))
    await life.ask(deposito("GET", "/inventory/settings"))
    made = []
    for _ in range(2):
        line = {"product_id": life.ids["cola"], "quantity": "-1"}
        body = {
            "id": life.draw_id(),
            "location_id": life.ids["salon_centro"],
            "reason": "broken",
            "lines": [line],
        }
        asking = deposito("POST", "/inventory/adjustments", body={**body, "note": life.name("Se cayó")})
        made.append((await life.ask(asking, headers=clerk))["id"])
    yes, no = ({"adjustment_id": one} for one in made)
    note = {"note": life.name("Lo vi")}
    await life.ask(deposito("POST", "/inventory/adjustments/{adjustment_id}/approve", path=yes, body=note))
    reason = {"reason": life.name("Contá de nuevo")}
    await life.ask(deposito("POST", "/inventory/adjustments/{adjustment_id}/reject", path=no, body=reason))
    await life.ask(deposito("GET", "/inventory/adjustments/{adjustment_id}", path=yes))
    await life.ask(deposito("GET", "/inventory/adjustments", query={"status": "approved", "limit": "1"}))
    policy = {"product_id": life.ids["cola"], "branch_id": life.ids["centro"], "negative_stock": "warn"}
    await life.ask(deposito("PUT", "/inventory/policies", body=policy))
    await life.ask(deposito("GET", "/inventory/policies", query={"product_id": life.ids["cola"]}))


async def send_between_places(life: Life) -> None:
    """From the shop to its back room: one transfer received and undone, one given up."""
    made = {}
    for key in ("sent", "given_up"):
        lines = [{"product_id": life.ids[product], "quantity": "2"} for product in ("cola", "yerba")]
        ends = {"from_location_id": life.ids["salon_centro"], "to_location_id": life.ids["fondo"]}
        body = {"id": life.draw_id(), **ends, "lines": lines, "note": life.name("Para el fondo")}
        made[key] = (await life.ask(deposito("POST", "/transfers", body=body)))["id"]
    where = {"transfer_id": made["given_up"]}
    reason = {"reason": life.name("No hacía falta")}
    await life.ask(deposito("POST", "/transfers/{transfer_id}/cancel", path=where, body=reason))
    where = {"transfer_id": made["sent"]}
    left = {"lines": [{"product_id": life.ids["cola"], "quantity": "3"}]}
    await life.ask(deposito("POST", "/transfers/{transfer_id}/ship", path=where, body=left))
    arrived = {"lines": [{"product_id": life.ids["cola"], "quantity": "2", "reason": "broken"}]}
    await life.ask(deposito("POST", "/transfers/{transfer_id}/receive", path=where, body=arrived))
    await life.ask(deposito("POST", "/transfers/{transfer_id}/undo", path=where, body=reason))
    await life.ask(deposito("GET", "/transfers/{transfer_id}", path=where))
    query = {"branch_id": life.ids["centro"], "status": "shipped", "limit": "1"}
    await life.ask(deposito("GET", "/transfers", query=query))
