"""One supplier paper as plain values."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from scripts.demo.papers.kinds import INTERNAL_REMITO, KINDS, LEGEND_TYPES, REMITO_TYPES, Kind
from scripts.demo.papers.traits import Traits
from shared.kernel.money import to_cents

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class IvaCondition(StrEnum):
    """IVA condition of a party, as ARCA prints it."""

    RESPONSABLE_INSCRIPTO = "IVA Responsable Inscripto"
    MONOTRIBUTO = "Responsable Monotributo"
    EXENTO = "IVA Sujeto Exento"
    CONSUMIDOR_FINAL = "Consumidor Final"


@dataclass(frozen=True, slots=True)
class Party:
    """Issuer or receiver. cuit: 11 digits, or None for an anonymous final consumer."""

    cuit: str | None
    name: str
    iva_condition: IvaCondition
    address: str = "-"
    fantasy_name: str = ""
    gross_income: str = ""
    started_on: date = date(2010, 3, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed row.

    unit_price: as printed, before discounts (class A net, B and C gross), in the paper's currency.
    discounts: percentages applied one after the other. discount_amount: money taken off after them.
    bonus_quantity: free units next to the charged ones, outside the subtotal.
    iva_rate: percentage, None when exempt or, with is_untaxed, outside the tax ("no gravado").
    internal_tax: money for the whole row; on A it is added below, on B and C it is inside.
    internal_rate: the percentage it came from. pack_size: base units in one printed unit.
    below: money that a line of its own takes off below the row of a roll; the row does not show it.
    is_unpriced: a free row whose money is blank.
    altered: the name of a figure and what is printed in its place, where someone altered it; nothing else of
    the paper follows.
    """

    code: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    iva_rate: Decimal | None = Decimal(21)
    unit: str = "unidades"
    discounts: tuple[Decimal, ...] = ()
    discount_amount: Decimal = ZERO
    bonus_quantity: Decimal = ZERO
    internal_tax: Decimal = ZERO
    internal_rate: Decimal = ZERO
    is_untaxed: bool = False
    pack_size: int = 1
    below: Decimal = ZERO
    is_unpriced: bool = False
    altered: tuple[str, Decimal] | None = None

    def printed(self, name: str) -> Decimal:
        """quantity, unit_price or subtotal as printed, which someone may have altered."""
        if self.altered and self.altered[0] == name:
            return self.altered[1]
        value: Decimal = getattr(self, name)
        return value

    @property
    def gross(self) -> Decimal:
        """Quantity by price before discounts, in cents."""
        return to_cents(self.quantity * self.unit_price)

    @property
    def subtotal(self) -> Decimal:
        """Quantity by price after every discount, rounded once, in cents."""
        amount = self.quantity * self.unit_price
        for rate in self.discounts:
            amount *= 1 - rate / HUNDRED
        return to_cents(amount - self.discount_amount)


@dataclass(frozen=True, slots=True)
class Perception:
    """A tax collected on top. kind: perception_iva, perception_iibb, municipal or other.

    rate: percentage of the net amount (class A) or of the sum of the rows (B and C).
    """

    kind: str
    description: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """The voucher that a credit or debit note mends. authorization_code: its CAE, None without one."""

    type_code: int
    point_of_sale: int
    number: int
    issued_on: date
    authorization_code: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything a supplier's paper says. layout: a key of `layouts.LAYOUTS`.

    authorization_code: 14 digits: CAE, or CAI on a remito R. None on a fiscal-controller ticket,
    which prints controller_registration instead, and on a remito X.
    discount_rate: general discount on the rows, percentage.
    currency: ARS or USD, of every figure on the paper. exchange_rate: pesos for one of it.
    reference: printed on credit and debit notes. cbu and payment_due: printed on MiPyME vouchers.
    """

    layout: str
    type_code: int
    issuer: Party
    receiver: Party
    point_of_sale: int
    number: int
    issued_on: date
    lines: tuple[Line, ...]
    authorization_code: str | None = None
    authorization_due: date | None = None
    controller_registration: str | None = None
    perceptions: tuple[Perception, ...] = ()
    discount_rate: Decimal = ZERO
    currency: str = "ARS"
    exchange_rate: Decimal = Decimal(1)
    reference: Reference | None = None
    cbu: str | None = None
    payment_due: date | None = None
    sale_condition: str = "Cuenta Corriente"
    issued_at: str = "10:42:18"
    traits: Traits = field(default_factory=Traits)

    @property
    def kind(self) -> Kind:
        """What the type code stands for."""
        return KINDS[self.type_code]

    @property
    def letter(self) -> str:
        """A, B, C, R or X; empty on a tique."""
        return self.kind.letter

    @property
    def is_net(self) -> bool:
        """Whether prices are without IVA, which is then added below (class A)."""
        return self.letter == "A"

    @property
    def contains_iva(self) -> bool:
        """Whether prices contain IVA that the paper tells the consumer (Ley 27.743)."""
        return self.letter in ("B", "")

    @property
    def is_remito(self) -> bool:
        """A delivery note."""
        return self.type_code in REMITO_TYPES

    @property
    def has_legend(self) -> bool:
        """An A under retention."""
        return self.type_code in LEGEND_TYPES

    @property
    def has_prices(self) -> bool:
        """Whether rows print money; a remito X never does."""
        return not self.is_remito or (self.traits.has_prices and self.type_code != INTERNAL_REMITO)
