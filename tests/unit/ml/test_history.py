"""History rules: what a shop's sales say, and what their absence says."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest

from ml.history.rules import ShopHistory, SoldSeries, shop_history

MONDAY = date(2026, 1, 5)
BRANCH = uuid4()


def make_series(
    units: Sequence[float],
    *,
    branch_id: UUID = BRANCH,
    first_day: date = MONDAY,
    in_stock: list[bool] | None = None,
) -> SoldSeries:
    available = tuple(in_stock) if in_stock else (True,) * len(units)
    return SoldSeries(branch_id, uuid4(), first_day, tuple(units), available)


def make_shop(*series: SoldSeries, days: int) -> ShopHistory:
    return shop_history(series, first_day=MONDAY, last_day=MONDAY + timedelta(days=days - 1))


def test_days_before_a_product_came_are_unknown_and_not_zero() -> None:
    old = make_series([1, 1, 1, 1])
    new = make_series([0, 2], first_day=MONDAY + timedelta(days=2))

    units = make_shop(old, new, days=4).history.units

    assert np.isnan(units[1, :2]).all()
    assert units[1, 2:].tolist() == [0, 2]


def test_a_day_on_which_nobody_sold_anything_was_a_closed_one() -> None:
    history = make_shop(
        make_series([3] * 10 + [0] + [3] * 10), make_series([1] * 10 + [0] + [1] * 10), days=21
    )

    assert np.isnan(history.history.units[:, 10]).all()
    assert np.sum(np.isnan(history.history.units)) == 2


def test_a_weekly_closing_day_is_a_habit_and_stays_zero() -> None:
    weeks = 10
    units = make_shop(make_series([4, 4, 4, 4, 4, 4, 0] * weeks), days=7 * weeks).history.units

    assert not np.isnan(units).any()
    assert units[0, 6::7].tolist() == [0] * weeks


def test_one_branch_may_be_closed_while_another_sells() -> None:
    other = uuid4()
    closed = [2.0] * 14
    closed[9] = 0

    history = make_shop(make_series(closed), make_series([5] * 14, branch_id=other), days=14).history

    assert np.isnan(history.units[0, 9])
    assert history.units[1, 9] == 5
    assert history.groups[0].tolist() == [0, 1]


def test_more_returned_than_sold_is_no_negative_demand() -> None:
    assert make_shop(make_series([2, -1, 3]), make_series([1, 1, 1]), days=3).history.units[0, 1] == 0


def test_days_without_goods_are_marked() -> None:
    history = make_shop(make_series([2, 0], in_stock=[True, False]), make_series([1, 1]), days=2).history

    assert history.in_stock[0].tolist() == [True, False]


def test_a_shop_without_sales_gives_an_empty_history() -> None:
    assert make_shop(days=7).keys == ()


def test_days_outside_what_was_asked_for_are_a_defect() -> None:
    with pytest.raises(AssertionError):
        make_shop(make_series([1, 1, 1]), days=2)
