"""The day of issue among all the days a voucher prints, and when its authorisation expires."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agente_negocio.invoices.reading.header.dates import date_places
from agente_negocio.invoices.reading.header.other_papers import says_own
from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    above,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from agente_negocio.invoices.reading.model import Kind, Word

CAE_DAYS = 10
"""A CAE expires so long after the day of issue."""
_DUE = re.compile(r"vto|venc|\bvence|\bvig")
_ASIDE = re.compile(
    r"inicio|activ|desde|hasta|periodo|remito|\brto\b|pedido|entrega|asoc|impres|\bdel?\b\W*$|\borden|\bact\."
    r"|\bo ?[/.] ?c\b|\bref\b|\brefer|\banula|\bmodifica|\bcancela|\baplica|\bpago|\bcobr|despacho|turno"
    r"|apertura|cierre|transfer|cheque|presupuest"
)
"""Labels of other papers and other events."""
_PRINTED_ANEW = re.compile(r"\W*(?:\d{1,2}:\d\d(?::\d\d)?)?\W*(?:re)?impr")
"""What follows the day on which a paper was printed again."""
_EMISSION = re.compile(r"\be(?:m|rn)[i1l]s[i1l]|emitid")
_EMITTED = re.compile(r"emitid")
"""Printers say so too, of the moment they print."""
_DAY = re.compile(r"\bfe?cha?\b|\bfecha|\bfec\b|\bdia\b")
_DAY_WORDS = re.compile(
    r"e(?:m|rn)[i1l]s\w*|emitid[oa]|fecha|fec|dia|mes|ano|hora|lugar|del|las|los|este|esta|presente|aaaa"
    r"|factura|fact|comprobante|comp|cbte|documento|doc|nota|credito|debito|tique\w*|ticket"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo"
)
"""What may follow the word for the day in its own label: anything else makes it the day of something else."""
_TITLE_WORDS = re.compile(
    r"factura|nota|credito|debito|tique\w*|ticket|remito|comprobante|comp|cbte|numero|num|nro"
)
_NAMES_INVOICES = frozenset({Kind.NOTA_CREDITO, Kind.NOTA_DEBITO, Kind.REMITO})
"""Papers that name the invoice they mend or go with."""
_INVOICE_DAY = re.compile(r"\bfecha (?:de )?(?:la |el )?(?:factura|fact\b|fc\b)")
_BESIDE_DAY = re.compile(r"cuit|pagina|pag|hoja|lugar")
"""What may stand before the label of the day, besides words of the voucher's own."""
_PLACE = re.compile(r"\W*[a-z][a-z .]{2,40},\W*")
_PLACE_AND_DAY = re.compile(r"fecha\W*:\W*[a-z .]{3,40},\W*$")
_NUMBER = re.compile(r"(?<!\d)\d{4,5} ?[-—–] ?(\d{8})(?!\d)")
_AUTHORIZATION_NEAR = re.compile(r"c\.? ?a\.? ?!?[eil1|]\b")
_BESIDE_TITLE = re.compile(r"factura|nota de|tique|remito|\bn(?:ro|um\w*|[°ºo])\b|\d{4,5} ?- ?\d{8}")
_LETTERS = re.compile(r"[a-z]{2}")
_HEADING_LINES = 2.5
_LONGEST_AGE = timedelta(days=20)
"""Vouchers of services may bear a day ten days from that of the request, on which a CAE counts its ten."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A day that may be that of issue.

    day: None for one that no calendar has. is_labelled: a "fecha" or an "emisión" says so. is_bare: in the
    head, by itself or behind the name of a place, as one writes the day of a letter.
    """

    day: date | None
    evidence: Evidence
    in_head: bool
    is_labelled: bool
    is_bare: bool


def read_dates(sheets: Sequence[Sheet], kind: Kind | None, printed: Printed) -> None:
    """Day of issue and expiry of the authorisation, each by the label before or above it.

    Needs the number and the kind of authorisation, if they are printed.
    """
    head = {id(row) for _, row in head_of(sheets)}
    candidates: list[_Candidate] = []
    for sheet, row in rows_of(sheets):
        for start, end, day, label in _labelled(sheet, row):
            seen = hit(sheet, row, (start, end), day.isoformat() if day else "", STRONG)
            if _DUE.search(label):
                if day and "authorization_due" not in printed and _is_of_authorization(sheet, row):
                    printed["authorization_due"] = seen
            elif not _is_of_another(row, end, label, kind, printed):
                in_head = id(row) in head
                seen = replace(seen, strength=_strength(label, row, in_head=in_head))
                is_labelled = bool(_DAY.search(label) or _EMISSION.search(label))
                is_bare = in_head and not is_labelled and _is_bare(row.folded[:start], label)
                candidates.append(
                    _Candidate(day, seen, in_head=in_head, is_labelled=is_labelled, is_bare=is_bare)
                )
    chosen = _chosen(candidates, issued_by_cae(printed), kind)
    if chosen is not None:
        printed["issue_date"] = chosen


def issued_by_cae(printed: Printed) -> str | None:
    """The day of issue that the expiry of a CAE tells."""
    due, kind = printed.get("authorization_due"), printed.get("authorization_kind")
    if due is None or kind is None or kind.value != "CAE":
        return None
    return (date.fromisoformat(due.value) - timedelta(days=CAE_DAYS)).isoformat()


def is_in_time(issued: date, due: date, authorization_kind: str | None) -> bool:
    """Whether a voucher of a day can have an authorisation that expires on another.

    None is issued after it expired. A CAE runs for ten days from its request, and a voucher is dated within
    ten days of that (WSFEv1, 10016); a CAEA or CAI may be much older than the expiry tells.
    """
    return issued <= due and (authorization_kind != "CAE" or due - issued <= _LONGEST_AGE)


