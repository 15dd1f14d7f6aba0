"""What agente_negocio answers, as its clients see it; fields a client does not use are left out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class Tokens(BaseModel):
    """A signed-in session. expires_in: seconds of the access token."""

    access_token: str
    refresh_token: str
    expires_in: int


class Person(BaseModel):
    """Who is signed in. role: owner, manager, cashier, stock or accountant."""

    id: UUID
    name: str
    role: str


class Organisation(BaseModel):
    """The shop. is_demo: made up, for trying things out."""

    id: UUID
    name: str
    cuit: str | None = None
    is_demo: bool = False


class Branch(BaseModel):
    """One branch of the shop."""

    id: UUID
    name: str


class Me(BaseModel):
    """Who, where, and what they may do."""

    user: Person
    organisation: Organisation
    branches: list[Branch] = []
    permissions: list[str] = []


class Job(BaseModel):
    """Long work. status: queued, running, done or failed; progress from 0 to 1."""

    id: str
    status: str
    progress: float = 0.0
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


class ReceivedDocument(BaseModel):
    """A document that was handed over; duplicate_of: the same file came before."""

    id: UUID
    status: str
    duplicate_of: UUID | None = None


class ReceivedDocuments(BaseModel):
    """The answer to an upload; job_id follows the reading."""

    documents: list[ReceivedDocument]
    job_id: str | None = None


class Document(BaseModel):
    """A paper and what became of it."""

    id: UUID
    status: str
    source: str | None = None
    created_at: datetime | None = None
    invoice_ids: list[UUID] = []
    error: dict[str, Any] | None = None


class Supplier(BaseModel):
    """Who issued an invoice; id is null until it is known."""

    id: UUID | None = None
    name: str | None = None
    cuit: str | None = None
    is_new: bool = False


class InvoiceRow(BaseModel):
    """An invoice in a list. blockers: what keeps it from being confirmed; lines: how many it has."""

    id: UUID
    document_id: UUID | None = None
    kind: str = "factura"
    supplier: Supplier | None = None
    letter: str | None = None
    type_code: str | int | None = None
    point_of_sale: str | int | None = None
    number: str | int | None = None
    issue_date: date | None = None
    total: Decimal | None = None
    currency: str | None = None
    status: str
    blockers: int = 0
    lines: int = 0
    source: str | None = None
    created_at: datetime | None = None
    receipt_status: str | None = None


class InvoicePage(BaseModel):
    """One page of invoices."""

    items: list[InvoiceRow]
    next_cursor: str | None = None


class InvoiceSummary(BaseModel):
    """How many invoices wait, and what was confirmed in 30 days."""

    needs_review: int = 0
    ready: int = 0
    confirmed_30d: int = 0
    confirmed_30d_total: Decimal | None = None


class Box(BaseModel):
    """Where something stands on a page: 0 to 1 of the upright page."""

    page: int = 1
    x: float
    y: float
    w: float
    h: float


class Field(BaseModel):
    """One value of the header with its evidence. state: sure, check or bad.

    printed: what the paper says where its QR says otherwise.
    """

    value: str | int | Decimal | None = None
    confidence: float | None = None
    source: str | None = None
    raw: str | None = None
    box: Box | None = None
    state: str = "sure"
    printed: str | None = None


class DocumentPage(BaseModel):
    """One page image, size in pixels."""

    n: int
    width: int
    height: int


class ProductRef(BaseModel):
    """The product a line was matched to."""

    id: UUID
    name: str


class Match(BaseModel):
    """How a line found its product."""

    source: str | None = None
    score: float | None = None


class Candidate(BaseModel):
    """A product that a line may be."""

    product_id: UUID
    name: str
    score: float | None = None
    reason: str | None = None
    pack_factor: Decimal | None = None


class Discount(BaseModel):
    """A percentage or an amount, one of both."""

    rate: Decimal | None = None
    amount: Decimal | None = None


class Evidence(BaseModel):
    """Where a value of a line was read."""

    source: str | None = None
    raw: str | None = None
    box: Box | None = None


class InvoiceLine(BaseModel):
    """One line as read or corrected. doubts: names of the fields that may be wrong.

    evidence: by field, of those the paper prints.
    """

    id: str
    position: int
    code: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    bonus_quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    discounts: list[Discount] = []
    iva_rate: Decimal | None = None
    internal_tax: Decimal | None = None
    subtotal: Decimal | None = None
    box: Box | None = None
    evidence: dict[str, Evidence] = {}
    doubts: list[str] = []
    state: str = "sure"
    product: ProductRef | None = None
    pack_factor: Decimal | None = None
    match: Match | None = None
    candidates: list[Candidate] = []
    not_stock: bool = False
    unit_cost: Decimal | None = None


class Tax(BaseModel):
    """One tax row of the paper."""

    kind: str
    rate: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    description: str | None = None


class Totals(BaseModel):
    """The sums as negocio computes them, against the printed total."""

    net: Decimal | None = None
    iva: Decimal | None = None
    internal_tax: Decimal | None = None
    perceptions: Decimal | None = None
    discount: Decimal | None = None
    total: Decimal | None = None
    printed_total: Decimal | None = None
    difference: Decimal | None = None
    closes: bool = False


class Finding(BaseModel):
    """A blocker or a warning, told in words. path: the field it is about."""

    code: str
    detail: str | None = None
    path: str | None = None


class ReceivedMovement(BaseModel):
    """What a confirmed line did to stock."""

    product_id: UUID
    location_id: UUID | None = None
    quantity: Decimal
    balance_after: Decimal | None = None


class Receipt(BaseModel):
    """The goods of an invoice on their way into stock. status: none, queued, done, failed or taken_back."""

    status: str
    movements: list[ReceivedMovement] = []
    error: str | dict[str, Any] | None = None


class Invoice(BaseModel):
    """An invoice whole: evidence, lines, sums, what blocks it and its receipt."""

    id: UUID
    version: int
    kind: str = "factura"
    status: str
    branch_id: UUID | None = None
    document_id: UUID | None = None
    source: str | None = None
    pages: list[DocumentPage] = []
    header: dict[str, Field] = {}
    supplier: Supplier | None = None
    lines: list[InvoiceLine] = []
    taxes: list[Tax] = []
    totals: Totals = Totals()
    blockers: list[Finding] = []
    warnings: list[Finding] = []
    duplicate_of: UUID | None = None
    accept_difference: bool = False
    close_reason: str | None = None
    receipt: Receipt | None = None


class OperationRun(BaseModel):
    """The newest backup or drill. of: when the backup was made that a drill restored."""

    started_at: datetime
    finished_at: datetime
    ok: bool
    last_good_at: datetime | None = None
    of: datetime | None = None
    is_encrypted: bool | None = None


class JobsState(BaseModel):
    """The organisation's own jobs. oldest: since when the longest waiting one has been due."""

    waiting: int
    failed: int
    oldest: datetime | None = None


class Operations(BaseModel):
    """How the platform is looked after; None for what never ran. since: when the organisation was made."""

    backup: OperationRun | None
    drill: OperationRun | None
    jobs: JobsState
    since: datetime | None = None
