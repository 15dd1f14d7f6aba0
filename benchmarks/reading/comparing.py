"""A document against the truth, value by value. Definitions of exact: api.md (7)."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

HEADER = (
    "issuer_cuit",
    "receiver_cuit",
    "type_code",
    "point_of_sale",
    "number",
    "issue_date",
    "authorization_code",
    "total",
)
"""What must be right for a header to be exact."""
_FIGURES = ("quantity", "unit_price", "subtotal", "bonus_quantity")
_TEXTS = frozenset(
    {
        "issuer_cuit",
        "issuer_name",
        "receiver_cuit",
        "receiver_name",
        "letter",
        "type_code",
        "point_of_sale",
        "number",
        "issue_date",
        "currency",
        "authorization_kind",
        "authorization_code",
        "authorization_due",
        "code",
        "description",
        "unit",
    }
)
"""Values that are no amounts: their zeros count."""

Document = dict[str, Any]
"""A document in the shape of the API: a truth holds bare values, a reading fields with evidence."""


def wrong_header(expected: Document, found: Document) -> tuple[str, ...]:
    """Which of `HEADER` are not as printed."""
    return tuple(
        name for name in HEADER if not is_same(name, header_value(expected, name), header_value(found, name))
    )


def header_value(document: Document, name: str) -> str | None:
    """A header value of a truth or of a reading."""
    field = document["header"].get(name)
    value: str | None = field["value"] if isinstance(field, dict) else field
    return value


def is_same(name: str, want: str | None, got: str | None) -> bool:
    """Amounts compare as numbers, whatever their zeros; everything else as it stands."""
    return want == got if name in _TEXTS else number(want) == number(got)


def number(text: str | None) -> Decimal | str | None:
    """A number without its trailing zeros; what is none as it stands."""
    if text is None:
        return None
    try:
        return Decimal(text).normalize() + 0
    except InvalidOperation:
        return text


def figures(row: Document) -> tuple[str, ...]:
    """What makes a row exact; a percentage and an amount of the same figure differ.

    Free units count too, though api.md (7) does not name them: they change the stock.
    """
    plain = [row.get(name) for name in _FIGURES[:-1]] + [row.get(_FIGURES[-1]) or "0"]
    return (*(str(number(value)) for value in plain), *map(discount, row["discounts"]))


def discount(step: Document) -> str:
    """One step of a cascade."""
    rate = step.get("rate")
    return f"{number(rate)}%" if rate is not None else f"-{number(step.get('amount'))}"


def right_rows(expected: Sequence[Document], found: Sequence[Document]) -> frozenset[int]:
    """Places among the found rows whose figures are all right, in order."""
    same = [range(begin, end) for what, _, _, begin, end in changes(expected, found) if what == "equal"]
    return frozenset(chain.from_iterable(same))


def changes(expected: Sequence[Document], found: Sequence[Document]) -> list[tuple[str, int, int, int, int]]:
    """How to get from the expected rows to those found, as `SequenceMatcher.get_opcodes` says it."""
    matcher = SequenceMatcher(None, [*map(figures, expected)], [*map(figures, found)], autojunk=False)
    return list(matcher.get_opcodes())


def row_differences(expected: Sequence[Document], found: Sequence[Document]) -> list[str]:
    """Where rows differ, for people."""
    return [
        f"row {first + 1}: {_rows_text(found[begin:end])} for {_rows_text(expected[first:last])}"
        for what, first, last, begin, end in changes(expected, found)
        if what != "equal"
    ]


def _rows_text(rows: Sequence[Document]) -> str:
    return " / ".join(" ".join(figures(row)) for row in rows) or "nothing"


def tax_amounts(document: Document) -> list[Decimal]:
    """Amounts of tax rows, lowest first; a row of zero is as good as none."""
    return sorted(amount for tax in document["taxes"] if (amount := Decimal(tax["amount"])))


def taxes_text(document: Document) -> str:
    """The same for people."""
    return "+".join(map(str, tax_amounts(document))) or "none"
