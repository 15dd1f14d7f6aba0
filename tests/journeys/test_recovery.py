"""Every misfortune of the recovery plan is mended by its commands, and the drill tells good from bad."""

from benchmarks.rehearsals import recovery, restore_drill


def test_every_scene_of_the_recovery_plan() -> None:
    results = recovery.rehearse(list(recovery.SCENES))

    assert {result.scene: result.faults for result in results if result.faults} == {}


def test_the_demo_shop_comes_back_with_all_that_belongs_to_a_shop() -> None:
    outcome = restore_drill.rehearse_demo(quick=True)

    assert outcome.faults == []
    assert min(outcome.movements, outcome.papers) > 0


def test_a_backup_comes_back_and_a_wrong_balance_is_seen() -> None:
    outcome = restore_drill.rehearse(3_000)

    assert outcome.faults == []
    assert outcome.movements == 3_000
