"""Cells of an item table: which number of a row stands in which column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median

from agente_negocio.invoices.reading.goods.columns import TEXT_ROLES, Column, Heading, Role
from agente_negocio.invoices.reading.layout.rows import WIDE_GAP, Row
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import has_cents

_FAR = 6.0
"""Row heights from a heading beyond which a number does not belong to it."""
_FAR_LEARNT = 2.5
"""The same once the edges of the column's own figures are known."""
_NUMBERLIKE = re.compile(r"[(\[$-]*(?=[^A-Za-z]*\d)[\dOolISB|., ]+[)\]%-]*")
_ODD = re.compile(r"[(\[]?\+\d{1,4}[)\]]?|\d{1,4}\+\d{0,4}|[(\[]?\d{1,4}u\.?[)\]]?", re.IGNORECASE)
_CODE = re.compile(r"\d{4,}")
"""So many figures without a mark where text should be are a code."""
EXEMPT = re.compile(r"(?:ex|exento|e|n\.?g\.?|no grav\w*)\.?", re.IGNORECASE)
"""What stands for a rate of IVA where none is charged."""


@dataclass(frozen=True, slots=True)
class Token:
    """A number-like piece of a row with the words it is made of."""

    text: str
    words: tuple[Word, ...]

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.words[-1].x1

    @property
    def confidence(self) -> float:
        """That of its least sure word."""
        return min(word.confidence for word in self.words)


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a column's figures stand: by their right edge, left edge or centre."""

    side: str
    x: float

    def distance(self, left: float, right: float) -> float:
        """How far what stands between two edges stands from it."""
        if self.side == "right":
            return abs(right - self.x)
        return abs((left if self.side == "left" else (left + right) / 2) - self.x)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row taken apart. numbers: by index of the column; loose: numbers that no column claims."""

    row: Row
    numbers: dict[int, Token]
    loose: tuple[Token, ...]
    text: tuple[Word, ...]


@lru_cache(maxsize=1024)
def tokens(row: Row) -> tuple[Token, ...]:
    """Number-like pieces from left to right, pieces torn apart by a recogniser joined again."""
    found: list[Token] = []
    index = 0
    while index < len(row.words):
        word = row.words[index]
        end = index + 1
        if _NUMBERLIKE.fullmatch(word.text) or EXEMPT.fullmatch(word.text):
            text, end = _glue(row, index)
            found.append(Token(text, row.words[index:end]))
        index = end
    return tuple(found)


def _glue(row: Row, index: int) -> tuple[str, int]:
    text, end = row.words[index].text, index + 1
    while end < len(row.words):
        following = row.words[end]
        gap = (following.x0 - row.words[end - 1].x1) / row.height
        torn = (re.search(r"\d[.,]$", text) and re.match(r"\d", following.text) and gap < 0.9) or (  # noqa: PLR2004
            re.search(r"\d$", text) and re.match(r"[.,]\d", following.text) and gap < 0.9  # noqa: PLR2004
        )
        if not torn:
            break
        text += following.text
        end += 1
    return text, end


def place(heading: Heading, row: Row, edges: dict[int, Edge]) -> Cells:
    """Match numbers to columns in order, each column at most once, at the least total distance."""
    if not tokens(row) and not _odd_figures(row):
        return Cells(row, {}, (), row.words)
    found = [token for token in tokens(row) if not _ends_a_text(heading, row, token)]
    numeric = [index for index, column in enumerate(heading.columns) if column.role not in TEXT_ROLES]
    matched = _match(found, [(index, heading.columns[index]) for index in numeric], edges, row.height)
    taken = {id(token) for token in matched.values()}
    border = _text_border(heading, numeric, edges)
    rest = [token for token in found if id(token) not in taken]
    loose = tuple(
        token
        for token in [*rest, *_odd_figures(row)]
        if (token.x0 > border and not is_inside_text(row, token))
        or _stands_alone(heading, row, token)
        or _is_before_names(heading, row, token)
    )
    used = {id(word) for token in [*matched.values(), *loose] for word in token.words}
    return Cells(row, matched, loose, tuple(word for word in row.words if id(word) not in used))


def _odd_figures(row: Row) -> list[Token]:
    """Words that count without being plain numbers, as "+2", "10+1" and "2u."."""
    return [Token(word.text, (word,)) for word in row.words if _ODD.fullmatch(word.text)]


def _is_before_names(heading: Heading, row: Row, token: Token) -> bool:
    """A figure between code and description under no heading of text: units of a column nobody named."""
    names = [column.x0 for column in heading.columns if column.role is Role.DESCRIPTION]
    others = [column for column in heading.columns if column.role is not Role.DESCRIPTION]
    nearest = min(others, key=lambda column: max(column.x0 - token.x1, token.x0 - column.x1), default=None)
    return (
        bool(names)
        and nearest is not None
        and nearest.role not in TEXT_ROLES
        and token.x1 < names[0]
        and row.words[0] is not token.words[0]
    )


def _stands_alone(heading: Heading, row: Row, token: Token) -> bool:
    """A short number far from the words beside it, where a description should be: a column without a name."""
    over = [column for column in heading.columns if column.x0 < token.x1 and column.x1 > token.x0]
    texts = [column.x0 for column in heading.columns if column.role is Role.DESCRIPTION]
    if (
        not texts
        or token.x0 < texts[0]
        or any(column.role in TEXT_ROLES - {Role.DESCRIPTION} for column in over)
    ):
        return False
    first = row.words.index(token.words[0])
    following = row.words[first + len(token.words) :]
    wide = WIDE_GAP * row.height
    return (
        first > 0
        and token.x0 - row.words[first - 1].x1 > wide
        and (not following or following[0].x0 - token.x1 > wide)
        and not _CODE.fullmatch(token.text)
    )


def _ends_a_text(heading: Heading, row: Row, token: Token) -> bool:
    """A bare number that follows the words of a description, before the next column begins."""
    if has_cents(token.text) or not is_inside_text(row, token):
        return False
    return any(
        column.x0 < token.x0 and token.x1 < following.x0
        for column, following in pairwise(heading.columns)
        if column.role is Role.DESCRIPTION
    )


def _match(
    found: Sequence[Token], columns: Sequence[tuple[int, Column]], edges: dict[int, Edge], height: float
) -> dict[int, Token]:
    """Order-keeping assignment by dynamic programming, distances in row heights.

    At equal cost a column is left empty before a token is taken, and that before a token is left out.
    """
    above = [0.0] * (len(columns) + 1)
    steps = [["column"] * (len(columns) + 1)]
    places = [(column.x0, column.x1, column.middle, edges.get(index)) for index, column in columns]
    for token in found:
        costs, chosen, left, right = [above[0]], ["token"], token.x0, token.x1
        for at, (x0, x1, middle, edge) in enumerate(places):
            if edge is not None:
                distance, far = edge.distance(left, right) / height, _FAR_LEARNT
            else:
                gap = max(0.0, x0 - right, left - x1)
                distance, far = (gap + 0.2 * abs((left + right) / 2 - middle)) / height, _FAR
            best, step = costs[at], "column"
            if distance < far and above[at] + distance - _FAR < best:
                # Below the price of leaving the token out, so that a near token is always taken.
                best, step = above[at] + distance - _FAR, "take"
            if above[at + 1] < best:
                best, step = above[at + 1], "token"
            costs.append(best)
            chosen.append(step)
        above = costs
        steps.append(chosen)
    return _trace(found, columns, steps)


def _trace(
    found: Sequence[Token], columns: Sequence[tuple[int, Column]], steps: Sequence[Sequence[str]]
) -> dict[int, Token]:
    matched: dict[int, Token] = {}
    t, c = len(found), len(columns)
    while t and c:
        step = steps[t][c]
        if step == "take":
            matched[columns[c - 1][0]] = found[t - 1]
        t -= step in {"take", "token"}
        c -= step in {"take", "column"}
    return matched


def learn_edges(heading: Heading, rows: Sequence[Cells]) -> dict[int, Edge]:
    """The steadiest side of each column's figures, from rows whose assignment is trusted."""
    edges: dict[int, Edge] = {}
    for index in range(len(heading.columns)):
        held = [cells.numbers[index] for cells in rows if index in cells.numbers]
        if len(held) < 2:  # noqa: PLR2004  one figure shows no alignment
            continue
        sides = {
            "right": [token.x1 for token in held],
            "left": [token.x0 for token in held],
            "centre": [(token.x0 + token.x1) / 2 for token in held],
        }
        spreads = {side: median(abs(x - median(xs)) for x in xs) for side, xs in sides.items()}
        side = min(spreads, key=lambda each: (round(spreads[each], 1), each != "right"))
        edges[index] = Edge(side, median(sides[side]))
    return edges


def _text_border(heading: Heading, numeric: Sequence[int], edges: dict[int, Edge]) -> float:
    """Where the figures right of the description begin."""
    texts = [index for index, column in enumerate(heading.columns) if column.role.value == "description"]
    if not texts:
        return 0.0
    following = [index for index in numeric if index > texts[0]]
    if not following:
        return float("inf")
    first = following[0]
    column = heading.columns[first]
    edge = edges.get(first)
    left = min(column.x0, edge.x) if edge and edge.side == "left" else column.x0
    return left - heading.height


def is_inside_text(row: Row, token: Token) -> bool:
    """A number glued to words on its left is part of a description or a unit."""
    index = row.words.index(token.words[0])
    if index == 0:
        return True
    before = row.words[index - 1]
    close = token.x0 - before.x1 < 0.6 * row.height
    return close and re.search(r"[A-Za-zÁÉÍÓÚÑáéíóúñ/-]", before.text) is not None
