"""Where a QR and the print of a picture differ: noise is forgiven, what was read twice is not."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

from agente_negocio.invoices.reading import parse_qr
from agente_negocio.invoices.reading.header.confirm import confirm
from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.merge import Witnesses, merge
from agente_negocio.invoices.reading.layout.evidence import Amounts, Printed
from agente_negocio.invoices.reading.layout.rows import Place
from agente_negocio.invoices.reading.model import Source
from agente_negocio.invoices.reading.numbers import Style
from agente_negocio.invoices.reading.sums.totals import read_foot
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from agente_negocio.invoices.reading.words.second_look import SecondLook
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

ROWS = (
    "A\tFACTURA",
    "COD. 01\tNº 0003-00004521",
    "Fecha: 10/09/2026",
    "CUIT: 30-00547611-5",
    "Señor(es): ALMACÉN\tCUIT: 30-00482910-3",
    "Cantidad\tDescripción\tImporte",
    "TOTAL\t63.742,80",
    "CAE Nº: 86361234567890",
    "Fecha Vto. CAE: 20/09/2026",
)
TOLD = {
    "ver": 1,
    "fecha": "2026-09-10",
    "cuit": 30005476115,
    "ptoVta": 3,
    "tipoCmp": 1,
    "nroCmp": 4521,
    "importe": 63742.80,
    "moneda": "PES",
    "ctz": 1,
    "tipoDocRec": 80,
    "nroDocRec": 30004829103,
    "tipoCodAut": "E",
    "codAut": 86361234567890,
}
NUMBER, CAE = "00004521", "86361234567890"


def qr(**changes: object) -> QrPayload:
    text = json.dumps(TOLD | changes).encode()
    payload = parse_qr("https://www.arca.gob.ar/fe/qr/?p=" + base64.b64encode(text).decode())
    assert payload is not None
    return payload


def seen(*changes: tuple[str, str]) -> tuple[Printed, Amounts]:
    rows = list(ROWS)
    for old, new in changes:
        rows = [row.replace(old, new) for row in rows]
    sheet = sheet_of(*rows, large={"A": 2.5})
    return read_fields([sheet], frozenset())[0], read_foot([sheet], frozenset(), Style.COMMA).single


def conflicts_of(payload: QrPayload, *changes: tuple[str, str], confirmed: Sequence[str] = ()) -> set[str]:
    """Names on which QR and a picture's print contradict each other."""
    printed, amounts = seen(*changes)
    witnesses = Witnesses(printed, amounts, Source.OCR, confirmed=frozenset(confirmed), payload=payload)
    return {conflict.field for conflict in merge(witnesses)[1]}


def test_a_paper_and_its_own_qr_agree() -> None:
    assert conflicts_of(qr()) == set()


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("number", qr(nroCmp=4522)),
        ("point_of_sale", qr(ptoVta=13)),
        ("issue_date", qr(fecha="2026-09-12")),
        ("issuer_cuit", qr(cuit=30005476123)),
        ("receiver_cuit", qr(nroDocRec=30004829111)),
        ("authorization_code", qr(codAut=86361234567891)),
        ("type_code", qr(tipoCmp=51)),
        ("type_code", qr(tipoCmp=201)),
    ],
)
class TestTheQrOfAnotherPaper:
    def test_it_is_noticed_when_the_print_reads_the_same_twice(self, name: str, payload: QrPayload) -> None:
        assert name in conflicts_of(payload, confirmed=[name])

    def test_what_was_read_once_only_may_be_noise(self, name: str, payload: QrPayload) -> None:
        assert name not in conflicts_of(payload)

    def test_the_second_look_is_taken_where_they_differ_and_nowhere_else(
        self, name: str, payload: QrPayload
    ) -> None:
        printed, amounts = seen()
        look = _Looks({}, 1.0)

        confirmed = confirm(printed, amounts["total"], payload, look)

        assert len(look.asked) == 1
        assert confirmed == {"total"}
        assert confirm(printed, amounts["total"], payload, _Looks({}, 1.0, _digits(printed, name))) == {
            "total",
            name,
        }


class TestALikelyMisreading:
    """The print reads a 7 for the QR's 1, and reads it again."""

    MISREAD = (NUMBER, "00004527")

    def test_on_a_paper_whose_other_figures_are_the_qrs_it_is_forgiven(self) -> None:
        assert conflicts_of(qr(), self.MISREAD, confirmed=["number"]) == set()

    @pytest.mark.parametrize(
        "other", [(CAE, "86361234567899"), (CAE, ""), ("63.742,80", "63.742,90"), ("30-00547611-5", "")]
    )
    def test_where_another_figure_differs_or_is_missing_it_is_not(self, other: tuple[str, str]) -> None:
        assert "number" in conflicts_of(qr(), self.MISREAD, other, confirmed=["number"])

    def test_figures_that_do_not_look_alike_are_not(self) -> None:
        assert "number" in conflicts_of(qr(), (NUMBER, "00004522"), confirmed=["number"])


def test_a_large_difference_needs_no_second_look() -> None:
    assert "number" in conflicts_of(qr(nroCmp=98765))


def test_the_total_of_another_paper_is_left_to_its_own_check() -> None:
    assert conflicts_of(qr(importe=float(Decimal("63742.90")))) == set()


@pytest.mark.parametrize(("point_of_sale", "conflicts"), [(3, set()), (8, {"point_of_sale"})])
def test_bars_that_say_another_than_the_qr_contradict_it(point_of_sale: int, conflicts: set[str]) -> None:
    bars = BarcodePayload("30005476115", 1, point_of_sale, CAE, date(2026, 9, 20))

    _, found = merge(Witnesses({}, {}, Source.OCR, payload=qr(), bars=bars))

    assert {conflict.field for conflict in found} == conflicts


@dataclass(frozen=True)
class _Looks(SecondLook):
    """Reads one text wherever it looks, and keeps the places."""

    text: str = ""
    asked: list[Place] = field(default_factory=list)

    def figures(self, places: Sequence[Place]) -> list[str]:
        self.asked.extend(places)
        return [self.text for _ in places]


def _digits(printed: Printed, name: str) -> str:
    return "".join(word.text for word in printed[name].words if any(map(str.isdigit, word.text)))
