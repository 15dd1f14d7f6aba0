"""Columns whose heading is missing or unreadable, and blank cells that shift a figure: arithmetic decides."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from agente_negocio.invoices.reading.goods.cells import arrange, iva_rate, read_cells
from agente_negocio.invoices.reading.goods.claims import Solved, is_accounted
from agente_negocio.invoices.reading.goods.columns import Column, Heading, Role
from agente_negocio.invoices.reading.goods.solver import Reading, Solution, solve_row
from agente_negocio.invoices.reading.goods.table import EXEMPT, Cells, Token, place
from agente_negocio.invoices.reading.layout.rows import Row
from agente_negocio.invoices.reading.numbers import Style

_LOST_ROLES = (Role.QUANTITY, Role.UNIT_PRICE, Role.SUBTOTAL, Role.DISCOUNT, Role.IVA, Role.SUBTOTAL_WITH_TAX)
_MOST_LOST = 4
_USUAL_RATES = frozenset(map(Decimal, ("10.5", "21", "27")))
"""Of IVA; 2.5 and 5 are seldom IVA and often a discount."""


def with_lost_columns(heading: Heading, rows: Sequence[Row], style: Style) -> Heading:
    """Add columns whose heading is missing or unreadable, in the role that makes most rows multiply."""
    for _ in range(_MOST_LOST):
        best, best_score = None, explained(heading, rows, style)
        for column in _unnamed_columns(heading, rows, style):
            for role in _LOST_ROLES:
                if role is not Role.DISCOUNT and heading.has(role):
                    continue
                trial = _inserted(heading, replace(column, role=role))
                score = explained(trial, rows, style)
                if score > best_score:
                    best, best_score = trial, score
        if best is None:
            return heading
        heading = best
    return heading


def _unnamed_columns(heading: Heading, rows: Sequence[Row], style: Style) -> list[Column]:
    """Places where figures no column claims stand under each other."""
    placed = by_titles(heading, rows, style)
    loose = [token for cells, _ in placed if len(cells.numbers) > 1 for token in cells.loose]
    groups: list[list[Token]] = []
    for token in sorted(loose, key=lambda each: each.x1):
        if groups and token.x1 - groups[-1][-1].x1 < heading.height:
            groups[-1].append(token)
        else:
            groups.append([token])
    return [
        Column(Role.DISCOUNT, "", min(token.x0 for token in group), max(token.x1 for token in group))
        for group in groups
    ]


def _inserted(heading: Heading, column: Column) -> Heading:
    columns = sorted([*heading.columns, column], key=lambda each: each.middle)
    return replace(heading, columns=tuple(columns))


def explained(heading: Heading, rows: Sequence[Row], style: Style) -> tuple[int, int]:
    """Rows that multiply, and of those the ones in which every figure has a column."""
    solved = [Solved(cells, solution) for cells, solution in by_titles(heading, rows, style) if solution]
    rates = [index for index, column in enumerate(heading.columns) if column.role is Role.IVA]
    whole = [
        row
        for row in solved
        if not row.cells.loose
        and _has_legal_rates(row.cells, rates, style)
        and is_accounted(heading, row, style)
    ]
    return len(solved), len(whole)


def _has_legal_rates(cells: Cells, places: Sequence[int], style: Style) -> bool:
    printed = [cells.numbers[index].text for index in places if index in cells.numbers]
    return all(EXEMPT.fullmatch(text) or iva_rate(text, style) is not None for text in printed)


def by_titles(heading: Heading, rows: Sequence[Row], style: Style) -> list[tuple[Cells, Solution | None]]:
    """The cells of rows by the titles alone, before any edge is known, and how each row multiplies."""
    return [_by_titles(heading, row, style) for row in rows]


@lru_cache(maxsize=1024)
def _by_titles(heading: Heading, row: Row, style: Style) -> tuple[Cells, Solution | None]:
    """Asked again for every heading that is compared with this one."""
    cells = place(heading, row, {})
    roles = {index: column.role for index, column in enumerate(heading.columns)}
    return cells, solve_row(arrange(read_cells(cells, style, {}, repair=False), roles))


def without_stray_rate(
    cells: Cells,
    readings: dict[int, tuple[Reading, ...]],
    roles: dict[int, Role],
    style: Style,
) -> tuple[Cells, dict[int, tuple[Reading, ...]], Solution | None]:
    """A blank discount beside an IVA rate: the rate may have been taken for the discount."""
    for index, token in cells.numbers.items():
        if roles[index] is not Role.DISCOUNT or iva_rate(token.text, style) not in _USUAL_RATES:
            continue
        rest = {other: found for other, found in readings.items() if other != index}
        solution = solve_row(arrange(rest, roles))
        if solution is None:
            continue
        numbers = {other: found for other, found in cells.numbers.items() if other != index}
        free = next(
            (place for place, role in roles.items() if role is Role.IVA and place not in numbers), None
        )
        if free is not None:
            numbers[free] = token
            return replace(cells, numbers=numbers), rest, solution
        return replace(cells, numbers=numbers, loose=(*cells.loose, token)), rest, solution
    return cells, readings, None
