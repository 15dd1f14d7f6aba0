"""Which backups stay: enough of every period, and the same however often the rule runs."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scripts.production.backup.retention import DAYS, MONTHS, WEEKS, kept
from shared.kernel.clock import business_date

_MOMENTS = st.sets(
    st.integers(0, 4 * 366 * 24).map(lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)),
    max_size=120,
)


def test_after_two_years_of_nights_there_are_days_weeks_and_months() -> None:
    nights = {datetime(2024, 11, 22, 6, tzinfo=UTC) + timedelta(days=day) for day in range(730)}

    stay = sorted(kept(nights), reverse=True)

    assert stay[:DAYS] == sorted(nights, reverse=True)[:DAYS]
    assert len({business_date(moment).isocalendar()[:2] for moment in stay[:11]}) >= WEEKS
    assert len({(moment.year, moment.month) for moment in stay}) == MONTHS
    assert len(stay) <= DAYS + WEEKS + MONTHS


def test_two_of_one_argentine_day_leave_the_newer() -> None:
    early, late = datetime(2026, 11, 22, 4, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)

    assert kept({early, late}) == {late}


@given(_MOMENTS)
def test_keeps_the_newest_and_never_more_than_its_periods(made: set[datetime]) -> None:
    stay = kept(made)

    assert stay <= made
    assert len(stay) <= DAYS + WEEKS + MONTHS
    assert not made or max(made) in stay
    assert kept(stay) == stay


@given(_MOMENTS)
def test_pruning_every_night_leaves_what_pruning_once_does(made: set[datetime]) -> None:
    there: set[datetime] = set()
    for moment in sorted(made):
        there = kept({*there, moment})

    assert there == kept(made)


@given(_MOMENTS)
def test_every_kept_period_is_told_by_its_newest(made: set[datetime]) -> None:
    stay = kept(made)

    for moment in made - stay:
        same_month = [other for other in made if _month(other) == _month(moment)]
        assert max(same_month) in stay or _month(moment) < min(_month(other) for other in stay)


def _month(moment: datetime) -> tuple[int, int]:
    day = business_date(moment)
    return day.year, day.month
