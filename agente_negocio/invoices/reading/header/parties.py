"""Who sold and who bought: every CUIT of the paper, told apart by whose it is and where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from agente_negocio.invoices.reading.header.cuits import (
    TAX_LABEL,
    CuitSeen,
    Whose,
    cuits_of,
    is_sign,
    names_client,
)
from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    below,
    head_of,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet

_ROLL = re.compile(r"\btique|\bticket")
_NOTHING = re.compile(r"[^\w\t]*(?:consum\w* ?final|\t(?!\W*\d)|$)")
_REGISTERED = 1
"""Signs of a CUIT with a number of gross income: receivers may have that printed too."""
_PLAIN_TIQUE = "83"
"""The code of a tique that is no factura."""


_UNTOLD = frozenset({Whose.NAMED, Whose.DOUBTFUL})


@dataclass(frozen=True, slots=True)
class _Roles:
    """Who is who. sure: how far the rule that told them apart may be believed."""

    issuers: Sequence[CuitSeen]
    receivers: Sequence[CuitSeen]
    sure: float
    receiver_sure: float


def read_parties(sheets: Sequence[Sheet], own_cuits: frozenset[str], printed: Printed) -> None:
    """Tell issuer from receiver by our own CUITs, else by the client block, else by what issuers print.

    CUITs of printers, carriers and salesmen are nobody's here. Where nothing tells, the first one is called
    the issuer's, too weakly to be believed.
    """
    found = list(cuits_of(sheets))
    seen = _parties(found)
    ours = [each for each in seen if each.value in own_cuits]
    roles = _beside_ours(seen, ours) if ours else _by_labels(sheets, seen, knows_us=bool(own_cuits))
    told = {each.value for each in (*roles.issuers, *roles.receivers)}
    rivals = [each for each in found if each.whose in _UNTOLD and each.value not in told]
    if any(_may_be_anothers(sheets, found, each, rivals) for each in roles.issuers):
        roles = replace(roles, sure=min(roles.sure, WEAK))
    # A plain tique is for final consumers, whoever they are.
    is_plain = "type_code" in printed and printed["type_code"].value == _PLAIN_TIQUE
    if not roles.receivers and _receiver_missing(sheets, found, anonymous=is_plain):
        # Somebody is named who could not be read: that is not the same as nobody.
        printed["receiver_unread"] = Evidence("", "", (), sheets[0], STRONG)
    for name, members, sure in (
        ("issuer_cuit", roles.issuers, roles.sure),
        ("receiver_cuit", roles.receivers, roles.receiver_sure),
    ):
        if members:
            certainty = sure if len(members) == 1 else min(sure, WEAK)
            printed[name] = replace(members[0].evidence, strength=certainty)


def _parties(found: Sequence[CuitSeen]) -> list[CuitSeen]:
    """Each different CUIT of a party, where it stands most surely, from top to bottom."""
    best: dict[str, CuitSeen] = {}
    for each in found:
        if each.whose is not Whose.THIRD and (each.value not in best or each.whose < best[each.value].whose):
            best[each.value] = each
    return sorted(best.values(), key=lambda each: each.place)


def _beside_ours(seen: Sequence[CuitSeen], ours: Sequence[CuitSeen]) -> _Roles:
    """What is ours is the receiver's; what is not is the issuer's, where an issuer's may stand."""
    others = _firm([each for each in seen if each not in ours])
    first = ours[0].place
    after_client = all(each.after_client for each in ours)
    fits = all(
        each.whose is Whose.PARTY
        and (each.place < first or not each.after_client or (each.signs and after_client))
        # What we sell is no purchase: who began when stands beside the issuer's.
        and max(mine.signs for mine in ours) <= max(each.signs, _REGISTERED)
        for each in others
    )
    return _Roles(others, ours, STRONG if fits else WEAK, STRONG)


def _by_labels(sheets: Sequence[Sheet], seen: Sequence[CuitSeen], *, knows_us: bool) -> _Roles:
    """Addressed to somebody else, as far as one can see, or nobody told us who we are."""
    firm = _firm(seen)
    roles = _told_apart(sheets, firm, knows_us=knows_us)
    if not roles.receivers:
        # Behind a label of its own it is hardly the receiver's: a person has to say whose.
        named = [each for each in seen if each.whose is Whose.NAMED and each not in roles.issuers]
        roles = replace(roles, receivers=named, receiver_sure=WEAK)
    elif knows_us:
        # What others are sold is no purchase of ours, and ours may have been misread.
        roles = replace(roles, receiver_sure=min(roles.receiver_sure, WEAK))
    if any(each.whose is not Whose.PARTY for each in firm):
        return replace(roles, sure=min(roles.sure, WEAK), receiver_sure=min(roles.receiver_sure, WEAK))
    return roles


