"""Every CUIT a paper prints, and what stands around it: labels of receivers, of third parties, of issuers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from agente_negocio.invoices.reading.layout.evidence import (
    CLIENT,
    STRONG,
    Evidence,
    above,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from shared.kernel.cuit import parse_cuit

TAX_LABEL = re.compile(r"\bc[.,]? ?[uv][.,]? ?[il1|!j]{1,2}[.,]? ?[tl1]\b\.?")
_CUIT = re.compile(r"(?<![\d-])\d{2} ?[-./]? ?\d{8} ?[-./]? ?\d(?![\d])")
_GROSS_LABEL = re.compile(r"ing[a-z]*[.,]? ?br|i\.? ?i\.? ?b\.? ?b|conv\w*\.? ?mult|\bii?bb?\b")
_STARTED_LABEL = re.compile(r"in[il1]c\w*\.? ?(?:de )?act")
_OF_A_COPY = re.compile(r"(?:para el|atencion al?|servicio al?|copia|original|duplicado)\W+(?:el )?cliente")
"""Words of the receiver's label that name nobody: for whom a copy is, where to complain."""
_PERSONS = (
    r"vendedor|viajante|preventista|cobrador|repartidor|chofer|conductor|fletero|despachante|corredor"
    r"|mandante|mandatario|garante|consignat\w*|depositario|beneficiario"
)
_TRADES = r"imprenta|transp\w*|flete|expreso|logistica|distribuye|banco|grafica|contador|estudio|software"
_THIRD = re.compile(
    rf"\bimp(?:res[oa]|r)?\.? (?:por|en)\b|\bimprenta\b|\bc\.? ?b\.? ?u\b|\bcvu\b|\btitular\b"
    rf"|por cuenta (?:y orden|de)|\bentrega\w*(?: en| a)?\W{{0,2}}:"
    rf"|\b(?:{_PERSONS})|\b(?:{_TRADES})\b\W{{0,2}}:"
    rf"|{TAX_LABEL.pattern}\W*(?:del? )?(?:la )?(?:{_PERSONS}|{_TRADES})\b"
)
"""Labels of who printed, carried, sold or banked. A trade names companies too, unless a colon follows."""
_HEAD_ROWS = 14
"""Rows that count as head even where the items of narrow paper begin."""
_BLOCK_ROWS = 4
"""Rows from the label of the receiver down to its CUIT, at most, where no head is known."""
_LETTERS = re.compile(r"[a-z]{2}")
_LABEL = re.compile(r"([a-z][a-z. ]*?)\W?:")
_OF_RECEIVER = re.compile(
    r"domic|direcc|localid|provinc|\biva\b|i\.v\.a|\bcond|respons|\btel|codigo|\bcod\b|\bn(?:ro|um\w*)\b"
    r"|nombre|social|mail|\bc\.?p\b|zona|\bdoc|inscrip|\bforma\b|venta|pago"
)
"""Labels of what else a paper prints of its receiver."""
_COMPANY = re.compile(r"\bs\.? ?(?:a\.? ?s?|r\.? ?l|h|c\.? ?a)\b")
_LINE, _NEAR_LINES = 2.0, 3.5


class Whose(IntEnum):
    """Whether a CUIT belongs to issuer or receiver. NAMED: below the receiver, behind another name."""

    PARTY = 0
    NAMED = 1
    DOUBTFUL = 2
    THIRD = 3


@dataclass(frozen=True, slots=True)
class CuitSeen:
    """A CUIT where it is printed.

    place: index of its row from the top of the first page. after_client: a label of the receiver stands in
    its row or above. signs: how much stands beside or under it that only issuers print, 0 for nothing.
    near_signs: some of that stands in its row or above, and no other name between.
    """

    evidence: Evidence
    place: int
    whose: Whose
    after_client: bool
    signs: int
    near_signs: bool = False

    @property
    def value(self) -> str:
        """Its eleven digits."""
        return self.evidence.value


def cuits_of(sheets: Sequence[Sheet]) -> Iterator[CuitSeen]:
    """Each printed CUIT from top to bottom; gross income numbers look alike and are left out."""
    head = {id(row) for _, row in (*head_of(sheets), *islice(rows_of(sheets), _HEAD_ROWS))}
    client_at: int | None = None
    is_client_named = False
    for place, (sheet, row) in enumerate(rows_of(sheets)):
        last = 0
        if names_client(row.folded):
            client_at, is_client_named = place, _names_the_client(row.folded)
        is_placed = id(row) in head or (client_at is not None and place - client_at <= _BLOCK_ROWS)
        for found in _CUIT.finditer(row.folded):
            cuit = parse_cuit(re.sub(r"\D", "", found[0]))
            if cuit is None or not _is_tax_number(sheet, row, found.start()):
                continue
            whose = _whose(sheet, row, found.span(), last, is_placed=is_placed)
            if whose is Whose.PARTY and client_at is not None:
                whose = _whose_below(row.folded[last : found.start()], is_client_named=is_client_named)
            yield CuitSeen(
                evidence=hit(sheet, row, found.span(), cuit, STRONG),
                place=place,
                whose=whose,
                after_client=client_at is not None,
                signs=_signs(sheet, row, found.span()),
                near_signs=_near_signs(sheet, row, found.span()),
            )
            last = found.end()


def names_client(text: str) -> bool:
    """Whether a folded text has a label that opens the block of the receiver."""
    return CLIENT.search(_OF_A_COPY.sub("", text)) is not None


