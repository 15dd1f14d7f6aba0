"""Point of sale and number of the voucher itself, told from those of other papers it names."""

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agente_negocio.invoices.reading.header.other_papers import OF_ANOTHER, other_paper, says_own
from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    above,
    head_of,
    hit,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from agente_negocio.invoices.reading.model import Kind

_NUMBER = re.compile(r"(?<![\d-])(?:\b[abcemxr] ?)?(\d{4,5}) ?[-—–] ?(\d{8})(?![\d-])")
_LOOSE_NUMBER = re.compile(r"\bn\W{1,4}(?:[abcemxr] ?)?(\d{4,5})[ —–-]{1,3}(\d{3} ?\d{5})(?![\d-])")
_TORN_OFF = re.compile(r"\bn\W.*(?<!\d)(\d{4,5}) ?[-—–]?$")
_TORN_END = re.compile(r"\W*(\d{8})(?!\d)")
_TITLED_NUMBER = re.compile(
    r"\b(?:factura|credito|debito|remito|tique\w*) [abcemxr] (\d{1,5}) ?[-—–] ?(\d{1,8})(?![\d/.-])"
)
"""Behind title and letter it may be written without its zeros."""
_SALE_POINT = re.compile(
    r"\bp(?:(?:un)?to)?\.? ?(?:de )?v(?:(?:en)?ta)?\.?(?: ?n(?:ro|[°ºo])?\.?)?\W{0,4}(\d{1,5})(?![\d-])"
)
_OWN_NUMBER = re.compile(
    r"(?:comp\w*\.?|comprobante|factura|nota|\bn(?:ro|um\w*|[°ºo*])) ?\W{0,3}"
    r"(?:n(?:ro|um\w*|[°ºo*])?\.?|comp\w*|t(?:ique\w*|icket)?)?\W{0,4}(\d{1,8})(?![\d-])"
)
_SIGN = re.compile(r"(?:\bn(?:ro|um\w*|[°ºo*])|\bcomp\w*|\bcbte)\W*(?:[abcemxr]\W*)?$")
_LONGEST_NUMBER = 8
_LONG_POINT_OF_SALE = 5
_NEAR_ROWS = 4
"""From the point of sale on, in which its number stands."""
_LABEL_REACH = 24
"""Characters before a number in which a label of another paper makes it that paper's."""


@dataclass(frozen=True, slots=True)
class _Pair:
    point_of_sale: Evidence
    number: Evidence

    @property
    def values(self) -> tuple[str, str]:
        return self.point_of_sale.value, self.number.value


def read_number(sheets: Sequence[Sheet], kind: Kind | None, printed: Printed) -> None:
    """The first of: two labelled parts, a pair with its dash, one that lost it, one torn over two rows."""
    head = head_of(sheets)
    found = list(_dashed(head, kind))
    # A number behind words of its own choosing rivals none that stands where a voucher's own stands.
    dashed = [pair for pair in found if pair.number.strength == STRONG] or found
    labelled = list(_labelled(head, kind))
    own = [pair for pair in labelled if pair.number.strength == STRONG]
    pairs = own or dashed or list(_loose(head, kind)) or list(_torn(head)) or labelled
    if not pairs:
        return
    best = pairs[0]
    strength = STRONG if len({pair.values for pair in (*pairs, *dashed)}) == 1 else WEAK
    for name, evidence in (("point_of_sale", best.point_of_sale), ("number", best.number)):
        limit = min(evidence.strength, strength)
        printed[name] = Evidence(evidence.value, evidence.raw, evidence.words, evidence.sheet, limit)


def _labelled(head: Sequence[tuple[Sheet, Row]], kind: Kind | None) -> Iterator[_Pair]:
    """Every point of sale and number under labels of their own, in one row or in neighbours."""
    other = other_paper(kind)
    for place, (sheet, row) in enumerate(head):
        sale = _SALE_POINT.search(row.folded)
        if sale is None or other.search(_label(row, sale.start())) or _is_under_another(sheet, row):
            continue
        point_of_sale = hit(sheet, row, sale.span(1), str(int(sale[1])), STRONG)
        numbers = [
            number
            for near_sheet, near in head[place : place + _NEAR_ROWS]
            for number in _numbers(near_sheet, near, other, after=sale.end() if near is row else None)
        ]
        best = max(numbers, key=lambda each: each.strength, default=None)
        if best is not None:
            yield _Pair(point_of_sale, best)


