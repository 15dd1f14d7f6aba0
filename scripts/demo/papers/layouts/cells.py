"""What the columns of a paper print of a row, each in the paper's own style."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.paper import HUNDRED, ZERO, Line, Paper
from scripts.demo.papers.traits import NumberStyle
from shared.kernel.money import to_cents


@dataclass(frozen=True, slots=True)
class Cells:
    """Texts of one row of a paper."""

    paper: Paper

    @property
    def _style(self) -> NumberStyle:
        return self.paper.traits.numbers

    def code(self, line: Line) -> str:
        """The supplier's own code."""
        return line.code

    def description(self, line: Line) -> str:
        """The goods."""
        return line.description

    def unit(self, line: Line) -> str:
        """The unit in words."""
        return line.unit

    def pack(self, line: Line) -> str:
        """Units in a pack."""
        return str(line.pack_size)

    def quantity(self, line: Line) -> str:
        """In the supplier's own way, mostly without decimals when whole."""
        return numbers.quantity(line.printed("quantity"), self.paper)

    def quantity_in_cents(self, line: Line) -> str:
        """Always with two decimals."""
        return numbers.amount(line.printed("quantity"), self._style)

    def bonus_quantity(self, line: Line) -> str:
        """Free units, empty for none."""
        return numbers.quantity(line.bonus_quantity, self.paper) if line.bonus_quantity else ""

    def price(self, line: Line) -> str:
        """Unit price with the paper's decimals."""
        price = line.printed("unit_price")
        return (
            "" if line.is_unpriced else numbers.amount(price, self._style, self.paper.traits.price_decimals)
        )

    def gross(self, line: Line) -> str:
        """Quantity by price before discounts."""
        return self._money(line, line.gross)

    def subtotal(self, line: Line) -> str:
        """After discounts."""
        return self._money(line, line.printed("subtotal"))

    def discount(self, index: int) -> Callable[[Line], str]:
        """The percentage of one discount column, empty when the row has fewer."""

        def text(line: Line) -> str:
            return numbers.rate(line.discounts[index], self._style) if index < len(line.discounts) else ""

        return text

    def first_discount_or_zero(self, line: Line) -> str:
        """The only percentage, 0,00 for none."""
        return numbers.rate(line.discounts[0] if line.discounts else ZERO, self._style)

    def discount_amount(self, line: Line) -> str:
        """Money taken off, 0,00 for none."""
        return numbers.amount(line.discount_amount, self._style)

    def discounted(self, line: Line) -> str:
        """Everything that discounts take off the row."""
        return numbers.amount(line.gross - line.subtotal, self._style)

    def iva_rate(self, line: Line) -> str:
        """21,00; EX for exempt rows, NG for untaxed ones."""
        if line.iva_rate is None:
            return "NG" if line.is_untaxed else "EX"
        return numbers.rate(line.iva_rate, self._style)

    def iva(self, line: Line) -> str:
        """IVA of the row alone, rounded on its own."""
        return numbers.amount(_iva(line), self._style)

    def internal_tax(self, line: Line) -> str:
        """Money of the whole row."""
        return numbers.amount(line.internal_tax, self._style)

    def with_iva(self, line: Line) -> str:
        """Subtotal and its IVA."""
        return self._money(line, line.subtotal + _iva(line))

    def with_taxes(self, line: Line) -> str:
        """Subtotal, its IVA and its internal tax."""
        return self._money(line, line.subtotal + _iva(line) + line.internal_tax)

    def _money(self, line: Line, value: Decimal) -> str:
        """An amount, blank on a free row that prints none."""
        return "" if line.is_unpriced else numbers.amount(value, self._style)


def _iva(line: Line) -> Decimal:
    return to_cents(line.subtotal * (line.iva_rate or ZERO) / HUNDRED)
