"""Who sold and who bought: every CUIT of the paper, told apart by whose it is and where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agente_negocio.invoices.reading.layout.evidence import (
    CLIENT,
    FAIR,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    above,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from shared.kernel.cuit import parse_cuit

_CUIT = re.compile(r"(?<![\d-])\d{2} ?[-./]? ?\d{8} ?[-./]? ?\d(?![\d])")
_TAX_LABEL = re.compile(r"\bc[.,]? ?[uv][.,]? ?[il1|!j]{1,2}[.,]? ?[tl1]\b\.?")
_GROSS_LABEL = re.compile(r"ing[a-z]*[.,]? ?br|i\.? ?i\.? ?b\.? ?b|conv\w*\.? ?mult|\bii?bb?\b")


@dataclass(frozen=True, slots=True)
class _CuitSeen:
    evidence: Evidence
    order: tuple[int, float, float]
    after_client: bool


def read_parties(sheets: Sequence[Sheet], own_cuits: frozenset[str], printed: Printed) -> None:
    """Tell issuer from receiver by our own CUITs, else by the client block, else by reading order."""
    seen = list(_cuits(sheets))
    ours = [each for each in seen if each.evidence.value in own_cuits]
    if ours or (own_cuits and len(seen) == 1):
        receivers, issuers, strength = ours, [each for each in seen if each not in ours], STRONG
    else:
        # Addressed to somebody else, as far as one can see, or nobody told us who we are.
        issuers = [each for each in seen if not each.after_client]
        receivers = [each for each in seen if each.after_client]
        strength = FAIR
        if len(seen) > 1 and (not issuers or not receivers):
            issuers, receivers, strength = seen[:1], seen[1:], FAIR if len(seen) == 2 else WEAK  # noqa: PLR2004
    if not receivers and _receiver_missing(sheets, seen):
        # Somebody is named who could not be read: that is not the same as nobody.
        printed["receiver_unread"] = Evidence("", "", (), sheets[0], STRONG)
    for name, found in (("issuer_cuit", issuers), ("receiver_cuit", receivers)):
        distinct = list(dict.fromkeys(each.evidence.value for each in found))
        if distinct:
            first = found[0].evidence
            certainty = strength if len(distinct) == 1 else min(strength, WEAK)
            printed[name] = Evidence(first.value, first.raw, first.words, first.sheet, certainty)


def _receiver_missing(sheets: Sequence[Sheet], seen: Sequence[_CuitSeen]) -> bool:
    """Whether the paper has a CUIT label without a readable CUIT, and does not say "final consumer"."""
    rows = [row.folded for _, row in rows_of(sheets[:1])]
    labels = sum(len(_TAX_LABEL.findall(row)) for row in rows)
    anonymous = any(re.search(r"consum\w* ?final", row) for row in rows)
    return labels > max(1, len(seen)) or not anonymous


def _cuits(sheets: Sequence[Sheet]) -> Iterator[_CuitSeen]:
    """Each different CUIT from top to bottom; gross income numbers look alike and are left out."""
    known: set[str] = set()
    client_seen = False
    for sheet, row in rows_of(sheets):
        for found in _CUIT.finditer(row.folded):
            cuit = parse_cuit(re.sub(r"\D", "", found[0]))
            if cuit is None or cuit in known or not _is_tax_number(sheet, row, found.start()):
                continue
            known.add(cuit)
            in_row = CLIENT.search(row.folded)
            evidence = hit(sheet, row, found.span(), cuit, STRONG)
            yield _CuitSeen(evidence, (row.page, row.middle, row.x0), client_seen or in_row is not None)
        client_seen = client_seen or CLIENT.search(row.folded) is not None


def _is_tax_number(sheet: Sheet, row: Row, start: int) -> bool:
    """Whether the nearest label, on the left or above, says CUIT and not gross income."""
    before = row.folded[:start]
    tax = max((match.end() for match in _TAX_LABEL.finditer(before)), default=-1)
    gross = max((match.end() for match in _GROSS_LABEL.finditer(before)), default=-1)
    if max(tax, gross) >= 0:
        return tax > gross
    over = above(sheet, row, row.words_at(start, start + 1))
    if _TAX_LABEL.search(over):
        return True
    # Without any label only the dashes of a CUIT tell it from other numbers.
    return (
        _GROSS_LABEL.search(over) is None
        and re.match(r"\d{2} ?- ?\d{8} ?- ?\d", row.folded[start:]) is not None
    )
