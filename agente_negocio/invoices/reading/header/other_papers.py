"""Whether words of a header speak of this voucher or of another paper."""

import re

from agente_negocio.invoices.reading.model import Kind

OF_ANOTHER = re.compile(
    r"pedido n|\banula|\bmodifica|\bref\b|\brefer|correspond|\basociad|segun factura|s/ ?fact|\breemplaz"
    r"|\bcomp\w*\.? (?:de )?orig\w* ?:"
)
"""Rows that name the voucher another one mends, or an order."""
_OTHER_PAPER = (
    r"asoc|pedido|recibo|orden|\bo\.? ?[cp]\.?\W|c\.?a\.?i|\bref|cliente|cuenta|despacho|reparto|interno"
    r"|\bguia|contrato|\bruta\b|viaje|legajo|cotizacion|liquidacion|expediente|tramite|\bop\b"
    r"|\banula|modifica|reemplaz|\bsegun\b|\bcomp\w*\.? (?:de )?orig\w* ?:"
)
_OWN_WORD = re.compile(
    r"fac\w*|fc|nota|credito|debito|nc|nd|tique\w*|ticket|remito|co(?:m|rn)p\w*|cbte|documento|doc|electronic[ao]"
    r"|original|duplicado|triplicado|numero|num|nro|cod|codigo|pto|punto|pv|venta|vta|de|del|mipymes|fce"
)
"""What may stand before a voucher's own number; any other word makes it that of something else."""


def other_paper(kind: Kind | None) -> re.Pattern[str]:
    """Labels of other papers; a remito's own number stands beside the word remito."""
    return re.compile(_OTHER_PAPER + ("|factura" if kind is Kind.REMITO else "|remito"))


def says_own(label: str) -> bool:
    """Whether a label has only words that stand before a voucher's own number or code."""
    return all(map(_OWN_WORD.fullmatch, re.findall(r"[a-z]{3,}", label)))
