"""What a paper calls itself: its code, and what title, letter and legend say against it."""

import pytest

from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.merge import Witnesses, merge
from agente_negocio.invoices.reading.header.voucher_type import contradictions
from agente_negocio.invoices.reading.layout.evidence import FAIR
from agente_negocio.invoices.reading.model import Conflict, Kind, Source
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

LEGEND = "OPERACIÓN SUJETA A RETENCIÓN"
FCE = "FACTURA DE CRÉDITO ELECTRÓNICA MiPyMEs (FCE)"


def code_of(*rows: str) -> tuple[str | None, bool]:
    """The code and whether it may be believed, of a paper with a large letter."""
    evidence = read_fields([sheet_of(*rows, large={"A": 2.5, "B": 2.5})], frozenset())[0].get("type_code")
    return (evidence.value, evidence.strength >= FAIR) if evidence else (None, False)


def conflicts_of(*rows: str) -> tuple[Conflict, ...]:
    printed, _ = read_fields([sheet_of(*rows, large={"A": 2.5, "B": 2.5, "C": 2.5})], frozenset())
    return merge(Witnesses(printed, {}, Source.TEXT))[1]


@pytest.mark.parametrize(
    "number", ["0003-00004521", "3 - 4521", "00003-00004521", "201-00000001", "0008 00000012"]
)
@pytest.mark.parametrize("label", ["COD.", "CÓDIGO Nº", "COD. Nº"])
def test_a_point_of_sale_after_an_unread_code_is_no_code(label: str, number: str) -> None:
    assert code_of("A\tFACTURA", f"{label}\t{number}") == ("1", True)
    assert code_of("A\tFACTURA", f"{label} {number}") == ("1", True)


@pytest.mark.parametrize(
    ("printed", "code"),
    [("COD. 01", "1"), ("Cód. 001", "1"), ("CODIGO Nº 1", "1"), ("COD. 201", "201"), ("COD. 0l", "1")],
)
def test_a_code_has_up_to_three_digits(printed: str, code: str) -> None:
    title = FCE if code == "201" else "FACTURA"

    assert code_of(f"A\t{title}", f"{printed}\tNº 0003-00004521") == (code, True)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("A\tFACTURA", "COD. 03"), "title factura"),
        (("A\tFACTURA", "COD. 02"), "title factura"),
        (("A\tNOTA DE CRÉDITO", "COD. 01"), "title nota_credito"),
        (("A\tN. CRÉDITO", "COD. 01"), "title nota_credito"),
        (("A\tNOTA DE DÉBITO", "COD. 03"), "title nota_debito"),
        (('TIQUE FACTURA "A" (Cód. 112)',), "title tique"),
        (("B\tFACTURA", "COD. 01"), "letter B"),
        (("C\tFACTURA", "COD. 06"), "letter C"),
        ((f"A\t{FCE}", "COD. 01"), "title of a factura de crédito electrónica"),
        (("A\tFACTURA", "COD. 01", LEGEND), "legend of withholding"),
    ],
)
def test_what_the_paper_says_of_itself_must_fit_its_code(rows: tuple[str, ...], said: str) -> None:
    assert [conflict for conflict in conflicts_of(*rows) if conflict.said.endswith(said)]


@pytest.mark.parametrize(
    "rows",
    [
        ("A\tFACTURA", "COD. 01"),
        ("A\tFACTURA", "COD. 51", LEGEND),
        ("A\tFACTURA", "COD. 51"),
        ("B\tFACTURA", "COD. 06", LEGEND),
        ("A\tFACTURA", "COD. 01", "NO SUJETA A RETENCIÓN DE IVA"),
        ("A\tNOTA DE CRÉDITO", "COD. 03", "Anula FACTURA A 0003-00004400"),
        (f"A\t{FCE}", "COD. 201"),
        ('TIQUE FACTURA "A" (Cód. 081)',),
        ("FACTURA A", "Cód. 081"),
        ('TIQUE NOTA DE CRÉDITO "B" (Cód. 113)',),
        ("A\tFACTURA",),
    ],
)
def test_a_paper_that_is_one_contradicts_nothing(rows: tuple[str, ...]) -> None:
    assert not [conflict for conflict in conflicts_of(*rows) if conflict.field == "type_code"]


def test_a_contradicted_code_is_shown_as_doubtful() -> None:
    printed, _ = read_fields([sheet_of("A\tFACTURA", "COD. 03", large={"A": 2.5})], frozenset())

    header, _ = merge(Witnesses(printed, {}, Source.TEXT))

    assert header.type_code is not None
    assert header.type_code.confidence < FAIR


