"""Forecasting rules: what each kind of history deserves."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml.forecasting import accuracy, methods
from ml.forecasting.accuracy import measure, spread_of_totals
from ml.forecasting.backtest import blend_at, lesson_origins, scored_origins
from ml.forecasting.blend import nonnegative_weights, tied_to_totals, year_share
from ml.forecasting.intermittent import INTERMITTENT_METHODS
from ml.forecasting.panel import make_panel
from ml.forecasting.quantiles import pinball, quantiles
from ml.forecasting.rules import LIGHT_METHODS, SIMPLE, Note, forecast_demand
from ml.forecasting.selection import Pattern, choose, patterns
from ml.history.rules import DemandHistory, Frequency

MONDAY = date(2026, 1, 5)


def make_history(
    units: object,
    *,
    in_stock: NDArray[np.bool_] | None = None,
    frequency: Frequency = Frequency.DAY,
    first_day: date | None = MONDAY,
) -> DemandHistory:
    table = np.atleast_2d(np.asarray(units, dtype=np.float64))
    available = np.ones(table.shape, dtype=np.bool_) if in_stock is None else in_stock
    names = tuple(f"p{at}" for at in range(len(table)))
    return DemandHistory(names, table, available, frequency, first_day=first_day)


def weekly_shop(series: int, days: int, seed: int) -> NDArray[np.float64]:
    """Sales with a strong Saturday and different sizes."""
    random = np.random.default_rng(seed)
    size = np.exp(random.normal(1.0, 0.8, series))[:, None]
    weekday = np.array([0.6, 0.7, 0.8, 0.9, 1.2, 2.0, 0.8])[np.arange(days) % 7]
    sales: NDArray[np.float64] = random.poisson(size * weekday).astype(np.float64)
    return sales


class TestShortHistories:
    def test_three_points_give_their_mean_and_say_so(self) -> None:
        forecasts = forecast_demand(make_history([10, 15, 12]), 7)

        assert forecasts.mean == pytest.approx(np.full((1, 7), 37 / 3))
        assert forecasts.notes == (Note.LOW_DATA,)
        assert forecasts.quantiles[0, 0, 0] < 37 / 3 < forecasts.quantiles[2, 0, 0]

    def test_no_history_gives_zeros(self) -> None:
        forecasts = forecast_demand(make_history([[np.nan, np.nan], [1, 2]]), 3)

        assert not forecasts.mean[0].any()
        assert not forecasts.quantiles[:, 0].any()
        assert forecasts.notes[0] is Note.NO_HISTORY

    def test_a_product_that_never_sold_is_zero_however_long_it_waited(self) -> None:
        forecasts = forecast_demand(make_history(np.zeros((1, 200))), 7)

        assert not forecasts.mean.any()
        assert not forecasts.quantiles.any()
        assert forecasts.notes == (Note.NEVER_SOLD,)

    def test_constant_sales_stay_constant(self) -> None:
        forecasts = forecast_demand(make_history(np.full((1, 120), 5.0)), 7)

        assert forecasts.mean == pytest.approx(np.full((1, 7), 5.0), rel=0.02)
        assert forecasts.notes == (Note.TESTED,)


def best_smoothed(known: NDArray[np.float64]) -> float:
    """The smoothed level of one series by the best of the constants, step by step."""
    tried = []
    for constant in (0.05, 0.1, 0.2, 0.3, 0.5):
        level, error = known[0], 0.0
        for value in known[1:]:
            error += (value - level) ** 2
            level += constant * (value - level)
        tried.append((error, level))
    return float(min(tried)[1])


class TestMethods:
    def test_days_out_of_stock_do_not_lower_the_forecast(self) -> None:
        units = np.full((1, 60), 10.0)
        units[0, 40:] = 0
        in_stock = np.ones((1, 60), dtype=np.bool_)
        in_stock[0, 40:] = False

        masked = forecast_demand(make_history(units, in_stock=in_stock), 7)
        taken_at_face_value = forecast_demand(make_history(units), 7)

        assert masked.mean.mean() == pytest.approx(10, rel=0.05)
        assert taken_at_face_value.mean.mean() < 7

    def test_the_weekday_of_the_whole_shop_shapes_each_product(self) -> None:
        panel = make_panel(make_history(weekly_shop(60, 182, seed=1)), 7)

        forecast = methods.seasonal_moving_average(panel, 7)

        saturday_share = forecast[:, 5] / forecast.mean(axis=1)
        assert saturday_share == pytest.approx(np.full(60, 2.0), rel=0.1)

    def test_levels_of_several_windows_are_those_of_each(self) -> None:
        random = np.random.default_rng(2)
        values = np.where(random.random((20, 50)) < 0.3, np.nan, random.random((20, 50)))
        values[0] = np.nan
        otherwise = np.full(20, 7.0)

        together = methods.trailing_levels(values, (1, 7, 28, 91, 364), otherwise)

        for window, found in zip((1, 7, 28, 91, 364), together, strict=True):
            assert found == pytest.approx(methods.level(values, window, otherwise))

    def test_the_last_week_repeats(self) -> None:
        panel = make_panel(make_history(np.arange(21.0)), 9)

        assert methods.seasonal_naive(panel, 9)[0].tolist() == [14, 15, 16, 17, 18, 19, 20, 14, 15]

    def test_each_series_is_smoothed_by_the_constant_that_served_it_best(self) -> None:
        rows = np.random.default_rng(3).poisson([[2.0], [50.0]], (2, 80)).astype(np.float64)
        rows[1, 40:] += 200
        rows[0, 10:15] = np.nan

        found = methods.exponential_smoothing(make_panel(make_history(rows), 1), 1)[:, 0]

        assert found == pytest.approx([best_smoothed(row[~np.isnan(row)]) for row in rows])

    def test_last_year_is_the_same_iso_week(self) -> None:
        panel = make_panel(make_history(np.arange(60.0), frequency=Frequency.WEEK), 2)

        assert methods.seasonal_naive(panel, 2)[0].tolist() == [8, 9]

    @pytest.mark.parametrize("name", [*LIGHT_METHODS, *INTERMITTENT_METHODS])
    def test_every_method_gives_finite_amounts_for_odd_series(self, name: str) -> None:
        rows = np.zeros((5, 90))
        rows[0, 89] = 7
        rows[1, ::20] = 3
        rows[2] = np.nan
        rows[3, :80] = np.nan
        rows[3, 80:] = 2.5
        rows[4] = 1e9
        method = {**LIGHT_METHODS, **INTERMITTENT_METHODS}[name]

        forecast = method(make_panel(make_history(rows), 28), 28)

        assert forecast.shape == (5, 28)
        assert np.isfinite(forecast).all()
        assert (forecast >= 0).all()
        assert not forecast[2].any()
        assert forecast[4] == pytest.approx(np.full(28, 1e9), rel=0.051)


class TestSelection:
    def test_patterns_follow_gaps_and_sizes(self) -> None:
        random = np.random.default_rng(0)
        rare = np.zeros(100)
        rare[::10] = 4
        uneven = rare.copy()
        uneven[::20] = 60
        wild = random.choice([1.0, 40.0], 100)

        found = patterns(np.stack([np.full(100, 3.0), wild, rare, uneven, np.zeros(100)]))

        assert list(found) == [
            Pattern.SMOOTH,
            Pattern.ERRATIC,
            Pattern.INTERMITTENT,
            Pattern.LUMPY,
            Pattern.NONE,
        ]

    def test_a_segment_never_takes_a_method_worse_than_the_simple_one(self) -> None:
        loss = {"MA8": np.full(40, 2.0), "Clever": np.full(40, 2.1)}

        assert set(choose(loss, np.ones(40), np.full(40, "smooth"), 8, simple="MA8")) == {"MA8"}

    def test_luck_of_one_series_does_not_decide_for_it(self) -> None:
        clever = np.full(40, 3.0)
        clever[0] = 1.9
        loss = {"MA8": np.full(40, 2.0), "Clever": clever}

        assert choose(loss, np.ones(40), np.full(40, "smooth"), 8, simple="MA8")[0] == "MA8"

    def test_a_series_without_evidence_gets_the_simple_method(self) -> None:
        loss = {"MA8": np.array([np.nan]), "Clever": np.array([np.nan])}

        assert list(choose(loss, np.ones(1), np.array(["rest"]), 8, simple="MA8")) == [SIMPLE]

    def test_on_a_shop_with_weekdays_the_choice_beats_the_yardsticks(self) -> None:
        units = weekly_shop(60, 224, seed=3)

        forecasts = forecast_demand(make_history(units[:, :196]), 28)

        def miss(forecast: NDArray[np.float64]) -> float:
            return float(np.abs(forecast - units[:, 196:]).sum())

        panel = make_panel(make_history(units[:, :196]), 28)
        assert miss(forecasts.mean) < 0.9 * miss(methods.moving_average_short(panel, 28))
        assert miss(forecasts.mean) < 0.9 * miss(methods.seasonal_naive(panel, 28))


class TestBacktest:
    def test_the_past_is_never_told_the_future(self) -> None:
        units = weekly_shop(20, 200, seed=4)
        changed = units.copy()
        changed[:, 150:] = 1000

        before = blend_at(make_panel(make_history(units), 7), 7, [150])[0]
        after = blend_at(make_panel(make_history(changed), 7), 7, [150])[0]

        assert np.array_equal(before[0], after[0])
        assert np.array_equal(before[1], after[1])

    def test_lessons_have_ended_before_the_origin(self) -> None:
        panel = make_panel(make_history(np.ones((1, 300))), 28)

        assert max(lesson_origins(panel, 200, 28, 7)) + 28 <= 200

    def test_a_product_is_not_scored_before_it_existed(self) -> None:
        units = np.tile([2.0, 2, 2, 2, 2, 9, 4], 40)[None, :].repeat(2, axis=0)
        units[1, :200] = np.nan

        tested = forecast_demand(make_history(units), 28).tested

        assert tested is not None
        found = measure(tested)
        assert found.scored[1] < found.scored[0]
        assert found.naive_absolute_error.tolist() == [0, 0]

    def test_the_last_origin_ends_at_the_present(self) -> None:
        panel = make_panel(make_history(np.ones((1, 300))), 28)

        assert scored_origins(panel, 28)[-1] + 28 == 300


class TestQuantiles:
    def test_four_fifths_of_days_fall_within_the_band(self) -> None:
        units = weekly_shop(100, 224, seed=5)

        forecasts = forecast_demand(make_history(units[:, :196]), 28)

        low, _, high = forecasts.quantiles
        inside = np.mean((units[:, 196:] >= low) & (units[:, 196:] <= high))
        # Whole numbers widen the band of slow sellers, so it may only err upwards.
        assert 0.78 <= inside <= 0.93

    def test_the_spread_of_a_month_matches_what_orders_must_cover(self) -> None:
        units = weekly_shop(300, 224, seed=6)

        forecasts = forecast_demand(make_history(units[:, :196]), 28)

        miss = np.abs(units[:, 196:].sum(axis=1) - forecasts.mean.sum(axis=1))
        inside = np.mean(miss <= 1.2816 * forecasts.total_sd[:, -1])
        assert 0.7 <= inside <= 0.95

    def test_the_spread_of_a_group_that_was_never_compared_is_unknown(self) -> None:
        past, actual = np.full((2, 3, 4), 5.0), np.full((2, 3, 4), 6.0)
        actual[:, 2] = np.nan
        groups = (np.array([0, 0, 1]),)
        tested = accuracy.Tested(past, actual, past, np.ones(3), np.ones(3, dtype=np.bool_), groups)

        found = measure(tested)

        assert found.group_spread[0] == pytest.approx(0.2)
        assert np.isnan(found.group_spread[1])

    def test_totals_swing_as_they_did_and_less_than_a_week_tells_nothing(self) -> None:
        units = np.tile([[4.0, 8.0], [5.0, 7.0]], 8)
        units[1, 3:] = np.nan
        units[0, :2] = np.nan
        group = np.array([0, 1])

        spread = spread_of_totals(units, group)

        assert spread[0] == pytest.approx(2 / 6, rel=0.1)
        assert np.isnan(spread[1])
        assert spread_of_totals(units, np.zeros(2, dtype=np.int64)).shape == (1,)

    def test_goods_by_weight_get_fractions(self) -> None:
        units = np.tile([1.25, 0.75, 2.5], 3)

        forecasts = forecast_demand(make_history(units), 2)

        assert forecasts.quantiles[2, 0, 0] != np.round(forecasts.quantiles[2, 0, 0])

    @settings(deadline=None, max_examples=60)
    @given(
        mean=st.floats(0, 1e5),
        dispersion=st.floats(0.1, 500),
        in_pieces=st.booleans(),
    )
    def test_quantiles_rise_with_the_level_and_are_never_negative(
        self, *, mean: float, dispersion: float, in_pieces: bool
    ) -> None:
        levels = (0.01, 0.1, 0.5, 0.9, 0.99)

        found = quantiles(np.array([[mean]]), np.array([[dispersion]]), levels, np.array([in_pieces]))

        assert np.isfinite(found).all()
        assert (found >= 0).all()
        assert (np.diff(found[:, 0, 0]) >= 0).all()

    def test_pinball_counts_only_what_is_known(self) -> None:
        actual = np.array([[3.0, np.nan]])

        assert pinball(np.array([[[1.0, 1.0]]]), actual, (0.9,)) == pytest.approx(1.8)


class TestBlend:
    def test_weights_are_never_negative_and_fit(self) -> None:
        random = np.random.default_rng(7)
        design = random.random((3, 500))
        target = np.array([0.5, 0.0, 0.7]) @ design

        weights = nonnegative_weights(design @ design.T, design @ target)

        assert weights == pytest.approx([0.5, 0, 0.7], abs=1e-3)

    def test_totals_pull_the_series_of_their_group(self) -> None:
        group = np.array([0, 0, 1])
        forecast = np.array([[1000.0], [3000.0], [5.0]])

        tied = tied_to_totals(forecast, np.array([[1500.0], [3500.0], [5.0]]), (group,))

        assert tied[:2].sum() == pytest.approx(5000, rel=0.01)
        assert tied[0] * 3 == pytest.approx(tied[1])
        assert tied[2] == pytest.approx(5)

    def test_last_year_is_not_followed_without_evidence(self) -> None:
        assert year_share(np.zeros(4)) == 0

    def test_last_year_is_followed_where_it_was_right(self) -> None:
        assert year_share(np.array([1.0, 0.8, 0.5, 0.1])) > 0.85
