"""One page being drawn, and the form that most layouts fill: head, rows, foot."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.layouts.sheet import A4, Face, Faces, Sheet
from scripts.demo.papers.layouts.table import (
    PADDING,
    Column,
    draw_row,
    paginate,
    row_height,
)
from scripts.demo.papers.paper import ZERO, Line, Paper, Party
from scripts.demo.papers.traits import Carry, FontFamily

COPIES = ("ORIGINAL", "DUPLICADO", "TRIPLICADO")

Pages = list[tuple[Line, ...]]
"""The rows of each page of one copy."""


_DARK_TINT = 0.2


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a paper and how the paper writes things. carried: sum of the rows on earlier pages."""

    sheet: Sheet
    paper: Paper
    lines: tuple[Line, ...]
    faces: Faces
    index: int
    count: int
    copy: str
    carried: Decimal

    @property
    def is_last(self) -> bool:
        """Whether the foot stands on it."""
        return self.index == self.count - 1

    @property
    def number(self) -> int:
        """From 1."""
        return self.index + 1

    @property
    def mark(self) -> str:
        """The sign of the currency."""
        return numbers.mark(self.paper)

    def tint(self, light: float) -> float:
        """Grey of a heading's ground: light, or dark on the forms of every third supplier."""
        return _DARK_TINT if sum(map(ord, self.paper.issuer.name)) % 3 == 0 else light

    def money(self, value: Decimal) -> str:
        """An amount in cents."""
        return numbers.amount(value, self.paper.traits.numbers)

    def rate(self, value: Decimal) -> str:
        """A percentage without its sign."""
        return numbers.rate(value, self.paper.traits.numbers)

    def quantity(self, value: Decimal) -> str:
        """A quantity in the supplier's own way."""
        return numbers.quantity(value, self.paper)

    def day(self, value: date | None) -> str:
        """A date, empty for none."""
        return numbers.day(value, self.paper.traits.dates) if value else ""

    def cuit(self, party: Party) -> str:
        """The CUIT of a party."""
        return numbers.cuit(party.cuit, is_dashed=self.paper.traits.has_dashed_cuit)

    def carry_out(self) -> tuple[str, Decimal | None]:
        """What stands under the rows of a page that is not the last: a label and an amount."""
        overleaf = f"Continúa en hoja {self.number + 1}"
        total = self.carried + sum((line.subtotal for line in self.lines), ZERO)
        carry = self.paper.traits.carry
        if self.is_last or carry is Carry.NOTHING:
            return "", None
        if not self.paper.has_prices:
            return overleaf, None
        return {
            Carry.CONTINUES: (overleaf, None),
            Carry.SUBTOTAL: (f"Subtotal página {self.number}", total - self.carried),
            Carry.CARRIED: (self.paper.traits.habits.carried[0], total),
        }[carry]

    def carry_in(self) -> tuple[str, Decimal | None]:
        """What stands above the rows of a later page."""
        if not self.index or not self.paper.has_prices or self.paper.traits.carry is not Carry.CARRIED:
            return "", None
        return self.paper.traits.habits.carried[1], self.carried


def turn_pages(
    sheet: Sheet,
    paper: Paper,
    split: Pages,
    *,
    family: FontFamily | None = None,
    size: tuple[float, float] = A4,
) -> Iterator[Page]:
    """Every page of every copy, open for drawing while it is the caller's turn."""
    for copy in COPIES[: paper.traits.copies]:
        carried = ZERO
        for index, lines in enumerate(split):
            sheet.start_page(size, is_printed_twice=paper.traits.is_printed_twice)
            faces = Faces(family or paper.traits.font)
            yield Page(sheet, paper, lines, faces, index, len(split), copy, carried)
            sheet.end_page()
            carried += sum((line.subtotal for line in lines), ZERO)


@dataclass(frozen=True, slots=True)
class Form:
    """A layout of head, table and foot.

    columns: of the table, given the paper. top: baseline of the first row; bottom: rows end above it.
    size, gap: of the print of rows and of the space between them, points.
    draw_head: on every page, everything above and behind the rows. draw_foot: on the last page.
    draw_end: below, on every page. draw_rule: between rows, given page, number of the row, top and bottom.
    family: of every text, unless the paper chooses.
    """

    columns: Callable[[Paper], tuple[Column, ...]]
    top: float
    bottom: float
    size: float
    gap: float
    draw_head: Callable[[Page], None]
    draw_foot: Callable[[Page], None]
    draw_end: Callable[[Page], None]
    draw_rule: Callable[[Page, int, float, float], None] | None = None
    family: FontFamily | None = None
    page_size: tuple[float, float] = A4

    def pages(self, paper: Paper) -> Pages:
        """Rows of each page."""
        columns, face = self.columns(paper), self._face(paper)
        # A line above and one below the rows are kept for what is carried.
        kept = 0 if paper.traits.carry is Carry.NOTHING else 2 * self._carry_height
        room = self.bottom - self.top - kept
        return paginate(paper.lines, lambda line: row_height(columns, line, face) + self.gap, room)

    def draw(self, sheet: Sheet, paper: Paper) -> None:
        """Every page of every copy."""
        for page in turn_pages(sheet, paper, self.pages(paper), family=self.family, size=self.page_size):
            self.draw_head(page)
            self._draw_rows(page)
            if page.is_last:
                self.draw_foot(page)
            self.draw_end(page)

    @property
    def _carry_height(self) -> float:
        return self.size + self.gap

    def _face(self, paper: Paper) -> Face:
        return Faces(self.family or paper.traits.font).regular(self.size)

    def _draw_rows(self, page: Page) -> None:
        columns, face = self.columns(page.paper), self._face(page.paper)
        y = self.top
        y += self._draw_carry(page, columns, y, page.carry_in())
        for index, line in enumerate(page.lines):
            height = row_height(columns, line, face) + self.gap
            if self.draw_rule:
                self.draw_rule(
                    page, index, y - self.size - self.gap / 2, y - self.size - self.gap / 2 + height
                )
            draw_row(page.sheet, columns, y, line, face)
            y += height
        self._draw_carry(page, columns, y, page.carry_out())

    def _draw_carry(
        self, page: Page, columns: Sequence[Column], y: float, carry: tuple[str, Decimal | None]
    ) -> float:
        """A carried sum in the column of subtotals; returns the height it took."""
        label, amount = carry
        if not label:
            return 0
        face = page.faces.italic(self.size)
        words = max(columns, key=lambda column: column.room)
        page.sheet.left(words.x0 + PADDING, y, label, face)
        if amount is not None:
            text = page.money(amount)
            column = _sums_column(columns)
            page.sheet.right(column.x1 - PADDING, y, text, face.fitting(text, column.room))
        return self._carry_height


def _sums_column(columns: Sequence[Column]) -> Column:
    """The column of subtotals, told by the method of `Cells` that fills it."""
    return next(column for column in columns if getattr(column.cell, "__name__", "") == "subtotal")
