"""Intervals against published and computed values."""

import pytest

from benchmarks.reading.bounds import Share, difference, median_interval, most_of_none


def test_wilson_agrees_with_newcombes_examples() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3: 81/263, 15/148, 0/20, 1/29."""
    cases = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (hits, count), interval in cases.items():
        assert Share(hits, count).interval == pytest.approx(interval, abs=5e-5)


def test_a_share_of_nothing_says_nothing() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0, 1)


def test_all_of_many_is_bounded_below_only() -> None:
    low, high = Share(60, 60).interval

    assert high == 1
    assert 0.93 < low < 0.95


def test_what_never_happened_follows_the_rule_of_three() -> None:
    assert most_of_none(3000) == pytest.approx(3 / 3000, rel=0.01)
    assert most_of_none(63) == pytest.approx(3 / 63, rel=0.05)
    assert most_of_none(0) == 1


def test_a_difference_agrees_with_newcombes_example() -> None:
    """Newcombe 1998, Statistics in Medicine 17:873, table II, method 10, case a: 56/70 - 48/80."""
    assert difference(Share(56, 70), Share(48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_the_median_lies_between_two_of_the_values() -> None:
    assert median_interval(range(1, 25)) == (8, 17)
    assert median_interval([5.0]) == (5.0, 5.0)
