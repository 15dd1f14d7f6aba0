"""Plain values of the catalogue."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class BaseUnit(StrEnum):
    """What a product is counted in."""

    UNIT = "unit"
    KG = "kg"
    L = "l"
    M = "m"


class ContentUnit(StrEnum):
    """What the content of one base unit is measured in."""

    G = "g"
    KG = "kg"
    ML = "ml"
    L = "l"
    M = "m"
    UNIT = "unit"


class NegativeStock(StrEnum):
    """What happens when more leaves than the books hold: nothing, a notice, or a refusal."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class LocationKind(StrEnum):
    """What a place is for; a branch sells from its shop."""

    SHOP = "shop"
    DEPOSIT = "deposit"
    TRANSIT = "transit"


class BarcodeKind(StrEnum):
    """Whether a code names one base unit or a pack of several."""

    UNIT = "unit"
    PACK = "pack"


IVA_RATES = tuple(Decimal(rate) for rate in ("0", "2.5", "5", "10.5", "21", "27"))


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code and how many base units it names."""

    code: str
    factor: Decimal
    kind: BarcodeKind


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product with what belongs to it."""

    id: UUID
    version: int
    name: str
    brand: str | None
    sku: str | None
    category_id: UUID | None
    category_name: str | None
    base_unit: str
    content_quantity: Decimal | None
    content_unit: str | None
    iva_rate: Decimal
    has_internal_tax: bool
    negative_stock: str | None
    archived: bool
    search_name: str
    barcodes: tuple[Barcode, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCode:
    """What a code names. parsed_as: barcode, pack or sku; factor: base units in one of it."""

    product_id: UUID
    factor: Decimal
    parsed_as: str


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What a list of products is narrowed by; codes are the stored forms of what was typed."""

    q: str | None = None
    codes: tuple[str, ...] = ()
    category_id: UUID | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class PaperLine:
    """What a paper says of one product; any may be missing."""

    code: str | None
    barcode: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class MatchProduct:
    """What matching needs of a product. packs: factors of its pack codes."""

    id: UUID
    name: str
    brand: str | None
    content_quantity: Decimal | None
    content_unit: str | None
    iva_rate: Decimal
    has_internal_tax: bool
    last_unit_cost: Decimal | None
    packs: frozenset[Decimal] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may be meant. score from 0 to 1; reason: barcode, pack, sku or text."""

    product: MatchProduct
    score: float
    reason: str
    pack_factor: Decimal
