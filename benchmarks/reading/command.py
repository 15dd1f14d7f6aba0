"""The command: choose, read, print, keep.

`python -m benchmarks.reading` draws papers by seed in every layout and condition, reads them, compares with
their truth and says which goals are met. Seeds from 9000 on are frozen: nobody tunes the reader on them. A
run that was ended goes on where it stopped.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from agente_negocio.invoices.reading.errors import RecogniserMissingError
from benchmarks.reading import examples, report, tasks
from benchmarks.reading.cache import FOLDER, open_cache
from benchmarks.reading.figures import as_json, cell, goal_lines
from benchmarks.reading.results import RESULTS, keep, origin
from benchmarks.reading.run import Drawn, readings, scores_of
from benchmarks.reading.scoring import Score
from benchmarks.reading.speed import cost_lines
from benchmarks.reading.tasks import FIRST_FROZEN_SEED, QUICK_DOCUMENTS, TUNING_SEEDS, Task
from scripts.demo.papers import HELD_OUT_LAYOUTS, TUNED_LAYOUTS

_COST_PAGES = 24
_QUICK_COST_PAGES = 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Print tables and one line of figures; 1 without a recogniser, 2 when the choice makes no sense."""
    chosen = _chosen(arguments)
    try:
        return _examples(chosen) if chosen.examples else _papers(chosen)
    except RecogniserMissingError as error:
        print(f"Nothing can be measured here: {error}. What was read before is kept.", file=sys.stderr)
        return 1


def _papers(chosen: argparse.Namespace) -> int:
    began = time.perf_counter()
    scores = _measure(_tasks(chosen), chosen.cache, chosen.jobs)
    _print_scores(scores, verbose=chosen.verbose)
    lines = goal_lines(scores, HELD_OUT_LAYOUTS)
    if chosen.cost_pages:
        lines += cost_lines(chosen.seed, *_sides(chosen), chosen.cost_pages)
    figures = origin(chosen.split, chosen.seed, scores)
    report.print_goals(figures, lines)
    figures["seconds"] = round(time.perf_counter() - began, 1)
    print(json.dumps(figures | {"goals": {line.name: as_json(line) for line in lines}}))
    if chosen.keep:
        keep(figures, lines, scores)
    return 0


def _chosen(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options with their defaults; ends the command when they make no sense together."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    is_frozen = chosen.split == "frozen"
    if chosen.seed is None:
        chosen.seed = FIRST_FROZEN_SEED if is_frozen else TUNING_SEEDS[0]
    if chosen.cost_pages is None:
        chosen.cost_pages = (_QUICK_COST_PAGES if chosen.quick else _COST_PAGES) if is_frozen else 0
    if not (chosen.seed >= FIRST_FROZEN_SEED if is_frozen else chosen.seed in TUNING_SEEDS):
        parser.error(f"seed {chosen.seed} is not of the {chosen.split} split")
    if not is_frozen and set(chosen.layouts or ()) & set(HELD_OUT_LAYOUTS):
        parser.error("held-out layouts are not looked at while tuning")
    if chosen.examples and chosen.keep:
        parser.error("people's papers leave no trace in the repository")
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help=f"{QUICK_DOCUMENTS} papers spread over all cells")
    size.add_argument("--per-cell", type=_at_least_one, help="papers per layout and condition")
    parser.add_argument("--split", choices=("tuning", "frozen"), default="frozen")
    parser.add_argument("--seed", type=int, help=f"tuning: 1 to 99; frozen: from {FIRST_FROZEN_SEED} on")
    parser.add_argument("--layouts", nargs="+", choices=(*TUNED_LAYOUTS, *HELD_OUT_LAYOUTS))
    parser.add_argument("--conditions", nargs="+", choices=tasks.ALL_CONDITIONS)
    parser.add_argument(
        "--jobs", type=_at_least_one, default=os.cpu_count() or 1, help="processes (all cores)"
    )
    parser.add_argument(
        "--cost-pages",
        type=int,
        help="pages read side by side with the bare commands"
        f" (frozen {_COST_PAGES}, quick {_QUICK_COST_PAGES}, tuning 0: no costs measured)",
    )
    parser.add_argument(
        "--examples", type=Path, metavar="FOLDER", help="read papers that people corrected instead of ours"
    )
    parser.add_argument("--verbose", action="store_true", help="say what went wrong, paper by paper")
    parser.add_argument("--keep", action="store_true", help=f"write the figures to {RESULTS.name}")
    parser.add_argument("--cache", type=Path, default=FOLDER, help="where readings are kept")
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _tasks(chosen: argparse.Namespace) -> list[Task]:
    """What was asked for; by default one capture a cell while tuning, else enough to judge silent errors."""
    among = tasks.cells(*_sides(chosen))
    if chosen.quick:
        return tasks.quick(chosen.seed, among)
    if chosen.per_cell or chosen.split == "tuning":
        return tasks.rounds(chosen.seed, among, chosen.per_cell or 1)
    return tasks.enough(chosen.seed, among)


def _sides(chosen: argparse.Namespace) -> tuple[Sequence[str], Sequence[str]]:
    """Layouts and conditions; while tuning, none that is held out."""
    everything = TUNED_LAYOUTS + (HELD_OUT_LAYOUTS if chosen.split == "frozen" else ())
    return chosen.layouts or everything, chosen.conditions or tasks.ALL_CONDITIONS


def _measure(planned: Sequence[Task], folder: Path, jobs: int) -> list[Score]:
    read = readings([Drawn(task) for task in planned], open_cache(folder), jobs=jobs)
    return [each for task, reading in zip(planned, read, strict=True) for each in scores_of(task, reading)]


def _print_scores(scores: Sequence[Score], *, verbose: bool) -> None:
    report.print_cells(scores)
    if verbose:
        report.print_failures(scores)
    report.print_reliability("header fields", [pair for each in scores for pair in each.header_confidences])
    report.print_reliability("rows", [pair for each in scores for pair in each.line_confidences])


def _examples(chosen: argparse.Namespace) -> int:
    """The same for papers that people corrected, and how much of what they corrected is read right today."""
    found = examples.load(chosen.examples)
    read = readings(found, open_cache(chosen.cache), jobs=chosen.jobs)
    pairs = list(zip(found, read, strict=True))
    scores = [
        each
        for place, (example, reading) in enumerate(pairs)
        for each in examples.scores_of(example, place, reading)
    ]
    _print_scores(scores, verbose=chosen.verbose)
    mended = examples.mended_share(examples.mended(example, reading) for example, reading in pairs)
    print(f"once corrected by a person: {mended.count} values, read right today: {mended.hits}")
    print(json.dumps(cell(scores) | {"corrected": mended.count, "corrected_right": mended.hits}))
    return 0
