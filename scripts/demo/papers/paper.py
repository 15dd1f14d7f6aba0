"""One supplier paper as plain values, and the one function that adds it up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.kernel.money import to_cents

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class IvaCondition(StrEnum):
    """IVA condition of a party, as ARCA prints it."""

    RESPONSABLE_INSCRIPTO = "IVA Responsable Inscripto"
    MONOTRIBUTO = "Responsable Monotributo"
    EXENTO = "IVA Sujeto Exento"
    CONSUMIDOR_FINAL = "Consumidor Final"


class NumberStyle(StrEnum):
    """How a paper writes 1234.56."""

    DOTTED = "1.234,56"
    PLAIN = "1234,56"
    ENGLISH = "1,234.56"


class FiscalNumberStyle(StrEnum):
    """How a paper writes point of sale 4 and number 21367."""

    DASHED = "0004-00021367"
    LONG = "00004-00021367"
    LETTER = "A00004-00021367"
    SPACED = "0004 - 00021367"
    SPLIT = "00004 | 00021367"


class FontFamily(StrEnum):
    """Fonts every reportlab carries."""

    HELVETICA = "Helvetica"
    TIMES = "Times"
    COURIER = "Courier"
    VERA = "Vera"


@dataclass(frozen=True, slots=True)
class Kind:
    """What an ARCA type code stands for."""

    kind: str
    letter: str
    title: str


KINDS = {
    1: Kind("factura", "A", "FACTURA"),
    2: Kind("nota_debito", "A", "NOTA DE DÉBITO"),
    3: Kind("nota_credito", "A", "NOTA DE CRÉDITO"),
    6: Kind("factura", "B", "FACTURA"),
    8: Kind("nota_credito", "B", "NOTA DE CRÉDITO"),
    11: Kind("factura", "C", "FACTURA"),
    13: Kind("nota_credito", "C", "NOTA DE CRÉDITO"),
    81: Kind("tique", "A", "TIQUE FACTURA"),
    82: Kind("tique", "B", "TIQUE FACTURA"),
}
FISCAL_CONTROLLER_TYPES = frozenset({81, 82})


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

    unit_price: as printed, before discounts (class A net, B and C gross).
    discounts: percentages applied one after the other. bonus_quantity: free units next to
    the charged ones, outside the subtotal. iva_rate: percentage, None when exempt.
    internal_tax: pesos of the whole row; on A it is added below, on B and C it is inside.
    pack_size: base units in one printed unit.
    """

    code: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    iva_rate: Decimal | None = Decimal(21)
    unit: str = "unidades"
    discounts: tuple[Decimal, ...] = ()
    bonus_quantity: Decimal = ZERO
    internal_tax: Decimal = ZERO
    pack_size: int = 1

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
        return to_cents(amount)


@dataclass(frozen=True, slots=True)
class Perception:
    """A tax collected on top. kind: perception_iva, perception_iibb, municipal or other.

    rate: percentage of the net amount (class A) or of the sum of the rows (B and C).
    """

    kind: str
    description: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Traits:
    """How one paper looks, apart from its layout. altered_total: printed instead of the right one."""

    numbers: NumberStyle = NumberStyle.PLAIN
    fiscal_number: FiscalNumberStyle = FiscalNumberStyle.LONG
    font: FontFamily = FontFamily.HELVETICA
    has_qr: bool = True
    has_itf: bool = False
    has_transparency_box: bool = True
    has_two_line_headings: bool = True
    has_dashed_cuit: bool = True
    price_decimals: int = 2
    copies: int = 3
    altered_total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything a supplier's paper says. layout: a key of `layouts.LAYOUTS`.

    authorization_code: CAE of 14 digits; None on a fiscal-controller ticket, which prints
    controller_registration instead. discount_rate: general discount on the rows, percentage.
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
    sale_condition: str = "Cuenta Corriente"
    issued_at: str = "10:42:18"
    traits: Traits = field(default_factory=Traits)

    @property
    def kind(self) -> Kind:
        """What the type code stands for."""
        return KINDS[self.type_code]

    @property
    def letter(self) -> str:
        """A, B or C."""
        return self.kind.letter


