"""What the review page shows of a line's places."""

from uuid import UUID

from shared.clients.negocio_models import Box, Evidence, Invoice, InvoiceLine
from web_dashboard.invoices.view_models import review_view

ROW = Box(x=0.1, y=0.5, w=0.8, h=0.02)
CELL = Box(x=0.5, y=0.5, w=0.05, h=0.01)


def boxes_of(line: InvoiceLine) -> dict[str, Box | None]:
    invoice = Invoice(id=UUID(int=1), version=1, status="needs_review", lines=[line])
    (view,) = review_view(invoice).lines
    return {name: view.box(name) for name in ("quantity", "unit_price", "pack_factor")}


def test_a_value_has_its_own_place_or_that_of_its_line() -> None:
    unread = Evidence(raw="")
    line = InvoiceLine(
        id="a", position=1, box=ROW, evidence={"quantity": Evidence(box=CELL), "unit_price": unread}
    )

    assert boxes_of(line) == {"quantity": CELL, "unit_price": ROW, "pack_factor": ROW}


def test_a_line_read_before_values_had_places_is_shown_whole() -> None:
    assert set(map(str, boxes_of(InvoiceLine(id="a", position=1, box=ROW)).values())) == {str(ROW)}


def test_a_line_that_a_person_added_has_no_place() -> None:
    assert set(boxes_of(InvoiceLine(id="a", position=1)).values()) == {None}
