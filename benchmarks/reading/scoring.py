"""One reading compared with its truth: exact, accepted, silent. Definitions: api.md (7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from itertools import zip_longest
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
_IDENTITY = ("issuer_cuit", "type_code", "point_of_sale", "number")
_FIGURES = ("quantity", "unit_price", "subtotal", "bonus_quantity")

Document = dict[str, Any]
"""A document in the shape of the API: a truth holds bare values, a reading fields with evidence."""

Confidence = tuple[float, bool]
"""What the reader claimed, 0 to 1, and whether it was exact."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader answered. documents: as the API gives them; error: why there are none."""

    documents: tuple[Document, ...]
    error: str | None
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """One document of one capture.

    rows_exact: rows right in every figure and in order. is_honest: the paper's own figures close, so that it
    should be accepted. is_silent: accepted although a header field, a tax or a row is not as printed.
    cpu_seconds, pages: of the whole capture, on its first document, else 0.
    """

    layout: str
    condition: str
    seed: int
    copy: int
    part: int
    has_qr: bool
    is_honest: bool
    is_header_exact: bool
    rows: int
    rows_exact: int
    is_exact: bool
    is_accepted: bool
    is_silent: bool
    pages: int
    cpu_seconds: float
    differences: tuple[str, ...]
    header_confidences: tuple[Confidence, ...]
    line_confidences: tuple[Confidence, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which capture is scored."""

    layouts: tuple[str, ...]
    condition: str
    seed: int
    copy: int


def score(origin: Origin, truths: Sequence[Document], reading: Reading) -> list[Score]:
    """A score for each expected document.

    Documents are paired in order, by identity where it was read. A document too many makes the one
    before it inexact, and silent when it was accepted: the paper says nothing of the kind.
    """
    scores: list[Score] = []
    for expected, found, extra in _paired(truths, reading.documents):
        part = len(scores)
        compared = _compare(expected, found, extra, reading.error)
        is_first = part == 0
        pages = sum(int(each.get("pages") or 1) for each in truths)
        scores.append(
            Score(
                layout=origin.layouts[part % len(origin.layouts)],
                condition=origin.condition,
                seed=origin.seed,
                copy=origin.copy,
                part=part + 1,
                has_qr=bool(expected.get("qr")),
                is_honest=expected.get("accepted", True),
                is_header_exact=not compared.wrong_header,
                rows=len(expected["lines"]),
                rows_exact=compared.rows_exact,
                is_exact=compared.is_exact,
                is_accepted=compared.is_accepted,
                is_silent=compared.is_silent,
                pages=pages if is_first else 0,
                cpu_seconds=reading.cpu_seconds if is_first else 0.0,
                differences=compared.differences,
                header_confidences=compared.header_confidences,
                line_confidences=compared.line_confidences,
            )
        )
    return scores


@dataclass(frozen=True, slots=True)
class _Compared:
    wrong_header: tuple[str, ...]
    rows_exact: int
    is_exact: bool
    is_accepted: bool
    is_silent: bool
    differences: tuple[str, ...]
    header_confidences: tuple[Confidence, ...] = ()
    line_confidences: tuple[Confidence, ...] = ()


def _paired(
    truths: Sequence[Document], found: Sequence[Document]
) -> list[tuple[Document, Document | None, tuple[Document, ...]]]:
    """Each truth with its document, None where it was missed, and what was found too many after it."""
    matcher = SequenceMatcher(
        None, [_identity(each) for each in truths], [_identity(each) for each in found], autojunk=False
    )
    pairs: list[tuple[Document, Document | None, tuple[Document, ...]]] = []
    early: tuple[Document, ...] = ()
    for _, first, last, begin, end in matcher.get_opcodes():
        wanted, given = truths[first:last], list(found[begin:end])
        pairs += [(want, got, ()) for want, got in zip_longest(wanted, given[: len(wanted)])]
        extra = tuple(given[len(wanted) :])
        if pairs:
            pairs[-1] = (*pairs[-1][:2], pairs[-1][2] + extra)
        else:
            early += extra
    pairs[0] = (*pairs[0][:2], early + pairs[0][2])
    return pairs


def _identity(document: Document) -> tuple[str | None, ...]:
    return tuple(_value(document, name) for name in _IDENTITY)


def _compare(
    expected: Document, found: Document | None, extra: Sequence[Document], error: str | None
) -> _Compared:
    if found is None:
        return _Compared(HEADER, 0, False, False, False, (error or "not found",))
    wrong_header = tuple(name for name in HEADER if not _is_same(name, expected, found))
    right_rows = _right_rows(expected["lines"], found["lines"])
    rows = len(expected["lines"])
    taxes_differ = _tax_amounts(expected) != _tax_amounts(found)
    rows_differ = not len(right_rows) == rows == len(found["lines"])
    differs = bool(wrong_header) or rows_differ or taxes_differ
    is_accepted = bool(found["accepted"])
    is_honest = bool(expected.get("accepted", True))
    return _Compared(
        wrong_header=wrong_header,
        rows_exact=len(right_rows),
        is_exact=not wrong_header and not rows_differ and not extra,
        is_accepted=is_accepted,
        is_silent=(is_accepted and (differs or not is_honest)) or any(each["accepted"] for each in extra),
        differences=(
            *(f"{name} {_value(found, name)} for {_value(expected, name)}" for name in wrong_header),
            *_row_differences(expected["lines"], found["lines"]),
            *([f"taxes {_listed(found)} for {_listed(expected)}"] if taxes_differ else []),
            *([f"{len(extra)} documents too many"] if extra else []),
            *(f"failed {check['code']}" for check in found["checks"] if not check["ok"]),
        ),
        header_confidences=tuple(
            (float(found["header"][name]["confidence"]), name not in wrong_header)
            for name in HEADER
            if found["header"].get(name)
        ),
        line_confidences=tuple(
            (float(line["confidence"]), place in right_rows) for place, line in enumerate(found["lines"])
        ),
    )


def _is_same(name: str, expected: Document, found: Document) -> bool:
    want, got = _value(expected, name), _value(found, name)
    return _number(want) == _number(got) if name == "total" else want == got


def _value(document: Document, name: str) -> str | None:
    """A header value of a truth or of a reading."""
    field = document["header"].get(name)
    value: str | None = field["value"] if isinstance(field, dict) else field
    return value


def _right_rows(expected: Sequence[Document], found: Sequence[Document]) -> frozenset[int]:
    """Places among the found rows whose figures are all right, in order."""
    matcher = SequenceMatcher(None, [*map(_figures, expected)], [*map(_figures, found)], autojunk=False)
    return frozenset(
        place for block in matcher.get_matching_blocks() for place in range(block.b, block.b + block.size)
    )


def _figures(row: Document) -> tuple[str, ...]:
    """What makes a row exact; a percentage and an amount of the same figure differ."""
    discounts = [
        f"{_number(step['rate'])}%" if step.get("rate") is not None else f"-{_number(step.get('amount'))}"
        for step in row["discounts"]
    ]
    return (*(str(_number(row.get(name) or _default(name))) for name in _FIGURES), *discounts)


def _default(name: str) -> str | None:
    return "0" if name == "bonus_quantity" else None


def _number(text: str | None) -> Decimal | str | None:
    """Figures compare as numbers, whatever their zeros; what is no number compares as it stands."""
    if text is None:
        return None
    try:
        return Decimal(text).normalize() + 0
    except InvalidOperation:
        return text


def _row_differences(expected: Sequence[Document], found: Sequence[Document]) -> list[str]:
    want, got = [*map(_figures, expected)], [*map(_figures, found)]
    changes = SequenceMatcher(None, want, got, autojunk=False).get_opcodes()
    return [
        f"row {first + 1}: {_rows_text(got[begin:end])} for {_rows_text(want[first:last])}"
        for what, first, last, begin, end in changes
        if what != "equal"
    ]


def _rows_text(rows: Sequence[tuple[str, ...]]) -> str:
    return " / ".join(" ".join(row) for row in rows) or "nothing"


def _tax_amounts(document: Document) -> list[Decimal]:
    """Amounts of tax rows; a row of zero is as good as none."""
    return sorted(amount for tax in document["taxes"] if (amount := Decimal(tax["amount"])))


def _listed(document: Document) -> str:
    return "+".join(str(amount) for amount in _tax_amounts(document)) or "none"
