"""Which papers are read."""

from collections import Counter

from benchmarks.reading import tasks
from benchmarks.reading.tasks import GROUPS, QUICK_DOCUMENTS, Task, papers_of, plan
from scripts.demo.papers import CONDITIONS, TUNED_LAYOUTS, truth


def test_any_beginning_is_spread_over_layouts_and_conditions() -> None:
    layouts, conditions = TUNED_LAYOUTS, CONDITIONS

    quick = plan(9000, layouts, conditions, QUICK_DOCUMENTS)

    assert len(set(quick)) == QUICK_DOCUMENTS
    for among, named in ((layouts, [t.layout for t in quick]), (conditions, [t.condition for t in quick])):
        counts = Counter(named)
        assert set(counts) == set(among)
        assert max(counts.values()) - min(counts.values()) <= 1


def test_a_whole_round_visits_every_cell_once() -> None:
    layouts, conditions = (
        ("rcel", "ticket", "beverage", "monospaced"),
        ("pdf", "photo", "whatsapp", "tilt", "shadow", "low110"),
    )

    for count in (2, 3, 4):
        cells = {(task.layout, task.condition) for task in plan(1, layouts[:count], conditions, count * 6)}
        assert len(cells) == count * 6


def test_a_subset_reads_the_same_papers_as_the_whole() -> None:
    whole = plan(1, TUNED_LAYOUTS, CONDITIONS, 3 * len(TUNED_LAYOUTS) * len(CONDITIONS))

    assert set(plan(1, ("rcel",), ("photo",), 3)) <= set(whole)


def test_every_twelfth_paper_of_a_cell_prints_an_altered_total() -> None:
    cell = [Task("rcel", "photo", 1, copy) for copy in range(24)]
    altered = [task for task in cell if task.is_altered]
    assert len(altered) == 2

    for task in cell:
        (paper,) = papers_of(task)
        assert truth(paper)["accepted"] is not task.is_altered


def test_enough_papers_are_planned_to_judge_silent_errors() -> None:
    layouts, conditions = ("rcel", "ticket"), ("pdf", "photo", "crumpled")

    count = tasks.enough(9000, layouts, conditions, accepted=40)

    counted = [task for task in plan(9000, layouts, conditions, count) if task.condition != "crumpled"]
    honest = sum(truth(paper)["accepted"] for task in counted for paper in papers_of(task))
    assert 40 <= 0.85 * honest < 40 + len(layouts) * len(conditions)


def test_every_condition_has_a_group() -> None:
    assert set(CONDITIONS) <= set(GROUPS)
