"""Documents as they came, the vouchers read from them, their lines, taxes and corrections."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CHAR,
    BigInteger,
    Numeric,
    SmallInteger,
    String,
    Text,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, column_property, mapped_column

from shared.database.base import (
    Base,
    Instant,
    MoneyColumn,
    NewId,
    QuantityColumn,
    RateColumn,
    RecordedInstant,
    TenantRow,
)

_EMPTY_LIST = text("'[]'")
_EMPTY_ARRAY = text("'{}'")
_NO = text("false")
_ONE = text("1")
_NOTHING = text("0")


class Document(TenantRow, Base):
    """One paper as it came. generation counts readings; `readings` keeps each as the API shows it.

    kind: of its first voucher; only lists load it, instead of the readings. closed_at: when it was discarded.
    trace: the one of its upload, W3C traceparent; its goods are followed in it.
    """

    __tablename__ = "document"
    __table_args__ = {"schema": "negocio"}

    id: Mapped[NewId]
    branch_id: Mapped[UUID | None]
    source: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'received'"))
    digest: Mapped[str] = mapped_column(CHAR(64))
    duplicate_of: Mapped[UUID | None]
    generation: Mapped[int] = mapped_column(server_default=_ONE)
    readings: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    kind: Mapped[str | None] = column_property(literal_column("readings #>> '{0,kind}'", Text), deferred=True)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    job_id: Mapped[UUID | None]
    received_by: Mapped[UUID | None]
    received_at: Mapped[RecordedInstant]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[UUID | None]
    close_reason: Mapped[str | None]
    trace: Mapped[str | None]


class DocumentFile(TenantRow, Base):
    """One uploaded file of a document, in the object store by its sha256."""

    __tablename__ = "document_file"
    __table_args__ = {"schema": "negocio"}

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sha256: Mapped[str] = mapped_column(CHAR(64))
    media_type: Mapped[str]
    size_bytes: Mapped[int]


class DocumentPage(TenantRow, Base):
    """The upright picture of one page, made by reading."""

    __tablename__ = "document_page"
    __table_args__ = {"schema": "negocio"}

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sha256: Mapped[str] = mapped_column(CHAR(64))
    width: Mapped[int]
    height: Mapped[int]


class Invoice(TenantRow, Base):
    """A voucher: a draft with evidence per field until a person confirms it.

    evidence: by field, {"confidence", "source", "raw", "box", "printed"}. accepted_difference: the exact
    difference a person accepted. closed_at: when it was reversed or discarded.
    """

    __tablename__ = "invoice"
    __table_args__ = {"schema": "negocio"}

    id: Mapped[NewId]
    version: Mapped[int] = mapped_column(BigInteger, server_default=_ONE)
    status: Mapped[str]
    branch_id: Mapped[UUID | None]
    source: Mapped[str]
    document_id: Mapped[UUID | None]
    generation: Mapped[int] = mapped_column(server_default=_ONE)
    part: Mapped[int] = mapped_column(SmallInteger, server_default=_ONE)
    first_page: Mapped[int] = mapped_column(SmallInteger, server_default=_ONE)
    pages: Mapped[int] = mapped_column(SmallInteger, server_default=_NOTHING)
    kind: Mapped[str]
    supplier_id: Mapped[UUID | None]

    issuer_cuit: Mapped[str | None] = mapped_column(CHAR(11))
    issuer_name: Mapped[str | None]
    receiver_cuit: Mapped[str | None] = mapped_column(CHAR(11))
    receiver_name: Mapped[str | None]
    letter: Mapped[str | None]
    type_code: Mapped[int | None] = mapped_column(SmallInteger)
    point_of_sale: Mapped[int | None]
    number: Mapped[int | None] = mapped_column(BigInteger)
    issue_date: Mapped[date | None]
    currency: Mapped[str] = mapped_column(server_default=text("'ARS'"))
    exchange_rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    net: Mapped[MoneyColumn | None]
    untaxed: Mapped[MoneyColumn | None]
    exempt: Mapped[MoneyColumn | None]
    discount: Mapped[MoneyColumn | None]
    total: Mapped[MoneyColumn | None]
    authorization_kind: Mapped[str | None]
    authorization_code: Mapped[str | None]
    authorization_due: Mapped[date | None]

    evidence: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSONB, server_default=_EMPTY_ARRAY)
    qr: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    checks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=_EMPTY_LIST)
    accepted_difference: Mapped[MoneyColumn | None]
    accept_receiver: Mapped[bool] = mapped_column(server_default=_NO)
    credit_effect: Mapped[str | None]
    internal_tax_lines: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    blocker_count: Mapped[int] = mapped_column(server_default=_NOTHING)
    line_count: Mapped[int] = mapped_column(server_default=_NOTHING)

    location_id: Mapped[UUID | None]
    receipt_status: Mapped[str] = mapped_column(server_default=text("'none'"))
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    confirmed_at: Mapped[Instant | None]
    confirmed_by: Mapped[UUID | None]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[UUID | None]
    close_reason: Mapped[str | None]
    created_at: Mapped[RecordedInstant]


class InvoiceLine(TenantRow, Base):
    """One line. Figures as the paper prints them; product, pack and costs as matched.

    as_read: the line before any correction. corrected: names of the fields a person set.
    candidates: products to offer, as the warehouse answered.
    """

    __tablename__ = "invoice_line"
    __table_args__ = {"schema": "negocio"}

    id: Mapped[NewId]
    invoice_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    code: Mapped[str | None]
    description: Mapped[str]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(16, 4))
    bonus_quantity: Mapped[Decimal] = mapped_column(Numeric(16, 4), server_default=_NOTHING)
    unit: Mapped[str | None]
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    discounts: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default=_EMPTY_LIST)
    iva_rate: Mapped[RateColumn | None]
    internal_tax: Mapped[MoneyColumn] = mapped_column(server_default=_NOTHING)
    subtotal: Mapped[MoneyColumn | None]
    confidence: Mapped[float] = mapped_column(server_default=_NOTHING)
    box: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    doubts: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=_EMPTY_ARRAY)
    corrected: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=_EMPTY_ARRAY)
    as_read: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    product_id: Mapped[UUID | None]
    product_name: Mapped[str | None]
    product_has_internal_tax: Mapped[bool | None]
    product_last_cost: Mapped[Decimal | None] = mapped_column(Numeric(20, 8))
    pack_factor: Mapped[QuantityColumn | None]
    match_source: Mapped[str | None]
    match_score: Mapped[float | None]
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=_EMPTY_LIST)
    remember: Mapped[bool] = mapped_column(server_default=text("true"))
    not_stock: Mapped[bool] = mapped_column(server_default=_NO)
    spread: Mapped[bool] = mapped_column(server_default=_NO)
    unit_cost: Mapped[Decimal | None] = mapped_column(Numeric(20, 8))
    line_cost: Mapped[MoneyColumn | None]


class InvoiceTax(TenantRow, Base):
    """One tax row of the foot. rate in percent; base and rate None where not printed."""

    __tablename__ = "invoice_tax"
    __table_args__ = {"schema": "negocio"}

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    rate: Mapped[RateColumn | None]
    base: Mapped[MoneyColumn | None]
    amount: Mapped[MoneyColumn]
    description: Mapped[str]


class InvoiceCorrection(TenantRow, Base):
    """What a person changed and what stood there before: a labelled example for the reader."""

    __tablename__ = "invoice_correction"
    __table_args__ = {"schema": "negocio"}

    id: Mapped[NewId]
    invoice_id: Mapped[UUID]
    line_id: Mapped[UUID | None]
    field: Mapped[str]
    original: Mapped[Any] = mapped_column(JSONB(none_as_null=True))
    corrected: Mapped[Any] = mapped_column(JSONB(none_as_null=True))
    corrected_by: Mapped[UUID]
    corrected_at: Mapped[RecordedInstant]
