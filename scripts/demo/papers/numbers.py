"""How figures, dates and tax numbers are written on a paper."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from scripts.demo.papers.paper import FiscalNumberStyle, NumberStyle, Paper
from shared.kernel.cuit import format_cuit


def amount(value: Decimal, style: NumberStyle, decimals: int = 2) -> str:
    """Figure with a fixed number of decimals in the paper's own style."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    english = f"{rounded:,f}"
    if style is NumberStyle.ENGLISH:
        return english
    if style is NumberStyle.PLAIN:
        return english.replace(",", "").replace(".", ",")
    return english.translate(str.maketrans(",.", ".,"))


def whole_or(value: Decimal, style: NumberStyle, decimals: int) -> str:
    """A quantity without decimals when it is whole: 12, but 1,350."""
    return amount(value, style, 0 if value == value.to_integral_value() else decimals)


def day(value: date) -> str:
    """Date as printed: 13/02/2026."""
    return value.strftime("%d/%m/%Y")


def cuit(digits: str | None, *, is_dashed: bool) -> str:
    """CUIT with or without dashes; empty for nobody."""
    if digits is None:
        return ""
    return format_cuit(digits) if is_dashed else digits


def rate(value: Decimal, style: NumberStyle = NumberStyle.PLAIN, decimals: int = 2) -> str:
    """Percentage without its sign: 10,50."""
    return amount(value, style, decimals)


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
