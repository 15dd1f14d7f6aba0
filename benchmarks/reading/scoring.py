"""One reading judged by its truth: exact, accepted, silent. Definitions: api.md (7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from benchmarks.reading import comparing
from benchmarks.reading.comparing import HEADER, Document
from benchmarks.reading.tolerance import is_tolerated

_IDENTITY = ("issuer_cuit", "type_code", "point_of_sale", "number")

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
    should be accepted. is_silent: accepted although a header field, a tax or a row is not as printed, or the
    paper was altered by more than the gate tolerates; or nowhere, while another document of the capture was
    accepted, so that nobody would look for it. altered: what someone altered on the paper, one of
    `altering.KINDS`, or empty; is_tolerated: by so little that the gate may accept it.
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
    altered: str = ""
    is_tolerated: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Which capture is scored. altered: of its first document, as in `Score`."""

    layouts: tuple[str, ...]
    condition: str
    seed: int
    copy: int
    altered: str = ""


def score(origin: Origin, truths: Sequence[Document], reading: Reading) -> list[Score]:
    """A score for each expected document.

    Documents are paired in order, by identity where it was read. A document too many makes the one
    before it inexact, and silent when it was accepted: the paper says nothing of the kind.
    """
    scores: list[Score] = []
    is_any_accepted = any(each["accepted"] for each in reading.documents)
    for expected, found, extra in paired(truths, reading.documents):
        part = len(scores)
        is_first = part == 0
        altered = origin.altered if is_first else ""
        tolerated = bool(altered) and found is not None and is_tolerated(expected, found)
        is_honest = expected.get("accepted", True)
        compared = (
            _missed(reading.error, is_silent=is_any_accepted)
            if found is None
            else _compare(expected, found, extra, must_refuse=not is_honest and not tolerated)
        )
        pages = sum(int(each.get("pages") or 1) for each in truths)
        scores.append(
            Score(
                layout=origin.layouts[part % len(origin.layouts)],
                condition=origin.condition,
                seed=origin.seed,
                copy=origin.copy,
                part=part + 1,
                has_qr=bool(expected.get("qr")),
                is_honest=is_honest,
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
                altered=altered,
                is_tolerated=tolerated,
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


def paired(
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
    return tuple(comparing.header_value(document, name) for name in _IDENTITY)


def _missed(error: str | None, *, is_silent: bool) -> _Compared:
    return _Compared(
        wrong_header=HEADER,
        rows_exact=0,
        is_exact=False,
        is_accepted=False,
        is_silent=is_silent,
        differences=(error or "not found",),
    )


def _compare(
    expected: Document, found: Document, extra: Sequence[Document], *, must_refuse: bool
) -> _Compared:
    wrong_header = comparing.wrong_header(expected, found)
    right_rows = comparing.right_rows(expected["lines"], found["lines"])
    rows = len(expected["lines"])
    taxes_differ = comparing.tax_amounts(expected) != comparing.tax_amounts(found)
    rows_differ = not len(right_rows) == rows == len(found["lines"])
    differs = bool(wrong_header) or rows_differ or taxes_differ
    is_accepted = bool(found["accepted"])
    return _Compared(
        wrong_header=wrong_header,
        rows_exact=len(right_rows),
        is_exact=not wrong_header and not rows_differ and not extra,
        is_accepted=is_accepted,
        is_silent=(is_accepted and (differs or must_refuse)) or any(each["accepted"] for each in extra),
        differences=(
            *(_header_text(name, expected, found) for name in wrong_header),
            *comparing.row_differences(expected["lines"], found["lines"]),
            *([_taxes_text(expected, found)] if taxes_differ else []),
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


def _header_text(name: str, expected: Document, found: Document) -> str:
    return f"{name} {comparing.header_value(found, name)} for {comparing.header_value(expected, name)}"


def _taxes_text(expected: Document, found: Document) -> str:
    return f"taxes {comparing.taxes_text(found)} for {comparing.taxes_text(expected)}"