@dataclass(frozen=True, slots=True)
class IvaAmount:
    """IVA of one rate on its base."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PerceptionAmount:
    """A perception with its figures."""

    perception: Perception
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of a paper, in cents.

    rows: sum of the subtotals; discount: taken off it. net, exempt and iva are printed on A only.
    contained_iva, contained_internal: inside the price of a B, never added again.
    """

    rows: Decimal
    discount: Decimal
    net: Decimal
    exempt: Decimal
    iva: tuple[IvaAmount, ...]
    internal: Decimal
    perceptions: tuple[PerceptionAmount, ...]
    total: Decimal
    contained_iva: Decimal
    contained_internal: Decimal

    @property
    def iva_total(self) -> Decimal:
        """IVA of every rate."""
        return _sum(row.amount for row in self.iva)

    @property
    def perception_total(self) -> Decimal:
        """Every perception."""
        return _sum(row.amount for row in self.perceptions)


def add_up(paper: Paper) -> Totals:
    """The totals of a paper, so that every sum ARCA checks closes to the cent.

    Bases are rounded first and each tax is worked out from its rounded base (ARCA 10051);
    the total is the sum of the printed parts (ARCA 10048).
    """
    if paper.letter == "A":
        return _add_up_net(paper)
    return _add_up_gross(paper)


def printed_total(paper: Paper) -> Decimal:
    """The total as printed, which someone may have altered."""
    altered = paper.traits.altered_total
    return add_up(paper).total if altered is None else altered


def _add_up_net(paper: Paper) -> Totals:
    rows = _sum(line.subtotal for line in paper.lines)
    bases = {rate: _base(paper, rate) for rate in _rates(paper)}
    iva = tuple(
        IvaAmount(rate, base, to_cents(base * rate / HUNDRED))
        for rate, base in bases.items()
        if rate is not None
    )
    exempt = bases.get(None, ZERO)
    net = _sum(row.base for row in iva)
    internal = _sum(line.internal_tax for line in paper.lines)
    perceptions = _perceptions(paper, net)
    added = _sum(row.amount for row in iva) + internal + _sum(row.amount for row in perceptions)
    return Totals(
        rows=rows,
        discount=rows - net - exempt,
        net=net,
        exempt=exempt,
        iva=iva,
        internal=internal,
        perceptions=perceptions,
        total=net + exempt + added,
        contained_iva=ZERO,
        contained_internal=ZERO,
    )


def _add_up_gross(paper: Paper) -> Totals:
    rows = _sum(line.subtotal for line in paper.lines)
    bases = {rate: _base(paper, rate) for rate in _rates(paper)}
    kept = _sum(bases.values())
    perceptions = _perceptions(paper, kept)
    internal = _sum(line.internal_tax for line in paper.lines)
    has_iva = paper.letter == "B"
    return Totals(
        rows=rows,
        discount=rows - kept,
        net=kept,
        exempt=ZERO,
        iva=(),
        internal=ZERO,
        perceptions=perceptions,
        total=kept + _sum(row.amount for row in perceptions),
        contained_iva=_sum(_contained_iva(paper, rate, base) for rate, base in bases.items() if has_iva),
        contained_internal=internal if has_iva else ZERO,
    )


def _rates(paper: Paper) -> list[Decimal | None]:
    """Rates on the paper, highest first, exempt last."""
    rates = {line.iva_rate for line in paper.lines}
    return sorted(rates, key=lambda rate: (rate is None, -(rate or ZERO)))


def _base(paper: Paper, rate: Decimal | None) -> Decimal:
    rows = _sum(line.subtotal for line in paper.lines if line.iva_rate == rate)
    return to_cents(rows * (1 - paper.discount_rate / HUNDRED))


def _contained_iva(paper: Paper, rate: Decimal | None, gross: Decimal) -> Decimal:
    if rate is None:
        return ZERO
    internal = _sum(line.internal_tax for line in paper.lines if line.iva_rate == rate)
    taxed = gross - internal
    return to_cents(taxed - taxed / (1 + rate / HUNDRED))


def _perceptions(paper: Paper, base: Decimal) -> tuple[PerceptionAmount, ...]:
    return tuple(
        PerceptionAmount(perception, base, to_cents(base * perception.rate / HUNDRED))
        for perception in paper.perceptions
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
