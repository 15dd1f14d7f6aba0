"""Who sold and who bought, when no QR says so."""

from dataclasses import replace

import pytest

from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.layout.evidence import FAIR
from agente_negocio.invoices.reading.layout.rows import Sheet, lay_out
from agente_negocio.invoices.reading.model import ReadingOptions
from agente_negocio.invoices.reading.reader import read
from scripts.demo.papers import Paper, render, sample_papers
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

SOMEBODY_ELSE = frozenset({"33693450239"})


def paper_of(layout: str) -> Paper:
    (paper,) = sample_papers(431, 1, (layout,))
    return replace(paper, traits=replace(paper.traits, has_qr=False))


@pytest.mark.parametrize(
    "layout",
    [
        "rcel",
        "distributor",
        "wholesaler",
        "monospaced",
        "beverage",
        "bottler",
        "hardware",
        "winery",
        "ticket",
        "controller",
        "delivery",
    ],
)
def test_a_paper_for_somebody_else_names_them_as_receiver(layout: str) -> None:
    paper = paper_of(layout)

    (found,) = read([render(paper)], ReadingOptions(own_cuits=SOMEBODY_ELSE))

    assert found.header.issuer_cuit is not None
    assert found.header.issuer_cuit.value == paper.issuer.cuit
    receiver = found.header.receiver_cuit.value if found.header.receiver_cuit else None
    assert receiver == paper.receiver.cuit


def test_ours_is_the_receiver_wherever_it_stands() -> None:
    paper = paper_of("distributor")
    assert paper.receiver.cuit is not None

    (found,) = read([render(paper)], ReadingOptions(own_cuits=frozenset({paper.receiver.cuit})))

    assert found.header.receiver_cuit is not None
    assert found.header.receiver_cuit.value == paper.receiver.cuit


ISSUER, RECEIVER, THIRD = "30-00547611-5", "30-00482910-3", "30-66778899-0"
TITLE = ("FACTURA A", "COD. 01\tNº 0003-00004521")
SOLD_BY = (f"CUIT: {ISSUER}  Ing. Brutos: 901-123456-7", "Inicio de Actividades: 01/03/2015")
SOLD_TO = ("Señor(es): ALMACEN EL FARO S.A.", f"Domicilio: Calle 7 1234\tCUIT: {RECEIVER}")
ITEMS = ("Cantidad\tDescripción\tImporte", "1\tPAN\t10,00")


def parties(*rows: str, own: str | None = None) -> tuple[str | None, str | None]:
    """Issuer and receiver as far as the gate may believe them."""
    known = frozenset({own.replace("-", "")} if own else ())
    printed, _ = read_fields([sheet_of(*rows)], known)
    found = [printed.get(name) for name in ("issuer_cuit", "receiver_cuit")]
    issuer, receiver = (each.value if each and each.strength >= FAIR else None for each in found)
    return issuer, receiver


def plain(*cuits: str | None) -> tuple[str | None, ...]:
    return tuple(cuit.replace("-", "") if cuit else None for cuit in cuits)


@pytest.mark.parametrize(
    "row",
    [
        f"Transporte: EXPRESO SUR CUIT: {THIRD}",
        f"Transportista: Expreso Sur S.A.\tCUIT: {THIRD}",
        f"CUIT Transporte: {THIRD}",
        f"Vendedor: PEREZ JUAN CUIL/CUIT: {THIRD}",
        f"Viajante 12 PEREZ CUIT {THIRD}",
        f"Preventista: 4 - C.U.I.T. {THIRD}",
        f"Despachante de aduana: GOMEZ CUIT {THIRD}",
        f"Banco: NACION CBU 0110599520000001234567 CUIT {THIRD}",
        f"Impreso por GRAFICA SUR S.R.L. CUIT {THIRD} Habilitacion 12345",
        f"Imprenta El Tipo - C.U.I.T. {THIRD}",
        f"Imp. por El Tipo S.H. CUIT: {THIRD}",
    ],
)
class TestACuitOfSomebodyElse:
    def test_it_leaves_the_parties_alone(self, row: str) -> None:
        for own in (None, RECEIVER):
            assert parties(*TITLE, *SOLD_BY, *SOLD_TO, row, *ITEMS, own=own) == plain(ISSUER, RECEIVER)
            assert parties(*TITLE, *SOLD_BY, *SOLD_TO, *ITEMS, row, own=own) == plain(ISSUER, RECEIVER)

    def test_it_stands_in_for_no_issuer(self, row: str) -> None:
        for own in (None, RECEIVER):
            assert parties(*TITLE, *SOLD_TO, row, *ITEMS, own=own)[0] is None
            assert parties(*TITLE, *SOLD_TO, *ITEMS, row, own=own)[0] is None

    def test_it_stands_in_for_no_receiver(self, row: str) -> None:
        for own in (None, RECEIVER):
            assert parties(*TITLE, *SOLD_BY, SOLD_TO[0], row, *ITEMS, own=own)[1] is None
            assert parties(*TITLE, *SOLD_BY, SOLD_TO[0], *ITEMS, row, own=own)[1] is None


