"""Where the values of a row were read, for the person who reviews it and for learning."""

from collections.abc import Sequence

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.model import Evidence, Source, Word

_ROLES: dict[str, tuple[tuple[Role, ...], ...]] = {
    "quantity": ((Role.QUANTITY,),),
    "bonus_quantity": ((Role.BONUS,),),
    "unit_price": ((Role.UNIT_PRICE,), (Role.NET_PRICE,)),
    "discounts": ((Role.DISCOUNT, Role.DISCOUNT_AMOUNT),),
    "iva_rate": ((Role.IVA,),),
    "internal_tax": ((Role.INTERNAL,),),
    "subtotal": ((Role.SUBTOTAL,),),
}
"""By name of the value: the columns it stands in, then those it may have been taken from instead."""
_ALL_OF = frozenset({"discounts"})
"""Values made of every cell; of the others one cell is the value."""


def evidence_of(item: Item, source: Source) -> dict[str, Evidence]:
    """By name of the value, of those that are printed or were seen by a second look."""
    found: dict[str, Evidence] = {}
    for name, choices in _ROLES.items():
        columns = next((held for roles in choices if (held := _columns(item, roles))), [])
        if columns:
            found[name] = _of_cells(item, columns if name in _ALL_OF else columns[:1], source)
    for name, words in item.printed.items():
        if words:
            raw = " ".join(word.text for word in words)
            found[name] = Evidence(raw, source, item.sheet.box(words))
    return found


def _columns(item: Item, roles: Sequence[Role]) -> list[int]:
    """Columns of some roles that hold something; where it can be told, those the row was solved with."""
    held = sorted(index for index in item.tokens.keys() | item.cells.keys() if item.roles[index] in roles)
    seen = [index for index in held if index in item.tokens or index in item.places]
    return [index for index in seen if _is_taken(item, index)] or seen


def _is_taken(item: Item, index: int) -> bool:
    """Whether the row was solved with a cell; of discounts that is any but a zero."""
    solution = item.solution
    values = [reading.value for reading in item.cells.get(index, ())]
    if solution is None or item.roles[index] in _ROLES["discounts"][0]:
        return any(values)
    wanted = {
        Role.QUANTITY: solution.quantity,
        Role.UNIT_PRICE: solution.unit_price,
        Role.SUBTOTAL: solution.subtotal,
    }
    return item.roles[index] not in wanted or wanted[item.roles[index]] in values


def _of_cells(item: Item, columns: Sequence[int], source: Source) -> Evidence:
    tokens = [item.tokens[index] for index in columns if index in item.tokens]
    words = [word for token in tokens for word in token.words]
    words += [_as_word(item.places[index]) for index in columns if index not in item.tokens]
    return Evidence(" ".join(token.text for token in tokens), source, item.sheet.box(words))


def _as_word(place: Place) -> Word:
    """A cell in which the first look read nothing."""
    return Word("", place.x0, place.y0, place.x1, place.y1)
