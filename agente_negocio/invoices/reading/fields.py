"""Printed header fields: labels and shapes found in the rows, each with the words that hold it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agente_negocio.invoices.reading.barcode import BarcodePayload, parse_barcode
from agente_negocio.invoices.reading.dates import dates_in
from agente_negocio.invoices.reading.evidence import (
    CLIENT,
    FAIR,
    GUESS,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout import Row, Sheet
from agente_negocio.invoices.reading.model import Kind, Word
from agente_negocio.invoices.reading.vouchers import code_of, kind_of, letter_of
from shared.kernel.cuit import parse_cuit

_CUIT = re.compile(r"(?<![\d-])\d{2} ?[-./]? ?\d{8} ?[-./]? ?\d(?![\d])")
_TAX_LABEL = re.compile(r"\bc[.,]? ?[uv][.,]? ?[il1|!j]{1,2}[.,]? ?[tl1]\b\.?")
_GROSS_LABEL = re.compile(r"ing[a-z]*[.,]? ?br|i\.? ?i\.? ?b\.? ?b|conv\w*\.? ?mult|\bii?bb?\b")
_NUMBER = re.compile(r"(?<![\d-])(?:[abcemxr] ?)?(\d{4,5}) ?[-—–] ?(\d{8})(?![\d-])")
_SALE_POINT = re.compile(r"p(?:un)?to\.? ?(?:de )?v(?:en)?ta\.?\W*(\d{1,5})(?!\d)")
_OWN_NUMBER = re.compile(
    r"(?:comp\w*\.?|comprobante|factura|nota) ?\W{0,3}n(?:ro|um\w*|[°ºo*])?\.?\W*(\d{1,8})(?![\d-])"
)
_OTHER_PAPER = re.compile(r"remito|asoc|pedido|recibo|orden|o\.? ?c\.?\W|c\.?a\.?i|ref")
_CODE = re.compile(r"\bc[o0]d(?:igo)?\b[.,:]?\s*(?:n[°ºro.]*\s*)?[:.]?\s*0*(\d{1,3})(?![\d.,])")
_TITLES = (
    (Kind.NOTA_CREDITO, re.compile(r"nota (?:de )?cr[eé]?dito|\bn/c\b")),
    (Kind.NOTA_DEBITO, re.compile(r"nota (?:de )?d[eé]?bito|\bn/d\b")),
    (Kind.TIQUE, re.compile(r"\bt[i1]que?t?e?t?\b")),
    (Kind.FACTURA, re.compile(r"\bfactura\b")),
    (Kind.REMITO, re.compile(r"^\W*remito\b|\tremito\b|documento no valido como factura")),
)
_FCE = re.compile(r"credito electronica|\bfce\b|mipyme")
_TITLED_LETTER = re.compile(
    r"(?:factura|tiquet?e?|nota (?:de )?(?:cr[eé]dito|d[eé]bito)|remito)\s+"
    r"[\"'“”«]?\s*([abcemxr])\s*[\"'“”»]?(?=\W|$)"
)
_AUTHORIZATION = re.compile(
    r"\b(c\.? ?a\.? ?e\.? ?a?|c\.? ?a\.? ?i)(?![b-df-mo-z])[^\d\t]{0,16}\t?[^\d\t]{0,6}(\d(?: ?\d){13})(?!\d)"
)
_LOOSE_NUMBER = re.compile(r"\bn\W{1,4}(?:[abcemxr] ?)?(\d{4,5})[ —–-]{1,3}(\d{3} ?\d{5})(?![\d-])")
_FOREIGN = re.compile(r"\bu\$s|\busd\b|\bdolares\b|moneda:? ?dol")
_ISSUE, _DUE, _ASIDE = (
    re.compile(r"emision|fecha\W*$|\bfecha de (?:la )?(?:factura|comprobante)"),
    re.compile(r"vto|venc|\bvence"),
    re.compile(r"inicio|activ|desde|hasta|periodo|remito|pedido|entrega|hora|asoc"),
)
_AUTHORIZATION_NEAR = re.compile(r"c\.? ?a\.? ?[ei]\b")


def read_fields(sheets: Sequence[Sheet], own_cuits: frozenset[str]) -> tuple[Printed, Kind | None]:
    """Every header field found in print (amounts apart), and what the paper calls itself."""
    printed: Printed = {}
    kind = _title(sheets)
    _read_type(sheets, kind, printed)
    _read_cuits(sheets, own_cuits, printed)
    _read_number(sheets, printed)
    _read_dates(sheets, printed)
    _read_authorization(sheets, printed)
    _read_currency(sheets, printed)
    return printed, kind


def _title(sheets: Sequence[Sheet]) -> Kind | None:
    """The first title from the top; the row that names a ticket beats a bare "factura" in it."""
    for _, row in rows_of(sheets[:1], top_only=True):
        for kind, pattern in _TITLES:
            if pattern.search(row.folded) and not re.search(r"asociad|referencia|pedido n", row.folded):
                return kind
    return None


def _read_type(sheets: Sequence[Sheet], kind: Kind | None, printed: Printed) -> None:
    letter = _letter(sheets)
    code = _code(sheets)
    if code is not None and letter is not None and letter_of(int(code.value)) not in {None, letter.value}:
        # The two prints contradict each other: keep both, believe neither.
        code = Evidence(code.value, code.raw, code.words, code.sheet, GUESS)
    if code is None and kind is not None and letter is not None:
        is_fce = any(_FCE.search(row.folded) for _, row in rows_of(sheets, top_only=True))
        derived = code_of(kind, letter.value, is_fce=is_fce)
        if derived is not None:
            code = Evidence(str(derived), letter.raw, letter.words, letter.sheet, min(letter.strength, FAIR))
    if code is not None:
        printed["type_code"] = code
        meaning = letter_of(int(code.value))
        if letter is None and meaning is not None:
            letter = Evidence(meaning, code.raw, code.words, code.sheet, code.strength)
    if letter is not None:
        printed["letter"] = letter


def _code(sheets: Sequence[Sheet]) -> Evidence | None:
    for sheet, row in rows_of(sheets[:1], top_only=True):
        for found in _CODE.finditer(row.folded):
            code = str(int(found[1]))
            if kind_of(int(code)) is not None:
                return hit(sheet, row, found.span(), code, STRONG)
    return None


def _letter(sheets: Sequence[Sheet]) -> Evidence | None:
    for sheet, row in rows_of(sheets[:1], top_only=True):
        titled = _TITLED_LETTER.search(row.folded)
        if titled:
            return hit(sheet, row, titled.span(1), titled[1].upper(), STRONG)
    big = [
        (word.height, sheet, row, word)
        for sheet, row in rows_of(sheets[:1], top_only=True)
        for word in row.words
        if word.text in set("ABCEMXR") and 0.3 < (word.x0 + word.x1) / 2 / sheet.width < 0.7  # noqa: PLR2004
    ]
    if not big:
        return None
    _, sheet, row, word = max(big, key=lambda each: each[0])
    return Evidence(word.text, word.text, (word,), sheet, STRONG)


@dataclass(frozen=True, slots=True)
class _CuitSeen:
    evidence: Evidence
    order: tuple[int, float, float]
    after_client: bool


def _read_cuits(sheets: Sequence[Sheet], own_cuits: frozenset[str], printed: Printed) -> None:
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
    rows = [row.folded for _, row in rows_of(sheets[:1], top_only=False)]
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
    above = _above(sheet, row, row.words_at(start, start + 1))
    if _TAX_LABEL.search(above):
        return True
    # Without any label only the dashes of a CUIT tell it from other numbers.
    return (
        _GROSS_LABEL.search(above) is None
        and re.match(r"\d{2} ?- ?\d{8} ?- ?\d", row.folded[start:]) is not None
    )


def _above(sheet: Sheet, row: Row, words: Sequence[Word]) -> str:
    """Folded text right above some words, at most two and a half lines up."""
    if not words:
        return ""
    x0, x1 = words[0].x0 - row.height, words[-1].x1 + row.height
    texts = [
        "".join(f"{word.text} " for word in each.words if word.x0 < x1 and word.x1 > x0)
        for each in sheet.rows
        if 0 < row.middle - each.middle < 2.5 * row.height
    ]
    return " ".join(texts).lower()


def _read_number(sheets: Sequence[Sheet], printed: Printed) -> None:
    for sheet, row in rows_of(sheets[:1], top_only=True):
        sale = _SALE_POINT.search(row.folded)
        own = _OWN_NUMBER.search(row.folded)
        if sale and "point_of_sale" not in printed:
            printed["point_of_sale"] = hit(sheet, row, sale.span(1), str(int(sale[1])), STRONG)
        if own and sale and "number" not in printed:
            printed["number"] = hit(sheet, row, own.span(1), str(int(own[1])), STRONG)
        if own and "point_of_sale" in printed and "number" not in printed and len(own[1]) == 8:  # noqa: PLR2004
            printed["number"] = hit(sheet, row, own.span(1), str(int(own[1])), STRONG)
    if "number" in printed and "point_of_sale" in printed:
        return
    pairs = [
        (sheet, row, found)
        for sheet, row in rows_of(sheets[:1])
        for found in _NUMBER.finditer(row.folded)
        if not _OTHER_PAPER.search(row.folded[max(0, found.start() - 24) : found.start()])
    ]
    if not pairs:
        _read_loose_number(sheets, printed)
        return
    sheet, row, found = pairs[0]
    distinct = {(int(each[1]), int(each[2])) for _, _, each in pairs}
    strength = STRONG if len(distinct) == 1 else WEAK
    printed["point_of_sale"] = hit(sheet, row, found.span(1), str(int(found[1])), strength)
    printed["number"] = hit(sheet, row, found.span(2), str(int(found[2])), strength)


def _read_loose_number(sheets: Sequence[Sheet], printed: Printed) -> None:
    """A number after its label whose dash the recogniser lost."""
    for sheet, row in rows_of(sheets[:1], top_only=True):
        found = _LOOSE_NUMBER.search(row.folded)
        if found and not _OTHER_PAPER.search(row.folded[: found.start()]):
            printed["point_of_sale"] = hit(sheet, row, found.span(1), str(int(found[1])), FAIR)
            printed["number"] = hit(sheet, row, found.span(2), str(int(found[2].replace(" ", ""))), FAIR)
            return


def _read_dates(sheets: Sequence[Sheet], printed: Printed) -> None:
    issue: list[Evidence] = []
    for sheet, row in rows_of(sheets):
        last = 0
        for start, end, day in dates_in(row.folded):
            label = row.folded[last:start]
            last = end
            if not re.search(r"[a-z]", label):
                label = _above(sheet, row, row.words_at(start, end)) or label
            role = _date_role(label, row.folded)
            if role == "due" and "authorization_due" not in printed:
                printed["authorization_due"] = hit(sheet, row, (start, end), day.isoformat(), STRONG)
            elif role == "issue":
                strength = STRONG if "emi" in label else FAIR if "fecha" in label else WEAK
                issue.append(hit(sheet, row, (start, end), day.isoformat(), strength))
    if issue:
        best = max(issue, key=lambda each: each.strength)
        rivals = {each.value for each in issue if each.strength == best.strength}
        if len(rivals) > 1:
            best = Evidence(best.value, best.raw, best.words, best.sheet, WEAK)
        printed["issue_date"] = best


def _date_role(label: str, row_text: str) -> str:
    if _DUE.search(label):
        return "due" if _AUTHORIZATION_NEAR.search(row_text) else "other"
    if _ASIDE.search(label):
        return "other"
    return "issue"


def _read_authorization(sheets: Sequence[Sheet], printed: Printed) -> None:
    for sheet, row in rows_of(sheets):
        found = _AUTHORIZATION.search(row.folded)
        if found is None:
            continue
        letters = re.sub(r"[^a-z]", "", found[1])
        printed["authorization_kind"] = hit(sheet, row, found.span(1), letters.upper(), STRONG)
        digits = found[2].replace(" ", "")
        printed["authorization_code"] = hit(sheet, row, found.span(2), digits, STRONG)
        return


def printed_bars(sheets: Sequence[Sheet], printed: Printed) -> BarcodePayload | None:
    """The digits printed under the bars, when they check and repeat the authorisation printed elsewhere."""
    code = printed.get("authorization_code")
    for _, row in rows_of(sheets):
        for found in _BARS.finditer(row.folded):
            bars = parse_barcode(found[0].replace(" ", ""))
            if bars is not None and code is not None and bars.authorization_code == code.value:
                return bars
    return None


_BARS = re.compile(r"(?<!\d)\d[\d ]{38,46}\d(?!\d)")


def _read_currency(sheets: Sequence[Sheet], printed: Printed) -> None:
    for sheet, row in rows_of(sheets):
        found = _FOREIGN.search(row.folded)
        if found:
            printed["currency"] = hit(sheet, row, found.span(), "USD", WEAK)
            return
