"""Fields of the header that nothing else proves, read a second time."""

import re
from collections.abc import Sequence

from agente_negocio.invoices.reading.header.symbol_values import qr_values
from agente_negocio.invoices.reading.header.traits import Trait, fields_with
from agente_negocio.invoices.reading.layout.evidence import Amount, Printed
from agente_negocio.invoices.reading.layout.rows import Place, place_of
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from agente_negocio.invoices.reading.words.second_look import SecondLook


def same_digits(first: str, second: str) -> bool:
    """Whether two texts hold the same digits in the same order."""
    return re.sub(r"\D", "", first) == re.sub(r"\D", "", second) != ""


def confirm(
    printed: Printed, total: Amount | None, payload: QrPayload | None, look: SecondLook
) -> frozenset[str]:
    """Names of header fields that read the same twice. What a QR says just as well is not looked at again."""
    wanted: dict[str, tuple[Place, str]] = {}
    told = qr_values(payload) if payload is not None else {}
    for name in fields_with(Trait.CONFIRMED):
        evidence = printed.get(name)
        # Read as figures, the letters of a label would become some.
        words = [word for word in evidence.words if re.search(r"\d", word.text)] if evidence else []
        if evidence is not None and words and told.get(name) != evidence.value:
            wanted[name] = place_of(evidence.sheet.page, words), _digits_of(words)
    confirmed: set[str] = set()
    if total is not None and payload is not None and payload.total == total.value:
        confirmed.add("total")
    elif total is not None:
        wanted["total"] = place_of(total.sheet.page, total.words), _digits_of(total.words)
    texts = look.figures([place for place, _ in wanted.values()])
    confirmed |= {
        name
        for (name, (_, digits)), text in zip(wanted.items(), texts, strict=True)
        if same_digits(digits, text)
    }
    return frozenset(confirmed)


def _digits_of(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words)
