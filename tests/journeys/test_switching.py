"""Nobody notices a new version, the way back, a version with a fault, or a process that is told to stop."""

from typing import Any

from benchmarks.rehearsals import failed_version, rollback, stop_under_load, zero_downtime


def test_switches_under_load_are_not_noticed() -> None:
    found: Any = zero_downtime.rehearse(switches=2, seed=17)

    assert found["faults"] == []
    # Both versions answered, or nothing was switched.
    assert len(found["answered_by"]) == 2
    assert found["writes"] > 0


def test_the_way_back_is_short_and_not_noticed() -> None:
    found: Any = rollback.rehearse(rollbacks=2, seed=19)

    assert found["faults"] == []
    assert len(found["answered_by"]) == 2


def test_versions_with_a_fault_do_not_stay_and_are_not_noticed() -> None:
    found: Any = failed_version.rehearse(seed=23, is_quick=True)

    assert found["faults"] == []
    # The old version, and those that were turned back from.
    assert len(found["answered_by"]) == 3
    assert found["requests"] > 0


def test_processes_that_are_told_to_stop_lose_nothing() -> None:
    found: Any = stop_under_load.rehearse(rounds=1, seed=29)

    assert found["faults"] == []
    # Those of a colour, and all of them in one.
    assert len(found["left_after_seconds"]) == 7 + 1
