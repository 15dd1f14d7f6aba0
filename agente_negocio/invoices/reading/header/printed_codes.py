"""ARCA's codes of voucher types as papers print them, told from the codes of clients and salesmen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agente_negocio.invoices.reading.header.cuits import names_client, names_person
from agente_negocio.invoices.reading.header.other_papers import says_own
from agente_negocio.invoices.reading.layout.evidence import STRONG, Evidence, head_of, hit
from agente_negocio.invoices.reading.layout.rows import Row, Sheet

_CODE = re.compile(
    # The sign after the N may read as a 2.
    r"\bc[o0]d(?:igo)?\b[.,:]?\s*(?:n(?:[2?]\s+|[°ºo.*]*\s*))?[:.]?\s*"
    r"([\do]{1,3})(?![\w%]|[.,]\d| ?[-—–] ?\d)"
)
"""Up to three digits; more, or a dash after them, are a point of sale."""


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code in the head. is_own: it stands where, and behind what, a voucher's own does."""

    number: int
    evidence: Evidence
    is_own: bool


def printed_codes(sheets: Sequence[Sheet]) -> list[PrintedCode]:
    """From top to bottom, without those said to be somebody's."""
    return [
        each for sheet, row, is_above in with_place(sheets) for each in _codes(sheet, row, is_above=is_above)
    ]


def with_place(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Row, bool]]:
    """Each row of the head, and whether it stands above the receiver's block."""
    is_above = True
    for sheet, row in head_of(sheets):
        is_above = is_above and not names_client(row.folded)
        yield sheet, row, is_above


def _codes(sheet: Sheet, row: Row, *, is_above: bool) -> Iterator[PrintedCode]:
    for match in _CODE.finditer(row.folded):
        label = row.folded[: match.start()].rsplit("\t", 1)[-1]
        if names_client(label) or names_person(label):
            continue
        number = int(match[1].replace("o", "0"))
        seen = hit(sheet, row, match.span(), str(number), STRONG)
        yield PrintedCode(number, seen, is_own=is_above and says_own(label))
