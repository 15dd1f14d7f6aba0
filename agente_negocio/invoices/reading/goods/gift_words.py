"""Words that say goods cost nothing, how many of them, or that they did not come: no sum proves any of it."""

import re

from agente_negocio.invoices.reading.goods.foot_words import says_more
from agente_negocio.invoices.reading.layout.rows import Row
from agente_negocio.invoices.reading.numbers import has_cents

_GIVEN = re.compile(
    r"\bs ?/ ?c(?:argo|go|osto)?\b|\bsin ?(?:cargo|costo)\b|\bbonificad[ao]s?\b|\bbonif\b|\bgratis\b"
    r"|\bgratuit\w+|\bobsequio|\bregalo\b|\bsin valor comercial|\bbonificacion\b"
)
_COUNT = r"(?:\b\d+|\b(?:un[ao]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)\b)"
_UNITS = r"(?:u|un|und|uds?|unid\w*|cajas?|cj|bultos?|packs?|fardos?|botellas?|latas?)\b\.?"
_PROMISED = re.compile(
    rf"\+ ?{_COUNT} ?{_UNITS}|{_COUNT} ?{_UNITS} ?(?:de |en )?(?:promo|oferta|yapa|adicional|extra)"
    rf"|\b(?:lleva|incluye|recibe|mas)\b.*{_COUNT} ?{_UNITS}|^\W*son {_COUNT}"
)
"""Words below an item that give more of it than its quantity says."""
_GIVEN_COUNT = re.compile(
    rf"\d+ ?(?:u\w*\.? ?)?(?:de )?(?:{_GIVEN.pattern})"
    rf"|(?:{_GIVEN.pattern})[ :(]*\d+ ?(?:u\b|un\b|uni|cajas?|bultos?|packs?)"
)
_SIZE = r" ?(?:[\d.,%/:-]|(?:k?gr?s?|kilos?|ml|cc|cm\d?|mm|lt?s?|litros?|mts?|m|anos|meses)\b)"
_OFFER = re.compile(
    rf"\b\d{{1,3}} ?\+ ?\d{{1,2}}\b(?!{_SIZE})|(?<!\w)\+ ?\d{{1,2}}(?!{_SIZE}) ?[a-z]{{3}}"
    rf"|(?<!o )\bbon(?:if\w*)?\.?[ :]*\d{{1,2}}\b(?!{_SIZE})"
    rf"|\b(?:llev\w+|van|pag(?:a|as|ue)|entrega(?:d[ao]s?|mos|n)?)\b[ :]*\d{{1,4}}\b(?!{_SIZE})"
)
"""How papers tell that more came than is charged, as 10+1 and "lleva 11"; sizes and ages look alike."""
_SO_MANY_FOR = re.compile(rf"\b(\d{{1,3}}) ?x ?(\d{{1,2}})\b(?!{_SIZE})")
_WITHHELD = re.compile(
    r"\bfalt(?:a|an|ante|antes)\b|\bs(?:in|/) ?stock|\bpendientes?\b|\bagotad[ao]s?\b"
    r"|\bno (?:entreg|envi|despach)\w+|\banulad[ao]s?\b|\bcancelad[ao]s?\b|\ba entregar\b"
    r"|\bproxim[ao]s? (?:reparto|entrega|envio|pedido|viaje)|\bdeb(?:e|emos|iendo)\b|\badeud\w+"
)
_TOLD = re.compile(r"\b(?:s/ ?c(?:argo|go)?|sin cargo|bonificad[ao]s?|obsequios?|regalos?)\b")
_OF_SERVICE = re.compile(
    rf"\b(?:envios?|fletes?|entregas?|repartos?|servicios?|visitas?) (?:\w+ ){{0,2}}?{_TOLD.pattern}"
)
_PROMOTED = re.compile(r"^\W*\d{1,3} +[a-z]{3}.*\b(?:promo|oferta|obsequi|regal)")


def says_given(text: str) -> bool:
    """Whether folded words say that goods cost nothing."""
    return _GIVEN.search(text) is not None


def says_withheld(text: str) -> bool:
    """Whether folded words say that what costs nothing did not come, either."""
    return _WITHHELD.search(text) is not None


def counts_given(text: str) -> bool:
    """Whether folded words of a description say how many of the goods cost nothing."""
    return _GIVEN_COUNT.search(text) is not None or _offers(text)


def promises(text: str) -> bool:
    """Whether a folded line beside an item tells how many units come for nothing."""
    counts = re.search(rf"\d|{_COUNT}", text)
    return (
        _PROMISED.search(text) is not None
        or _offers(text)
        or _says_goods_are_given(text)
        or (counts is not None and says_given(text))
    )


def _offers(text: str) -> bool:
    """Three for two is an offer; two times one, as twelve times one, may be a pack."""
    pairs = ((int(found[1]), int(found[2])) for found in _SO_MANY_FOR.finditer(text))
    return _OFFER.search(text) is not None or any(came == paid + 1 > 2 for came, paid in pairs)  # noqa: PLR2004


def tells_of_gifts(row: Row) -> bool:
    """Whether a row that is none of goods says that some came for nothing, or heads a table of such."""
    return (
        (_says_goods_are_given(row.folded) or _PROMOTED.search(row.folded) is not None)
        and says_more(row.folded)
        and not any(has_cents(word.text) for word in row.words)
    )


def _says_goods_are_given(text: str) -> bool:
    """What is served for nothing is no goods."""
    return _TOLD.search(_OF_SERVICE.sub(" ", text)) is not None
