"""What counts as exact, and what as a silent error."""

from typing import Any

import pytest

from benchmarks.reading.scoring import Score
from tests.unit.benchmarks.reading.papers import Document, judge, read_well, row, truth


def test_a_perfect_reading_is_exact_accepted_and_not_silent() -> None:
    expected = truth()

    (score,) = judge([expected], read_well(expected))

    assert (score.is_header_exact, score.rows_exact, score.rows) == (True, 2, 2)
    assert (score.is_exact, score.is_accepted, score.is_silent) == (True, True, False)
    assert score.differences == ()
    assert (score.pages, score.cpu_seconds) == (1, 2.5)


def test_figures_compare_as_numbers_and_codes_as_text() -> None:
    expected = truth(row("2.000", "100.0", "200.00"))
    found = read_well(truth(row("2", "100", "200")))
    found["header"]["total"]["value"] = "242"
    assert judge([expected], found)[0].is_exact

    found["header"]["authorization_code"]["value"] = "01"

    assert not judge([expected], found)[0].is_header_exact


@pytest.mark.parametrize("name", ["issue_date", "total", "receiver_cuit"])
def test_an_accepted_document_with_another_header_is_silent(name: str) -> None:
    found = read_well(truth())
    found["header"][name]["value"] = "9"

    (score,) = judge([truth()], found)

    assert score.is_silent
    assert not score.is_header_exact
    assert score.rows_exact == 2


def test_a_field_that_is_not_read_is_not_exact() -> None:
    found = read_well(truth())
    found["header"]["number"] = None

    assert not judge([truth()], found)[0].is_header_exact


def test_a_wrong_tax_is_silent_though_header_and_rows_are_exact() -> None:
    (score,) = judge([truth()], read_well(truth(), taxes=[{"amount": "24.00"}]))

    assert score.is_silent
    assert score.is_header_exact
    assert score.rows_exact == 2


def test_a_tax_row_of_zero_is_as_good_as_none() -> None:
    taxes = [{"amount": "0.00"}, {"amount": "42.0"}]

    assert not judge([truth()], read_well(truth(), taxes=taxes))[0].is_silent


def test_a_document_that_a_person_will_see_is_never_silent() -> None:
    (score,) = judge([truth()], read_well(truth(row("9", "9", "81")), accepted=False))

    assert not score.is_exact
    assert not score.is_silent


def test_an_altered_paper_must_not_be_accepted_however_well_it_is_read() -> None:
    altered = truth(accepted=False)

    (accepted,) = judge([altered], read_well(altered, accepted=True))
    (refused,) = judge([altered], read_well(altered))

    assert accepted.is_exact
    assert accepted.is_silent
    assert not accepted.is_honest
    assert not refused.is_silent


class TestAltered:
    """Papers on which someone altered a figure, perfectly read: may the gate accept them?"""

    @staticmethod
    def judged(expected: Document) -> Score:
        (score,) = judge([expected], read_well(expected, accepted=True), altered="total, by cents")
        return score

    @staticmethod
    def paper(total: str, **changes: Any) -> Document:
        """Two rows of 245.45 and a tax of 42: by three cents the gate closes."""
        expected = truth(accepted=False, qr=None)
        expected["header"]["total"] = total
        return expected | changes

    def test_within_the_cents_allowed_it_is_no_mistake(self) -> None:
        score = self.judged(self.paper("287.48"))

        assert (score.altered, score.is_tolerated, score.is_silent) == ("total, by cents", True, False)
        assert not score.is_honest

    def test_beyond_them_it_is_silent(self) -> None:
        score = self.judged(self.paper("287.49"))

        assert (score.is_tolerated, score.is_silent) == (False, True)

    def test_a_qr_that_was_read_leaves_the_total_no_cent(self) -> None:
        assert self.judged(self.paper("287.48", qr={"importe": 287.45})).is_silent
        assert not self.judged(self.paper("287.48", qr={"importe": 287.48})).is_silent

    def test_what_is_read_otherwise_is_silent_however_small(self) -> None:
        expected = self.paper("287.48")
        found = read_well(expected, accepted=True)
        found["header"]["total"]["value"] = "287.45"

        (score,) = judge([expected], found, altered="total, by cents")

        assert score.is_silent


