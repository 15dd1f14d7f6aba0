"""Wordings and small ways of one supplier that no norm fixes, drawn by seed."""

from dataclasses import dataclass, fields
from enum import StrEnum
from random import Random


class QuantityStyle(StrEnum):
    """How a paper writes 3 units. POINT: with a point, whatever its money has."""

    USUAL = "3"
    THREE_DECIMALS = "3,000"
    POINT = "3.000"


class CountStyle(StrEnum):
    """How a roll writes 3 units at 500."""

    USUAL = "3,0000 u x 500,0000"
    BARE = "3 x 500"
    UNITS = "3 UN X 500,00"
    LABELLED = "CANT: 3 P.U.: 500,00"


class NetStyle(StrEnum):
    """Whether nets of several rates stand in one sum, each alone, or each above its IVA."""

    SUM = "sum"
    EACH = "each"
    PAIRED = "paired"


class IvaTable(StrEnum):
    """A table of rate, net and IVA: none, beside the rows of the foot, or instead of its IVA rows."""

    NONE = "none"
    BESIDE = "beside"
    INSTEAD = "instead"


@dataclass(frozen=True, slots=True)
class DollarWords:
    """The sign before a total in dollars, and the notice with the place of the rate."""

    mark: str
    notice: str


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that only its supplier understands, and what stands in it; empty where nothing does."""

    title: str
    texts: tuple[str, ...]


DOLLARS = (
    DollarWords("U$S", "Moneda: Dólar Estadounidense (USD)  Tipo de cambio: {}"),
    DollarWords("U$D", "Importes expresados en U$D  T.C.: {}"),
    DollarWords("USD", "Moneda: USD  Cotización: {}"),
    DollarWords("U$S", "Operación en Dólares estadounidenses - Tipo de cambio $ {}"),
    DollarWords("U$D", "Moneda: Dólares estadounidenses. Cotización BNA vendedor: {}"),
)
OWN_COLUMNS = (
    OwnColumn("Prom.", ("", "", "", "SI", "2x1", "P4")),
    OwnColumn("Dep.", ("CEN", "CEN", "A1", "")),
    OwnColumn("Dep.", ("01", "01", "02")),
    OwnColumn("Pos.", ("", "A3", "B12", "C7")),
    OwnColumn("Pos.", ("10", "20", "30", "40")),
)
REFERENCES = (
    "Comprobante asociado: {title} {number} del {day}",
    "Comprobante asociado: {title} {number} del {day} CAE {code}",
    "Anula {title} Nº {number} C.A.E. N°: {code}",
    "Cbte. asoc.: {title} {number} (CAE Nº {code} - {day})",
)
CARRIED = (
    ("Transporte", "Transporte"),
    ("TRANSPORTE", "TRANSPORTE"),
    ("VAN", "VIENEN"),
    ("Van a la hoja siguiente", "Vienen de la hoja anterior"),
    ("Suma y sigue", "Suma anterior"),
)
COUNTS_OF_UNITS = ("Total unidades", "Total bultos", "Cantidad total")
COUNTS_OF_ROWS = ("Cant. items", "Total items", "Cantidad de renglones")
RECEPTIONS = (
    "Fecha de recepción: {}",
    "Recibí conforme el {}  Firma: ...............",
    "Fecha de firma: {}  Aclaración: ...............",
    "Recepción {}",
)


PLACED_HABITS = frozenset({"own_column", "nets", "iva_table"})
"""Habits that need a place of their own on the paper."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What one supplier does its own way; everything left out is as the layout has it.

    carried: what stands below the rows of a page and above those of the next.
    count_label: of `COUNTS_OF_UNITS` or `COUNTS_OF_ROWS`, empty for the layout's own.
    reception, reception_days: the wording of `RECEPTIONS` and how long after the issue; empty for none.
    hides_receiver: the QR says consumidor final (type 99), whoever is printed.
    """

    quantities: QuantityStyle = QuantityStyle.USUAL
    counts: CountStyle = CountStyle.USUAL
    nets: NetStyle = NetStyle.SUM
    iva_table: IvaTable = IvaTable.NONE
    dollars: DollarWords = DOLLARS[0]
    reference: str = REFERENCES[0]
    carried: tuple[str, str] = CARRIED[0]
    own_column: OwnColumn | None = None
    count_label: str = ""
    reception: str = ""
    reception_days: int = 0
    hides_receiver: bool = False

    def placed(self) -> frozenset[str]:
        """Those of `PLACED_HABITS` it has."""
        usual = Habits()
        return frozenset(name for name in PLACED_HABITS if getattr(self, name) != getattr(usual, name))

    def kept_to(self, names: frozenset[str]) -> "Habits":
        """Without those of `PLACED_HABITS` that are not named."""
        return Habits(
            **{
                each.name: getattr(self, each.name)
                for each in fields(self)
                if each.name not in PLACED_HABITS - names
            }
        )


def sample_habits(random: Random, *, has_decimal_comma: bool, is_final: bool) -> Habits:
    """The habits of one supplier. is_final: whether its voucher may go to a final consumer."""
    quantities = random.choices((QuantityStyle.THREE_DECIMALS, QuantityStyle.POINT), (2, 1))[0]
    if quantities is QuantityStyle.POINT and not has_decimal_comma:
        quantities = QuantityStyle.THREE_DECIMALS
    return Habits(
        quantities=quantities if _happens(random, 0.1) else QuantityStyle.USUAL,
        counts=random.choice(tuple(CountStyle)) if _happens(random, 0.2) else CountStyle.USUAL,
        nets=random.choice((NetStyle.EACH, NetStyle.PAIRED)) if _happens(random, 0.12) else NetStyle.SUM,
        iva_table=random.choice((IvaTable.BESIDE, IvaTable.INSTEAD))
        if _happens(random, 0.1)
        else IvaTable.NONE,
        dollars=random.choice(DOLLARS),
        reference=random.choice(REFERENCES),
        carried=random.choice(CARRIED),
        own_column=random.choice(OWN_COLUMNS) if _happens(random, 0.06) else None,
        count_label=random.choice(COUNTS_OF_UNITS + COUNTS_OF_ROWS) if _happens(random, 0.25) else "",
        reception=random.choice(RECEPTIONS) if _happens(random, 0.12) else "",
        reception_days=random.randint(0, 12),
        hides_receiver=is_final and _happens(random, 0.02),
    )


def _happens(random: Random, share: float) -> bool:
    """True in that share of the draws."""
    return random.random() < share
