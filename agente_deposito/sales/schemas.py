"""Wire format of sales."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AliasChoices,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)
from sqlalchemy import Row

from agente_deposito.sales.rules import Payment, PaymentMethod, RecordSale, SaleLine, Series
from agente_deposito.sales.service import Recorded, SaleView, Verdict
from agente_deposito.stock.schemas import Notice, shortage_warnings
from shared.web.problem_texts import PROBLEM_TEXTS
from shared.web.schemas import Answer, Body, Code, DecimalOut, Instant, MoneyIn, Name, PositiveQuantity
from shared.web.validation_texts import describe, field_path
from shared.web.wording import fill

_NO_DISCOUNT = Decimal(0)
_MOST_LINES = 500
_MOST_PAYMENTS = 20
_MOST_SALES = 500
_MOST_REASONS = 20


class SaleLineIn(Body):
    """A line: a code or a product; quantity of what the code names, discount in pesos off the line."""

    code: Code | None = None
    product_id: UUID | None = None
    quantity: PositiveQuantity
    unit_price: MoneyIn
    discount: MoneyIn = _NO_DISCOUNT

    @model_validator(mode="after")
    def _one_product(self) -> Self:
        if (self.code is None) == (self.product_id is None):
            raise ValueError("Va el código (code) o el producto (product_id), uno de los dos.")
        return self

    def to_value(self) -> SaleLine:
        return SaleLine(self.code, self.product_id, self.quantity, self.unit_price, self.discount)


class PaymentIn(Body):
    """Part of what was paid."""

    method: PaymentMethod
    amount: Annotated[MoneyIn, Field(gt=0)]
    reference: Name | None = Field(default=None, validation_alias=AliasChoices("reference", "ref"))

    def to_value(self) -> Payment:
        return Payment(self.method, self.amount, self.reference)


class SaleCreate(Body):
    """A ticket under the client's own id. reservation_id: of goods that were promised, sold with it."""

    id: UUID
    branch_id: UUID
    occurred_at: Instant
    lines: Annotated[list[SaleLineIn], Field(min_length=1, max_length=_MOST_LINES)]
    payments: Annotated[tuple[PaymentIn, ...], Field(max_length=_MOST_PAYMENTS)] = ()
    reservation_id: UUID | None = None

    def to_command(self) -> RecordSale:
        return RecordSale(
            self.id,
            self.branch_id,
            self.occurred_at,
            tuple(line.to_value() for line in self.lines),
            tuple(payment.to_value() for payment in self.payments),
            self.reservation_id,
        )


@dataclass(frozen=True, slots=True)
class Malformed:
    """A sale of a batch that is not written as one; id None when not even that can be read."""

    id: UUID | None
    error: ValidationError


def _alone(value: Any) -> SaleCreate | Malformed:
    try:
        return SaleCreate.model_validate(value)
    except ValidationError as error:
        return Malformed(_id_of(value), error)


