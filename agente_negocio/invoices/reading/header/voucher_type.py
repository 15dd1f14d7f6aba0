"""What a paper calls itself: title, letter, ARCA's code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from agente_negocio.invoices.reading.header.other_papers import OF_ANOTHER
from agente_negocio.invoices.reading.header.printed_codes import PrintedCode, printed_codes, with_place
from agente_negocio.invoices.reading.header.vouchers import Name, code_of, kind_of, letter_of, prints_letter
from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    GUESS,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from agente_negocio.invoices.reading.model import Conflict, Kind

_ROLL = re.compile(r"\bt[i1](?:que?t?e?t?|cket)\b")
_TITLES = (
    (Kind.NOTA_CREDITO, re.compile(r"nota (?:de )?cre?dito|\bn/c\b|\bn[./] ?(?:de )?cre?d(?:ito)?\b")),
    (Kind.NOTA_DEBITO, re.compile(r"nota (?:de )?de?bito|\bn/d\b|\bn[./] ?(?:de )?de?b(?:ito)?\b")),
    (Kind.TIQUE, _ROLL),
    (Kind.REMITO, re.compile(r"^\W*remito\b|\tremito\b|documento no valido|no valido como factura")),
    (Kind.FACTURA, re.compile(r"(?<!como )\bfactura\b")),
)
_TORN_TITLES = (
    (Kind.NOTA_CREDITO, re.compile(r"notadecredito[abcm]?")),
    (Kind.NOTA_DEBITO, re.compile(r"notadedebito[abcm]?")),
    (Kind.FACTURA, re.compile(r"[abcm]?factura[abcm]?")),
    (Kind.REMITO, re.compile(r"[rx]?remito[rx]?")),
)
_TITLE_WORD = re.compile(r"factura|nota|tique|ticket|remito")
_BEFORE_TITLE = re.compile(
    r"\W*(?:(?:original|(?:du|tri|cuadru)plicado|comprobante|e|[abcmrx]|cod\w*\W*\d+)\W+)*"
)
"""What may stand before a title that is one."""
_LONE_TIQUE = re.compile(r"\W*tique(?:\W+(?:n(?:ro|um\w*)?\b)?[\W\d]*)?")
_FCE = re.compile(r"credito electronica|\bfce\b|mipyme")
_LEGEND = re.compile(r"(?<!no )sujeta a reten")
_CBU_LEGEND = re.compile(r"cbu informad")
_TITLED_LETTER = re.compile(
    r"(?:factura|tiquet?e?|nota (?:de )?(?:cr[eé]dito|d[eé]bito)|remito)\s+"
    r"[\"'“”«]?\s*([abcemxr])\s*[\"'“”»]?(?!\w|\.\s?\w)"
)
_OF_INVOICES, _OF_REMITOS = frozenset("ABCEM"), frozenset("RX")
_STANDING_ALONE = (_OF_INVOICES | _OF_REMITOS) - {"E"}
"""An export is no purchase of ours: an E by itself is what a recogniser makes of lines and specks."""
_EDGE = 0.97
"""Of the width: beyond stand shadows and the ends of frames."""
_QUOTES = "\"'“”«».,:|()[]"
_TALL = 1.25
"""Of the page's median word: the letter of a voucher is printed larger than its text."""
_CENTRE = (0.3, 0.7)
"""Of the width: where a letter no larger than the text may stand for itself."""


_TITLED = {
    Kind.FACTURA: "invoice",
    Kind.TIQUE: "invoice",
    Kind.NOTA_CREDITO: "credit",
    Kind.NOTA_DEBITO: "debit",
}
"""Titles that speak for or against a code; a recogniser may lose the "tique" of a tique factura."""
_LAST_BEFORE_FCE = 200
_OTHER_CODES = frozenset({5, 10, 16, *range(30, 42), 49, *range(60, 66), *range(85, 91), 195, 196, 197, 331})
"""Receipts, settlements, used goods and the like (FEParamGetTiposCbte)."""
_DISCLAIMER = re.compile(
    r"no (?:tiene )?valid\w+(?! como cred)|sin (?:valor|validez)|no fiscal\b|\bpro ?-?forma\b"
    r"|^\W*presupuesto\b|\bborrador\b|homologacion|\bpre-?factura|no autorizad"
    r"|(?:comprobante|documento|ambiente|factura) de prueba\b"
    r"|(?:^\W*(?:\w+\W+){0,2}|\bfue )(?:anulad|cancelad)[oa]\W*$"
)
"""What a paper that is no voucher says of itself (RG 1415, annex II, on papers that are none)."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a voucher is called.

    evidence: where it says so. strength: of a code concluded from it, little for a word in a sentence.
    """

    name: Name
    evidence: Evidence
    strength: float


