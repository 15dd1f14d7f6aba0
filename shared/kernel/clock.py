"""Time: aware UTC inside, Argentine dates for business."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ARGENTINA = ZoneInfo("America/Argentina/Buenos_Aires")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant; rules take it as an argument instead of calling this."""
    return datetime.now(UTC)


def business_date(instant: datetime) -> date:
    """The Argentine calendar day of an instant."""
    return instant.astimezone(ARGENTINA).date()
