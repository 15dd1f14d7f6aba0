"""How figures, dates and tax numbers are written on a paper."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from scripts.demo.papers.habits import QuantityStyle
from scripts.demo.papers.kinds import INTERNAL_REMITO
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.traits import DateStyle, FiscalNumberStyle, NumberStyle
from shared.kernel.cuit import format_cuit


def amount(value: Decimal, style: NumberStyle, decimals: int = 2) -> str:
    """Figure with a fixed number of decimals in the paper's own style."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    # Every style is written as 1234.56 with its own marks between thousands and before decimals.
    thousands, point = ("", style[4]) if style is NumberStyle.PLAIN else (style[1], style[5])
    return f"{rounded:,f}".translate({ord(","): thousands, ord("."): point})


def whole_or(value: Decimal, style: NumberStyle, decimals: int) -> str:
    """A quantity without decimals when it is whole: 12, but 1,350."""
    return amount(value, style, 0 if value == value.to_integral_value() else decimals)


def quantity(value: Decimal, paper: Paper) -> str:
    """A quantity as the paper writes it: 12 and 1,350, or always three decimals, even 3.000 beside 1,50."""
    match paper.traits.habits.quantities:
        case QuantityStyle.USUAL:
            return whole_or(value, paper.traits.numbers, 3)
        case QuantityStyle.THREE_DECIMALS:
            return amount(value, paper.traits.numbers, 3)
        case QuantityStyle.POINT:
            return f"{value:.3f}"


def shortest(value: Decimal, style: NumberStyle, least: int = 0) -> str:
    """A figure without needless zeros, but with at least so many decimals."""
    return amount(value, style, max(least, -int(value.normalize().as_tuple().exponent)))


def day(value: date, style: DateStyle = DateStyle.SLASHED) -> str:
    """Date as printed: 13/02/2026."""
    return value.strftime(style)


def cuit(digits: str | None, *, is_dashed: bool) -> str:
    """CUIT with or without dashes; empty for nobody."""
    if digits is None:
        return ""
    return format_cuit(digits) if is_dashed else digits


def rate(value: Decimal, style: NumberStyle = NumberStyle.PLAIN, decimals: int = 2) -> str:
    """Percentage without its sign: 10,50."""
    return amount(value, style, decimals)


def mark(paper: Paper) -> str:
    """The sign of the paper's currency."""
    return "$" if paper.currency == "ARS" else paper.traits.habits.dollars.mark


def article_code(paper: Paper) -> str:
    """The code under the letter: 01. Empty on a remito X."""
    return "" if paper.type_code == INTERNAL_REMITO else f"{paper.type_code:02d}"


def fiscal_number(paper: Paper) -> str:
    """Point of sale and number in the paper's own style."""
    short = f"{paper.point_of_sale:04d}"
    long = f"{paper.point_of_sale:05d}"
    number = f"{paper.number:08d}"
    match paper.traits.fiscal_number:
        case FiscalNumberStyle.DASHED:
            return f"{short}-{number}"
        case FiscalNumberStyle.LETTER:
            return f"{paper.letter}{long}-{number}"
        case FiscalNumberStyle.SPACED:
            return f"{short} - {number}"
        case FiscalNumberStyle.SPLIT | FiscalNumberStyle.LONG:
            return f"{long}-{number}"
