"""Tables of rows: columns with edges, headings of one or two lines, wrapped cells."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from enum import Enum, auto

from scripts.demo.papers.layouts.sheet import LINE_PITCH, Face, Sheet, wrap
from scripts.demo.papers.paper import Line, Paper

PADDING = 2.5
_DARK = 0.5
"""Grey below which letters are white."""

Cell = Callable[[Line], str]
"""What a column prints of a row."""


class Align(Enum):
    """Side of the column a text leans on."""

    LEFT = auto()
    RIGHT = auto()
    CENTER = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. heading: one or two lines."""

    heading: tuple[str, ...]
    x0: float
    x1: float
    align: Align
    cell: Cell

    @property
    def room(self) -> float:
        """Points a text may take."""
        return self.x1 - self.x0 - 2 * PADDING


Spec = tuple[str, float, Align, Cell]
"""Heading ("|" parts its lines), width in points, align, cell."""


def columns_from(left: float, specs: Iterable[Spec]) -> tuple[Column, ...]:
    """Columns side by side."""
    columns = []
    for heading, width, align, cell in specs:
        columns.append(Column(tuple(heading.split("|")), left, left + width, align, cell))
        left += width
    return tuple(columns)


_OWN_WIDTH = 27.0


def with_own_column(paper: Paper, specs: Sequence[Spec]) -> list[Spec]:
    """The specs, and left of the description the column that only the supplier understands, if it has one."""
    own = paper.traits.habits.own_column
    if own is None:
        return list(specs)

    def text(line: Line) -> str:
        return own.texts[sum(map(ord, line.code + line.description)) % len(own.texts)]

    place = next(
        index for index, (_, _, _, cell) in enumerate(specs) if getattr(cell, "__name__", "") == "description"
    )
    heading, width, align, cell = specs[place]
    return [
        *specs[:place],
        (own.title, _OWN_WIDTH, Align.LEFT, text),
        (heading, width - _OWN_WIDTH, align, cell),
        *specs[place + 1 :],
    ]


def draw_heading(sheet: Sheet, columns: Sequence[Column], y: float, face: Face) -> None:
    """Headings with the baseline of their last line at y."""
    pitch = face.size * LINE_PITCH
    for column in columns:
        for index, text in enumerate(reversed(column.heading)):
            place(sheet, column, y - index * pitch, text, face)


@dataclass(frozen=True, slots=True)
class Band:
    """The tinted ground of a heading, from edge to edge. grey: 0 is black; letters on dark ones are white."""

    x0: float
    top: float
    x1: float
    bottom: float
    grey: float


def draw_heading_on(sheet: Sheet, band: Band, columns: Sequence[Column], y: float, face: Face) -> None:
    """Headings as `draw_heading` draws them, on a band."""
    sheet.fill(band.x0, band.top, band.x1, band.bottom, band.grey)
    with sheet.white_ink() if band.grey < _DARK else nullcontext():
        draw_heading(sheet, columns, y, face)


def row_height(columns: Sequence[Column], line: Line, face: Face) -> float:
    """Height the row takes, wrapped cells included."""
    deepest = max(len(_cell_lines(column, line, face)) for column in columns)
    return deepest * face.size * LINE_PITCH


def draw_row(sheet: Sheet, columns: Sequence[Column], y: float, line: Line, face: Face) -> None:
    """One row; figures stand on the first line, long texts continue below."""
    pitch = face.size * LINE_PITCH
    for column in columns:
        for index, text in enumerate(_cell_lines(column, line, face)):
            place(sheet, column, y + index * pitch, text, face)


def place(sheet: Sheet, column: Column, y: float, text: str, face: Face) -> None:
    """A text inside a column, smaller where it would pass its edges."""
    fitted = face.fitting(text, column.x1 - column.x0 - PADDING - 0.5)
    if column.align is Align.LEFT:
        sheet.left(column.x0 + PADDING, y, text, fitted)
    elif column.align is Align.RIGHT:
        sheet.right(column.x1 - PADDING, y, text, fitted)
    else:
        sheet.center((column.x0 + column.x1) / 2, y, text, fitted)


def paginate(lines: Sequence[Line], height: Callable[[Line], float], room: float) -> list[tuple[Line, ...]]:
    """Rows split over pages that each offer `room`, in the unit that height measures rows with."""
    pages: list[list[Line]] = [[]]
    used = 0.0
    for line in lines:
        needed = height(line)
        if used + needed > room and pages[-1]:
            pages.append([])
            used = 0.0
        pages[-1].append(line)
        used += needed
    return [tuple(page) for page in pages]


def _cell_lines(column: Column, line: Line, face: Face) -> list[str]:
    text = column.cell(line)
    if column.align is Align.RIGHT:
        return [text]
    return wrap(text, face, column.room)
