"""Every check of the gate on its own: one thing is broken, exactly its check fails, a person must look."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from agente_negocio.invoices.reading.document import PageView, _Heard, _Parts, _proven
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.walk import ItemTable, read_items
from agente_negocio.invoices.reading.model import Field, Header, Kind, ReadDocument, Source
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums import gate
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
PAYLOAD = QrPayload(date(2026, 11, 2), "30712345671", 3, 1, 812, Decimal("3022.50"))


@dataclass(slots=True)
class Paper:
    """Everything read of one good invoice A; a break changes one thing."""

    items: list[Item] = field(default_factory=lambda: read_items([ITEMS], Style.COMMA, repair=False).items)
    foot: dict[str, str] = field(default_factory=lambda: dict(FOOT))
    header: dict[str, Field] = field(
        default_factory=lambda: {
            name: Field(value, 0.99, Source.TEXT, value) for name, value in HEADER.items()
        }
    )
    payload: QrPayload | None = PAYLOAD
    conflicts: tuple[str, ...] = ()
    disclaimers: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    unclaimed: tuple[str, ...] = ()

    def prove(self) -> ReadDocument:
        sheet = sheet_of(*self.foot.values())
        foot = replace(read_foot([sheet], frozenset(), Style.COMMA), unsure=self.unsure)
        heard = _Heard(Header(**self.header), self.conflicts, Kind.FACTURA, self.payload, self.disclaimers)
        view = PageView(sheet, Source.TEXT, None)
        return _proven(
            [view], _Parts(ItemTable(self.items, unclaimed=list(self.unclaimed)), foot), heard, Source.TEXT
        )

    def lower(self, name: str) -> None:
        """The surest field that still needs a second opinion."""
        self.header[name] = replace(self.header[name], confidence=0.949)

    def retell(self, **values: str) -> None:
        for name, value in values.items():
            self.header[name] = replace(self.header[name], value=value)

    def lead(self, text: str) -> None:
        """A row above the others of the foot: below its total stand payments."""
        self.foot = {"first": text} | self.foot

    def split_one_rate(self) -> None:
        """All at 21 %, which the rows do not say, in two rows of the foot that make up 21 % of the net."""
        for item in self.items:
            item.iva_rate = None
        self.foot |= {"iva 21": "IVA 21,00%\t472,50", "iva 10.5": "IVA 21,00%\t52,50"}
        self.foot |= {"all iva": "Total IVA\t525,00", "total": "Total\t3.075,00"}
        self.retell(total="3075.00")
        self.payload = replace(PAYLOAD, total=Decimal("3075.00"))

    def without_qr(self) -> None:
        self.payload = None


Break = Callable[[Paper], object]

BREAKS: dict[str, dict[str, Break]] = {
    "header_sure": {
        **{
            f"an unsure {name}": lambda paper, name=name: paper.lower(name)  # type: ignore[misc]
            for name in HEADER
            if name not in {"letter", "type_code"}
        },
        **{
            f"no {name}": lambda paper, name=name: paper.header.pop(name)  # type: ignore[misc]
            for name in HEADER
            if name not in {"letter", "type_code"}
        },
    },
    "header_agrees": {"two numbers": lambda paper: setattr(paper, "conflicts", ("number: 812, 813",))},
    "authorization_in_time": {
        "ended before the day of issue": lambda paper: paper.header.update(
            authorization_due=Field("2026-11-01", 0.99, Source.TEXT, "01/11/2026")
        ),
    },
    "rows_multiply": {
        "a doubt": lambda paper: paper.items[0].lasting.add("quantity"),
        "no product": lambda paper: setattr(paper.items[1], "solution", None),
    },
    "rows_claimed": {"a row": lambda paper: setattr(paper, "unclaimed", ("7790003 Vaso",))},
    "rows_sum": {
        "a lost row": lambda paper: paper.items.pop(),
        "a row too many": lambda paper: paper.items.append(paper.items[0]),
        "another net": lambda paper: paper.foot.update(net="Neto gravado\t2.500,05"),
        "a lost tax": lambda paper: (paper.foot.pop("iibb"), paper.foot.pop("others")),
    },
    "taxes_sum": {"an unknown amount": lambda paper: paper.lead("Zzzz\t12,00")},
    "tax_rates": {
        "amounts of two rates exchanged": lambda paper: paper.foot.update(
            {"iva 21": "IVA 21,00%\t52,50", "iva 10.5": "IVA 10,50%\t420,00"}
        ),
        "one rate twice": lambda paper: paper.split_one_rate(),
    },
    "tax_groups": {
        "another sum of IVA": lambda paper: paper.foot.update({"all iva": "Total IVA\t472,54"}),
        "another sum of the others": lambda paper: paper.foot.update(others="Total otros tributos\t50,04"),
    },
    "totals_unrivalled": {
        "two nets": lambda paper: paper.foot.update(other="Base imponible\t2.400,00"),
        "two discounts": lambda paper: paper.foot.update(off="Descuento\t0,00", other="Bonificación\t25,00"),
    },
    "foot_sure": {"read otherwise": lambda paper: setattr(paper, "unsure", ("neto gravado",))},
    "total_matches_qr": {
        "a cent": lambda paper: setattr(paper, "payload", replace(PAYLOAD, total=Decimal("3022.51"))),
        "no printed total": lambda paper: paper.foot.pop("total"),
    },
    "qr_intact": {"repaired": lambda paper: setattr(paper, "payload", replace(PAYLOAD, repaired=True))},
    "known_kind": {
        "a receipt": lambda paper: paper.retell(type_code="4"),
        "a remito": lambda paper: paper.retell(type_code="91"),
    },
    "is_voucher": {"a budget": lambda paper: setattr(paper, "disclaimers", ("PRESUPUESTO",))},
}
"""What breaks each check, and nothing else."""

ALSO = {"rows_sum": {"taxes_sum"}}
"""Taxes of a voucher that does not add up prove nothing."""


def failed(document: ReadDocument) -> set[str]:
    return {check.code for check in document.checks if not check.ok}


def test_the_good_paper_is_accepted() -> None:
    document = Paper().prove()

    assert failed(document) == set()
    assert document.accepted
    assert [tax.base for tax in document.taxes] == [2000, 500, None]


@pytest.mark.parametrize(
    ("code", "name"), [(code, name) for code, breaks in BREAKS.items() for name in breaks]
)
def test_what_is_broken_fails_its_own_check_and_waits(code: str, name: str) -> None:
    paper = Paper()
    BREAKS[code][name](paper)

    document = paper.prove()

    assert failed(document) == {code} | ALSO.get(code, set())
    assert not document.accepted


def test_no_check_is_without_a_row_in_the_table() -> None:
    calls = [
        node for node in ast.walk(ast.parse(Path(gate.__file__).read_text())) if isinstance(node, ast.Call)
    ]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_check"]
    written = {each.value for each in named if isinstance(each, ast.Constant)}

    assert len(named) == sum(isinstance(each, ast.Constant) for each in named)
    assert written == BREAKS.keys()
    assert {check.code for check in Paper().prove().checks} == BREAKS.keys()


class TestCents:
    """A cent a row and, in the total, a cent more for every tax row: api.md (7). Two rows, three taxes."""

    @pytest.mark.parametrize(
        ("net", "total", "accepted"),
        [
            ("2.500,02", "3.022,50", True),
            ("2.500,03", "3.022,53", False),
            ("2.499,98", "3.022,50", True),
            ("2.500,00", "3.022,55", True),
            ("2.500,00", "3.022,56", False),
            ("2.500,00", "3.022,45", True),
            ("2.500,00", "3.022,44", False),
        ],
    )
    def test_they_may_stay_open(self, net: str, total: str, *, accepted: bool) -> None:
        paper = Paper()
        paper.without_qr()
        paper.foot |= {"net": f"Neto gravado\t{net}", "total": f"Total\t{total}"}

        document = paper.prove()

        assert document.accepted is accepted
        assert failed(document) == (set() if accepted else {"rows_sum", "taxes_sum"})


class TestNotRequired:
    """What a voucher of its kind need not have."""

    def test_the_type_of_an_a_needs_no_second_opinion_where_its_sums_split_iva(self) -> None:
        paper = Paper()
        paper.lower("type_code")

        assert paper.prove().accepted

    def test_a_ticket_has_no_authorisation(self) -> None:
        paper = Paper()
        paper.retell(type_code="81")
        del paper.header["authorization_code"]

        assert paper.prove().accepted

    def test_a_paper_without_qr_has_nothing_to_match(self) -> None:
        paper = Paper()
        paper.without_qr()

        document = paper.prove()

        assert document.accepted
        assert {"total_matches_qr", "qr_intact"}.isdisjoint(check.code for check in document.checks)


def test_a_foot_says_once_what_it_is() -> None:
    """A foot repeated on the next page claims nothing else."""
    paper = Paper()
    paper.foot |= {"again": "Neto gravado\t2.500,00"}

    assert paper.prove().accepted


def test_without_rows_nothing_is_proven() -> None:
    paper = Paper()
    paper.items.clear()

    assert {"rows_multiply", "rows_sum"} <= failed(paper.prove())
