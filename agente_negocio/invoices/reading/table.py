"""Cells of an item table: which number of a row stands in which column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from agente_negocio.invoices.reading.columns import TEXT_ROLES, Column, Heading
from agente_negocio.invoices.reading.layout import Row
from agente_negocio.invoices.reading.model import Word

_FAR = 6.0
"""Row heights from a heading beyond which a number does not belong to it."""
_FAR_LEARNT = 2.5
"""The same once the edges of the column's own figures are known."""
_NUMBERLIKE = re.compile(r"[(\[$-]*(?=[^A-Za-z]*\d)[\dOolISB|., ]+[)\]%-]*")
_EXEMPT = re.compile(r"(?:ex|exento|e|n\.?g\.?|no grav\w*)\.?", re.IGNORECASE)


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

    def distance(self, token: Token) -> float:
        """How far a token stands from it."""
        at = {"right": token.x1, "left": token.x0, "centre": (token.x0 + token.x1) / 2}[self.side]
        return abs(at - self.x)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row taken apart. numbers: by index of the column; loose: numbers that no column claims."""

    row: Row
    numbers: dict[int, Token]
    loose: tuple[Token, ...]
    text: tuple[Word, ...]


def tokens(row: Row) -> list[Token]:
    """Number-like pieces from left to right, pieces torn apart by a recogniser joined again."""
    found: list[Token] = []
    index = 0
    while index < len(row.words):
        word = row.words[index]
        end = index + 1
        if _NUMBERLIKE.fullmatch(word.text) or _EXEMPT.fullmatch(word.text):
            text, end = _glue(row, index)
            found.append(Token(text, row.words[index:end]))
        index = end
    return found


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
    found = tokens(row)
    numeric = [index for index, column in enumerate(heading.columns) if column.role not in TEXT_ROLES]
    matched = _match(found, [(index, heading.columns[index]) for index in numeric], edges, row.height)
    taken = {id(token) for token in matched.values()}
    border = _text_border(heading, numeric, edges)
    rest = [token for token in found if id(token) not in taken]
    loose = tuple(token for token in rest if token.x0 > border and not is_inside_text(row, token))
    used = {id(word) for token in [*matched.values(), *loose] for word in token.words}
    return Cells(row, matched, loose, tuple(word for word in row.words if id(word) not in used))


def _match(
    found: Sequence[Token], columns: Sequence[tuple[int, Column]], edges: dict[int, Edge], height: float
) -> dict[int, Token]:
    """Order-keeping assignment by dynamic programming."""
    size = len(columns)
    costs = [[0.0] * (size + 1) for _ in range(len(found) + 1)]
    steps = [[""] * (size + 1) for _ in range(len(found) + 1)]
    for t in range(len(found) + 1):
        for c in range(size + 1):
            options: list[tuple[float, str]] = []
            if t and c:
                far, distance = _distance(found[t - 1], columns[c - 1], edges, height)
                if distance < far:
                    # Below the price of leaving the token out, so that a near token is always taken.
                    options.append((costs[t - 1][c - 1] + distance - _FAR, "take"))
            if t:
                options.append((costs[t - 1][c], "token"))
            if c:
                options.append((costs[t][c - 1], "column"))
            if options:
                costs[t][c], steps[t][c] = min(options)
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


def _distance(
    token: Token, column: tuple[int, Column], edges: dict[int, Edge], height: float
) -> tuple[float, float]:
    """The limit and the distance of a token from a column, in row heights."""
    index, heading = column
    edge = edges.get(index)
    if edge is not None:
        return _FAR_LEARNT, edge.distance(token) / height
    gap = max(0.0, heading.x0 - token.x1, token.x0 - heading.x1)
    off_centre = abs((token.x0 + token.x1) / 2 - heading.middle)
    return _FAR, (gap + 0.2 * off_centre) / height


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
