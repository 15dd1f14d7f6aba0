"""How one paper looks, apart from its layout."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from scripts.demo.papers.habits import Habits


class NumberStyle(StrEnum):
    """How a paper writes 1234.56. The space of SPACED_POINT is one that does not break (NBSP)."""

    DOTTED = "1.234,56"
    PLAIN = "1234,56"
    ENGLISH = "1,234.56"
    SPACED = "1 234,56"
    SPACED_POINT = "1\xa0234.56"


class DateStyle(StrEnum):
    """How a paper writes 13 February 2026."""

    SLASHED = "%d/%m/%Y"
    DASHED = "%d-%m-%Y"
    DOTTED_SHORT = "%d.%m.%y"
    SHORT = "%d/%m/%y"


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


class Carry(StrEnum):
    """What a page says when the rows go on overleaf."""

    NOTHING = "nothing"
    CONTINUES = "continues"
    SUBTOTAL = "subtotal"
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Traits:
    """Choices of one supplier. altered_total: printed instead of the right one.

    altered_tax: place among IVA rows, perceptions and internal tax, and the amount printed there instead.
    copies: 1 to 3, each with its word (ORIGINAL, ...); a layout without that word prints one.
    is_printed_twice: every text a second time, a fraction of a point aside (fake bold).
    has_provincial_line: the province's own rate in the transparency box, never to be added.
    has_prices: of a remito; every other paper prints its prices.
    """

    numbers: NumberStyle = NumberStyle.PLAIN
    dates: DateStyle = DateStyle.SLASHED
    fiscal_number: FiscalNumberStyle = FiscalNumberStyle.LONG
    font: FontFamily = FontFamily.HELVETICA
    has_qr: bool = True
    has_itf: bool = False
    has_transparency_box: bool = True
    has_provincial_line: bool = False
    has_two_line_headings: bool = True
    has_dashed_cuit: bool = True
    has_prices: bool = False
    is_printed_twice: bool = False
    price_decimals: int = 2
    copies: int = 1
    carry: Carry = Carry.NOTHING
    altered_total: Decimal | None = None
    altered_tax: tuple[int, Decimal] | None = None
    habits: Habits = field(default_factory=Habits)
