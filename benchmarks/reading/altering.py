"""Papers on which someone altered a figure.

A kind is which figure was altered and by how much: by cents, 0.01 to 0.10, or by more, 1 to 1000, of a
quantity 1 to 3. What it was part of does not follow, so that the paper's figures contradict each other.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from scripts.demo.papers import Paper, add_up, render

_ROW_FIGURES = {"price": "unit_price", "subtotal": "subtotal", "quantity": "quantity"}

Alter = Callable[[Paper, Random, Decimal], Paper | None]
"""The paper with the figure moved by an amount; None where it does not print one, or nothing would remain."""


def altered(paper: Paper, seed: str) -> tuple[str, Paper]:
    """The kind and the altered paper, drawn by seed. A remito, never accepted, stays honest and has no kind.

    Only what shows is an alteration: a layout need not print every figure.
    """
    if paper.is_remito:
        return "", paper
    random = Random(seed)
    honest = render(paper)
    for kind in random.sample(KINDS, len(KINDS)):
        figure, size = kind.split(", ")
        other = _FIGURES[figure](paper, random, _amount(random, figure, size))
        if other is not None and render(other) != honest:
            return kind, other
    raise AssertionError("every voucher prints a total")


def _amount(random: Random, figure: str, size: str) -> Decimal:
    """By how much, up or down."""
    sign = random.choice((1, -1))
    if size == "by cents":
        return sign * Decimal(random.randint(1, 10)) / 100
    return sign * Decimal(random.choice((1, 2, 3) if figure == "quantity" else (1, 10, 100, 1000)))


def _total(paper: Paper, _random: Random, by: Decimal) -> Paper | None:
    total = _moved(add_up(paper).total, by)
    return None if total is None else replace(paper, traits=replace(paper.traits, altered_total=total))


def _tax(paper: Paper, random: Random, by: Decimal) -> Paper | None:
    totals = add_up(paper)
    amounts = [
        *(row.amount for row in totals.iva),
        *(row.amount for row in totals.perceptions),
        *([totals.internal] if totals.internal else []),
    ]
    if not amounts:
        return None
    place = random.randrange(len(amounts))
    amount = _moved(amounts[place], by)
    if amount is None:
        return None
    return replace(paper, traits=replace(paper.traits, altered_tax=(place, amount)))


def _row_figure(name: str) -> Alter:
    def alter(paper: Paper, random: Random, by: Decimal) -> Paper | None:
        place = random.randrange(len(paper.lines))
        figure = _moved(getattr(paper.lines[place], name), by)
        if figure is None:
            return None
        lines = list(paper.lines)
        lines[place] = replace(lines[place], altered=(name, figure))
        return replace(paper, lines=tuple(lines))

    return alter


def _moved(value: Decimal, by: Decimal) -> Decimal | None:
    """Up where there is too little to take away. A figure of zero may not be printed at all."""
    if not value:
        return None
    return value + by if value + by > 0 else value - by


_FIGURES: dict[str, Alter] = {
    "total": _total,
    "tax": _tax,
    **{figure: _row_figure(name) for figure, name in _ROW_FIGURES.items()},
}
KINDS = tuple(f"{figure}, {size}" for figure in _FIGURES for size in ("by cents", "by more"))
"""Every way a paper is altered."""