class TestWhereTheReceiverComesFirst:
    def test_what_only_issuers_print_tells_them_apart(self) -> None:
        assert parties(*SOLD_TO, *TITLE, *SOLD_BY, *ITEMS) == plain(ISSUER, RECEIVER)

    def test_without_that_it_needs_a_person(self) -> None:
        assert parties(*SOLD_TO, *TITLE, f"CUIT: {ISSUER}", *ITEMS) == (None, None)
        assert parties(f"CUIT: {RECEIVER}", *TITLE, f"CUIT: {ISSUER}", *ITEMS) == (None, None)

    def test_our_own_cuit_tells(self) -> None:
        assert parties(*SOLD_TO, *TITLE, *SOLD_BY, *ITEMS, own=RECEIVER) == plain(ISSUER, RECEIVER)

    def test_a_label_that_deceives_is_not_believed(self) -> None:
        rows = (f"CUIT: {RECEIVER}", *TITLE, "Cliente Nº 14", *SOLD_BY, *ITEMS)

        assert parties(*rows) == (None, None)


def test_a_stray_cuit_below_ours_is_no_sure_issuer() -> None:
    assert parties(*TITLE, *SOLD_TO, f"Lugar de entrega\tCUIT: {THIRD}", *ITEMS, own=RECEIVER)[0] is None


def test_a_lone_cuit_of_the_receiver_is_not_the_issuers() -> None:
    assert parties(*TITLE, *SOLD_TO, *ITEMS) == plain(None, RECEIVER)
    assert parties(*TITLE, *SOLD_TO, *ITEMS, own=THIRD)[0] is None


def test_what_is_sold_to_somebody_else_needs_a_person() -> None:
    assert parties(*TITLE, *SOLD_BY, *SOLD_TO, *ITEMS, own=THIRD) == plain(ISSUER, None)


@pytest.mark.parametrize(
    "row",
    [
        f"Sucursal 4 - Franquiciado: LOPEZ CUIT: {THIRD}",
        f"Red de compras LA RED S.A. CUIT: {THIRD}",
        f"Aseguradora: SANCOR SEGUROS CUIT {THIRD}",
        f"Agente de percepción: X SA CUIT {THIRD}",
    ],
)
class TestACuitBehindALabelOfItsOwn:
    def test_it_leaves_the_parties_alone(self, row: str) -> None:
        for own in (None, RECEIVER):
            assert parties(*TITLE, *SOLD_BY, *SOLD_TO, row, *ITEMS, own=own) == plain(ISSUER, RECEIVER)

    def test_it_stands_in_for_no_receiver(self, row: str) -> None:
        misread = f"Domicilio: Calle 7 1234\tCUIT: {RECEIVER[:-1]}4"
        for own in (None, RECEIVER):
            for to in (SOLD_TO[:1], (SOLD_TO[0], misread), (SOLD_TO[0], "IVA: Consumidor Final")):
                assert parties(*TITLE, *SOLD_BY, *to, row, *ITEMS, own=own) == plain(ISSUER, None)


@pytest.mark.parametrize(
    "row",
    [
        f"ALMACEN EL FARO S.A. CUIT: {RECEIVER}",
        f"Domicilio: Calle 7 1234 CUIT: {RECEIVER}",
        f"Condición frente al IVA: Responsable Inscripto CUIT: {RECEIVER}",
    ],
)
def test_labels_of_the_receiver_name_nobody_else(row: str) -> None:
    assert parties(*TITLE, *SOLD_BY, "Señor(es):", row, *ITEMS) == plain(ISSUER, RECEIVER)


