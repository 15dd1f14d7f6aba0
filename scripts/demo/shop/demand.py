"""What customers want each day: weekday, season, trend, paydays, holidays and chance."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from scripts.demo.shop.values import THOUSANDTHS, Branch, Product

WEEKDAY_SHAPE = (0.88, 0.86, 0.92, 0.98, 1.18, 1.36, 0.82)
"""Monday to Sunday, mean 1."""

CLOSED_DAYS = {(1, 1), (5, 1), (12, 25)}
FEAST_DAYS = {(12, 23): 1.4, (12, 24): 1.8, (12, 30): 1.4, (12, 31): 1.7}

_SEASONS = {
    # category: (swing, day of the year with the highest demand)
    "Gaseosas": (0.35, 15),
    "Aguas y jugos": (0.40, 15),
    "Cervezas": (0.45, 5),
    "Vinos y licores": (0.12, 355),
    "Infusiones": (0.18, 195),
    "Almacén seco": (0.08, 195),
    "Conservas": (0.08, 200),
    "Golosinas": (0.10, 220),
    "Limpieza": (0.05, 350),
}
_PAYDAY_LIFT = 1.08
_LAST_PAYDAY = 7
_LAUNCHED_SHARE = 0.04
_GRAM_STEP = 5
_MEAN_CUT_KG = 0.32
_BURSTINESS = 6.0

Units = NDArray[np.float64]


def open_days(branches: Sequence[Branch], first_day: date, days: int) -> NDArray[np.bool_]:
    """Whether each branch opened; bool, shape (branches, days)."""
    calendar = [first_day + timedelta(days=day) for day in range(days)]
    return np.array(
        [
            [
                (day.month, day.day) not in CLOSED_DAYS and day.weekday() not in branch.closed_weekdays
                for day in calendar
            ]
            for branch in branches
        ]
    )


def expected_units(
    products: Sequence[Product], is_open: NDArray[np.bool_], shares: Units, first_day: date, random: Generator
) -> Units:
    """Mean demand in base units, float64, shape (products, branches, days); 0 on closed days.

    shares: float64, shape (branches,), sales of each branch next to the first. A few products
    were launched during the year and have no demand before.
    """
    days = is_open.shape[1]
    calendar = [first_day + timedelta(days=day) for day in range(days)]
    base = np.array([product.daily_units for product in products])
    taste = random.lognormal(0, 0.25, (len(products), len(shares)))
    level = base[:, None] * shares[None, :] * taste
    trend = np.linspace(-0.5, 0.5, days)[None, :] * random.normal(0.03, 0.12, (len(products), 1))
    shape = _calendar_shape(calendar)[None, :] * _season_shape(products, calendar) * np.exp(trend)
    launch = np.where(
        random.random(len(products)) < _LAUNCHED_SHARE, random.integers(60, 300, len(products)), 0
    )
    shape = shape * (np.arange(days)[None, :] >= launch[:, None])
    return level[:, :, None] * shape[:, None, :] * is_open[None, :, :]


def draw(expected: Units, is_loose: NDArray[np.bool_], random: Generator) -> NDArray[np.int64]:
    """Wanted quantities in thousandths, int64, shape of expected; loose goods in steps of 5 g."""
    mood = random.gamma(_BURSTINESS, 1 / _BURSTINESS, expected.shape)
    wanted = random.poisson(expected * mood) * THOUSANDTHS
    loose = expected[is_loose]
    cuts = random.poisson(loose * mood[is_loose] / _MEAN_CUT_KG)
    kilos = random.gamma(4.0 * cuts + (cuts == 0), 0.25) * _MEAN_CUT_KG * (cuts > 0)
    wanted[is_loose] = np.round(kilos * THOUSANDTHS / _GRAM_STEP).astype(np.int64) * _GRAM_STEP
    return wanted.astype(np.int64)


def _calendar_shape(calendar: Sequence[date]) -> Units:
    def factor(day: date) -> float:
        payday = _PAYDAY_LIFT if day.day <= _LAST_PAYDAY else 1.0
        return WEEKDAY_SHAPE[day.weekday()] * payday * FEAST_DAYS.get((day.month, day.day), 1.0)

    return np.array([factor(day) for day in calendar])


def _season_shape(products: Sequence[Product], calendar: Sequence[date]) -> Units:
    """Shape (products, days)."""
    day_of_year = np.array([day.timetuple().tm_yday for day in calendar])
    swings = [_SEASONS.get(product.category, (0.0, 0)) for product in products]
    swing = np.array([height for height, _ in swings])[:, None]
    peak = np.array([top for _, top in swings])[:, None]
    shape: Units = 1 + swing * np.cos(2 * np.pi * (day_of_year[None, :] - peak) / 365.25)
    return shape