def names_person(text: str) -> bool:
    """Whether a folded text names a salesman, a driver or another person of the trade."""
    return re.search(rf"\b(?:{_PERSONS})", text) is not None


def _whose(sheet: Sheet, row: Row, span: tuple[int, int], last: int, *, is_placed: bool) -> Whose:
    """By the nearest label before a CUIT in its row, else by the one right above and by where it stands.

    last: where the CUIT before it in the row ends. is_placed: in the head, or in the receiver's block.
    """
    before = row.folded[last : span[0]]
    part = before.rsplit("\t", 1)[-1]
    if _is_of_third(part):
        return Whose.THIRD
    if names_client(part):
        return Whose.PARTY
    if not is_placed or _is_of_third(before) or _is_of_third(_part_above(sheet, row, span)):
        return Whose.DOUBTFUL
    return Whose.PARTY


def _names_the_client(text: str) -> bool:
    """Whether a row with the label of the receiver says more than labels."""
    return re.search(r"[a-z]{3}", CLIENT.sub("", text)) is not None


def _whose_below(before: str, *, is_client_named: bool) -> Whose:
    """Of a CUIT below the receiver's label, by what stands before it: another label, another company."""
    part = before.rsplit("\t", 1)[-1]
    if names_client(part):
        return Whose.PARTY
    own = re.sub(rf"(?:{TAX_LABEL.pattern})\W*", " ", part)
    labels = [found[1] for found in _LABEL.finditer(own)]
    is_another = any(re.search(r"[a-z]{3}", each) and not _OF_RECEIVER.search(each) for each in labels)
    is_company = is_client_named and _COMPANY.search(own) is not None
    return Whose.NAMED if is_another or is_company else Whose.PARTY


def _is_of_third(text: str) -> bool:
    """Whether the last label of a text is that of a third party."""
    third = max((found.end() for found in _THIRD.finditer(text)), default=-1)
    return third >= 0 and not names_client(text[third:])


def _part_above(sheet: Sheet, row: Row, span: tuple[int, int]) -> str:
    """What stands together right above the part of a row that holds a CUIT, if that has none itself."""
    x0, _ = row.extent(*_part_of(row, span))
    for each in reversed(sheet.rows):
        if 0 < row.middle - each.middle < _LINE * row.height:
            start = 0
            for part in each.folded.split("\t"):
                place = start, start + len(part)
                start += len(part) + 1
                if part and abs(each.extent(*place)[0] - x0) < row.height:
                    return "" if _CUIT.search(part) else part
    return ""


def _part_of(row: Row, span: tuple[int, int]) -> tuple[int, int]:
    """First and last character of what stands together with a CUIT, its label included."""
    start = row.folded.rfind("\t", 0, span[0]) + 1
    end = row.folded.find("\t", span[1])
    if start and not _LETTERS.search(row.folded[start : span[0]].replace(".", "")):
        start = row.folded.rfind("\t", 0, start - 1) + 1
    return start, end if end >= 0 else len(row.folded)


def _signs(sheet: Sheet, row: Row, span: tuple[int, int]) -> int:
    """How much of what only issuers print stands beside or under a CUIT, before anybody else is named."""
    part = _part_of(row, span)
    x0, x1 = row.extent(*part)
    texts = [row.folded[slice(*part)]]
    for each in sheet.rows:
        if not 0 < each.middle - row.middle < _NEAR_LINES * row.height:
            continue
        under = " ".join(fold(word.text) for word in each.words if word.x0 < x1 and word.x1 > x0)
        if names_client(under) or TAX_LABEL.search(under):
            break
        texts.append(under)
    is_registered = any(map(_GROSS_LABEL.search, texts))
    # Receivers too may have their number of gross income printed, but not when they began.
    return is_registered + 2 * any(map(_STARTED_LABEL.search, texts))


def _near_signs(sheet: Sheet, row: Row, span: tuple[int, int]) -> bool:
    part = _part_of(row, span)
    if is_sign(row.folded) and not names_client(row.folded):
        return True
    x0, x1 = row.extent(*part)
    text = row.folded[slice(*part)]
    for each in reversed(sheet.rows):
        if _COMPANY.search(text) or names_client(text):
            break
        if 0 < row.middle - each.middle < _NEAR_LINES * row.height:
            text = " ".join(fold(word.text) for word in each.words if word.x0 < x1 and word.x1 > x0)
            if is_sign(text):
                return True
    return False


def is_sign(text: str) -> bool:
    """Whether a folded text says what issuers print of themselves."""
    return _GROSS_LABEL.search(text) is not None or _STARTED_LABEL.search(text) is not None


def _is_tax_number(sheet: Sheet, row: Row, start: int) -> bool:
    """Whether the nearest label, on the left or above, says CUIT and not gross income."""
    before = row.folded[:start]
    tax = max((match.end() for match in TAX_LABEL.finditer(before)), default=-1)
    gross = max((match.end() for match in _GROSS_LABEL.finditer(before)), default=-1)
    if max(tax, gross) >= 0:
        return tax > gross
    over = above(sheet, row, row.words_at(start, start + 1))
    if TAX_LABEL.search(over):
        return True
    # Without any label only the dashes of a CUIT tell it from other numbers.
    return (
        _GROSS_LABEL.search(over) is None
        and re.match(r"\d{2} ?- ?\d{8} ?- ?\d", row.folded[start:]) is not None
    )
