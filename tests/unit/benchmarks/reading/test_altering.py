"""Papers on which someone altered a figure, and what the gate may still accept of them."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.reading.altering import KINDS, altered
from benchmarks.reading.tolerance import closes
from scripts.demo.papers import TUNED_LAYOUTS, add_up, render, sample_paper, truth
from tests.unit.benchmarks.reading.papers import row

Document = dict[str, Any]
_COUNT = 5


def figures(document: Document) -> Counter[tuple[str, str]]:
    """Every figure of the truth by the name its kind has."""
    names = {"price": "unit_price", "subtotal": "subtotal", "quantity": "quantity"}
    return Counter(
        [
            ("total", document["header"]["total"]),
            *(("tax", tax["amount"]) for tax in document["taxes"]),
            *((name, line[field]) for line in document["lines"] for name, field in names.items()),
        ]
    )


@pytest.mark.parametrize("layout", [name for name in TUNED_LAYOUTS if name != "delivery"])
def test_one_figure_is_another_and_shows(layout: str) -> None:
    for index in range(_COUNT):
        paper = sample_paper(f"altering:{index}", layout)

        kind, other = altered(paper, str(index))

        honest, forged = truth(paper), truth(other)
        ((figure, before),) = (figures(honest) - figures(forged)).elements()
        ((_, after),) = (figures(forged) - figures(honest)).elements()
        by = abs(Decimal(after) - Decimal(before))
        assert (figure, Decimal("0.01") <= by <= Decimal("0.10")) == (kind.split(",")[0], "cents" in kind)
        assert (honest["accepted"], forged["accepted"]) == (True, False)
        assert closes(honest)
        assert render(paper) != render(other)
        assert honest["qr"] == forged["qr"]
        assert add_up(paper).total == add_up(other).total


def test_the_same_seed_alters_alike() -> None:
    paper = sample_paper("1", "rcel")

    assert altered(paper, "a") == altered(paper, "a")
    assert len({altered(paper, str(seed))[0] for seed in range(25)}) >= len(KINDS) - 2


def test_a_remito_stays_honest() -> None:
    paper = sample_paper("1", "delivery")

    assert altered(paper, "a") == ("", paper)


def net(*rows: Document, total: str = "363.00", **header: str) -> Document:
    """Three rows that make a net of 300, with two taxes of 63 together."""
    return {
        "header": {"net": "300.00", "discount": "0.00", "total": total} | header,
        "taxes": [{"amount": "60.00"}, {"amount": "3.00"}, {"amount": "0.00"}],
        "lines": list(rows) or [row("1", "100", "100"), row("2", "50", "100"), row("10", "10", "100")],
    }


@pytest.mark.parametrize(
    ("document", "within"),
    [
        (net(), True),
        (net(total="363.05"), True),
        (net(total="362.94"), False),
        (net(net="300.03", total="363.03"), True),
        (net(net="300.04", total="363.04"), False),
        (net(row("1", "100", "100.01"), row("2", "100", "200")), True),
        (net(row("1", "100", "100.02"), row("2", "100", "200")), False),
        (net(row("1", "100", "100"), row("2", "111.11", "200", "10")), True),
        (net(row("1", "100", "100"), row("2", "111.12", "200", "10")), False),
        (net(row("1.01", "100", "100"), row("2", "100", "200")), False),
    ],
)
def test_a_cent_a_row_and_one_more_a_tax_in_the_total(document: Document, *, within: bool) -> None:
    assert closes(document) is within


def test_without_a_net_the_rows_and_taxes_make_the_total() -> None:
    gross = net(total="363.05")
    gross["header"]["net"] = None
    assert closes(gross)

    gross["header"]["total"] = "363.06"
    assert not closes(gross)


def test_an_amount_off_comes_off_last() -> None:
    step = row("1", "100", "60", "20") | {"discounts": [{"rate": "20"}, {"amount": "20"}]}

    assert closes(net(step, row("1", "240", "240")))
