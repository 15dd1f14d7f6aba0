"""Words of the foot of a voucher and of sums carried from page to page; names of goods hold them, too."""

import re

from agente_negocio.invoices.reading.layout.rows import Row

_FOOT = re.compile(
    r"sub ?-?total|subtot|\btotal\b|neto gravado|\bgravado\b|otros tributos"
    r"|importe (?:neto|bruto|total|otros)|son pesos|observac|transporte|transparencia|continua"
    r"|bonif\w*\.? gen|descuento gen|pronto pago|\bc\.?a\.?e\b|cant\w*\.? (?:total )?de bultos|recibi\b"
    r"|suma y sigue|\bpasan? a (?:la )?(?:pag|hoja)|^\W*van\b(?! *\d{1,4}\W*$)[^a-z]*$"
)
_CELL = re.compile(r"\W*gravado\W*")
"""The second line of a narrow cell that says "No gravado"."""
_CARRIED = re.compile(
    r"transport|vienen? de|sub ?-?total (?:de )?(?:la )?(?:pag|hoja)|arrastre|(?:saldo|suma) anterior"
    r"|\bde (?:la )?(?:pag\w*|hoja)\.? anterior|^\W*vienen?\b[^a-z]*$"
)
"""At the top of a page: what the rows of the pages before came to."""
_OF_FOOT = re.compile(
    r"\bi\.?v\.?a\b|percep|\bperc\b|\biibb\b|ing\w*\.? ?brutos|imp\w*\.? ?int|internos|exento|\bneto\b"
    r"|(?:descuento|bonif\w*|dto)\.?.*\d ?%|redondeo|pagina|\bhoja\b|pag\."
)
"""What labels amounts below the goods, where no sum of the rows is printed first."""
_COUNTS = re.compile(
    r"\b(?:cant\w*|unid\w*|uds?|bultos?|cajas?|packs?|kilos?|kgs?|items?|renglones|articulos|productos|lineas"
    r"|peso|general(?:es)?|entregad\w+|despachad\w+|vendid\w+|bonificad\w+|bonif\w*|pag\w*|hojas?|del|los|las|por)\b"
)
"""What stands beside such words without naming any goods."""


def begins_foot(row: Row) -> bool:
    """Whether a row speaks of sums, as the foot of a voucher does."""
    return _FOOT.search(row.folded) is not None and _CELL.fullmatch(row.folded) is None


def labels_amount(row: Row) -> bool:
    """Whether a row speaks of taxes or pages, as below the goods."""
    return _OF_FOOT.search(row.folded) is not None


def is_carried(row: Row) -> bool:
    """Whether a row above the goods says what the rows of the pages before came to."""
    return _CARRIED.search(row.folded) is not None


def says_more(text: str) -> bool:
    """Whether folded words say anything besides words of the foot and what is counted there."""
    for pattern in (_FOOT, _CARRIED, _OF_FOOT, _COUNTS):
        text = pattern.sub(" ", text)
    return re.search(r"[^\W\d_]{3}", text) is not None


def is_label(text: str) -> bool:
    """Whether folded words begin or end with a word of the foot, as labels do; figures and counts aside."""
    bare = re.sub(r"[\W\d_]+", " ", _COUNTS.sub(" ", text)).strip()
    return any(
        found.start() == 0 or found.end() == len(bare)
        for pattern in (_FOOT, _CARRIED, _OF_FOOT)
        for found in pattern.finditer(bare)
    )