def _told_apart(sheets: Sequence[Sheet], seen: Sequence[CuitSeen], *, knows_us: bool) -> _Roles:
    before = [each for each in seen if not each.after_client]
    after = [each for each in seen if each.after_client]
    if len(seen) == 1:
        if before or after[0].signs:
            return _Roles(seen, [], STRONG if knows_us else FAIR, FAIR)
        return _Roles([], seen, FAIR, FAIR)
    most = max((each.signs for each in seen), default=0)
    marked = [each for each in seen if each.signs == most and most]
    if before and after:
        # Where only the receiver has what issuers print, the label of the receiver deceives.
        is_told = not marked or any(each in before for each in marked)
        return _Roles(before, after, *([FAIR] * 2 if is_told else [WEAK] * 2))
    if len(marked) == 1:
        return _Roles(marked, [each for each in seen if each not in marked], FAIR, FAIR)
    is_told = len(seen) == 2 and _is_ticket_between(sheets, seen)  # noqa: PLR2004  one each
    return _Roles(seen[:1], seen[1:], *([FAIR] * 2 if is_told else [WEAK] * 2))


def _may_be_anothers(
    sheets: Sequence[Sheet], found: Sequence[CuitSeen], issuer: CuitSeen, rivals: Sequence[CuitSeen]
) -> bool:
    """Whether a brand's CUIT stands in for the issuer's own, at the foot, drawn or with a figure misread.

    Then another one stands there, the head has a label of a CUIT without one, or what issuers print of
    themselves away from this one.
    """
    if issuer.signs or issuer.near_signs:
        return False
    if rivals:
        return True
    low = max((row.middle for _, row in head_of(sheets)), default=0.0)
    head = [row.folded for row in sheets[0].rows if row.middle <= low]
    rows = list(takewhile(lambda row: not names_client(row), head))
    labels = sum(len(TAX_LABEL.findall(row)) for row in rows)
    return labels > sum(each.place < len(rows) for each in found) or any(map(is_sign, rows))


def _firm(seen: Sequence[CuitSeen]) -> list[CuitSeen]:
    """Those that surely belong to a party, if there are any."""
    return [each for each in seen if each.whose is Whose.PARTY] or list(seen)


def _is_ticket_between(sheets: Sequence[Sheet], seen: Sequence[CuitSeen]) -> bool:
    """Whether a fiscal controller's title stands between two CUITs: by its form the issuer's is above it."""
    rows = [row.folded for _, row in rows_of(sheets)][seen[0].place : seen[1].place]
    return any(map(_ROLL.search, rows))


def _receiver_missing(sheets: Sequence[Sheet], found: Sequence[CuitSeen], *, anonymous: bool) -> bool:
    """Whether the paper has a CUIT label without a readable CUIT, or nothing says "final consumer"."""
    rows = [row.folded for _, row in rows_of(sheets[:1])]
    labels = sum(not _is_blank(sheet, row, label) for sheet, row, label in _tax_labels(sheets[:1]))
    anonymous = anonymous or any(re.search(r"consum\w* ?final", row) for row in rows)
    return labels > max(1, sum(each.evidence.sheet is sheets[0] for each in found)) or not anonymous


def _tax_labels(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Row, re.Match[str]]]:
    for sheet, row in rows_of(sheets):
        for label in TAX_LABEL.finditer(row.folded):
            yield sheet, row, label


def _is_blank(sheet: Sheet, row: Row, label: re.Match[str]) -> bool:
    """Whether a label of a CUIT stands before nothing, or before the words "final consumer".

    Only of text: a recogniser, which is never wholly sure of a word, may have lost the figures.
    """
    words = row.words_at(*label.span())
    return (
        all(word.confidence == 1 for word in words)
        and _NOTHING.match(row.folded, label.end()) is not None
        and not any(re.search(r"\d{6}", under.folded) for under in below(sheet, row, words))
    )
