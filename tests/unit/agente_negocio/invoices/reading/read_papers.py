"""Good vouchers of each form, as read, for tests that break one thing of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from agente_negocio.invoices.reading.document import PageView, _Heard, _Parts, _proven
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.walk import ItemTable, read_items
from agente_negocio.invoices.reading.layout.evidence import FAIR
from agente_negocio.invoices.reading.model import Conflict, Field, Header, Kind, ReadDocument, Source
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.counts import read_counts
from agente_negocio.invoices.reading.sums.totals import read_foot
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from tests.unit.agente_negocio.invoices.reading.written import sheet_of, table_of

ITEMS = table_of(
    (40.0, 250.0, 330.0, 390.0, 460.0),
    ("Cant.", "Descripción", "Precio", "IVA", "Importe"),
    ("2", "Yerba mate", "1.000,00", "21,00", "2.000,00"),
    ("1", "Harina", "500,00", "10,50", "500,00"),
)
FOOT = {
    "net": "Neto gravado\t2.500,00",
    "iva 21": "IVA 21,00%\t420,00",
    "iva 10.5": "IVA 10,50%\t52,50",
    "all iva": "Total IVA\t472,50",
    "iibb": "Percep. IIBB Bs.As.\t50,00",
    "others": "Total otros tributos\t50,00",
    "total": "Total\t3.022,50",
}
GROSS_FOOT = {
    "rows": "Subtotal\t2.500,00",
    "iibb": "Percep. IIBB Bs.As.\t50,00",
    "others": "Total otros tributos\t50,00",
    "total": "Total\t2.550,00",
}
HEADER = {
    "issuer_cuit": "30712345671",
    "receiver_cuit": "30500010912",
    "letter": "A",
    "type_code": "1",
    "point_of_sale": "3",
    "number": "812",
    "issue_date": "2026-11-02",
    "authorization_code": "86451234567890",
    "total": "3022.50",
}


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of voucher: its code, its letter, how its foot shows taxes."""

    code: int
    letter: str
    foot: Mapping[str, str]
    total: str
    unneeded: frozenset[str] = frozenset()

    @property
    def header(self) -> dict[str, str]:
        """What stands in its head."""
        said = HEADER | {"letter": self.letter, "type_code": str(self.code), "total": self.total}
        return {name: value for name, value in said.items() if name not in self.unneeded}

    @property
    def payload(self) -> QrPayload:
        """Its QR."""
        return QrPayload(date(2026, 11, 2), "30712345671", 3, self.code, 812, Decimal(self.total))


NET, GROSS = frozenset({"A", "FCE"}), frozenset({"B", "C", "ticket"})
AUTHORISED = frozenset({"A", "FCE", "B", "C"})
"""By code; a ticket is its controller's."""
FORMS = {
    "A": Form(1, "A", FOOT, "3022.50"),
    "FCE": Form(201, "A", FOOT, "3022.50"),
    "B": Form(6, "B", GROSS_FOOT, "2550.00"),
    "C": Form(11, "C", GROSS_FOOT, "2550.00"),
    "ticket": Form(82, "B", GROSS_FOOT, "2550.00", frozenset({"authorization_code"})),
}


@dataclass(slots=True)
class Paper:
    """Everything read of one good voucher; a break changes one thing."""

    form: Form = FORMS["A"]
    items: list[Item] = field(default_factory=lambda: read_items([ITEMS], Style.COMMA, repair=False).items)
    foot: dict[str, str] = field(init=False)
    header: dict[str, Field] = field(init=False)
    payload: QrPayload | None = field(init=False)
    title: Kind | None = Kind.FACTURA
    type_strength: float = FAIR
    conflicts: tuple[Conflict, ...] = ()
    disclaimers: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    unclaimed: tuple[str, ...] = ()
    counted: str = ""

    def __post_init__(self) -> None:
        self.foot = dict(self.form.foot)
        self.payload = self.form.payload
        self.header = {
            name: Field(value, 0.99, Source.TEXT, value) for name, value in self.form.header.items()
        }

    def prove(self) -> ReadDocument:
        sheet = sheet_of(*self.foot.values())
        foot = replace(read_foot([sheet], frozenset(), Style.COMMA), unsure=self.unsure)
        counts = read_counts([sheet_of(self.counted)], (), Style.COMMA)
        heard = _Heard(
            Header(**self.header),
            self.conflicts,
            self.title,
            self.payload,
            self.disclaimers,
            self.type_strength,
        )
        view = PageView(sheet, Source.TEXT, None)
        table = ItemTable(self.items, unclaimed=list(self.unclaimed))
        return _proven([view], _Parts(table, foot, counts), heard, Source.TEXT)

    def lower(self, name: str) -> None:
        """The surest field that still needs a second opinion."""
        self.header[name] = replace(self.header[name], confidence=0.949)

    def retell(self, **values: str) -> None:
        for name, value in values.items():
            self.header[name] = replace(self.header[name], value=value)

    def lead(self, text: str) -> None:
        """A row above the others of the foot: below its total stand payments."""
        self.foot = {"first": text} | self.foot

    def forget_rates(self) -> None:
        for item in self.items:
            item.iva_rate = None

    def come_to(self, total: str) -> None:
        """All three that say what is due."""
        self.foot |= {"total": f"Total\t{total}"}
        plain = total.replace(".", "").replace(",", ".")
        self.retell(total=plain)
        self.payload = replace(self.form.payload, total=Decimal(plain))

    def exchange_unrated_ivas(self) -> None:
        self.forget_rates()
        self.exchange_ivas()

    def title_otherwise(self) -> None:
        """A code that needs a second opinion, under the title of another kind."""
        self.lower("type_code")
        self.title = Kind.NOTA_CREDITO

    def exchange_ivas(self) -> None:
        self.foot |= {"iva 21": "IVA 21,00%\t52,50", "iva 10.5": "IVA 10,50%\t420,00"}

    def sum_ivas(self) -> None:
        """Only what the taxes of both rates come to."""
        del self.foot["iva 21"], self.foot["iva 10.5"]
        self.foot |= {"all iva": "IVA\t472,50"}

    def split_one_rate(self) -> None:
        """All at 21 %, which the rows do not say, in two rows of the foot that make up 21 % of the net."""
        self.forget_rates()
        self.foot |= {"iva 21": "IVA 21,00%\t472,50", "iva 10.5": "IVA 21,00%\t52,50"}
        self.foot |= {"all iva": "Total IVA\t525,00"}
        self.come_to("3.075,00")

    def hide_iva(self) -> None:
        """Rows and the other taxes make the total, as on a B."""
        self.foot = dict(GROSS_FOOT)
        self.come_to("2.550,00")

    def show_iva(self) -> None:
        """An IVA that takes part in no sum, as the rows hold it."""
        self.foot = {"iva 21": "IVA 21,00%\t433,88"} | self.foot

    def without_qr(self) -> None:
        self.payload = None
