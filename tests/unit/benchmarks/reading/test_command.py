"""The command: which choices make sense, what it prints and keeps."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.provenance import commit, machine
from benchmarks.reading.command import _chosen, _tasks, main
from benchmarks.reading.figures import goal_lines
from benchmarks.reading.results import keep, origin
from benchmarks.reading.tasks import ALL_CONDITIONS, FIRST_FROZEN_SEED
from scripts.demo.papers import HELD_OUT_LAYOUTS, TUNED_LAYOUTS
from tests.unit.benchmarks.reading.papers import judge, read_well, truth


def test_a_frozen_run_draws_frozen_papers_of_every_layout() -> None:
    tasks = _tasks(_chosen(["--per-cell", "1"]))

    assert {task.seed for task in tasks} == {FIRST_FROZEN_SEED}
    assert {task.layout for task in tasks} == {*TUNED_LAYOUTS, *HELD_OUT_LAYOUTS}


def test_quick_is_sixty_documents() -> None:
    assert sum(task.documents for task in _tasks(_chosen(["--quick"]))) == 60


def test_tuning_sees_neither_frozen_seeds_nor_held_out_layouts() -> None:
    tasks = _tasks(_chosen(["--split", "tuning"]))

    assert {task.condition for task in tasks} == set(ALL_CONDITIONS)
    assert {task.copy for task in tasks} == {0}
    assert {task.seed for task in tasks} == {1}
    assert {task.layout for task in tasks} == set(TUNED_LAYOUTS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--split", "tuning", "--seed", "9000"],
        ["--split", "tuning", "--seed", "100"],
        ["--seed", "7"],
        ["--quick", "--per-cell", "2"],
        ["--examples", "somewhere", "--keep"],
        *(["--split", "tuning", "--layouts", name] for name in HELD_OUT_LAYOUTS),
    ],
)
def test_choices_that_make_no_sense_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _chosen(arguments)

    assert ended.value.code == 2


def test_a_run_ends_with_one_line_of_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["--layouts", "rcel", "--conditions", "pdf"]

    for _ in range(2):
        code = main(["--split", "tuning", *cells, "--jobs", "1", "--cache", str(tmp_path), "--verbose"])
        assert code == 0

    said = capsys.readouterr()
    figures = json.loads(said.out.splitlines()[-1])
    assert figures["goals"]["rows, PDF text"]["count"] > 0
    assert (figures["split"], figures["seed"]) == ("tuning", 1)
    assert "0 readings kept, 1 to make" in said.err
    assert "1 readings kept, 0 to make" in said.err
    assert f"tuning seed 1: 1 captures, 1 documents; commit {commit()}; {machine()}, tesseract " in said.out


def test_without_a_recogniser_the_run_ends_with_a_clear_word(tmp_path: Path) -> None:
    cells = ["--layouts", "rcel", "--conditions", "pdf_scan"]
    command = [sys.executable, "-m", "benchmarks.reading", "--split", "tuning", *cells, "--jobs", "1"]

    ended = subprocess.run(
        [*command, "--cache", str(tmp_path)],
        env={"PATH": str(tmp_path), "READING_RECOGNISER": "command"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[-1].startswith(
        "Nothing can be measured here: tesseract is not installed"
    )
    assert not list(tmp_path.rglob("*.gz"))


def test_every_silent_error_is_kept_in_full(tmp_path: Path) -> None:
    (silent,) = judge([truth()], read_well(truth(), taxes=[{"amount": "1.00"}]))
    path = tmp_path / "results" / "reading.json"
    scores = [silent, replace(silent, is_silent=False)]

    keep(origin("frozen", 9000, scores), goal_lines(scores, ()), scores, path)

    kept = json.loads(path.read_text())
    assert [each["differences"] for each in kept["silent"]] == [["taxes 1.00 for 42.00"]]
    assert (kept["seed"], kept["all"]["silent"], kept["cells"]["rcel photo"]["documents"]) == (9000, 1, 2)
    assert (kept["captures"], kept["documents"], kept["machine"]) == (2, 2, machine())
    assert kept["tools"]["tesseract"].startswith("tesseract ")
