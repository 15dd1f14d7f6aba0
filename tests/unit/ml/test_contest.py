"""New forecasts are served only where they are better than what is served."""

from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.forecasting.backtest import BLEND
from ml.forecasting.contest import TIE, Contest, Verdict, compare, judge
from ml.forecasting.nightly import CANDIDATES
from ml.history.rules import DemandHistory, Frequency, ShopHistory
from ml.registry.rules import Metrics

TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)
DAYS = 200


def shop_of(units: NDArray[np.float64]) -> ShopHistory:
    keys = tuple((UUID(int=1), UUID(int=row + 10)) for row in range(len(units)))
    history = DemandHistory(
        tuple(str(key) for key in keys),
        units,
        np.ones(units.shape, dtype=np.bool_),
        Frequency.DAY,
        (np.zeros(len(units), dtype=np.int64),),
        TODAY - timedelta(days=units.shape[1]),
    )
    return ShopHistory(keys, history)


def weekly(series: int = 40, days: int = DAYS) -> NDArray[np.float64]:
    """Sells on Saturdays what it sells in no other days, with some noise."""
    random = np.random.default_rng(7)
    week = np.array([4.0, 4, 5, 5, 6, 25, 1])
    rhythm = week[(np.arange(days) + (TODAY - timedelta(days=days)).weekday()) % 7]
    return random.poisson(rhythm * random.uniform(0.5, 2, (series, 1))).astype(np.float64)


def contest(served: float | None, new: float | None) -> Contest:
    def metrics(wape: float | None) -> Metrics:
        return Metrics(wape, 0.0, 0.5, None, 0)

    return Contest(metrics(served), metrics(new), series=1, changed=0, days=28)


def test_a_choice_that_ignores_the_week_loses_against_one_that_knows_it() -> None:
    shop = shop_of(weekly())

    found = compare(shop, dict.fromkeys(shop.keys, "MA8"))

    assert found
    assert found.new.wape
    assert found.served.wape
    assert found.new.wape < 0.7 * found.served.wape
    assert found.series == found.changed == len(shop.keys)
    assert judge(found, served_on=YESTERDAY, made_on=TODAY) is Verdict.BETTER


def test_the_same_choice_is_as_good_as_itself() -> None:
    shop = shop_of(weekly(series=3))
    chosen = {
        key: name
        for key in shop.keys
        for name in (*CANDIDATES, BLEND)
        if (found := compare(shop, {key: name})) and found.changed == 0
    }
    assert set(chosen) == set(shop.keys)

    same = compare(shop, chosen)

    assert same
    assert same.served == same.new
    assert same.changed == 0


def test_the_days_compared_are_not_seen_by_the_new_choice() -> None:
    usual, changed = weekly(), weekly()
    changed[:, -28:] = changed[:, -28:][:, ::-1] * 9

    before = compare(shop_of(usual), dict.fromkeys(shop_of(usual).keys, "Blend"))
    after = compare(shop_of(changed), dict.fromkeys(shop_of(changed).keys, "Blend"))

    assert before
    assert after
    assert before.changed == after.changed
    assert after.new.wape != before.new.wape


def test_series_that_nobody_served_are_left_out() -> None:
    shop = shop_of(weekly())

    found = compare(shop, {shop.keys[0]: "MA8", (UUID(int=9), UUID(int=9)): "MA8"})
    nothing = compare(shop, {shop.keys[0]: "a method of an older version"})

    assert found
    assert found.series == 1
    assert nothing is None


@pytest.mark.parametrize("days", [10, 60])
def test_too_little_history_is_not_compared(days: int) -> None:
    shop = shop_of(weekly(days=days))

    assert compare(shop, dict.fromkeys(shop.keys, "MA8")) is None


@pytest.mark.parametrize(
    ("found", "served_on", "verdict"),
    [
        (None, None, Verdict.FIRST),
        (None, YESTERDAY, Verdict.UNTESTED),
        (contest(None, None), YESTERDAY, Verdict.UNTESTED),
        (contest(0.40, 0.38), TODAY, Verdict.BETTER),
        (contest(0.40, 0.42), YESTERDAY, Verdict.WORSE),
        (contest(0.40, 0.40 - TIE / 2), TODAY, Verdict.NO_BETTER),
        (contest(0.40, 0.40 + TIE / 2), YESTERDAY, Verdict.AS_GOOD_AND_NEWER),
    ],
)
def test_what_is_served_is_replaced_for_a_reason(
    found: Contest | None, served_on: date | None, verdict: Verdict
) -> None:
    assert judge(found, served_on=served_on, made_on=TODAY) is verdict


def test_only_better_ones_are_served() -> None:
    assert {verdict for verdict in Verdict if verdict.is_for_new} == {
        Verdict.FIRST,
        Verdict.BETTER,
        Verdict.AS_GOOD_AND_NEWER,
    }
