"""What papers print over the columns of an item table, by the role of the column."""

import re

_UNITS = r"(?:\b(?:un|uds?|u)\b\.?)"
_FREE = (
    r"s/ ?c(?:argo|go|osto)?\b|sin (?:cargo|costo)|\bgrat(?:is|uit\w*)?\b|\bregal(?:o|os|ad\w+)?\b|\bobseq\w*"
)
"""How papers head what is given away."""
_EXTRA = r"promo\w*\.?|ofertas?\b|extras?\b|free\b"
"""How they do beside a word for units."""

_TITLES: tuple[tuple[str, str], ...] = (
    (
        "ASIDE",
        (
            r"(?<!\d)% ?(?:[il1|!]\.? ?[il1|!]\.?(?!\w)|imp\w*\.? ?int\w*\.?|i\.? ?int\w*\.?)"
            r"|\blote\b|\bvto\b\.?|\bdespacho"
            # What the shop may ask, and what was ordered beside what came.
            r"|(?<![a-z])(?:precio|pcio\.?|p\.) ?(?:de )?(?:vta|venta)?\.? ?(?:sug\w*|(?:al )?publico)\.?"
            r"|\bped(?:id[ao]s?|\.)(?=\W+(?:cant\w*\.? ?)?entreg)"
        ),
    ),
    (
        "SUBTOTAL_WITH_TAX",
        r"(?:sub ?\+? ?-?total|total|importe) ?(?:c/|con) ?iva|sub\+total|importe final",
    ),
    (
        "DISCOUNT_AMOUNT",
        (
            r"imp\w*\.? ?(?:bonif\w*|dto\w*|desc\w*)\.?|\$ ?(?:bonif|dto|desc)\w*\.?"
            r"|\b(?:bonif\w*|bon|dto|dcto|descuentos?|desc)(?![a-z])\.? ?"
            r"(?:(?:en )?(?:\(?\$\)?|pesos)|unit\w*\.?)"
        ),
    ),
    (
        "BONUS",
        # "S/C" comes out of a recogniser as "sic", "s1c", "so" or "s c", too.
        (
            r"(?<![\w/])[s5$] ?[/\\1il|7!.]? ?(?:[c0oe]|ca?r?go)(?![\w/])\.?"
            rf"|(?:{_UNITS} ?(?:de |en )?)?(?:{_FREE})\.?"
            rf"|{_UNITS} ?(?:de |en )?(?:bon\b|bonif\w*)\.?"
            rf"|(?:{_UNITS}|\b(?:cant|unid)\w*\.?) ?(?:de |en )?(?:{_EXTRA})"
            r"|\bbon(?:if\w*)?\.? ?(?:en )?(?:un(?!it)\w*|uds?\b|u\b|cant\w*|bultos?|cajas?)\.?"
            r"|(?<!% )(?<!%)\bbonificad[ao]s"
        ),
    ),
    (
        "NET_PRICE",
        (
            r"(?<![a-z])(?:precio|p\.|pcio\.?) ?(?:unit\w*\.? ?)?"
            r"(?:neto|c/ ?(?:dto|desc|bonif|bon)\w*|final)\.?"
            r"|neto unit\w*\.?"
        ),
    ),
    (
        "UNIT_PRICE",
        (
            r"\bp\.(?:bulto|caja|pack|kg|kilo)\b\.?"
            # "Dep." and "Cap." name no price.
            r"|(?<![a-z])(?:precio|pcio\.?|p/|p\.) ?(?:de )?(?:unit\w*|uni|un|u|lista|vta|venta)?\b\.?"
            r"(?: ?(?:x|por) ?[a-z]+\b\.?)?"
            r"|\bunitario|\bpu\b|\bp ?unit\w*|\$ ?unit\w*\.?|(?:\bvalor|\bcosto|\btarifa)(?: unit\w*\.?)?"
        ),
    ),
    ("INTERNAL", r"(?:[il1|]\.? ?)?\bint\b\.?|[il1|]\.? ?int\w*\.?|imp\w*\.? ?int\w*\.?|internos"),
    ("IVA", r"alic\w*\.?(?: ?iva)?|% ?iva|tasa iva|iva ?%?|i\.v\.a\.?"),
    (
        "DESCRIPTION",
        (
            r"descrip\w*|detalle|producto(?: ?/ ?servicio)?|concepto|mercaderia|denominac\w*|designac\w*"
            r"|servicio"
        ),
    ),
    (
        "DISCOUNT",
        (
            r"% ?(?:de )?(?:bonif\w*|bon|dto|dcto|desc\w*|d)(?![a-z])\.? ?\d?"
            r"|\b(?:bonif\w*|bon|dto|dcto|descuentos?|desc)(?![a-z])\.? ?\d?%?"
        ),
    ),
    ("PACK", r"u\.? ?x ?b\w*\.?|uni?d?\.? ?x ?bulto|u/b|unid\.?/bulto|x bulto"),
    ("UNIT", r"u\.? ?(?:de )?med\w*\.?|u/m|\bum\b|\bunidad\b"),
    (
        "QUANTITY",
        (
            r"cant\w*\.?(?: ?bultos)?|bultos?|bul\.|unid\w*\.?|kilos|\bkgs?\b\.?|cajas|docenas"
            r"|\bc(?:an|nt|td|dad|tdad)\b\.?|\bpzas?\b\.?|piezas|\bqty\b|\bhs\b\.?|\bhoras\b|\buds?\b\.?|\bq\b\.?"
            r"|\bentreg(?:ad[ao]s?\b|\.)"
        ),
    ),
    ("CODE", r"c[o0]d\w*\.?(?: ?art\w*\.?)?|art(?:iculo)?\b\.?|\bsku\b|\bref\b\.?|\bean\b"),
    ("SUBTOTAL", r"sub ?-?total|importe|total(?: ?item)?|\bneto\b|monto"),
)
SCAN = re.compile("|".join(f"(?P<{role}>{pattern})" for role, pattern in _TITLES))
"""Finds titles in a folded line; the group that matched is the name of the role."""
GIVEN = re.compile(rf"\bbon(?:if\w*)?\b|{_FREE}|\bc(?:ar)?go\b|\bcosto\b|\b(?:{_EXTRA})")
"""What makes free units of a second column of quantities."""
