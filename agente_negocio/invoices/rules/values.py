"""The plain values rules take: a draft voucher, its lines, its buyer and what stands around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from agente_negocio.invoices.reading.header.vouchers import letter_of
from agente_negocio.invoices.reading.model import Discount, Kind, Tax

ZERO = Decimal(0)


class MatchSource(StrEnum):
    """How a line came to its product."""

    BARCODE = "barcode"
    SUPPLIER_CODE = "supplier_code"
    ALIAS = "alias"
    TEXT = "text"
    USER = "user"


class CreditEffect(StrEnum):
    """What a nota de crédito does: goods go back, or they only cost less."""

    GOODS = "goods"
    COST = "cost"


class State(StrEnum):
    """How much a value can be trusted: as it is, after a look, or not at all."""

    SURE = "sure"
    CHECK = "check"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Buyer:
    """Our side of a paper, as far as costs go."""

    cuit: str
    iva_condition: str
    cost_basis: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as it stands now. quantity and prices are the paper's; subtotal A net, B gross.

    pack_factor: base units in one printed unit, None while unknown. spread: no goods, but part of what
    the goods cost. last_cost: per base unit, when last bought.
    """

    id: UUID
    position: int
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    subtotal: Decimal | None
    code: str | None = None
    bonus_quantity: Decimal = ZERO
    discounts: tuple[Discount, ...] = ()
    iva_rate: Decimal | None = None
    internal_tax: Decimal = ZERO
    doubts: frozenset[str] = frozenset()
    product_id: UUID | None = None
    has_internal_tax: bool = False
    last_cost: Decimal | None = None
    pack_factor: Decimal | None = None
    match_source: MatchSource | None = None
    not_stock: bool = False
    spread: bool = False

    @property
    def is_goods(self) -> bool:
        """Whether the line brings something that is counted."""
        return not self.not_stock

    @property
    def units(self) -> Decimal:
        """Base units the line moves, paid and free."""
        return ((self.quantity or ZERO) + self.bonus_quantity) * (self.pack_factor or ZERO)


@dataclass(frozen=True, slots=True)
class Header:
    """The header's values as they stand now; None where unknown."""

    issuer_cuit: str | None = None
    issuer_name: str | None = None
    receiver_cuit: str | None = None
    receiver_name: str | None = None
    letter: str | None = None
    type_code: int | None = None
    point_of_sale: int | None = None
    number: int | None = None
    issue_date: date | None = None
    currency: str = "ARS"
    exchange_rate: Decimal | None = None
    net: Decimal | None = None
    untaxed: Decimal | None = None
    exempt: Decimal | None = None
    discount: Decimal | None = None
    total: Decimal | None = None
    authorization_kind: str | None = None
    authorization_code: str | None = None
    authorization_due: date | None = None

    @property
    def effective_letter(self) -> str | None:
        """The letter printed, or the one its code implies."""
        if self.letter:
            return self.letter
        return letter_of(self.type_code) if self.type_code is not None else None


@dataclass(frozen=True, slots=True)
class Draft:
    """A voucher as it stands now.

    evidence: by header field, with confidence, source, and `printed` where the paper says otherwise than
    the QR. receiver_unread: somebody is named as receiver, who could not be read. paper_doubts: codes of
    warnings of the paper as a whole. accepted_difference: the exact difference a person accepted, None when
    nobody did. internal_tax_lines: lines over which a person spread the page's internal tax.
    """

    kind: Kind
    header: Header
    lines: tuple[DraftLine, ...]
    taxes: tuple[Tax, ...] = ()
    evidence: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    qr: Mapping[str, Any] | None = None
    branch_id: UUID | None = None
    accepted_difference: Decimal | None = None
    receiver_unread: bool = False
    paper_doubts: tuple[str, ...] = ()
    accept_receiver: bool = False
    credit_effect: CreditEffect | None = None
    internal_tax_lines: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the paper itself. similar: live vouchers that look alike, with their number."""

    today: date
    duplicate_of: UUID | None = None
    draft_twin: UUID | None = None
    similar: tuple[str, ...] = ()
    recent_remito: str | None = None


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a voucher may not be confirmed. path names the value at fault, e.g. "lines[2].quantity"."""

    code: str
    path: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warned:
    """Something a person may want to know before confirming."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
