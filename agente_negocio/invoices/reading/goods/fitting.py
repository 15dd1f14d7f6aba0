"""What each column of figures holds when headings do not tell: the roles under which most rows multiply.

Figures that stand under each other make a column. Of all ways to take one column as quantity, one as price,
one as sum of the row and some of the rest as discounts, the one is taken that makes most rows multiply; a
heading that was read speaks for its own role. What other columns hold follows from the rows that multiply.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise, permutations

from agente_negocio.invoices.reading.goods.cells import LEGAL_RATES
from agente_negocio.invoices.reading.goods.columns import TEXT_ROLES, Column, Heading, Role
from agente_negocio.invoices.reading.goods.table import Token, is_inside_text, tokens
from agente_negocio.invoices.reading.layout.rows import Row
from agente_negocio.invoices.reading.numbers import Style, has_cents, readings

_LEAST_FIGURES = 3
_MOST_COLUMNS = 11
_MOST_DISCOUNTS = 4
_MOST_RATES = 6
_MOST_ROWS = 12
"""Rows on which ways are tried out."""
_ENOUGH_NAMES = 2
_MOST_WAYS = 12
_LEAST_ROWS_SHARE = 0.12
"""Of the rows: fewer figures under each other are no column."""
_HEADING_WORTH = 0.34
"""What a heading that was read weighs, in rows that multiply."""
_CLOSE = 0.011
_FACTORS = (Role.QUANTITY, Role.UNIT_PRICE, Role.SUBTOTAL)

_SHARED_NAMES = ({Role.DISCOUNT, Role.DISCOUNT_AMOUNT}, {Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX})
_CALCULATED = frozenset({*_FACTORS, Role.DISCOUNT, Role.DISCOUNT_AMOUNT})
_WITH_IVA = tuple(1 + float(rate) / 100 for rate in LEGAL_RATES)

Values = Mapping[int, float]
"""Figures of a row by column."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Columns of figures from left to right and the rows in them.

    named: what the heading over each column says. rates: whether with a %. whole: whether no figure in it
    prints cents.
    """

    columns: tuple[Column, ...]
    named: tuple[Role | None, ...]
    rates: tuple[bool, ...]
    rows: tuple[Values, ...]
    whole: tuple[bool, ...]


def fit_columns(heading: Heading, rows: Sequence[Row], style: Style) -> Heading | None:
    """The heading with its columns of figures taken from the figures; None where no rows multiply."""
    grid, likely = _likely(_grid(heading, rows, style))
    if not likely:
        # Thousandths that the other marks of the page make thousands.
        grid, likely = _likely(_grid(heading, rows, style, second=True))
    if not likely:
        return None
    # A column without a meaning is worth a row that does not multiply: it leaves a doubt on every row.
    ways = [(score, _with_the_rest(grid, roles)) for score, roles in likely]
    roles = max(ways, key=lambda way: way[0] + len(way[1]))[1]
    figures = [replace(grid.columns[place], role=role) for place, role in roles.items()]
    # A column that few rows fill, as of free units, shows only in its heading.
    kept = [
        column
        for column in heading.columns
        if column.role in TEXT_ROLES
        or not any(column.x0 < each.x1 and column.x1 > each.x0 for each in grid.columns)
    ]
    return replace(heading, columns=tuple(sorted([*kept, *figures], key=lambda column: column.middle)))


def _likely(grid: _Grid) -> tuple[_Grid, list[tuple[float, dict[int, Role]]]]:
    """A grid with the ways to take it under which rows multiply, the best first."""
    if len(grid.columns) < _LEAST_FIGURES or not grid.rows:
        return grid, []
    scored = [(_score(grid, roles), roles) for roles in _assignments(grid)]
    likely = [each for each in scored if each[0] > 0]
    return grid, sorted(likely, key=lambda each: -each[0])[:_MOST_WAYS]


def _grid(heading: Heading, rows: Sequence[Row], style: Style, *, second: bool = False) -> _Grid:
    """The figures of rows by column; second: those of columns that may all be read otherwise, so."""
    texts = list(_text_zones(heading))
    found = [[token for token in tokens(row) if not _is_text(row, token, texts)] for row in rows]
    found = [each for each in found if len(each) >= _LEAST_FIGURES and any(has_cents(t.text) for t in each)]
    columns = _columns_of_figures(found, heading.height)[:_MOST_COLUMNS]
    held: list[dict[int, Token]] = []
    for each in found:
        places: dict[int, Token] = {}
        for token in each:
            place = _home(columns, token)
            if place is not None:
                places.setdefault(place, token)
        held.append(places)
    bare = [{place: token.text.strip("()[]%") for place, token in places.items()} for places in held]
    read = [{place: readings(text, style) for place, text in texts.items()} for texts in bare]
    unsure = [second and all(len(row[at]) > 1 for row in read if at in row) for at in range(len(columns))]
    values = [
        {place: float(found[-1 if unsure[place] else 0]) for place, found in row.items() if found}
        for row in read
    ]
    written = [[places[at].text for places in held if at in places] for at in range(len(columns))]
    over = [_over(heading, column) for column in columns]
    return _Grid(
        columns=tuple(columns),
        named=tuple(each.role if each else None for each in over),
        rates=tuple(each is not None and "%" in each.title for each in over),
        rows=tuple(values),
        whole=tuple(all(not has_cents(text) for text in texts) for texts in written),
    )


def _text_zones(heading: Heading) -> Iterator[tuple[float, float]]:
    """Where codes and descriptions stand: from their heading to the next one."""
    for column, following in pairwise(heading.columns):
        if column.role in {Role.CODE, Role.DESCRIPTION}:
            yield column.x0 - 0.5 * heading.height, following.x0 - 0.5 * heading.height


def _is_text(row: Row, token: Token, zones: Sequence[tuple[float, float]]) -> bool:
    """A number in a zone of text, or glued to words beside it."""
    if any(x0 < (token.x0 + token.x1) / 2 < x1 for x0, x1 in zones) and not has_cents(token.text):
        return True
    if row.words[0] is not token.words[0]:
        return is_inside_text(row, token)
    following = row.words[len(token.words)] if len(row.words) > len(token.words) else None
    return following is None or following.x0 - token.x1 < 0.6 * row.height


def _columns_of_figures(rows: Sequence[Sequence[Token]], height: float) -> list[Column]:
    """Runs across the page in which figures of several rows stand."""
    edges = sorted(
        [(token.x0, 1) for row in rows for token in row] + [(token.x1, -1) for row in rows for token in row]
    )
    least = max(1, round(_LEAST_ROWS_SHARE * len(rows)))
    columns: list[Column] = []
    depth, start = 0, 0.0
    for x, step in edges:
        if depth < least <= depth + step:
            start = x
        elif depth >= least > depth + step:
            columns.append(Column(Role.DISCOUNT, "", start, x))
        depth += step
    merged: list[Column] = []
    for column in columns:
        if merged and column.x0 - merged[-1].x1 < 0.1 * height:
            merged[-1] = replace(merged[-1], x1=column.x1)
        else:
            merged.append(column)
    return merged


def _home(columns: Sequence[Column], token: Token) -> int | None:
    """The column a token shares most of its width with."""
    shared = [min(column.x1, token.x1) - max(column.x0, token.x0) for column in columns]
    place = max(range(len(columns)), key=lambda each: shared[each], default=None)
    return place if place is not None and shared[place] > 0 else None


def _over(heading: Heading, column: Column) -> Column | None:
    """The heading that stands over a column of figures."""
    over = [
        each
        for each in heading.columns
        if each.role not in TEXT_ROLES
        and each.x0 < column.x1 + heading.height
        and each.x1 > column.x0 - heading.height
    ]
    return min(over, key=lambda each: abs(each.middle - column.middle), default=None)


def _assignments(grid: _Grid) -> Iterator[dict[int, Role]]:
    """Ways to take three columns as factors and sum, with the discounts that make more rows multiply.

    Where headings name two of the three, only ways that agree with them are tried. Of ways as good the first
    is taken, in which a quantity stands before its price and the sum at the end.
    """
    ways = [dict(zip(places, _FACTORS, strict=True)) for places in permutations(range(len(grid.columns)), 3)]
    most = max(_agreements(grid, way) for way in ways)
    for factors in ways:
        quantity, price, subtotal = factors
        if _agreements(grid, factors) < min(most, _ENOUGH_NAMES) or (
            grid.whole[price] > grid.whole[quantity]
        ):
            continue
        ratios = [_ratio(row, quantity, price, subtotal) for row in grid.rows[:_MOST_ROWS]]
        known = [ratio for ratio in ratios if ratio is not None]
        if not known or sum(0 <= ratio < 1 + _CLOSE for ratio in known) < 0.5 * len(known):
            continue
        yield factors
        if all(abs(ratio - 1) < 1e-4 for ratio in known):  # noqa: PLR2004  nothing is left for discounts
            continue
        others = [place for place in range(len(grid.columns)) if place not in factors]
        # One misread zero under a % would turn every rate of the page into an amount.
        yield from (factors | {place: Role.DISCOUNT_AMOUNT} for place in others if not grid.rates[place])
        rates = [place for place in others if _like_rates(grid, place)][:_MOST_RATES]
        for size in range(1, min(_MOST_DISCOUNTS, len(rates)) + 1):
            for chosen in combinations(rates, size):
                yield factors | dict.fromkeys(chosen, Role.DISCOUNT)


def is_decided(heading: Heading, rows: Sequence[Row], style: Style) -> bool:
    """Whether nobody could take the quantity for the price: only one of them prints no cents."""
    grid = _grid(heading, rows, style)
    whole = {named: grid.whole[place] for place, named in enumerate(grid.named)}
    return whole.get(Role.QUANTITY, False) and not whole.get(Role.UNIT_PRICE, True)


def _agreements(grid: _Grid, roles: Mapping[int, Role]) -> int:
    return sum(grid.named[place] is role for place, role in roles.items())


def _ratio(row: Values, quantity: int, price: int, subtotal: int) -> float | None:
    if not {quantity, price, subtotal} <= row.keys() or not row[quantity] * row[price]:
        return None
    return row[subtotal] / (row[quantity] * row[price])


def _like_rates(grid: _Grid, place: int) -> bool:
    values = [row[place] for row in grid.rows if place in row]
    return bool(values) and all(0 <= value <= 100 for value in values)  # noqa: PLR2004  percentages


def _score(grid: _Grid, roles: Mapping[int, Role]) -> float:
    """Rows that multiply, and what headings say."""
    solved = sum(_multiplies(row, roles) for row in grid.rows[:_MOST_ROWS])
    if not solved:
        return 0.0
    agree = _agreements(grid, roles)
    against = sum(not _tolerates(grid.named[place], role) for place, role in roles.items())
    idle = 0.05 * (len(roles) - len(_FACTORS))
    return solved + _HEADING_WORTH * (agree - against) - idle


def _tolerates(named: Role | None, role: Role) -> bool:
    """Whether a heading may stand over a role: rates and amounts of discounts share names, and sums do."""
    return named in {None, role} or any({named, role} <= names for names in _SHARED_NAMES)


def _multiplies(row: Values, roles: Mapping[int, Role]) -> bool:
    places = [_place_of(roles, role) for role in _FACTORS]
    if any(place not in row for place in places):
        return False
    quantity, price, subtotal = (row[place] for place in places)
    net = quantity * price
    for place, role in roles.items():
        if role is Role.DISCOUNT:
            net *= 1 - row.get(place, 0.0) / 100
        elif role is Role.DISCOUNT_AMOUNT:
            net -= row.get(place, 0.0)
    return _near(net, subtotal)


def _with_the_rest(grid: _Grid, roles: Mapping[int, Role]) -> dict[int, Role]:
    """Every column whose meaning follows from its heading or from the rows that multiply."""
    solved = [row for row in grid.rows if _multiplies(row, roles)]
    found = dict(roles)
    for place in range(len(grid.columns)):
        if place in found:
            continue
        meaning = _meaning(grid, solved, place, found)
        if meaning is not None:
            found[place] = meaning
    return found


def _meaning(grid: _Grid, solved: Sequence[Values], place: int, roles: Mapping[int, Role]) -> Role | None:
    """What the figures of a column are to the rest of their rows; what no figure tells, its heading does."""
    quantity, price, subtotal = (_place_of(roles, role) for role in _FACTORS)
    rows = [row for row in solved if place in row]
    proofs: tuple[tuple[Role, Callable[[Values], bool]], ...] = (
        (Role.IVA, lambda row: Decimal(str(row[place])) in LEGAL_RATES),
        (Role.SUBTOTAL_WITH_TAX, lambda row: any(_near(row[place], row[subtotal] * by) for by in _WITH_IVA)),
        (Role.NET_PRICE, lambda row: _near(row[quantity] * row[place], row[subtotal])),
        (Role.ASIDE, lambda row: _near(row[quantity] * row[price], row[place])),
        (Role.ASIDE, lambda row: _adds_up(row, place, subtotal, roles)),
    )
    if any(row[place] for row in rows):
        for role, proof in proofs:
            if all(map(proof, rows)):
                return role
    named = _by_name(grid.named[place], [(row[place], row[subtotal]) for row in rows])
    if named is None and rows and not grid.whole[place] and _like_rates(grid, place):
        # A percentage without which every row multiplies, as of internal tax.
        return Role.ASIDE
    return named


def _by_name(named: Role | None, figures: Sequence[tuple[float, float]]) -> Role | None:
    """The role a heading gives, as far as the figures under it, with their sums of the row, bear it out."""
    if named is Role.IVA and any(figure for figure, _ in figures):
        # Named after IVA and no rate: the amount of it.
        return Role.ASIDE
    beyond = named is Role.SUBTOTAL_WITH_TAX and any(figure < subtotal for figure, subtotal in figures)
    return None if beyond or named in {*_FACTORS, Role.DISCOUNT} else named


def _place_of(roles: Mapping[int, Role], role: Role) -> int:
    return next(place for place, its in roles.items() if its is role)


def _adds_up(row: Values, place: int, subtotal: int, roles: Mapping[int, Role]) -> bool:
    """Whether a figure is the sum of the row and some of the other figures, as taxes."""
    others = [value for other, value in row.items() if roles.get(other) not in _CALCULATED and other != place]
    return any(
        _near(row[place], row[subtotal] + sum(some))
        for size in range(1, min(3, len(others)) + 1)
        for some in combinations(others, size)
    )


def _near(first: float, second: float) -> bool:
    return abs(first - second) < _CLOSE
