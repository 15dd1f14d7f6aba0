"""When work is tried again, and how long stopping may take."""

from scripts.local import supervisor
from shared.jobs.main import GRACE_SECONDS
from shared.jobs.retrying import pause_seconds

HOSTS_WAIT_SECONDS = 30


def test_pauses_double_up_to_five_minutes() -> None:
    assert [pause_seconds(attempts) for attempts in range(9)] == [2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert pause_seconds(100_000) == 300


def test_a_worker_ends_by_itself_before_it_is_killed() -> None:
    assert GRACE_SECONDS + 5 < supervisor._STOP_SECONDS < HOSTS_WAIT_SECONDS
