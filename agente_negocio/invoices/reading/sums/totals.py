"""Reading the foot of a voucher: labels with their amounts, along rows and under headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import LEGAL_RATES
from agente_negocio.invoices.reading.layout.evidence import Amount
from agente_negocio.invoices.reading.layout.rows import WIDE_GAP, Row, Sheet, fold
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style, has_cents, parse_amount
from agente_negocio.invoices.reading.sums.foot import Entry, Foot, Part
from agente_negocio.invoices.reading.sums.iva_table import (
    Titles,
    base_and_tax,
    reaches,
    taxed_row,
    titles_of,
)

_IGNORED = re.compile(
    r"transparencia|contenido|indirectos|isib|\bvuelto|efectivo|sus pagos\b|recib|cambio\b|saldo"
    r"|tarjeta|cheque|cuenta cor|cta\.? ?cte"
    r"|son pesos|unidades|bultos|kilos|\bkgs?\b|items|renglon|valor declarado|debito|transferencia|cotizacion"
    r"|limite|importe a pagar antes|pagando|total.* antes del?\b|adeudad|impuestos nacionales|transporte"
    r"|subtotal pagina|hoja|\bpasan? a (?:la )?pag|\bcontinua|^\W*van\W*$"
    r"|\bt\.? ?c\.?(?: ?\(?(?:bna|divisa|billete)\)?)?\W*$|tipo de cambio"
)
_GROUP_SUM = re.compile(
    r"otros tributos|total (?:de )?(?:percep|tribut|impuest|iva)|total i\.?v\.?a|importe total iva"
)
_RATE = re.compile(
    r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,4})?) ?%"
    r"|\b(?:[il1|]\.?v\.?a\.?|alicuota|insc\w*\.?) +(\d{1,2}(?:[.,]\d{1,2})?)(?![\d.,])"
)
_PERCEPTION = r"per[cd]?(?:ep)?\w*[./ ]|\bret\b|\bret\.|\bpc\b|\bperc"
_LABELS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (
        Part.PERCEPTION_IVA,
        re.compile(rf"(?:{_PERCEPTION}).*(?:\b(?:de)?[il1|]\.?v\.?a\b)|rg\.? ?3337|rg\.? ?2408|3337|2408"),
    ),
    (
        Part.PERCEPTION_IIBB,
        re.compile(
            rf"(?:{_PERCEPTION}).*"
            r"(?:ingresos|i\.? ?i?\.? ?b|bruto|in\.? ?br|\bib|arba|agip|caba|bs\.? ?as|prov)"
            r"|iibb|ing\w*\.? ?br|\bib\.|\barba\b|\bagip\b"
        ),
    ),
    (Part.OTHER, re.compile(r"ganancias|\bicl\b|\bidc\b|vial|sellos|\bco2\b")),
    (Part.INTERNAL, re.compile(r"imp\w*\.? ?(?:a )?(?:los )?int|\bi\. ?int|internos?\b")),
    (Part.MUNICIPAL, re.compile(r"munic|tasa|seg\.? e hig|comercio e")),
    (Part.UNTAXED, re.compile(r"no\.? ?grav|no alcanz|concepto no")),
    (Part.EXEMPT, re.compile(r"exent|\bop\.? ?ex")),
    (Part.DISCOUNT, re.compile(r"descuento|bonif|\bdto|\bdesc\b|\bdesc\.")),
    (Part.NET, re.compile(r"neto|gravado|base imponible")),
    (Part.ROWS, re.compile(r"sub ?-?total|\bsuma\b(?! de)|subtot|total bruto|importe bruto|\bbruto\b")),
    (Part.IVA, re.compile(r"\b[il1|]\.? ?v\.? ?a\b|alicuota")),
    (
        Part.OTHER,
        re.compile(
            r"percep|\bperc\b|\bperc\.|tribut|redondeo|impuesto|\bimp\.(?! ?total)|recargo|flete|fondo"
        ),
    ),
    (Part.TOTAL, re.compile(r"\bt[o0]ta[l1i][s5]?\b")),
)
_TORN = re.compile(r"\d[.,]\n\d|\d\n[.,]\d|^[-$]+\n\d")
"""Two pieces of one amount, on a line each."""
_IVA = re.compile(r"\b[il1|]\.?v\.?a\b")
_LOOKALIKE = re.compile(r"\b(?=\w*[a-z])\w*[01]\w*")
"""A word with a figure in it: "1b.cap.fed" is "ib.cap.fed" misread."""
_LETTERS = str.maketrans("01", "oi")
_MISMARKED = re.compile(r"-?\d{1,3}(?:[.,]{1,2}\d{3}){1,4}[.,]{0,2}\d{2}")
_UNMARKED = re.compile(r"\d{4,12}")
"""Money whose decimal mark was misread or lost."""
_HUNDRED = Decimal(100)
_OF_IVA = re.compile(rf"{_IVA.pattern}|alicuota|\balic\b")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?) ?%")

_Pair = tuple[str, Amount]


def read_foot(sheets: Sequence[Sheet], skip: frozenset[int], style: Style) -> Foot:
    """Amounts with labels everywhere but in the item rows, whose ids are in skip."""
    entries = []
    for sheet in sheets:
        rows = [row for row in sheet.rows if id(row) not in skip]
        for label, amount in _pairs(sheet, rows, style):
            entries.append(_entry(label, amount, style))
    return Foot(tuple(entries))


def _entry(label: str, amount: Amount, style: Style) -> Entry:
    role = _role(label, amount)
    if has_cents(_bare(amount.raw)) and parse_amount(_bare(amount.raw), style) == amount.value:
        return Entry(label, _rate(label, style), role, amount)
    return Entry(label, _rate(label, style), Part.ASIDE, amount, likely=role)


def _role(label: str, amount: Amount) -> Part:
    """What a label says its amount is."""
    if _IGNORED.search(label):
        return Part.ASIDE
    if _GROUP_SUM.search(label):
        return Part.IVA_SUM if _IVA.search(label) else Part.OTHERS_SUM
    for text in (label, _LOOKALIKE.sub(_as_letters, label)):
        named = next((role for role, pattern in _LABELS if pattern.search(text)), None)
        if named is not None:
            return named
    return Part.UNKNOWN if amount.value else Part.ASIDE


def _as_letters(word: re.Match[str]) -> str:
    return word[0].translate(_LETTERS)


def _pairs(sheet: Sheet, rows: Sequence[Row], style: Style) -> Iterator[_Pair]:
    """Label and amount, read along the row; rows of bare amounts take their labels from above."""
    bare: Row | None = None
    titles: Titles | None = None
    for whole in rows:
        row, found = whole, list(amounts(sheet, whole, style))
        titles = titles_of(whole) or (titles if titles and reaches(titles, whole) else None)
        taxed_beside = taxed_row(titles, whole, found, style) if titles else None
        if titles and taxed_beside:
            titles = replace(titles, low=whole.middle)
            yield f"neto {taxed_beside.rate}%", taxed_beside.base
            yield f"iva {taxed_beside.rate}%", taxed_beside.tax
            if taxed_beside.beside is None:
                continue
            row = taxed_beside.beside
            found = list(amounts(sheet, row, style))
        labels = _labels(row, found)
        if found and not any(map(_says, labels)) and bare is not None:
            if taxed := _taxed_row(bare, row, found, style):
                # The next row may stand under the same heading.
                yield from taxed
                continue
            labels = _labels_above(bare, found)
        yield from _grouped(labels, found, style) if found else _unmarked(sheet, row)
        # Only words without amounts of their own head the next row; a lone count between them is neither.
        if found or _says(row.folded):
            bare = None if found else row


def _says(label: str) -> bool:
    return re.search(r"[a-z]{2}|[a-z]\.[a-z]\.", label) is not None


def _taxed_row(heading: Row, row: Row, found: Sequence[Amount], style: Style) -> tuple[_Pair, ...]:
    """Base and tax of "21,00 % 1.000,00 210,00" in a table of IVA; nothing when they do not multiply."""
    if not _OF_IVA.search(heading.folded) or re.search(_PERCEPTION, heading.folded):
        return ()
    signed = [parse_amount(text[1], style) for text in _PERCENT.finditer(row.folded)]
    for rate in (*signed, *(each.value for each in found)):
        if rate in LEGAL_RATES:
            return _taxed([each for each in found if each.value != rate], rate)
    return ()


def _taxed(amounts: Sequence[Amount], rate: Decimal) -> tuple[_Pair, ...]:
    """Two amounts as a net and its IVA, where one is the rate of the other."""
    found = base_and_tax(amounts, rate)
    if found is None:
        return ()
    base, tax = found
    return (f"neto {rate}%", base), (f"iva {rate}%", tax)


def _grouped(labels: Sequence[str], found: Sequence[Amount], style: Style) -> Iterator[_Pair]:
    """One pair per label; a rate or a base printed as a bare number before the amount joins the label."""
    index = 0
    while index < len(found):
        end = index + 1
        while end < len(found) and not _says(labels[end]):
            end += 1
        group = found[index:end]
        rate = next((each.value for each in group[:-1] if 0 < each.value <= _HUNDRED), None)
        named = _rate(labels[index], style)
        charged = named if named is not None else rate
        taxed = _taxed([each for each in group if each.value != charged], charged) if charged else ()
        based = len(group) == 3 and rate is not None  # noqa: PLR2004  base, rate, amount
        if taxed and _role(labels[index], group[0]) in {Part.IVA, Part.NET}:
            yield from taxed
        elif taxed:
            yield labels[index], taxed[-1][1]
        elif based or (len(group) == 2 and rate is not None):  # noqa: PLR2004  rate, amount
            yield f"{labels[index]} {rate}%", group[-1]
        else:
            yield labels[index], group[0]
        index = end


def amounts(sheet: Sheet, row: Row, style: Style) -> Iterator[Amount]:
    """Every number printed as money in a row; a rate with its percent sign is none."""
    words = row.words
    bare_row = not _says(row.folded)
    index = 0
    while index < len(words):
        end, text = _glued(row, index)
        bare = _bare(text)
        rate = bare.endswith("%") or (end < len(words) and words[end].text.startswith("%"))
        value = None if rate or text.startswith("(") else money(bare, style)
        if value is None and bare_row and not rate and _UNMARKED.fullmatch(bare):
            value = _last_two_as_cents(bare)
        if value is not None:
            yield Amount(value, text, words[index:end], sheet)
        index = end


def _bare(text: str) -> str:
    return text.strip("()[]:;|")


def money(text: str, style: Style) -> Decimal | None:
    """An amount with its cents; where their mark was misread, the last two digits are the cents."""
    value = parse_amount(text, style) if has_cents(text) else None
    return _last_two_as_cents(text) if value is None and _MISMARKED.fullmatch(text) else value


def _last_two_as_cents(text: str) -> Decimal:
    return Decimal(re.sub(r"[.,]", "", text)).scaleb(-2)


def _unmarked(sheet: Sheet, row: Row) -> Iterator[_Pair]:
    """The figures that end a row without amounts: money, if their mark was lost."""
    *_, last = row.words
    if _UNMARKED.fullmatch(last.text):
        amount = Amount(_last_two_as_cents(last.text), last.text, (last,), sheet)
        yield _labels(row, [amount])[0], amount


def _glued(row: Row, index: int) -> tuple[int, str]:
    """The word at index, with the pieces a recogniser tore off it."""
    text, end = row.words[index].text, index + 1
    while end < len(row.words):
        following = row.words[end]
        apart = following.x0 - row.words[end - 1].x1 > row.height * 1.2
        if apart or not _TORN.search(f"{text}\n{following.text}"):
            break
        text += following.text
        end += 1
    return end, text


def _labels(row: Row, found: Sequence[Amount]) -> list[str]:
    """What stands between the amount before and this one: the nearest piece that means something."""
    labels, last = [], float("-inf")
    for amount in found:
        start = amount.words[0].x0
        labels.append(_nearest_label(row, [word for word in row.words if last <= word.x0 < start]))
        last = amount.words[-1].x1
    return labels


def _nearest_label(row: Row, words: Sequence[Word]) -> str:
    """The closest run of words with a known meaning, else every word there is."""
    pieces: list[list[Word]] = []
    for word in words:
        if not pieces or word.x0 - pieces[-1][-1].x1 > WIDE_GAP * row.height:
            pieces.append([])
        pieces[-1].append(word)
    for first in range(len(pieces) - 1, -1, -1):
        label = fold(" ".join(word.text for piece in pieces[first:] for word in piece))
        if _means_something(label):
            return label
    return fold(" ".join(word.text for word in words))


def _means_something(label: str) -> bool:
    return any(
        pattern.search(label) for pattern in (_IGNORED, _GROUP_SUM, *(pattern for _, pattern in _LABELS))
    )


def _labels_above(above: Row, found: Sequence[Amount]) -> list[str]:
    """The line above as a label that ran on, else what stands over each amount."""
    if len(found) == 1 and re.search(r"(?:[:$]|\$[ds])\W*\d{0,3}\W*$", above.folded):
        return [above.folded]
    return [_heading_over(above, amount) for amount in found]


def _heading_over(above: Row, amount: Amount) -> str:
    """The words of the row above that stand over an amount."""
    x0, x1 = amount.words[0].x0 - above.height, amount.words[-1].x1 + above.height
    return fold(" ".join(word.text for word in above.words if word.x0 < x1 and word.x1 > x0))


def _rate(label: str, style: Style) -> Decimal | None:
    found = list(_RATE.finditer(label))
    if not found:
        return None
    text = found[-1][1] or found[-1][2]
    rate = parse_amount(text, style)
    return rate if rate is not None and rate <= 100 else None  # noqa: PLR2004  a percentage
