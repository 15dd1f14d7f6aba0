"""The six layouts of supplier papers, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from scripts.demo.papers.layouts import beverage, distributor, monospaced, rcel, ticket, wholesaler
from scripts.demo.papers.paper import Line, Paper

CODE_LENGTH = 8
TICKET_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """How papers of one kind are drawn, and what they can show.

    pages: the rows of each page of one copy. max_discounts: discount columns of a row.
    prints: optional row fields that really appear on paper (B and C never print iva_rate
    except on tickets). has_general_discount: whether the foot has a place for it.
    """

    name: str
    draw: Callable[[Paper], bytes]
    pages: Callable[[Paper], list[tuple[Line, ...]]]
    max_discounts: int
    prints: frozenset[str]
    has_general_discount: bool = True
    quantity_decimals: int = 3


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout(
            "rcel",
            rcel.draw,
            rcel.pages,
            max_discounts=1,
            prints=frozenset({"code", "unit", "iva_rate"}),
            has_general_discount=False,
            quantity_decimals=2,
        ),
        Layout(
            "distributor",
            distributor.draw,
            distributor.pages,
            max_discounts=2,
            prints=frozenset({"code", "iva_rate"}),
        ),
        Layout(
            "wholesaler",
            wholesaler.draw,
            wholesaler.pages,
            max_discounts=1,
            prints=frozenset({"code", "iva_rate", "pack_size"}),
        ),
        Layout(
            "monospaced",
            monospaced.draw,
            monospaced.pages,
            max_discounts=1,
            quantity_decimals=2,
            prints=frozenset({"code", "iva_rate"}),
        ),
        Layout("ticket", ticket.draw, ticket.pages, max_discounts=0, prints=frozenset({"iva_rate"})),
        Layout(
            "beverage",
            beverage.draw,
            beverage.pages,
            max_discounts=3,
            prints=frozenset({"code", "iva_rate", "bonus_quantity", "internal_tax"}),
        ),
    )
}


def render(paper: Paper) -> bytes:
    """The paper as a vector PDF with a text layer, the same bytes every time.

    Raises ValueError when the layout has no place for something the paper says.
    """
    layout = LAYOUTS[paper.layout]
    problem = _misfit(layout, paper)
    if problem:
        raise ValueError(f"layout {layout.name} cannot print {problem}")
    return layout.draw(paper)


def page_count(paper: Paper) -> int:
    """Pages of one copy."""
    return len(LAYOUTS[paper.layout].pages(paper))


def _misfit(layout: Layout, paper: Paper) -> str | None:
    lines = paper.lines
    decimals = TICKET_DECIMALS if layout.name == "ticket" else paper.traits.price_decimals
    kinds = [row.kind for row in paper.perceptions]
    problems = {
        "so many discounts in a row": any(len(line.discounts) > layout.max_discounts for line in lines),
        "a general discount": bool(paper.discount_rate) and not layout.has_general_discount,
        "free units beside the charged ones": "bonus_quantity" not in layout.prints
        and any(line.bonus_quantity for line in lines),
        "two perceptions of one kind": layout.name == "rcel" and len(set(kinds)) < len(kinds),
        f"prices past {decimals} decimals": any(_is_finer(line.unit_price, decimals) for line in lines),
        f"quantities past {layout.quantity_decimals} decimals": any(
            _is_finer(line.quantity, layout.quantity_decimals) for line in lines
        ),
        f"codes past {CODE_LENGTH} characters": any(len(line.code) > CODE_LENGTH for line in lines),
    }
    return next((problem for problem, is_so in problems.items() if is_so), None)


def _is_finer(value: Decimal, decimals: int) -> bool:
    return round(value, decimals) != value
