"""Which backups are kept: the newest of each of the last 7 days, 4 weeks and 12 months that have one."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from shared.kernel.clock import business_date

DAYS, WEEKS, MONTHS = 7, 4, 12


def kept(made: Collection[datetime]) -> set[datetime]:
    """Those to keep, by when they were made (aware); the newest is always among them.

    Periods without a backup are not counted, so a pause of the nightly run never empties the store. Pruning
    every night or once after a year leaves the same.
    """
    rules: tuple[tuple[Callable[[date], object], int], ...] = (
        (lambda day: day, DAYS),
        (lambda day: day.isocalendar()[:2], WEEKS),
        (lambda day: (day.year, day.month), MONTHS),
    )
    return {moment for period, most in rules for moment in _newest(made, period, most)}


def _newest(made: Collection[datetime], period: Callable[[date], object], most: int) -> list[datetime]:
    newest = {period(business_date(moment)): moment for moment in sorted(made)}
    return sorted(newest.values())[-most:]
