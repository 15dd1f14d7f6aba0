"""Confidence against truth."""

import pytest

from benchmarks.reading.calibration import expected_error, reliability


def test_claims_fall_into_bins_with_what_was_true() -> None:
    bins = reliability([(0.9, True), (0.92, False), (0.995, True), (1.0, True), (0.0, False)])

    assert [(each.start, each.count, each.exact) for each in bins] == [
        (0.0, 1, 0),
        (0.9, 2, 0.5),
        (0.995, 2, 1),
    ]
    assert bins[1].claimed == pytest.approx(0.91)


def test_the_expected_error_weighs_bins_by_count() -> None:
    honest = [(0.9, True)] * 9 + [(0.9, False)]
    boastful = [(0.99, False)] * 10

    assert expected_error(reliability(honest)) == pytest.approx(0)
    assert expected_error(reliability(honest + boastful)) == pytest.approx(0.495)
    assert expected_error([]) is None