def _labelled(sheet: Sheet, row: Row) -> Iterator[tuple[int, int, date | None, str]]:
    """Every date of a row with its label, on the left or, where nothing stands there, above."""
    last = 0
    for start, end, day in date_places(row.folded):
        label = row.folded[last:start]
        last = end
        if not _LETTERS.search(label.rsplit("\t", 1)[-1]):
            over = _heading(sheet, row, row.words_at(start, end))
            is_label = any(each.search(over) for each in (_DAY, _EMISSION, _DUE, _ASIDE))
            label = over if is_label or not _LETTERS.search(label) else label
        yield start, end, day, label


def _heading(sheet: Sheet, row: Row, words: Sequence[Word]) -> str:
    """What stands right above some words, as wide as they are, at most two and a half lines up."""
    x0, x1 = words[0].x0, words[-1].x1
    for each in reversed(sheet.rows):
        if 0 < row.middle - each.middle < _HEADING_LINES * row.height:
            text = " ".join(fold(word.text) for word in each.words if word.x0 < x1 and word.x1 > x0)
            if _LETTERS.search(text):
                return "" if _dates_its_own(each, x0, x1) else text
    return ""


def _dates_its_own(row: Row, x0: float, x1: float) -> bool:
    """Whether what a row has between two places is the label of a day beside it."""
    for part in re.finditer(r"[^\t]*\S[^\t]*", row.folded):
        left, right = row.extent(*part.span())
        if left < x1 and right > x0 and any(date_places(part[0])):
            return True
    return False


def _is_of_another(row: Row, end: int, label: str, kind: Kind | None, printed: Printed) -> bool:
    """Whether a day belongs to an event or to a paper other than this voucher. end: where it ends."""
    if _PRINTED_ANEW.match(row.folded, end) or _ASIDE.search(label):
        return True
    if kind in _NAMES_INVOICES and _INVOICE_DAY.search(label):
        return True
    own = printed.get("number")
    return own is not None and any(int(found[1]) != int(own.value) for found in _NUMBER.finditer(row.folded))


def _is_of_authorization(sheet: Sheet, row: Row) -> bool:
    """Whether the row, or the one right above it, speaks of a CAE or a CAI."""
    return (
        _AUTHORIZATION_NEAR.search(row.folded) is not None
        or _AUTHORIZATION_NEAR.search(above(sheet, row, row.words)) is not None
    )


def _strength(label: str, row: Row, *, in_head: bool) -> float:
    named = [found.start() for pattern in (_DAY, _EMISSION) for found in pattern.finditer(label)]
    if not named:
        # Beside the title or the number, a day without a label is the day of the voucher.
        is_bare = _says_only(_TITLE_WORDS, label.rsplit("\t", 1)[-1])
        return FAIR if in_head and is_bare and _BESIDE_TITLE.search(row.folded) else WEAK
    phrase = label[min(named) :]
    if not _says_only(_DAY_WORDS, phrase) and not _PLACE_AND_DAY.search(phrase):
        return WEAK
    before = _BESIDE_DAY.sub("", label[: min(named)].rsplit("\t", 1)[-1])
    if not says_own(before) and not _PLACE.fullmatch(before):
        return WEAK
    is_own = (_EMISSION.search(phrase) and not _EMITTED.search(phrase)) or _INVOICE_DAY.search(phrase)
    return STRONG if is_own else FAIR


def _is_bare(before: str, label: str) -> bool:
    """Whether nothing but the name of a place stands before a day in its row, or over it."""
    parts = (before.rsplit("\t", 1)[-1], label.rsplit("\t", 1)[-1])
    return all(_says_only(_DAY_WORDS, part) or _PLACE.fullmatch(part) for part in parts) and not re.search(
        r"\d", parts[0]
    )


def _says_only(allowed: re.Pattern[str], phrase: str) -> bool:
    return all(allowed.fullmatch(word) for word in re.findall(r"[a-z]{3,}", phrase))


def _chosen(candidates: Sequence[_Candidate], proven: str | None, kind: Kind | None) -> Evidence | None:
    """The day that its label, its place or the CAE decides on; a weak one where several contend."""
    firm = [each for each in candidates if each.evidence.strength >= FAIR]
    own = [each for each in firm if each.in_head and each.evidence.strength == STRONG]
    bare = [each for each in candidates if each.is_bare]
    by_rule = [each.evidence for each in candidates if each.evidence.value == proven]
    if any(each.evidence.value == proven for each in own or firm or bare or candidates):
        best = max(by_rule, key=lambda each: each.strength)
        return replace(best, strength=max(best.strength, FAIR))
    contenders = [*(firm or candidates), *bare]
    # A label of its own in the head outweighs a mere "fecha" further down.
    if own and not any(each.in_head and each.evidence.strength < STRONG for each in firm):
        contenders = own
    best_seen = max(contenders, key=lambda each: each.evidence.strength, default=None)
    if best_seen is None or best_seen.day is None:
        return None
    is_alone = all(each.evidence.value == best_seen.evidence.value for each in contenders)
    in_head = any(each.in_head for each in contenders if each.day == best_seen.day)
    # What mends an invoice names its day too, a day without a label may be any, one at the foot that of the
    # delivery: then the CAE must agree.
    needs_rule = kind in _NAMES_INVOICES or not best_seen.is_labelled or not in_head
    if is_alone and not by_rule and (proven is None or not needs_rule):
        return best_seen.evidence
    return replace(best_seen.evidence, strength=min(best_seen.evidence.strength, WEAK))
