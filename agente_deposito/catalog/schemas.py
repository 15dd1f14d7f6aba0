"""Wire format of the catalogue."""

from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from agente_deposito.catalog.models import Category, Location
from agente_deposito.catalog.rules.values import (
    IVA_RATES,
    BarcodeKind,
    BaseUnit,
    Candidate,
    ContentUnit,
    LocationKind,
    NegativeStock,
    PaperLine,
    ProductView,
)
from agente_deposito.catalog.service.products import NewBarcode
from shared.web.schemas import Answer, Body, Code, DecimalOut, Name, Percent, PositiveQuantity

_ONE = Decimal(1)
_LONGEST_TEXT = 300
_CLEARABLE = {"brand", "sku", "category_id", "content", "negative_stock"}


def _one_of_the_rates(rate: Decimal) -> Decimal:
    if rate not in IVA_RATES:
        raise ValueError("Tiene que ser 0, 2.5, 5, 10.5, 21 o 27.")
    return rate


IvaRate = Annotated[Percent, AfterValidator(_one_of_the_rates)]


def _without_controls(text: str) -> str:
    """What OCR and files bring along is dropped, not refused."""
    return "".join(sign for sign in text if sign.isprintable()).strip()


PaperText = Annotated[str, StringConstraints(max_length=_LONGEST_TEXT), AfterValidator(_without_controls)]


class Content(Body):
    """How much one base unit holds."""

    quantity: PositiveQuantity
    unit: ContentUnit


class BarcodeCreate(Body):
    """A code; factor is how many base units carry it together, kind follows from it when left out."""

    code: Code
    factor: PositiveQuantity = _ONE
    kind: BarcodeKind | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.kind is BarcodeKind.UNIT and self.factor != _ONE:
            raise ValueError("El código de una unidad lleva factor 1.")
        return self

    def to_command(self) -> NewBarcode:
        kind = self.kind or (BarcodeKind.UNIT if self.factor == _ONE else BarcodeKind.PACK)
        return NewBarcode(self.code, self.factor, kind)


class ProductCreate(Body):
    """A new product."""

    name: Name
    brand: Name | None = None
    sku: Code | None = None
    category_id: UUID | None = None
    base_unit: BaseUnit = BaseUnit.UNIT
    content: Content | None = None
    iva_rate: IvaRate = Decimal(21)
    has_internal_tax: bool = False
    negative_stock: NegativeStock | None = None
    barcodes: Annotated[tuple[BarcodeCreate, ...], Field(max_length=50)] = ()

    def values(self) -> dict[str, Any]:
        """Columns of the new row."""
        return _columns(self.model_dump(exclude={"barcodes"}))