def _id_of(value: Any) -> UUID | None:
    try:
        return UUID(value["id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


class SalesBatch(Body):
    """Tickets recorded together; each stands or falls alone, also one that is badly written."""

    sales: Annotated[
        list[Annotated[SaleCreate | Malformed, PlainValidator(_alone, json_schema_input_type=SaleCreate)]],
        Field(min_length=1, max_length=_MOST_SALES),
    ]


class SaleLineRead(Answer):
    """A recorded line. cost: of the goods, null when it was not known."""

    product_id: UUID
    product_name: str
    code: str | None
    quantity: DecimalOut
    base_quantity: DecimalOut
    unit_price: DecimalOut
    discount: DecimalOut
    amount: DecimalOut
    cost: DecimalOut | None


class PaymentRead(Answer):
    """Part of what was paid."""

    method: str
    amount: DecimalOut
    reference: str | None


class SaleSummaryRead(Answer):
    """A sale in a list. voided: its goods came back."""

    id: UUID
    branch_id: UUID
    location_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    total: DecimalOut
    line_count: int
    voided: bool

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """From its row."""
        return cls.model_validate({**row._asdict(), "voided": row.voided_at is not None})


class SaleRead(SaleSummaryRead):
    """A sale with everything."""

    posting_id: UUID
    void_reason: str | None
    voided_at: datetime | None
    lines: list[SaleLineRead]
    payments: list[PaymentRead]
    warnings: list[Notice] = []  # noqa: RUF012  pydantic copies it

    @classmethod
    def of_view(cls, view: SaleView) -> Self:
        """From a sale as it stands."""
        values = {
            **view.row._asdict(),
            "voided": view.row.voided_at is not None,
            "lines": [SaleLineRead.model_validate(line) for line in view.lines],
            "payments": [PaymentRead.model_validate(payment) for payment in view.payments],
        }
        return cls.model_validate(values)

    @classmethod
    def of_recorded(cls, recorded: Recorded) -> Self:
        """From what was just recorded, with what it took below zero."""
        read = cls.of_view(recorded.view)
        if recorded.posted is not None:
            read.warnings = shortage_warnings(recorded.posted)
        return read


class RejectionRead(Answer):
    """Why one sale of a batch was refused."""

    code: str
    title: str
    message: str
    fields: list[str]
    details: dict[str, str]


class VerdictRead(Answer):
    """What became of one sale of a batch: created, replayed or rejected; id null when it had none."""

    id: UUID | None
    status: str
    error: RejectionRead | None

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """From a verdict."""
        error = verdict.error
        if error is None:
            return cls(id=verdict.sale_id, status=verdict.status, error=None)
        text = PROBLEM_TEXTS[error.code]
        rejection = RejectionRead(
            code=error.code,
            title=text.title,
            message=fill(text.detail, error.details),
            fields=list(error.fields),
            details=error.details,
        )
        return cls(id=verdict.sale_id, status=verdict.status, error=rejection)


def _malformed(sale: Malformed) -> VerdictRead:
    text = PROBLEM_TEXTS["request.invalid"]
    entries = sale.error.errors()[:_MOST_REASONS]
    reasons = [f"{field_path(entry['loc'])}: {describe(entry)}" for entry in entries]
    rejection = RejectionRead(
        code="request.invalid",
        title=text.title,
        message=" ".join(reasons),
        fields=[field_path(entry["loc"]) for entry in entries],
        details={},
    )
    return VerdictRead(id=sale.id, status="rejected", error=rejection)


class BatchRead(Answer):
    """Verdicts in the order of the request."""

    items: list[VerdictRead]
    created: int
    replayed: int
    rejected: int

    @classmethod
    def of(cls, sales: Sequence[SaleCreate | Malformed], verdicts: Sequence[Verdict]) -> Self:
        """From what was sent and the verdicts on what could be read of it."""
        judged = iter(verdicts)
        items = [
            _malformed(sale) if isinstance(sale, Malformed) else VerdictRead.of(next(judged))
            for sale in sales
        ]
        statuses = [item.status for item in items]
        return cls(
            items=items,
            created=statuses.count("created"),
            replayed=statuses.count("replayed"),
            rejected=statuses.count("rejected"),
        )


class VoidIn(Body):
    """Why a sale is voided."""

    reason: Name


class DayRead(Answer):
    """A day's sales. cost: null while the cost of something sold is not known."""

    day: date
    amount: DecimalOut
    cost: DecimalOut | None
    tickets: int
    units: DecimalOut


class HourRead(Answer):
    """Sales of one hour of the week. weekday: 0 is Monday."""

    weekday: int
    hour: int
    amount: DecimalOut


class SummaryRead(Answer):
    """Sales by day and by hour of the week."""

    days: list[DayRead]
    hours: list[HourRead]


class SeriesRead(Answer):
    """Demand of a product in a branch, one value per calendar day from first_day to the last asked for."""

    product_id: UUID
    branch_id: UUID
    first_day: date
    quantities: list[DecimalOut]
    in_stock: list[bool]

    @classmethod
    def of(cls, series: Series) -> Self:
        """From a series."""
        return cls(
            product_id=series.product_id,
            branch_id=series.branch_id,
            first_day=series.first_day,
            quantities=list(series.quantities),
            in_stock=list(series.in_stock),
        )
