"""What a layout is: how its papers are drawn, and what they can show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from scripts.demo.papers.layouts.page import Pages
from scripts.demo.papers.layouts.sheet import Sheet
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.traits import DateStyle, NumberStyle

CODE_LENGTH = 8
EVERY_STYLE = tuple(NumberStyle)


@dataclass(frozen=True, slots=True)
class Layout:
    """One way of laying a paper out.

    draw: puts every page on the sheet. pages: the rows of each page of one copy.
    kinds: the type codes it prints, with the weight of each in a sample.
    prints: row fields that really appear on paper: code, unit, iva_rate, pack_size, bonus_quantity,
    internal_tax, discount_amount. net_only: those of them that stand on class A papers alone.
    has_discounts_below: whether a line below a row may take money off it.
    habits: of `PLACED_HABITS`, those it has a place for.
    max_discounts: percentages of a row. max_perceptions: of one paper; one_perception_per_kind: as it says.
    price_decimals: that its suppliers choose from; fixed_price_decimals: printed whatever they choose.
    quantity_decimals: the most it prints. sells_by_pack: whether its rows count packs.
    has_copies, carries: whether it says ORIGINAL and what goes on overleaf. has_pages: may pass one page.
    numbers, dates: the styles its suppliers choose from. foreign_share: of its papers in dollars.
    goods: a key of `goods.TRADES`.
    """

    name: str
    draw: Callable[[Sheet, Paper], None]
    pages: Callable[[Paper], Pages]
    kinds: Mapping[int, int]
    prints: frozenset[str]
    net_only: frozenset[str] = frozenset({"iva_rate", "internal_tax"})
    has_discounts_below: bool = False
    habits: frozenset[str] = frozenset()
    max_discounts: int = 0
    max_perceptions: int = 4
    one_perception_per_kind: bool = False
    has_general_discount: bool = True
    price_decimals: tuple[int, ...] = (2, 2, 2, 3, 4)
    fixed_price_decimals: int | None = None
    quantity_decimals: int = 3
    sells_by_pack: bool = False
    has_copies: bool = True
    carries: bool = True
    has_pages: bool = True
    numbers: tuple[NumberStyle, ...] = EVERY_STYLE
    dates: tuple[DateStyle, ...] = tuple(DateStyle)
    foreign_share: float = 0.03
    goods: str = "groceries"

    def shows(self, paper: Paper, name: str) -> bool:
        """Whether a row of the paper prints a field."""
        return name in self.prints and (paper.is_net or name not in self.net_only)

    def misfit(self, paper: Paper) -> str | None:
        """Something the paper says that this layout has no place for; None when all is well."""
        lines = paper.lines
        kinds = [row.kind for row in paper.perceptions]
        problems = {
            f"type code {paper.type_code}": paper.type_code not in self.kinds,
            f"amounts in {paper.currency}": paper.currency != "ARS" and not self.foreign_share,
            "so many discounts in a row": any(len(line.discounts) > self.max_discounts for line in lines),
            "discounts in money": self._lacks("discount_amount", paper),
            "discounts below rows": not self.has_discounts_below and any(line.below for line in lines),
            "its supplier's habits": not paper.traits.habits.placed() <= self.habits,
            "a general discount": bool(paper.discount_rate) and not self.has_general_discount,
            "free units beside the charged ones": self._lacks("bonus_quantity", paper),
            "so many perceptions": len(kinds) > self.max_perceptions,
            "two perceptions of one kind": self.one_perception_per_kind and len(set(kinds)) < len(kinds),
            f"prices past {self.decimals(paper)} decimals": any(
                _is_finer(line.unit_price, self.decimals(paper)) for line in lines
            ),
            f"quantities past {self.quantity_decimals} decimals": any(
                _is_finer(line.quantity, self.quantity_decimals) for line in lines
            ),
            f"codes past {CODE_LENGTH} characters": any(len(line.code) > CODE_LENGTH for line in lines),
        }
        return next((problem for problem, is_so in problems.items() if is_so), None)

    def decimals(self, paper: Paper) -> int:
        """Decimals of a unit price on a paper."""
        return self.fixed_price_decimals or paper.traits.price_decimals

    def _lacks(self, name: str, paper: Paper) -> bool:
        return name not in self.prints and any(getattr(line, name) for line in paper.lines)


def _is_finer(value: Decimal, decimals: int) -> bool:
    return round(value, decimals) != value
