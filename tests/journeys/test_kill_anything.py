"""Killing any process right after any act of the journey loses nothing and doubles nothing."""

from benchmarks.rehearsals.kill_anything import rehearse_at_points
from benchmarks.rehearsals.system import running_system


def test_a_kill_after_each_act_loses_and_doubles_nothing() -> None:
    with running_system() as system:
        outcome = rehearse_at_points(system, rounds=2, seed=11)

    assert outcome.faults == []
    assert set(outcome.kills) == set(system.names)
    assert min(outcome.kills.values()) >= 1