def _is_under_another(sheet: Sheet, row: Row) -> bool:
    """Whether the row above names another paper and leaves its number to this one."""
    return any(
        under is row and OF_ANOTHER.search(over.folded) is not None and not re.search(r"\d", over.folded)
        for over, under in pairwise(sheet.rows)
    )


def _numbers(sheet: Sheet, row: Row, other: re.Pattern[str], *, after: int | None) -> Iterator[Evidence]:
    """Numbers of a row behind a label that may be the voucher's own.

    after: where the point of sale ends; in another row than its own, only one with all its digits counts.
    """
    for found in _OWN_NUMBER.finditer(row.folded, after or 0):
        label = _label(row, found.start(1))
        if (after is not None or len(found[1]) == _LONGEST_NUMBER) and not other.search(label):
            strength = STRONG if says_own(label) else WEAK
            yield hit(sheet, row, found.span(1), str(int(found[1])), strength)


def _label(row: Row, end: int) -> str:
    """What stands before a place of a row, down from the last figure."""
    return re.split(r"\d", row.folded[:end])[-1].rsplit("\t", 1)[-1]


def _dashed(head: Sequence[tuple[Sheet, Row]], kind: Kind | None) -> Iterator[_Pair]:
    other = other_paper(kind)
    for sheet, row in head:
        for found in _TITLED_NUMBER.finditer(row.folded):
            if len(found[2]) < _LONGEST_NUMBER and not other.search(row.folded[: found.start()]):
                yield _pair(sheet, row, found, STRONG)
        for found in _NUMBER.finditer(row.folded):
            label = _within_reach(row.folded[: found.start()])
            over = "" if re.search(r"[a-z]{2}", label) else above(sheet, row, row.words_at(*found.span()))
            if not other.search(label + over):
                strength = STRONG if _may_be_own(label) else WEAK
                yield _glued(sheet, row, found) or _pair(sheet, row, found, strength)


def _within_reach(before: str) -> str:
    """The end of a text, its first word whole."""
    cut = max(0, len(before) - _LABEL_REACH)
    return before[len(before[:cut].rstrip(string.ascii_lowercase)) :]


def _may_be_own(label: str) -> bool:
    """Whether a sign of numbers stands before one, or nothing but what a voucher is called."""
    part = label.rsplit("\t", 1)[-1]
    return _SIGN.search(part) is not None or says_own(part)


def _glued(sheet: Sheet, row: Row, found: re.Match[str]) -> _Pair | None:
    """A pair whose first digit was the sign after the N: "N20001" for "Nº 0001". Another look has to tell."""
    first = found.start(1)
    if not row.folded[:first].endswith("n") or len(found[1]) != _LONG_POINT_OF_SALE:
        return None
    point_of_sale = hit(sheet, row, (first + 1, found.end(1)), str(int(found[1][1:])), WEAK)
    return _Pair(point_of_sale, _pair(sheet, row, found, STRONG).number)


def _loose(head: Sequence[tuple[Sheet, Row]], kind: Kind | None) -> Iterator[_Pair]:
    """A number after its label whose dash the recogniser lost."""
    other = other_paper(kind)
    for sheet, row in head:
        found = _LOOSE_NUMBER.search(row.folded)
        if found and not other.search(row.folded[: found.start()]):
            yield _pair(sheet, row, found, FAIR)


def _torn(head: Sequence[tuple[Sheet, Row]]) -> Iterator[_Pair]:
    """A large number whose end the recogniser put in a row of its own."""
    for (sheet, row), (_, following) in pairwise(head):
        sale = _TORN_OFF.search(row.folded)
        number = _TORN_END.match(following.folded)
        if sale and number and following.page == row.page:
            yield _Pair(
                hit(sheet, row, sale.span(1), str(int(sale[1])), FAIR),
                hit(sheet, following, number.span(1), str(int(number[1])), FAIR),
            )


def _pair(sheet: Sheet, row: Row, found: re.Match[str], strength: float) -> _Pair:
    return _Pair(
        hit(sheet, row, found.span(1), str(int(found[1])), strength),
        hit(sheet, row, found.span(2), str(int(found[2].replace(" ", ""))), strength),
    )
