"""ARCA's voucher type codes: what each one is, and the code of a printed name."""

from dataclasses import dataclass

from agente_negocio.invoices.reading.model import Kind


@dataclass(frozen=True, slots=True)
class Name:
    """What a voucher calls itself.

    is_fce: an electronic credit invoice of the MiPyME regime. is_ticket: of a fiscal controller.
    is_plain: a tique that is no factura. has_legend: subject to withholding (RG 5762).
    """

    kind: Kind
    is_fce: bool = False
    is_ticket: bool = False
    is_plain: bool = False
    has_legend: bool = False


NET_LETTERS = frozenset({"A", "M"})
"""Of vouchers whose prices are net of IVA and whose IVA a registered buyer gets back."""
TICKET_CODES = frozenset({81, 82, 83, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120})

_BY_LETTER: dict[Kind, dict[str, tuple[int, ...]]] = {
    Kind.FACTURA: {"A": (1, 201), "B": (6, 206), "C": (11, 211), "E": (19,), "M": (51,)},
    Kind.NOTA_DEBITO: {
        "A": (2, 202, 115),
        "B": (7, 207, 116),
        "C": (12, 212, 117),
        "E": (20,),
        "M": (52, 120),
    },
    Kind.NOTA_CREDITO: {
        "A": (3, 203, 112),
        "B": (8, 208, 113),
        "C": (13, 213, 114),
        "E": (21,),
        "M": (53, 119),
    },
    Kind.TIQUE: {"A": (81,), "B": (82,), "C": (111,), "M": (118,), "": (83,)},
    Kind.REMITO: {"R": (91,), "": (88,)},
}
_MEANING: dict[int, tuple[Kind, str]] = {
    code: (kind, letter)
    for kind, letters in _BY_LETTER.items()
    for letter, codes in letters.items()
    for code in codes
}
_MEANING |= {110: (Kind.NOTA_CREDITO, ""), 4: (Kind.OTHER, "A"), 9: (Kind.OTHER, "B"), 15: (Kind.OTHER, "C")}
_MEANING |= {94: (Kind.REMITO, "X")}
"""Printed by some; a remito X as such has no code of ARCA."""
_MEANING |= {17: (Kind.FACTURA, "A"), 18: (Kind.FACTURA, "B"), 54: (Kind.OTHER, "M")}


def kind_of(code: int) -> Kind | None:
    """What a code means; None when the code is unknown."""
    meaning = _MEANING.get(code)
    return meaning[0] if meaning else None


def letter_of(code: int) -> str | None:
    """The letter printed with a code; None when unknown or without letter."""
    meaning = _MEANING.get(code)
    return meaning[1] or None if meaning else None


def prints_letter(code: int, letter: str) -> bool:
    """Whether a voucher of a code may print a letter; what was an M is an "A con leyenda" since RG 5762."""
    meant = letter_of(code)
    return letter == meant or (meant == "M" and letter == "A")


def code_of(name: Name, letter: str) -> int | None:
    """The code of a printed name and letter, None when there is none."""
    if name.kind is Kind.TIQUE and name.is_plain:
        return 83
    if not letter:
        return None
    meant = "M" if letter == "A" and name.has_legend else letter
    codes = _BY_LETTER.get(name.kind, {}).get(meant, ())
    wanted = [
        code
        for code in codes
        if (code > 200) == name.is_fce and (code in TICKET_CODES) == name.is_ticket  # noqa: PLR2004  201 on: MiPyME
    ]
    return wanted[0] if wanted else None