class TestAFinalConsumerBesideALabel:
    HEAD = (*TITLE, *SOLD_BY, "Para: A CONSUMIDOR FINAL")

    @staticmethod
    def is_missing(sheet: Sheet) -> bool:
        return "receiver_unread" in read_fields([sheet], frozenset())[0]

    @pytest.mark.parametrize("row", ["CUIT - Consumidor Final", "CUIT:\tPedido 125568", "C.U.I.T.: -"])
    def test_nobody_is_named(self, row: str) -> None:
        assert not self.is_missing(sheet_of(*self.HEAD, row, *ITEMS))

    @pytest.mark.parametrize(
        "rows",
        [
            ("CUIT: 30-71234567-4",),
            ("CUIT:\t30-71234567-4",),
            ("CUIT:", "30-71234567-4"),
            ("CUIT: ilegible",),
        ],
    )
    def test_what_could_not_be_read_is_somebody(self, rows: tuple[str, ...]) -> None:
        assert self.is_missing(sheet_of(*self.HEAD, *rows, *ITEMS))

    def test_in_a_picture_the_figures_may_have_been_lost(self) -> None:
        sheet = sheet_of(*self.HEAD, "CUIT:", *ITEMS)
        seen = [replace(word, confidence=0.97) for row in sheet.rows for word in row.words]

        assert self.is_missing(lay_out(seen, page=1, width=sheet.width, height=sheet.height))


class TestAnotherCompanyInTheHead:
    """A brand's CUIT is not the issuer's only because that could not be read."""

    BRAND = f"Productos de Lacteos S.A. CUIT {THIRD}"
    TO_US = pytest.mark.parametrize("own", [None, RECEIVER, "33-69345023-9"])

    @TO_US
    def test_it_is_not_believed_where_the_check_digit_of_the_issuers_fails(self, own: str | None) -> None:
        misread = "CUIT: 30-00547611-6"

        for rows in ((misread, self.BRAND), (self.BRAND, misread)):
            assert parties(*TITLE, *rows, *SOLD_TO, *ITEMS, own=own)[0] is None

    @TO_US
    def test_it_is_not_believed_away_from_what_issuers_print(self, own: str | None) -> None:
        drawn = ("Ing. Brutos: 901-123456-7", "Inicio de Actividades: 01/03/2015")

        assert parties(*drawn, *TITLE, self.BRAND, *SOLD_TO, *ITEMS, own=own)[0] is None

    @TO_US
    def test_an_issuer_beside_under_or_over_it_is(self, own: str | None) -> None:
        cuit, gross = f"CUIT: {ISSUER}", "Ing. Brutos: 901-123456-7"

        for rows in ((cuit, gross), (gross, cuit), (f"{cuit}\t{gross}",), (f"{gross}\t{cuit}",)):
            assert parties(*TITLE, *rows, *SOLD_TO, *ITEMS, own=own)[0] == plain(ISSUER)[0]


@pytest.mark.parametrize("own", [None, RECEIVER])
@pytest.mark.parametrize(
    "foot",
    [
        f"DISTRIBUIDORA DEL SUR S.R.L. - C.U.I.T. {ISSUER} - IIBB 901-123456-7",
        f"DISTRIBUIDORA DEL SUR S.R.L. - CUIT {ISSUER}",
    ],
)
class TestTheIssuersOwnAtTheFoot:
    def test_a_brands_in_the_head_is_not_believed(self, foot: str, own: str | None) -> None:
        brand = ("ARCOR", f"CUIT {THIRD}", "Distribuidor: DISTRIBUIDORA DEL SUR S.R.L.")

        assert parties(*brand, *TITLE, *SOLD_TO, *ITEMS * 8, foot, own=own)[0] is None
        assert parties(*brand, *TITLE, *SOLD_TO, *ITEMS, foot, own=own)[0] is None

    def test_an_issuer_with_what_issuers_print_is(self, foot: str, own: str | None) -> None:
        other = foot.replace(ISSUER, THIRD)

        assert parties(*TITLE, *SOLD_BY, *SOLD_TO, *ITEMS * 8, other, own=own) == plain(ISSUER, RECEIVER)


@pytest.mark.parametrize(
    "row",
    [
        f"Impreso por GRAFICA SUR S.R.L. CUIT {THIRD} Habilitacion 12345",
        f"Transporte: EXPRESO SUR CUIT: {THIRD}",
        f"Banco: NACION CBU 0110599520000001234567 CUIT {THIRD}",
    ],
)
def test_a_third_party_at_the_foot_rivals_no_issuer(row: str) -> None:
    rows = (*TITLE, f"CUIT: {ISSUER}", *SOLD_TO, *ITEMS * 8, row)

    assert parties(*rows) == plain(ISSUER, RECEIVER)


