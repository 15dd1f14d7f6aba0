"""What a page's table tells before its rows are read for good: its columns, their edges, where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from agente_negocio.invoices.reading.goods.cells import arrange, read_cells
from agente_negocio.invoices.reading.goods.claims import Solved, baseless, is_named, with_names
from agente_negocio.invoices.reading.goods.columns import Heading, Role
from agente_negocio.invoices.reading.goods.fitting import fit_columns, is_decided
from agente_negocio.invoices.reading.goods.foot_words import begins_foot, is_carried
from agente_negocio.invoices.reading.goods.lost_columns import (
    by_titles,
    explained,
    with_lost_columns,
    without_stray_rate,
)
from agente_negocio.invoices.reading.goods.places import Spans, decimals_of, spans_of
from agente_negocio.invoices.reading.goods.presents import (
    has_code,
    is_lone_row,
    shows_no_money,
    with_nothing_due,
    without_empty_prices,
)
from agente_negocio.invoices.reading.goods.solver import Reading, Solution, solve_row
from agente_negocio.invoices.reading.goods.table import Cells, Edge, learn_edges, place
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from agente_negocio.invoices.reading.numbers import Style, has_cents


@dataclass(frozen=True, slots=True)
class Page:
    """A table whose columns are known.

    read: the heading as printed; heading: with the columns the figures show. end: place of the last row that
    balances by titles. coded: whether rows show a code. baseless: places of columns nobody claims.
    unnamed: whether nothing tells quantities from prices. repair: whether a recogniser read it.
    """

    sheet: Sheet
    read: Heading
    heading: Heading
    style: Style
    edges: dict[int, Edge]
    decimals: dict[int, int]
    spans: Spans
    end: int
    coded: bool
    baseless: frozenset[int]
    unnamed: bool
    repair: bool

    @property
    def quantity_decimals(self) -> int | None:
        """Decimals of the quantities that multiply."""
        found = (at for at, column in enumerate(self.heading.columns) if column.role is Role.QUANTITY)
        return next((self.decimals[at] for at in found if at in self.decimals), None)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Everything below the heading."""
        return self.sheet.rows[self.read.first_row :]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row with its readings and, if they multiply, its figures. blank: its money is taken to be nothing."""

    cells: Cells
    readings: dict[int, tuple[Reading, ...]]
    solution: Solution | None
    blank: bool = False


def learn_page(sheet: Sheet, read: Heading, style: Style, *, repair: bool) -> Page:
    """The columns of a page under a heading as printed, and what the rows that balance teach of them."""
    rows = sheet.rows[read.first_row :]
    read = _with_counted_units(read, rows, style)
    goods = _above_foot(read, rows, style)
    heading = _best_heading(with_lost_columns(read, rows, style), read, goods, style)
    heading = without_empty_prices(heading, [cells for cells, _ in by_titles(heading, goods, style)])
    first = by_titles(heading, rows, style)
    balanced = [Solved(cells, solution) for cells, solution in first if solution is not None]
    solved = [row.cells for row in balanced]
    return Page(
        sheet=sheet,
        read=read,
        heading=heading,
        style=style,
        edges=learn_edges(heading, solved or [cells for cells, _ in first[:3]]),
        # What costs nothing proves no mark.
        decimals=decimals_of(heading, [row.cells for row in balanced if row.solution.subtotal]),
        spans=spans_of(heading, solved),
        end=max((at for at, (_, solution) in enumerate(first) if solution is not None), default=-1),
        coded=bool(solved) and all(has_code(heading, cells) for cells in solved),
        baseless=baseless(heading, balanced, style),
        unnamed=not is_named(heading) and not is_decided(heading, rows, style),
        repair=repair,
    )


def _above_foot(heading: Heading, rows: Sequence[Row], style: Style) -> list[Row]:
    """Rows from the first that is no carried sum to the first that speaks of sums and does not multiply."""
    below = list(dropwhile(is_carried, rows))
    solved = (solution for _, solution in by_titles(heading, below, style))
    pairs = zip(below, solved, strict=True)
    goods = takewhile(lambda pair: not begins_foot(pair[0]) or (pair[1] and pair[1].subtotal), pairs)
    return [row for row, _ in goods]


def _with_counted_units(read: Heading, rows: Sequence[Row], style: Style) -> Heading:
    """The heading with "Unid." as a second quantity beside packs, where figures under it explain more rows.

    Else it names the units of measure.
    """
    counted = tuple(
        replace(column, role=Role.QUANTITY)
        if column.role is Role.UNIT and column.title.startswith("unid")
        else column
        for column in read.columns
    )
    trial = replace(read, columns=counted)
    return trial if explained(trial, rows, style) > explained(read, rows, style) else read


def _best_heading(heading: Heading, read: Heading, rows: Sequence[Row], style: Style) -> Heading:
    """The heading as read, unless columns taken from the figures themselves explain more rows."""
    explains = explained(heading, rows, style)
    if explains[1] >= sum(len([word for word in row.words if has_cents(word.text)]) > 1 for row in rows):
        return heading
    fitted = fit_columns(heading, rows, style)
    if fitted is None:
        return heading
    fitted = with_names(fitted, read)
    return fitted if explained(fitted, rows, style) > explains else heading


def parse(page: Page, row: Row) -> Parsed:
    """The cells of a row and the figures that make it multiply."""
    cells = place(page.heading, row, page.edges)
    roles = page.heading.roles
    readings = read_cells(cells, page.style, page.decimals, repair=page.repair)
    solution = solve_row(arrange(readings, roles))
    if solution is None:
        cells, readings, solution = without_stray_rate(cells, readings, roles, page.style)
    return Parsed(cells, readings, solution)


def is_lone(page: Page, parsed: Parsed, at: int) -> bool:
    """Whether the row at a place gives goods away or lost its price.

    Below the last row that balances a remark may look like goods, so there a code must show.
    """
    coded = page.coded and at > page.end
    return parsed.solution is None and is_lone_row(
        page.heading, parsed.cells, page.edges, page.style, coded=coded
    )


def given_away(page: Page, parsed: Parsed, *, below: bool) -> Parsed:
    """A lone row with the zeros it need not print. below: whether the foot has begun above it."""
    blank = not below and shows_no_money(page.heading, parsed.cells, page.spans, page.style)
    readings = with_nothing_due(page.heading, parsed.cells, parsed.readings, blank=blank)
    solution = solve_row(arrange(readings, page.heading.roles))
    return replace(parsed, readings=readings, solution=solution, blank=blank)
