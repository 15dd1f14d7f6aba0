"""Posted fields as changes: only what differs, understood as Argentines type it."""

from decimal import Decimal
from uuid import UUID

import pytest
from starlette.datastructures import FormData

from shared.clients.negocio_models import Discount, Field, Invoice, InvoiceLine, ProductRef
from web_dashboard.forms import FieldReader
from web_dashboard.invoices.edits import approved_line, header_changes, line_changes, new_pack_factor
from web_dashboard.invoices.view_models import discounts_text, line_values

INVOICE = Invoice(
    id=UUID(int=1),
    version=1,
    status="needs_review",
    header={
        "issuer_cuit": Field(value="30712345671"),
        "point_of_sale": Field(value="3"),
        "issue_date": Field(value="2026-11-19"),
        "total": Field(value="750526.22"),
    },
)
LINE = InvoiceLine(
    id="line",
    position=1,
    description="FERNET",
    quantity=Decimal(24),
    bonus_quantity=Decimal(0),
    unit_price=Decimal("9850.5"),
    discounts=[Discount(rate=Decimal(20)), Discount(amount=Decimal(30))],
    subtotal=Decimal(1000),
    product=ProductRef(id=UUID(int=2), name="Fernet Branca"),
    pack_factor=Decimal(1),
    doubts=["quantity", "discounts", "product"],
)


def reader(**fields: str) -> FieldReader:
    return FieldReader(FormData(fields))


def test_a_line_sent_back_as_shown_changes_nothing() -> None:
    assert line_changes(reader(**line_values(LINE)), LINE) == {}


def test_only_the_changed_fields_of_a_line_are_sent() -> None:
    form = reader(**{**line_values(LINE), "quantity": "1.000,5", "subtotal": ""})

    assert line_changes(form, LINE) == {"quantity": "1000.5", "subtotal": None}


def test_discounts_are_read_as_a_cascade() -> None:
    assert discounts_text(LINE).replace("\u00a0", " ") == "20 + $ 30"
    assert line_changes(reader(discounts="12,5 + 3% + $ 40"), LINE) == {
        "discounts": [{"rate": "12.5"}, {"rate": "3"}, {"amount": "40"}]
    }


def test_rubbish_is_noted_and_not_sent() -> None:
    form = reader(quantity="1.5", unit_price="99")

    assert line_changes(form, LINE) == {"unit_price": "99"}
    assert form.mistakes.reasons == {"quantity": "Los decimales van con coma: 1,5."}
    assert form.mistakes.typed == {"quantity": "1.5"}


def test_goods_or_not_is_only_judged_when_asked() -> None:
    assert line_changes(reader(quantity="24"), LINE) == {}
    assert line_changes(reader(not_stock_sent="1", not_stock="1"), LINE) == {"not_stock": True}


def test_approving_says_the_doubted_values_again() -> None:
    assert approved_line(LINE) == {"quantity": "24", "discounts": [{"rate": "20"}, {"amount": "30"}]}


@pytest.mark.parametrize(("typed", "factor"), [("12", Decimal(12)), ("1", None), ("", None), ("doce", None)])
def test_pack_factor_changes_only_when_another_number_is_typed(typed: str, factor: Decimal | None) -> None:
    assert new_pack_factor(reader(pack_factor=typed), LINE) == factor


def test_header_takes_usual_ways_of_writing_and_sends_what_differs() -> None:
    form = reader(
        issuer_cuit="30-71234567-1", point_of_sale="0003", issue_date="2026-11-20", total="750.526,22"
    )

    assert header_changes(form, INVOICE) == {"issue_date": "2026-11-20"}


@pytest.mark.parametrize(
    ("field", "typed"),
    [("issuer_cuit", "30-71234567-9"), ("point_of_sale", "3a"), ("issue_date", "ayer"), ("total", "mucho")],
)
def test_header_refuses_what_it_does_not_understand(field: str, typed: str) -> None:
    form = reader(**{field: typed})

    assert header_changes(form, INVOICE) == {}
    assert field in form.mistakes.reasons
