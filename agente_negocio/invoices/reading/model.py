"""The plain values of a reading: words, fields with evidence, lines, checks, documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum

DEFAULT_MAX_PAGES = 10
DEFAULT_PAGE_TIMEOUT_SECONDS = 60.0


class Source(StrEnum):
    """Where a value was read."""

    QR = "qr"
    TEXT = "text"
    OCR = "ocr"


class Kind(StrEnum):
    """What the paper is, in the words of the trade."""

    FACTURA = "factura"
    NOTA_CREDITO = "nota_credito"
    NOTA_DEBITO = "nota_debito"
    TIQUE = "tique"
    REMITO = "remito"
    OTHER = "other"


class TaxKind(StrEnum):
    """What a tax row charges."""

    IVA = "iva"
    INTERNAL = "internal"
    PERCEPTION_IVA = "perception_iva"
    PERCEPTION_IIBB = "perception_iibb"
    MUNICIPAL = "municipal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the caller knows and allows.

    own_cuits: eleven digits each; they tell the receiver from the issuer.
    page_timeout_seconds: longest that a page may take in a process of its own, which is ended then; where
    `read` is called directly, longest single run of the text recogniser. pictures: whether a person will look
    at the pages; without them a page of text costs half.
    """

    own_cuits: frozenset[str] = frozenset()
    password: str | None = None
    max_pages: int = DEFAULT_MAX_PAGES
    page_timeout_seconds: float = DEFAULT_PAGE_TIMEOUT_SECONDS
    pictures: bool = True


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the upright page, from 0 to 1, origin top left.

    page: while reading, of the files; in a result, of the pictures of all its documents, one after the other.
    Both count from 1.
    """

    page: int
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """The upright page as a JPEG, for the person who reviews it."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the header and what speaks for it."""

    value: str
    confidence: float
    source: Source
    raw: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a voucher; None where nothing was read."""

    issuer_cuit: Field | None = None
    issuer_name: Field | None = None
    receiver_cuit: Field | None = None
    receiver_name: Field | None = None
    letter: Field | None = None
    type_code: Field | None = None
    point_of_sale: Field | None = None
    number: Field | None = None
    issue_date: Field | None = None
    currency: Field | None = None
    exchange_rate: Field | None = None
    net: Field | None = None
    untaxed: Field | None = None
    exempt: Field | None = None
    discount: Field | None = None
    total: Field | None = None
    authorization_kind: Field | None = None
    authorization_code: Field | None = None
    authorization_due: Field | None = None


HEADER_NAMES = tuple(entry.name for entry in fields(Header))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a figure or a text of the goods or the foot was read.

    raw: as first read, "" where a first look read nothing, though something stands there or should.
    """

    raw: str
    source: Source
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """One step of a line's discount cascade: a percentage or an amount, never both."""

    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One item row as printed.

    unit_price: before discounts. subtotal: A net, B gross, as the paper shows it.
    doubts: names of the values a person should look at. evidence: by name of the value, of those printed.
    """

    code: str | None
    description: str
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    subtotal: Decimal | None
    discounts: tuple[Discount, ...] = ()
    bonus_quantity: Decimal = Decimal(0)
    iva_rate: Decimal | None = None
    internal_tax: Decimal = Decimal(0)
    confidence: float = 0.0
    box: Box | None = None
    doubts: tuple[str, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax row of the foot of the voucher. rate in percent, None where not printed.

    evidence: of its amount.
    """

    kind: TaxKind
    rate: Decimal | None
    base: Decimal | None
    amount: Decimal
    description: str
    evidence: Evidence | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two witnesses of a header field that do not agree, or one that is not to be trusted alone.

    said: both in words. printed: what print (or, against a QR, the bars) says instead of the value taken.
    is_unread: the print names one that could not be made out.
    """

    field: str
    said: str
    printed: str | None = None
    is_unread: bool = False

    def __str__(self) -> str:
        return f"{self.field}: {self.said}"


@dataclass(frozen=True, slots=True)
class Check:
    """One proof tried on the document; detail gives the figures, conflicts what contradicts itself."""

    code: str
    ok: bool
    detail: str
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One voucher with the evidence of every value.

    accepted: the gate closed, so no person has to look. pages: paper pages that belong to it.
    qr: the decoded payload, or None. images: one upright picture per page, if they were asked for.
    """

    kind: Kind
    accepted: bool
    pages: int
    qr: Mapping[str, str | int | None] | None
    header: Header
    taxes: tuple[Tax, ...] = ()
    lines: tuple[Line, ...] = ()
    checks: tuple[Check, ...] = ()
    images: tuple[PageImage, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a space; edges in page units, origin top left, confidence 0 to 1."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float = 1.0

    @property
    def height(self) -> float:
        """Height of the glyph box."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.y0 + self.y1) / 2
