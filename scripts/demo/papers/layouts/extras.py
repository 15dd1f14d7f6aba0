"""What some suppliers add around the sums of the foot: counts, the day goods came, a table of IVA."""

from datetime import timedelta
from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import add_up
from scripts.demo.papers.habits import COUNTS_OF_ROWS, IvaTable
from scripts.demo.papers.layouts.page import Page
from scripts.demo.papers.paper import ZERO, Paper

_RATE_END, _NET_END, _IVA_END = 40.0, 110.0, 175.0
"""Points from the left edge of the table to the right edges of its columns."""


def counted(paper: Paper) -> Decimal:
    """What the supplier's own count says: its rows, or the units of all rows."""
    if paper.traits.habits.count_label in COUNTS_OF_ROWS:
        return Decimal(len(paper.lines))
    return sum((line.quantity for line in paper.lines), ZERO)


def count_text(page: Page, usual: str) -> str:
    """The count in the supplier's own words, or as the layout has it; empty where that has none."""
    label = page.paper.traits.habits.count_label
    if not label:
        return usual
    value = counted(page.paper)
    text = str(value) if label in COUNTS_OF_ROWS else page.quantity(value)
    return f"{label}: {text}"


def reception_text(page: Page) -> str:
    """When the goods were received and signed for; empty where nobody says."""
    habits = page.paper.traits.habits
    if not habits.reception:
        return ""
    return habits.reception.format(page.day(page.paper.issued_on + timedelta(days=habits.reception_days)))


def draw_iva_table(page: Page, x: float, y: float, size: float = 7) -> None:
    """Rate, net and IVA of each rate from y downwards, on class A papers of suppliers that have it."""
    paper = page.paper
    if not paper.is_net or paper.traits.habits.iva_table is IvaTable.NONE:
        return
    ends = (_RATE_END, _NET_END, _IVA_END)
    rows = [("Alícuota", "Neto", "IVA")]
    rows += [
        (f"{page.rate(row.rate)} %", page.money(row.base), page.money(row.amount))
        for row in add_up(paper).iva
    ]
    for index, texts in enumerate(rows):
        face = page.faces.regular(size) if index else page.faces.bold(size)
        for end, text in zip(ends, texts, strict=True):
            page.sheet.right(x + end, y + index * size * 1.25, text, face)


def roll_count(paper: Paper) -> tuple[str, str] | None:
    """The count of a roll, as label and figure; None where it has none."""
    label = paper.traits.habits.count_label
    return (label.upper(), numbers.shortest(counted(paper), paper.traits.numbers)) if label else None