def read_type(sheets: Sequence[Sheet], printed: Printed) -> Kind | None:
    """Letter and type code, and what the paper calls itself."""
    title = _title(sheets)
    letter = _letter(sheets, _possible_letters(title))
    seen = printed_codes(sheets)
    code = _code([each for each in seen if each.is_own], title, letter) or _told(
        _concluded(sheets, title, letter), [each for each in seen if not each.is_own]
    )
    if title is not None:
        printed["title"] = title.evidence
        if _FCE.search(fold(title.evidence.raw)):
            printed["title_of_fce"] = title.evidence
        if title.name.has_legend:
            printed["legend"] = title.evidence
    if code is not None:
        printed["type_code"] = code
        meaning = letter_of(int(code.value))
        if letter is None and meaning is not None:
            letter = Evidence(meaning, code.raw, code.words, code.sheet, code.strength)
    if letter is not None:
        printed["letter"] = letter
    return title.name.kind if title else None


def contradictions(code: int, printed: Printed) -> tuple[Conflict, ...]:
    """What print says against a code.

    A letter speaks where no code was read, or one that another letter contradicts.
    """
    found = []
    title, letter, own = printed.get("title"), printed.get("letter"), printed.get("type_code")
    named, meant = Kind(title.value) if title else None, kind_of(code)
    if named in _TITLED and meant is not None and _TITLED[named] != _TITLED.get(meant):
        found.append(f"title {named}")
    if "title_of_fce" in printed and meant is not None and code <= _LAST_BEFORE_FCE:
        found.append("title of a factura de crédito electrónica")
    if "legend" in printed and letter_of(code) == "A" and code <= _LAST_BEFORE_FCE:
        found.append("legend of withholding")
    is_read = own is not None and not own.derived and own.value == str(code) and own.strength > GUESS
    speaks = letter is not None and letter.strength == STRONG and letter.value in _OF_INVOICES and not is_read
    if letter and speaks and letter_of(code) is not None and not prints_letter(code, letter.value):
        found.append(f"letter {letter.value}")
    return tuple(Conflict("type_code", f"code {code}, {said}") for said in found)