class TestWhatWeSell:
    """Our own invoice to a client is no purchase from them."""

    def test_a_client_with_a_number_of_gross_income_is_no_issuer(self) -> None:
        registered = (SOLD_TO[0], f"CUIT: {RECEIVER}  IIBB: 902-765432-1")

        assert parties(*TITLE, *SOLD_BY, *registered, *ITEMS, own=ISSUER)[0] is None

    def test_nor_is_one_without_a_label(self) -> None:
        registered = f"ALMACEN EL FARO S.A. CUIT: {RECEIVER}  IIBB: 902-765432-1"

        assert parties(*TITLE, *SOLD_BY, registered, *ITEMS, own=ISSUER)[0] is None

    def test_our_own_number_of_gross_income_leaves_the_issuer_alone(self) -> None:
        registered = (SOLD_TO[0], f"CUIT: {RECEIVER}  IIBB: 902-765432-1")

        for rows in ((*TITLE, f"CUIT: {ISSUER}", *registered), (*registered, *TITLE, *SOLD_BY)):
            assert parties(*rows, *ITEMS, own=RECEIVER) == plain(ISSUER, RECEIVER)


def test_a_fiscal_controller_prints_the_issuer_above_its_title() -> None:
    rows = (f"CUIT: {ISSUER}", 'TIQUE FACTURA "A"', "ALMACEN EL FARO S.A.", f"CUIT: {RECEIVER}", *ITEMS)

    assert parties(*rows) == plain(ISSUER, RECEIVER)


def test_for_whom_a_copy_is_names_no_receiver() -> None:
    rows = ("ORIGINAL PARA EL CLIENTE", *TITLE, f"CUIT: {ISSUER}", *SOLD_TO, *ITEMS)

    assert parties(*rows) == plain(ISSUER, RECEIVER)


def test_an_issuer_whose_name_is_a_trade_is_one() -> None:
    rows = ("TRANSPORTE Y LOGISTICA DEL SUR S.A.", *TITLE, *SOLD_BY, *SOLD_TO, *ITEMS)

    assert parties(*rows) == plain(ISSUER, RECEIVER)


def test_a_cuit_beside_its_cbu_counts_where_it_stands_as_the_issuers() -> None:
    rows = (*TITLE, f"CBU 0110599520000001234567 CUIT {ISSUER}", *SOLD_BY, *SOLD_TO, *ITEMS)

    assert parties(*rows) == plain(ISSUER, RECEIVER)


@pytest.mark.parametrize(
    "rows",
    [
        (f"Transporte: EXPRESO SUR CUIT: {THIRD}",),
        (f"Transporte: EXPRESO SUR\tCUIT: {THIRD}",),
        ("Transporte: EXPRESO SUR", f"CUIT: {THIRD}"),
        (*ITEMS * 8, f"DISTRIBUIDORA DEL NORTE S.A. - CUIT {THIRD}"),
    ],
)
def test_where_no_party_can_be_read_nobody_else_stands_in(rows: tuple[str, ...]) -> None:
    assert parties(*TITLE, *rows) == (None, None)
    assert parties(*TITLE, *rows, own=RECEIVER) == (None, None)
    assert parties(*TITLE, *SOLD_TO, *rows, own=RECEIVER) == plain(None, RECEIVER)


def test_the_last_label_before_a_cuit_counts() -> None:
    rows = (*TITLE, *SOLD_BY, f"Vendedor: 12  Cliente: 5544 ALMACEN EL FARO CUIT: {RECEIVER}", *ITEMS)

    assert parties(*rows) == plain(ISSUER, RECEIVER)


def test_a_cuit_seen_twice_counts_where_it_is_surest() -> None:
    carried = f"Transporte: propio\tCUIT: {ISSUER}"

    assert parties(carried, *TITLE, *SOLD_BY, *SOLD_TO, *ITEMS) == plain(ISSUER, RECEIVER)


def test_what_stands_under_another_cuit_is_no_sign_of_the_first() -> None:
    assert parties(f"CUIT: {RECEIVER}", *SOLD_BY, *ITEMS) == plain(ISSUER, RECEIVER)
