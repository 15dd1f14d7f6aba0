"""Wire format of what people send about invoices, turned into commands."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator, model_validator

from agente_negocio.invoices.service.actor import Actor
from agente_negocio.invoices.service.drafting import MAX_LINES, MAX_TAXES
from agente_negocio.invoices.service.editing import HeaderChange
from agente_negocio.invoices.service.entering import EnterInvoice
from shared.kernel.cuit import parse_cuit
from shared.kernel.money import plain
from shared.web.schemas import (
    Body,
    Clean,
    Code,
    Instant,
    MoneyIn,
    Name,
    Note,
    Percent,
    PositiveQuantity,
    SignedMoney,
)

_Letter = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]$", to_upper=True)]
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{3}$", to_upper=True)]
_TypeCode = Annotated[int, Field(ge=1, le=999)]
_PointOfSale = Annotated[int, Field(ge=0, le=99_999)]
_Number = Annotated[int, Field(ge=0, le=99_999_999)]
_Authorization = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")]
_BusinessDate = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
_ExchangeRate = Annotated[MoneyIn, Field(gt=0, lt=10**9)]
# Small enough that quantity by pack factor fits the ledger.
_Quantity = Annotated[
    Decimal, Field(max_digits=10, decimal_places=4, gt=-(10**6), lt=10**6, allow_inf_nan=False)
]
_PackFactor = Annotated[PositiveQuantity, Field(le=10_000)]
_UnitPrice = Annotated[
    Decimal, Field(max_digits=17, decimal_places=6, gt=-(10**11), lt=10**11, allow_inf_nan=False)
]
_DECISIONS = frozenset(
    {"branch_id", "accept_difference", "accept_receiver", "credit_effect", "internal_tax_lines"}
)
_Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Clean]


class DiscountIn(Body):
    """One step of a cascade: a percentage or an amount."""

    rate: Percent | None = None
    amount: MoneyIn | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "DiscountIn":
        if (self.rate is None) == (self.amount is None):
            raise ValueError("Va un porcentaje o un importe, uno de los dos.")
        return self

    def kept(self) -> dict[str, str]:
        """As the line keeps it."""
        if self.rate is not None:
            return {"rate": plain(self.rate)}
        return {"amount": plain(self.amount or Decimal(0))}


class TaxIn(Body):
    """One tax row of the foot."""

    kind: Literal["iva", "internal", "perception_iva", "perception_iibb", "municipal", "other"]
    rate: Percent | None = None
    base: SignedMoney | None = None
    amount: SignedMoney
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean] = ""

    def kept(self) -> dict[str, Any]:
        """Columns of its row; dumping would turn decimals into text."""
        return {name: getattr(self, name) for name in TaxIn.model_fields}


class _Header(Body):
    """Header values and tax rows."""

    issuer_cuit: Code | None = None
    issuer_name: Name | None = None
    receiver_cuit: Code | None = None
    receiver_name: Name | None = None
    letter: _Letter | None = None
    type_code: _TypeCode | None = None
    point_of_sale: _PointOfSale | None = None
    number: _Number | None = None
    issue_date: _BusinessDate | None = None
    currency: _Currency = "ARS"
    exchange_rate: _ExchangeRate | None = None
    net: SignedMoney | None = None
    untaxed: SignedMoney | None = None
    exempt: SignedMoney | None = None
    discount: MoneyIn | None = None
    total: SignedMoney | None = None
    authorization_kind: Literal["CAE", "CAEA", "CAI"] | None = None
    authorization_code: _Authorization | None = None
    authorization_due: _BusinessDate | None = None
    taxes: Annotated[list[TaxIn], Field(max_length=MAX_TAXES)] | None = None
    branch_id: UUID | None = None

    @field_validator("issuer_cuit", "receiver_cuit")
    @classmethod
    def _well_formed(cls, value: str | None) -> str | None:
        cuit = None if value is None else parse_cuit(value)
        if value is not None and cuit is None:
            raise ValueError("El CUIT no es válido: revisá los dígitos.")
        return cuit

    def header_values(self) -> dict[str, Any]:
        """Header values that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set & _HEADER_NAMES}

    def tax_values(self) -> list[dict[str, Any]] | None:
        """Tax rows, None when none were sent."""
        return None if self.taxes is None else [tax.kept() for tax in self.taxes]


_HEADER_NAMES = frozenset(_Header.model_fields) - {"taxes", "branch_id"}


class InvoiceChange(_Header):
    """Header values and decisions; what is left out stays, null empties a value."""

    accept_difference: bool = False
    accept_receiver: bool = False
    credit_effect: Literal["goods", "cost"] | None = None
    internal_tax_lines: Annotated[list[UUID], Field(max_length=MAX_LINES)] | None = None

    def to_command(self) -> HeaderChange:
        """Only what was sent."""
        decisions = {name: getattr(self, name) for name in self.model_fields_set & _DECISIONS}
        return HeaderChange(values=self.header_values(), decisions=decisions, taxes=self.tax_values())


class LineChange(Body):
    """Values of a line; what is left out stays."""

    code: Code | None = None
    description: _Description = "-"
    quantity: _Quantity | None = None
    bonus_quantity: Annotated[_Quantity, Field(ge=0)] = Decimal(0)
    unit: Code | None = None
    unit_price: _UnitPrice | None = None
    discounts: Annotated[list[DiscountIn], Field(max_length=6)] = Field(default_factory=list)
    iva_rate: Percent | None = None
    internal_tax: MoneyIn = Decimal(0)
    subtotal: SignedMoney | None = None
    not_stock: bool = False
    spread: bool = False

    def values(self) -> dict[str, Any]:
        """Only what was sent."""
        values = {name: getattr(self, name) for name in self.model_fields_set}
        if "discounts" in values:
            values["discounts"] = [step.kept() for step in self.discounts]
        return values


class InvoiceEntry(_Header):
    """A paper typed by hand, for one that nobody can read. What it is follows from its type code."""

    source: Literal["web", "api"] = "api"
    lines: Annotated[list[LineChange], Field(max_length=MAX_LINES)] = Field(default_factory=list)

    def to_command(self, actor: Actor, today: date) -> EnterInvoice:
        """Only what was sent."""
        return EnterInvoice(
            actor=actor,
            today=today,
            source=self.source,
            branch_id=self.branch_id,
            values=self.header_values(),
            lines=[line.values() for line in self.lines],
            taxes=self.tax_values() or [],
        )


class LineMatch(Body):
    """The product a person gives a line. pack_factor left out: proven by money, or asked."""

    product_id: UUID
    pack_factor: _PackFactor | None = None
    remember: bool = True


class LineProduct(Body):
    """A new product for a line."""

    name: Name
    iva_rate: Percent
    category_id: UUID | None = None
    barcode: Code | None = None
    pack_factor: _PackFactor | None = None
    remember: bool = True


class Confirmation(Body):
    """Where the goods go and when they came; left out, the branch's shop and now."""

    location_id: UUID | None = None
    received_at: Instant | None = None


class Reason(Body):
    """Why something is undone."""

    reason: Note
