"""The demo shop has nothing of a morning that has not come."""

from datetime import UTC, date, datetime

import pytest

from scripts.demo.loading.history import newest_day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 22, 5, 15, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 22, 11, 29, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 22, 11, 30, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 2, 59, tzinfo=UTC), date(2026, 11, 22)),
    ],
    ids=["at night", "just before the deliveries", "with the deliveries", "late in the evening"],
)
def test_the_shop_ends_with_the_deliveries_that_came(now: datetime, day: date) -> None:
    assert newest_day(now) == day
