"""Every check of the gate on its own: one thing is broken, exactly its check fails, a person must look."""

import ast
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from agente_negocio.invoices.reading.layout.evidence import FAIR, WEAK
from agente_negocio.invoices.reading.model import Conflict, Field, Kind, ReadDocument, Source
from agente_negocio.invoices.reading.sums import gate
from tests.unit.agente_negocio.invoices.reading.read_papers import (
    AUTHORISED,
    FORMS,
    GROSS,
    HEADER,
    NET,
    Paper,
)

Break = Callable[[Paper], object]
CHECKED = tuple(name for name in HEADER if name not in {"letter", "type_code"})
A_CENT = Decimal("0.01")

BREAKS: dict[str, dict[str, Break]] = {
    "header_sure": {
        **{
            f"an unsure {name}": lambda paper, name=name: paper.lower(name)  # type: ignore[misc]
            for name in CHECKED
        },
        **{
            f"no {name}": lambda paper, name=name: paper.header.pop(name)  # type: ignore[misc]
            for name in CHECKED
        },
        "another title than an unsure code says": Paper.title_otherwise,
    },
    "header_agrees": {
        "two numbers": lambda paper: setattr(paper, "conflicts", (Conflict("number", "812, 813"),))
    },
    "authorization_in_time": {
        "ended before the day of issue": lambda paper: paper.header.update(
            authorization_due=Field("2026-11-01", 0.99, Source.TEXT, "01/11/2026")
        ),
    },
    "rows_multiply": {
        "a doubt": lambda paper: paper.items[0].lasting.add("quantity"),
        "no product": lambda paper: setattr(paper.items[1], "solution", None),
    },
    "counts_agree": {"units": lambda paper: setattr(paper, "counted", "Total unidades: 7")},
    "rows_claimed": {"a row": lambda paper: setattr(paper, "unclaimed", ("7790003 Vaso",))},
    "rows_sum": {
        "a lost row": lambda paper: paper.items.pop(),
        "a row too many": lambda paper: paper.items.append(paper.items[0]),
        "another net": lambda paper: paper.foot.update(net="Neto gravado\t2.500,05"),
        "a lost tax": lambda paper: (paper.foot.pop("iibb"), paper.foot.pop("others")),
        "no IVA on an A": Paper.hide_iva,
        "an IVA beside rows that hold it": Paper.show_iva,
    },
    "taxes_sum": {"an unknown amount": lambda paper: paper.lead("Zzzz\t12,00")},
    "tax_rates": {
        "amounts of two rates exchanged": Paper.exchange_ivas,
        "the same where rows tell no rate": Paper.exchange_unrated_ivas,
        "one rate twice": Paper.split_one_rate,
        "a sum of two rates that nothing tells": Paper.sum_ivas,
    },
    "tax_groups": {
        "another sum of IVA": lambda paper: paper.foot.update({"all iva": "Total IVA\t472,54"}),
        "another sum of the others": lambda paper: paper.foot.update(others="Total otros tributos\t50,04"),
    },
    "totals_unrivalled": {
        "two nets": lambda paper: paper.foot.update(other="Base imponible\t2.400,00"),
        "two totals": lambda paper: paper.lead("Total\t999,00"),
        "two discounts": lambda paper: paper.foot.update(off="Descuento\t0,00", other="Bonificación\t25,00"),
    },
    "foot_sure": {"read otherwise": lambda paper: setattr(paper, "unsure", ("neto gravado",))},
    "total_matches_qr": {
        "a cent": lambda paper: setattr(
            paper, "payload", replace(paper.form.payload, total=paper.form.payload.total + A_CENT)
        ),
        "no printed total": lambda paper: paper.foot.pop("total"),
    },
    "qr_intact": {
        "repaired": lambda paper: setattr(paper, "payload", replace(paper.form.payload, repaired=True))
    },
    "known_kind": {
        "a receipt": lambda paper: paper.retell(type_code="4"),
        "a remito": lambda paper: paper.retell(type_code="91"),
    },
    "is_voucher": {"a budget": lambda paper: setattr(paper, "disclaimers", ("PRESUPUESTO",))},
}
"""What breaks each check, and nothing else."""

ALSO = {"rows_sum": {"taxes_sum"}}
"""Taxes of a voucher that does not add up prove nothing."""

ONLY: dict[str, frozenset[str]] = {
    "an unsure authorization_code": AUTHORISED,
    "no authorization_code": AUTHORISED,
    "no receiver_cuit": NET,
    "another title than an unsure code says": NET,
    "another net": NET,
    "no IVA on an A": NET,
    "an IVA beside rows that hold it": GROSS,
    "amounts of two rates exchanged": NET,
    "the same where rows tell no rate": NET,
    "one rate twice": NET,
    "a sum of two rates that nothing tells": NET,
    "another sum of IVA": NET,
    "two nets": NET,
    "two discounts": NET,
    "a receipt": AUTHORISED,
    "a remito": AUTHORISED,
}
"""Breaks that only some forms know; all others are tried on every form."""


def failed(document: ReadDocument) -> set[str]:
    return {check.code for check in document.checks if not check.ok}


@pytest.mark.parametrize("form", FORMS)
def test_the_good_paper_is_accepted(form: str) -> None:
    document = Paper(FORMS[form]).prove()

    assert failed(document) == set()
    assert document.accepted
    assert [tax.base for tax in document.taxes] == ([2000, 500, None] if form in NET else [None])


@pytest.mark.parametrize(
    ("code", "name", "form"),
    [
        (code, name, form)
        for code, breaks in BREAKS.items()
        for name in breaks
        for form in FORMS
        if form in ONLY.get(name, FORMS)
    ],
)
def test_what_is_broken_fails_its_own_check_and_waits(code: str, name: str, form: str) -> None:
    paper = Paper(FORMS[form])
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

    @pytest.mark.parametrize("form", sorted(GROSS))
    def test_only_who_splits_iva_names_the_receiver(self, form: str) -> None:
        paper = Paper(FORMS[form])
        del paper.header["receiver_cuit"]

        assert paper.prove().accepted

    @pytest.mark.parametrize(("place", "accepted"), [("above", False), ("below", True)])
    def test_what_stands_below_the_total_is_paid_not_charged(self, place: str, *, accepted: bool) -> None:
        paper = Paper()
        strange = {"strange": "Zzzz\t12,00"}
        paper.foot = strange | paper.foot if place == "above" else paper.foot | strange

        assert paper.prove().accepted is accepted

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


def test_a_count_of_the_rows_that_fits_is_no_doubt() -> None:
    assert Paper(counted="Renglones: 2\tTotal unidades: 3").prove().accepted


def test_without_rows_nothing_is_proven() -> None:
    paper = Paper()
    paper.items.clear()

    assert {"rows_multiply", "rows_sum"} <= failed(paper.prove())


@pytest.mark.parametrize(
    ("code", "title", "strength", "passes"),
    [
        ("1", Kind.FACTURA, FAIR, True),
        ("1", Kind.FACTURA, WEAK, False),
        ("1", None, FAIR, False),
        ("1", Kind.NOTA_CREDITO, FAIR, False),
        ("3", Kind.FACTURA, FAIR, False),
        ("6", Kind.FACTURA, FAIR, False),
    ],
)
def test_split_iva_proves_only_a_code_that_title_and_rule_bear_out(
    code: str, title: Kind | None, strength: float, *, passes: bool
) -> None:
    paper = Paper(title=title, type_strength=strength)
    paper.header["type_code"] = Field(code, 0.9, Source.OCR, code)

    document = paper.prove()

    assert ("header_sure" not in failed(document)) is passes