class ProductChange(Body):
    """What to change; what is left out stays, null clears what may be empty."""

    name: Name | None = None
    brand: Name | None = None
    sku: Code | None = None
    category_id: UUID | None = None
    base_unit: BaseUnit | None = None
    content: Content | None = None
    iva_rate: IvaRate | None = None
    has_internal_tax: bool | None = None
    negative_stock: NegativeStock | None = None
    archived: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Columns to set."""
        given = self.model_dump(exclude_unset=True)
        return _columns({name: v for name, v in given.items() if v is not None or name in _CLEARABLE})


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    if "content" in values:
        content = values.pop("content") or {"quantity": None, "unit": None}
        values["content_quantity"], values["content_unit"] = content["quantity"], content["unit"]
    return values


class ContentRead(Answer):
    """How much one base unit holds."""

    quantity: DecimalOut
    unit: str


class BarcodeRead(Answer):
    """A code and how many base units it names."""

    code: str
    factor: DecimalOut
    kind: BarcodeKind


class ProductRead(Answer):
    """A product of the catalogue."""

    id: UUID
    version: int
    name: str
    sku: str | None
    category_id: UUID | None
    category_name: str | None
    brand: str | None
    base_unit: str
    content: ContentRead | None
    iva_rate: DecimalOut
    has_internal_tax: bool
    negative_stock: str | None
    barcodes: list[BarcodeRead]
    archived: bool

    @classmethod
    def of(cls, view: ProductView) -> Self:
        """From a product with what belongs to it."""
        content = None
        if view.content_quantity is not None and view.content_unit is not None:
            content = ContentRead(quantity=view.content_quantity, unit=view.content_unit)
        return cls(
            id=view.id,
            version=view.version,
            name=view.name,
            sku=view.sku,
            category_id=view.category_id,
            category_name=view.category_name,
            brand=view.brand,
            base_unit=view.base_unit,
            content=content,
            iva_rate=view.iva_rate,
            has_internal_tax=view.has_internal_tax,
            negative_stock=view.negative_stock,
            barcodes=[BarcodeRead.model_validate(code) for code in view.barcodes],
            archived=view.archived,
        )


class LookupRead(Answer):
    """What a code names. quantity: base units in one; parsed_as: barcode, pack or sku."""

    product: ProductRead
    quantity: DecimalOut
    parsed_as: str


class MatchLineIn(Body):
    """What a paper says of one product; any may be missing."""

    code: PaperText | None = None
    barcode: PaperText | None = None
    text: PaperText | None = None

    def to_value(self) -> PaperLine:
        return PaperLine(self.code or None, self.barcode or None, self.text or None)


class MatchRequest(Body):
    """Lines to find products for."""

    lines: Annotated[list[MatchLineIn], Field(max_length=500)]


class CandidateRead(Answer):
    """A product that may be meant, with what a cost needs to know of it."""

    product_id: UUID
    name: str
    score: float
    reason: str
    pack_factor: DecimalOut
    iva_rate: DecimalOut
    has_internal_tax: bool
    last_unit_cost: DecimalOut | None

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        """From a ranked candidate."""
        product = candidate.product
        return cls(
            product_id=product.id,
            name=product.name,
            score=candidate.score,
            reason=candidate.reason,
            pack_factor=candidate.pack_factor,
            iva_rate=product.iva_rate,
            has_internal_tax=product.has_internal_tax,
            last_unit_cost=product.last_unit_cost,
        )


class MatchAnswer(Answer):
    """Candidates of each line, best first, in the order of the lines."""

    lines: list[list[CandidateRead]]


class CategoryCreate(Body):
    """A new category."""

    name: Name
    parent_id: UUID | None = None


class CategoryChange(Body):
    """What to change; parent_id null moves it to the top."""

    name: Name | None = None
    parent_id: UUID | None = None
    archived: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Columns to set."""
        given = self.model_dump(exclude_unset=True)
        return {name: v for name, v in given.items() if v is not None or name == "parent_id"}


class CategoryRead(Answer):
    """A category."""

    id: UUID
    version: int
    name: str
    parent_id: UUID | None
    archived: bool

    @classmethod
    def of(cls, row: Category) -> Self:
        """From its row."""
        return cls(
            id=row.id,
            version=row.version,
            name=row.name,
            parent_id=row.parent_id,
            archived=row.archived_at is not None,
        )


class LocationCreate(Body):
    """A new place for goods."""

    branch_id: UUID
    name: Name
    kind: LocationKind
    negative_stock: NegativeStock = NegativeStock.WARN


class LocationChange(Body):
    """What to change."""

    name: Name | None = None
    kind: LocationKind | None = None
    negative_stock: NegativeStock | None = None
    archived: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("No hay nada que cambiar.")
        return self


class LocationRead(Answer):
    """A place for goods."""

    id: UUID
    version: int
    branch_id: UUID
    name: str
    kind: str
    negative_stock: str
    archived: bool

    @classmethod
    def of(cls, row: Location) -> Self:
        """From its row."""
        return cls(
            id=row.id,
            version=row.version,
            branch_id=row.branch_id,
            name=row.name,
            kind=row.kind,
            negative_stock=row.negative_stock,
            archived=row.archived_at is not None,
        )