@pytest.mark.parametrize("code", [6, 3])
def test_a_code_told_by_a_symbol_must_fit_title_and_letter_too(code: int) -> None:
    printed, _ = read_fields([sheet_of("A\tFACTURA", large={"A": 2.5})], frozenset())

    assert contradictions(code, printed)
    assert not contradictions(1, printed)
    assert not contradictions(51, printed)


def test_a_large_letter_that_no_invoice_bears_says_nothing_against_a_code() -> None:
    printed, _ = read_fields([sheet_of("R", "Nº 0003-00004521", large={"R": 2.5})], frozenset())

    assert printed["letter"].value == "R"
    assert not contradictions(6, printed)


def test_the_invoice_a_credit_note_names_is_not_its_title() -> None:
    for reference in ("Anula FACTURA A 0003-00004400", "Ref. FACTURA A 0003-00004400"):
        _, kind = read_fields([sheet_of(reference, "A\tN. CRÉDITO", large={"A": 2.5})], frozenset())

        assert kind is Kind.NOTA_CREDITO


def test_a_code_only_concluded_under_the_cbu_legend_is_not_believed() -> None:
    assert code_of("FACTURA A", "PAGO EN C.B.U. INFORMADA", "CBU INFORMADA") == ("1", False)
    assert code_of("FACTURA A", "COD. 01", "CBU INFORMADA") == ("1", True)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (("TIQUE", "Nº 0003-00004521"), ("83", True)),
        (("TIQUE Nro. 0003-00004521",), ("83", True)),
        (("TIQUE", "FACTURA B"), ("83", False)),
        (("TIQUE", "NOTA DE CREDITO"), ("83", False)),
        (("B", "TIQUE"), ("83", False)),
        (("TIQUE de cambio",), ("83", False)),
        (("TICKET",), ("83", False)),
    ],
)
def test_a_plain_tique_is_told_by_its_title_alone(rows: tuple[str, ...], code: tuple[str, bool]) -> None:
    assert code_of(*rows) == code


@pytest.mark.parametrize(
    ("rows", "sure"),
    [
        (("A\tFACTURA",), True),
        (("A\tFactura",), True),
        (("A", "DISTRIBUIDORA SUR FACTURA"), True),
        (("A", "pago contra factura"), False),
        (("A", "Enviar esta factura a cobranzas"), False),
    ],
)
def test_a_word_in_a_sentence_tells_no_code(rows: tuple[str, ...], *, sure: bool) -> None:
    assert code_of(*rows) == ("1", sure)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("A\tFACTURA", "Cliente: EL FARO S.A. Código: 51"), ("1", True)),
        (("B\tFACTURA", "Señor(es): EL FARO S.A. Cod.: 206"), ("6", True)),
        (("A\tFACTURA", "Vendedor Cod. 17 Cliente: EL FARO S.A."), ("1", True)),
        (("A\tFACTURA", "Cliente: EL FARO S.A.\tCódigo: 51"), ("1", False)),
        (("A\tFACTURA", "Señor(es): EL FARO S.A.", "Código: 201"), ("1", False)),
        (("A\tFACTURA", "Zona Cod. 201"), ("1", False)),
        (("A\tFACTURA", "Señor(es): EL FARO S.A.", "Código: 1"), ("1", True)),
        (("A\tFACTURA", "COD. 01", "Cliente: EL FARO S.A.\tCódigo: 51"), ("1", True)),
        (("FACTURA", "Señor(es): EL FARO S.A.", "Código: 1"), ("1", False)),
        (("A\tFACTURA", "Señor(es): EL FARO S.A.", "Código: 60"), ("1", False)),
    ],
)
def test_a_code_of_a_client_or_a_seller_is_not_the_vouchers(
    rows: tuple[str, ...], told: tuple[str, bool]
) -> None:
    assert code_of(*rows) == told


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((f"A\t{FCE}", "Señor(es): EL FARO S.A."), ("201", True)),
        (("A\tFACTURA", "MiPyMEs (FCE)", "Señor(es): EL FARO S.A."), ("201", True)),
        (("Señor(es): EL FARO S.A.", f"A\t{FCE}"), ("201", True)),
        (("A\tFACTURA", "Señor(es): EL FARO S.A., sujeta a régimen FCE"), ("1", False)),
        (("A\tFACTURA", "Señor(es): EL FARO S.A.", "Empresa MiPyME"), ("1", False)),
    ],
)
def test_the_regime_of_a_receiver_is_not_the_vouchers(rows: tuple[str, ...], told: tuple[str, bool]) -> None:
    assert code_of(*rows) == told
