"""The vouchers a supplier hands over, by ARCA's type code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What a type code stands for.

    kind: in the words of a read document. letter: as printed, empty where none is.
    """

    kind: str
    letter: str
    title: str


INTERNAL_REMITO = 0
"""Our own key for a remito X, which has no ARCA code and prints none."""

_ELECTRONIC_CREDIT = "ELECTRÓNICA MiPyMEs (FCE)"

KINDS = {
    INTERNAL_REMITO: Kind("remito", "X", "REMITO"),
    1: Kind("factura", "A", "FACTURA"),
    2: Kind("nota_debito", "A", "NOTA DE DÉBITO"),
    3: Kind("nota_credito", "A", "NOTA DE CRÉDITO"),
    6: Kind("factura", "B", "FACTURA"),
    7: Kind("nota_debito", "B", "NOTA DE DÉBITO"),
    8: Kind("nota_credito", "B", "NOTA DE CRÉDITO"),
    11: Kind("factura", "C", "FACTURA"),
    12: Kind("nota_debito", "C", "NOTA DE DÉBITO"),
    13: Kind("nota_credito", "C", "NOTA DE CRÉDITO"),
    51: Kind("factura", "A", "FACTURA"),
    53: Kind("nota_credito", "A", "NOTA DE CRÉDITO"),
    81: Kind("tique", "A", "TIQUE FACTURA"),
    82: Kind("tique", "B", "TIQUE FACTURA"),
    83: Kind("tique", "", "TIQUE"),
    91: Kind("remito", "R", "REMITO"),
    112: Kind("nota_credito", "A", "TIQUE NOTA DE CRÉDITO"),
    113: Kind("nota_credito", "B", "TIQUE NOTA DE CRÉDITO"),
    201: Kind("factura", "A", f"FACTURA DE CRÉDITO {_ELECTRONIC_CREDIT}"),
    202: Kind("nota_debito", "A", f"NOTA DE DÉBITO {_ELECTRONIC_CREDIT}"),
    203: Kind("nota_credito", "A", f"NOTA DE CRÉDITO {_ELECTRONIC_CREDIT}"),
    206: Kind("factura", "B", f"FACTURA DE CRÉDITO {_ELECTRONIC_CREDIT}"),
    208: Kind("nota_credito", "B", f"NOTA DE CRÉDITO {_ELECTRONIC_CREDIT}"),
    211: Kind("factura", "C", f"FACTURA DE CRÉDITO {_ELECTRONIC_CREDIT}"),
    213: Kind("nota_credito", "C", f"NOTA DE CRÉDITO {_ELECTRONIC_CREDIT}"),
}

FISCAL_CONTROLLER_TYPES = frozenset({81, 82, 83, 112, 113})
REMITO_TYPES = frozenset({INTERNAL_REMITO, 91})
LEGEND_TYPES = frozenset({51, 53})
"""A vouchers "con leyenda", called M until December 2025 (RG 5762)."""
CREDIT_INVOICE_TYPES = frozenset(code for code in KINDS if code > 200)  # noqa: PLR2004  MiPyME codes
SINGLE_TAX_TYPES = frozenset(code for code, kind in KINDS.items() if kind.letter == "C")
"""Issued by a monotributista."""