def read_disclaimers(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Rows that say the paper is no voucher, as printed."""
    return tuple(row.text for _, row in rows_of(sheets) if any(map(is_disclaimer, row.text.split("\t"))))


def is_disclaimer(text: str) -> bool:
    """Whether what stands together says that the paper is no voucher."""
    return _DISCLAIMER.search(fold(text)) is not None


def _derived_strength(title: Title, letter: Evidence | None) -> float:
    """How far letter and title tell a code; a plain tique has no letter."""
    if letter is None:
        return title.strength
    if letter.value == "E":
        return GUESS
    return WEAK if title.name.is_plain else min(letter.strength, title.strength)


def _title(sheets: Sequence[Sheet]) -> Title | None:
    """The first title from the top; the row that names a ticket beats a bare "factura" in it."""
    head = head_of(sheets)
    speaks_of_fce = [is_above for _, row, is_above in with_place(sheets) if _FCE.search(row.folded)]
    for sheet, row in head:
        kind = _kind(row)
        if kind is None or OF_ANOTHER.search(row.folded):
            continue
        is_fce = any(speaks_of_fce) or _FCE.search(row.folded) is not None
        is_ticket = kind is Kind.TIQUE or _ROLL.search(row.folded) is not None
        name = Name(
            kind,
            is_fce=is_fce,
            is_ticket=is_ticket,
            is_plain=kind is Kind.TIQUE and "factura" not in row.folded,
            has_legend=any(_LEGEND.search(each.folded) for _, each in rows_of(sheets)),
        )
        is_firm = _is_lone_tique(head, row) if name.is_plain else _is_heading(row)
        # What is said of the receiver, or of the paper among its data, nobody can tell.
        strength = FAIR if is_firm and is_fce == bool(speaks_of_fce) else WEAK
        return Title(name, hit(sheet, row, (0, len(row.text)), kind.value, WEAK), strength)
    return None


def _is_heading(row: Row) -> bool:
    """Whether the title begins what stands together, or is written in capitals: in sentences it is a word."""
    for part, folded in zip(row.text.split("\t"), row.folded.split("\t"), strict=True):
        for _, pattern in _TITLES:
            found = pattern.search(folded)
            if found is None:
                continue
            if _BEFORE_TITLE.fullmatch(folded[: found.start()]) or part[slice(*found.span())].isupper():
                return True
    return _TITLE_WORD.search(row.folded) is None


def _is_lone_tique(head: Sequence[tuple[Sheet, Row]], own: Row) -> bool:
    """Whether a row says tique, its number at most, and no other row names anything else."""
    others = [_kind(row) for _, row in head]
    is_alone = any(map(_LONE_TIQUE.fullmatch, own.folded.split("\t")))
    return is_alone and all(kind in {None, Kind.TIQUE} for kind in others)


def _kind(row: Row) -> Kind | None:
    """What a row calls the paper; recognisers tear large titles apart: "F ACTU R A"."""
    plain = next((kind for kind, pattern in _TITLES if pattern.search(row.folded)), None)
    if plain is not None:
        return plain
    parts = [re.sub(r"[^a-z]", "", part) for part in row.folded.split("\t")]
    return next((kind for kind, pattern in _TORN_TITLES for part in parts if pattern.fullmatch(part)), None)


def _code(codes: Sequence[PrintedCode], title: Title | None, letter: Evidence | None) -> Evidence | None:
    """The printed code; of several the one that fits the letter and the title."""
    found = [each.evidence for each in codes if kind_of(each.number) is not None]
    fitting = [each for each in found if _fits(each, title, letter)]
    best = next(iter(fitting or found), None) or _unknown(codes)
    if best is not None and letter is not None and not prints_letter(int(best.value), letter.value):
        # The two prints contradict each other: keep both, believe neither.
        return replace(best, strength=GUESS)
    return best


def _unknown(codes: Sequence[PrintedCode]) -> Evidence | None:
    """A code of ARCA's table that is no factura, nota, tique or remito: the paper is something else."""
    return next(
        (replace(each.evidence, strength=GUESS) for each in codes if each.number in _OTHER_CODES), None
    )


def _concluded(sheets: Sequence[Sheet], title: Title | None, letter: Evidence | None) -> Evidence | None:
    """The code that title and letter tell."""
    derived = code_of(title.name, letter.value if letter else "") if title else None
    if title is None or derived is None:
        return None
    source = letter or title.evidence
    # Read twice, figures beside the title would say nothing of it.
    words = tuple(word for word in source.words if not re.search(r"\d", word.text))
    # Issuers under this legend used 1 as well as 51; only a printed code tells.
    has_cbu = any(_CBU_LEGEND.search(row.folded) for _, row in rows_of(sheets))
    strength = GUESS if has_cbu else _derived_strength(title, letter)
    return Evidence(str(derived), source.raw, words, source.sheet, strength, derived=True)


def _told(concluded: Evidence | None, strays: Sequence[PrintedCode]) -> Evidence | None:
    """What title and letter tell, beside codes that may be a client's: those confirm it or leave a doubt."""
    codes = [each.evidence for each in strays if kind_of(each.number) or each.number in _OTHER_CODES]
    if concluded is None or not codes:
        return concluded or next((replace(each, strength=WEAK) for each in codes), None)
    same = next((each for each in codes if each.value == concluded.value), None)
    if same is None:
        return replace(concluded, strength=min(concluded.strength, WEAK))
    return replace(same, strength=concluded.strength)


def _fits(code: Evidence, title: Title | None, letter: Evidence | None) -> bool:
    number = int(code.value)
    same_letter = letter is None or letter_of(number) is None or prints_letter(number, letter.value)
    return same_letter and (title is None or kind_of(number) is title.name.kind)


def _possible_letters(title: Title | None) -> frozenset[str]:
    if title is None:
        return _OF_INVOICES | _OF_REMITOS
    return _OF_REMITOS if title.name.kind is Kind.REMITO else _OF_INVOICES


def _letter(sheets: Sequence[Sheet], possible: frozenset[str]) -> Evidence | None:
    head = head_of(sheets)
    for sheet, row in head:
        titled = _TITLED_LETTER.search(row.folded)
        if titled and row.text[slice(*titled.span(1))].isupper() and titled[1].upper() in possible:
            return hit(sheet, row, titled.span(1), titled[1].upper(), STRONG)
    large = median([word.height for _, row in rows_of(sheets[:1]) for word in row.words] or [1.0]) * _TALL
    seen = [each for sheet, row in head for each in _letters_of(sheet, row, large) if each.value in possible]
    return max(seen, key=lambda each: (each.strength, each.words[0].height), default=None)


def _letters_of(sheet: Sheet, row: Row, large: float) -> list[Evidence]:
    """Letters that stand alone: large ones anywhere, others near the middle of the page."""
    found = []
    for word in row.words:
        letter = word.text.strip(_QUOTES)
        place = (word.x0 + word.x1) / 2 / sheet.width
        if letter not in _STANDING_ALONE:
            continue
        if word.height > large and place < _EDGE:
            found.append(Evidence(letter, word.text, (word,), sheet, STRONG))
        elif _CENTRE[0] < place < _CENTRE[1]:
            found.append(Evidence(letter, word.text, (word,), sheet, FAIR))
    return found
