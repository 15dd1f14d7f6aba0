"""Names of issuer and receiver: for people to recognise, nothing is decided on them."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agente_negocio.invoices.reading.layout.evidence import (
    CLIENT,
    FAIR,
    WEAK,
    Evidence,
    Printed,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from agente_negocio.invoices.reading.model import Word

_NAME_LABEL = re.compile(
    r"(?:apellido y nombre\W*/?\W*)?raz[oó]n social\W*|se[nñ]or(?:\(?es\)?)?\W*"
    r"|sr\.? ?\(?e?s?\)?\W*:\W*"
    r"|cliente\W*(?::|\t)\W*(?:\d+\W+)?"
)
_COMPANY = re.compile(r"(.*?\b(?:s\.? ?a\.? ?s?|s\.? ?r\.? ?l|s\.? ?h|s\.? ?c\.? ?a)\b\.?)\s*(?:$|[·•|]|-\s)")


def read_names(sheets: Sequence[Sheet], printed: Printed) -> None:
    """Names by their labels, else the first company in the head and the text above the receiver's CUIT."""
    for sheet, row in rows_of(sheets[:1]):
        for found in _NAME_LABEL.finditer(row.folded):
            end = row.text.find("\t", found.end() + 1)
            end = len(row.text) if end < 0 else end
            value = row.text[found.end() : end].strip(" :\t")
            is_client = CLIENT.search(row.folded[: found.end()]) is not None or "issuer_name" in printed
            name = "receiver_name" if is_client else "issuer_name"
            if name not in printed and re.search(r"[A-Za-z]{2}", value):
                printed[name] = hit(sheet, row, (found.end(), end), value, FAIR)
    if "issuer_name" not in printed:
        _first_heading(sheets, printed)
    if "receiver_name" not in printed:
        _name_above_cuit(printed)


def _first_heading(sheets: Sequence[Sheet], printed: Printed) -> None:
    """The first company in the head of the page, else the first clear text above its address."""
    fallback: Evidence | None = None
    is_open = True
    for sheet, row, span in _parts(sheets):
        part = row.text[slice(*span)].strip()
        folded = fold(part)
        if CLIENT.search(folded):
            break
        company = _COMPANY.match(folded)
        if company:
            name = re.sub(r"^de ", "", part[: company.end(1)])
            printed["issuer_name"] = hit(sheet, row, span, name, WEAK)
            return
        is_open = is_open and _ADDRESS.search(folded) is None
        if is_open and fallback is None and _is_name(part, row.words_at(*span)):
            fallback = hit(sheet, row, span, part, WEAK)
    if fallback is not None:
        printed["issuer_name"] = fallback


def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Row, tuple[int, int]]]:
    """What stands together in each row of the head, by its first and last character."""
    for sheet, row in head_of(sheets):
        start = 0
        for part in row.text.split("\t"):
            yield sheet, row, (start, start + len(part))
            start += len(part) + 1


def _is_name(part: str, words: Sequence[Word]) -> bool:
    """Whether a text is clear and reads like a name: noise of a picture is worse than no name."""
    clear = all(word.confidence >= _CLEAR for word in words)
    return clear and _NAME.fullmatch(part) is not None and _NO_NAME.search(fold(part)) is None


_CLEAR = 0.85
_NAME = re.compile(r"(?=.*[^\W\d_]{4})[A-ZÁÉÍÓÚÑÜ][^\W\d_]*(?:[ .,&'-]+[^\W\d_]+)*\.?")
_ADDRESS = re.compile(r"\bdirecc|\bdomic|\bcalle\b|\btel\b|\btelef|\blocalidad")
_NO_NAME = re.compile(
    r"\b(?:original|duplicado|triplicado|factura|comprobante|nota de|remito|hoja|pag\w*|tique\w*|cod\w*"
    r"|c\.?u\.?i\.?t|recibo|fecha)\b"
)


def _name_above_cuit(printed: Printed) -> None:
    receiver = printed.get("receiver_cuit")
    if receiver is None:
        return
    rows = list(receiver.sheet.rows)
    for above, row in pairwise(rows):
        if row.words_at(0, len(row.text))[0] in receiver.words or receiver.words[0] in row.words:
            if re.fullmatch(r"[^\d\t:]{4,60}", above.text):
                printed["receiver_name"] = hit(receiver.sheet, above, (0, len(above.text)), above.text, WEAK)
            return
