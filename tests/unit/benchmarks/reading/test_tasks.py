"""Which papers are read."""

from collections import Counter

import pytest

from benchmarks.reading import tasks
from benchmarks.reading.altering import KINDS
from benchmarks.reading.tasks import (
    ALL_CONDITIONS,
    GROUPS,
    Task,
    alteration_of,
    cells,
    files_of,
    papers_of,
    rounds,
)
from scripts.demo.papers import TUNED_LAYOUTS, truth
from scripts.demo.papers.layouts import page_count


def test_quick_is_sixty_documents_spread_over_layouts_and_conditions() -> None:
    quick = tasks.quick(1, cells(TUNED_LAYOUTS, ALL_CONDITIONS))

    assert sum(task.documents for task in quick) == 60
    assert len(set(quick)) == len(quick)
    for among, named in (
        (TUNED_LAYOUTS, [task.layout for task in quick]),
        (ALL_CONDITIONS, [task.condition for task in quick]),
    ):
        counts = Counter(named)
        assert set(counts) == set(among)
        assert max(counts.values()) - min(counts.values()) <= 3


@pytest.mark.parametrize("condition", ["photo", "together", "bundled"])
def test_quick_ends_whatever_is_chosen(condition: str) -> None:
    assert sum(task.documents for task in tasks.quick(1, cells(("rcel",), (condition,)))) == 60
    assert tasks.quick(1, cells(("rcel",), ("together", "bundled")))


@pytest.mark.parametrize("layouts", [2, 3, 4])
def test_the_cells_are_all_pairs_once(layouts: int) -> None:
    names = ("rcel", "distributor", "beverage", "monospaced")[:layouts]
    conditions = ("pdf", "photo", "whatsapp", "tilt", "shadow", "low110")

    found = cells(names, conditions)

    assert sorted(found) == sorted((layout, condition) for layout in names for condition in conditions)


def test_a_ticket_has_no_second_page_to_spread() -> None:
    assert cells(("ticket", "rcel"), ("spread",)) == [("rcel", "spread")]


def test_a_subset_reads_the_same_papers_as_the_whole() -> None:
    whole = rounds(1, cells(TUNED_LAYOUTS, ALL_CONDITIONS), 3)

    assert set(rounds(1, cells(("rcel",), ("photo", "pdf")), 3)) <= set(whole)


def test_every_twelfth_paper_of_a_cell_prints_an_altered_figure() -> None:
    cell = [Task("rcel", "photo", 1, copy) for copy in range(24)]
    assert sum(task.is_altered for task in cell) == 2

    for task in cell:
        (paper,) = papers_of(task)
        assert truth(paper)["accepted"] is not task.is_altered
        assert (alteration_of(task) in KINDS) is task.is_altered


def test_papers_fit_how_they_arrive() -> None:
    together, spread, bundled = (
        papers_of(Task("rcel", condition, 1, 0)) for condition in ("together", "spread", "bundled")
    )

    assert [page_count(paper) for paper in together] == [1, 1]
    assert [page_count(paper) > 1 for paper in spread] == [True]
    assert len(bundled) == 3


def test_every_second_capture_of_several_holds_one_number_many_times() -> None:
    captures = [Task("distributor", "bundled", 1, copy) for copy in range(8)]
    papers = {task: papers_of(task) for task in captures}

    twins = [papers[task] for task in captures if task.has_twins]
    assert len(twins) == 4
    for each in papers.values():
        identities = {
            (paper.issuer.cuit, paper.type_code, paper.point_of_sale, paper.number) for paper in each
        }
        assert len(identities) == 3
    assert all(len({(paper.point_of_sale, paper.number) for paper in each}) == 1 for each in twins)
    # Told apart by the issuer, or by the type alone.
    assert {len({paper.issuer.cuit for paper in each}) for each in twins} == {2, 3}


@pytest.mark.parametrize(("condition", "files"), [("together", 1), ("bundled", 1), ("pdf", 1)])
def test_the_same_task_gives_the_same_files(condition: str, files: int) -> None:
    task = Task("rcel", condition, 1, 0)

    assert len(files_of(task)) == files
    assert files_of(task) == files_of(task)


def test_enough_papers_are_planned_to_judge_silent_errors() -> None:
    among = cells(("rcel", "ticket"), ("pdf", "photo", "crumpled"))

    planned = tasks.enough(1, among, accepted=40)

    counted = [task for task in planned if task.condition != "crumpled"]
    honest = sum(truth(paper)["accepted"] for task in counted for paper in papers_of(task))
    assert 40 <= 0.85 * honest < 40 + len(among)
    assert len(tasks.enough(1, cells(("rcel",), ("crumpled",)))) == 1


def test_every_condition_has_a_group() -> None:
    assert set(ALL_CONDITIONS) == set(GROUPS)
