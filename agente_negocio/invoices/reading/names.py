"""Names of issuer and receiver: for people to recognise, nothing is decided on them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from agente_negocio.invoices.reading.evidence import (
    CLIENT,
    FAIR,
    WEAK,
    Evidence,
    Printed,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout import Sheet, fold

_NAME_LABEL = re.compile(
    r"(?:apellido y nombre\W*/?\W*)?raz[oó]n social\W*|se[nñ]or(?:\(?es\)?)?\W*"
    r"|sr\.? ?\(?e?s?\)?\W*:\W*"
    r"|cliente\W*(?::|\t)\W*(?:\d+\W+)?"
)
_COMPANY = re.compile(r"\b(?:s\.? ?a\.? ?s?|s\.? ?r\.? ?l|s\.? ?h|s\.? ?c\.? ?a)\b\.?\s*$")


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
    """The first company in the head of the page, else the first text that is no title."""
    fallback: Evidence | None = None
    for sheet, row in head_of(sheets):
        if CLIENT.search(row.folded):
            break
        start = 0
        for part in row.text.split("\t"):
            span = (start, start + len(part))
            start = span[1] + 1
            folded = fold(part)
            if _COMPANY.search(folded):
                printed["issuer_name"] = hit(sheet, row, span, re.sub(r"^de ", "", part.strip()), WEAK)
                return
            if fallback is None and not _NO_NAME.search(folded) and len(re.findall("[a-z]", folded)) > 3:  # noqa: PLR2004
                fallback = hit(sheet, row, span, part.strip(), WEAK)
    if fallback is not None:
        printed["issuer_name"] = fallback


_NO_NAME = re.compile(
    r"\b(?:original|duplicado|triplicado|factura|nota de|hoja|pag\w*|tique\w*|cod\w*|c\.?u\.?i\.?t)\b"
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