def test_rows_are_compared_in_order() -> None:
    first, second, third = row("1", "1", "1"), row("2", "2", "4"), row("3", "3", "9")

    (swapped,) = judge([truth(first, second, third)], read_well(truth(second, first, third)))
    (missed,) = judge([truth(first, second, third)], read_well(truth(first, third)))
    (added,) = judge([truth(first, third)], read_well(truth(first, second, third)))

    assert swapped.rows_exact == 2
    assert (missed.rows_exact, missed.is_exact, missed.is_silent) == (2, False, True)
    assert (added.rows_exact, added.is_exact, added.is_silent) == (2, False, True)
    assert missed.differences == ("row 2: nothing for 2 2 4 0",)


@pytest.mark.parametrize("name", ["quantity", "unit_price", "subtotal", "bonus_quantity"])
def test_every_figure_of_a_row_counts(name: str) -> None:
    found = read_well(truth())
    found["lines"][0][name] = "77"

    assert judge([truth()], found)[0].rows_exact == 1


def test_a_percentage_is_not_an_amount_and_steps_have_an_order() -> None:
    expected = truth(row("1", "100", "72", "20", "10"))
    turned = read_well(truth(row("1", "100", "72", "10", "20")))
    amounts = read_well(expected)
    amounts["lines"][0]["discounts"] = [{"amount": "20"}, {"rate": "10"}]

    assert judge([expected], turned)[0].rows_exact == 0
    assert judge([expected], amounts)[0].rows_exact == 0


def test_an_unreadable_file_is_a_miss_but_no_silent_error() -> None:
    (score,) = judge([truth()], error="file_corrupt")

    assert (score.is_header_exact, score.rows, score.rows_exact) == (False, 2, 0)
    assert not score.is_silent
    assert score.differences == ("file_corrupt",)


def test_documents_of_one_file_are_compared_in_order() -> None:
    first, second = truth(number="7"), truth(row("5", "5", "25"), number="8")

    scores = judge([first, second], read_well(first), read_well(second))

    assert [each.part for each in scores] == [1, 2]
    assert all(each.is_exact for each in scores)
    assert [each.cpu_seconds for each in scores] == [2.5, 0]
    assert sum(each.pages for each in scores) == 2


def test_a_missed_document_does_not_spoil_the_next() -> None:
    first, second = truth(number="7"), truth(row("5", "5", "25"), number="8")

    missed, found = judge([first, second], read_well(second))

    assert not missed.is_exact
    assert found.is_exact


def test_a_missed_document_is_silent_when_another_was_accepted() -> None:
    first, second = truth(number="7"), truth(number="8")

    unnoticed, _ = judge([first, second], read_well(second))
    noticed, _ = judge([first, second], read_well(second, accepted=False))

    assert (unnoticed.is_silent, unnoticed.is_accepted) == (True, False)
    assert not noticed.is_silent


def test_vouchers_of_one_number_are_told_apart_by_issuer_and_type() -> None:
    first, second, third = truth(), truth(row("5", "5", "25")), truth(row("6", "6", "36"))
    second["header"]["issuer_cuit"], third["header"]["type_code"] = "2", "3"

    exact = judge([first, second, third], *map(read_well, (first, second, third)))
    merged = judge([first, second, third], read_well(first), read_well(third))

    assert all(each.is_exact for each in exact)
    assert [each.is_exact for each in merged] == [True, False, True]
    assert [each.is_silent for each in merged] == [False, True, False]


def test_a_document_too_many_is_silent_only_when_accepted() -> None:
    expected, ghost = truth(number="7"), truth(number="8")

    (accepted,) = judge([expected], read_well(expected), read_well(ghost))
    (shown,) = judge([expected], read_well(ghost, accepted=False), read_well(expected))

    assert (accepted.is_silent, accepted.is_exact) == (True, False)
    assert (shown.is_silent, shown.is_exact) == (False, False)


def test_confidences_are_kept_with_what_was_true() -> None:
    found = read_well(truth())
    found["header"]["number"] = {"value": "8", "confidence": 0.4}
    found["lines"][1]["quantity"] = "3"

    (score,) = judge([truth()], found)

    assert (0.4, False) in score.header_confidences
    assert len(score.header_confidences) == 8
    assert score.line_confidences == ((0.9, True), (0.9, False))
