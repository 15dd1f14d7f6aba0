"""How well invoices are read: exact headers and rows, what the gate passes, and what it passes wrong.

`python -m benchmarks.reading [--quick] [--seed N]` draws papers by seed in every layout and condition, reads
them and compares with their truth. Seeds from 9000 on are held out: nobody tunes the reader on them.
"""

import argparse
import json
import platform
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read, to_json
from benchmarks.provenance import commit
from scripts.demo.papers import CONDITIONS, LAYOUTS, OWN_CUITS, photograph, sample_papers, truth
from scripts.demo.papers.paper import Paper

HELD_OUT_SEED = 9000
RESULTS = Path(__file__).parent / "results" / "reading.json"
_QUICK_CONDITIONS = ("pdf", "scan200", "photo", "whatsapp")
_FULL_PER_CELL, _QUICK_PER_CELL = 2, 1
_ALTERED_EVERY = 12
_HEADER = (
    "issuer_cuit",
    "receiver_cuit",
    "type_code",
    "point_of_sale",
    "number",
    "issue_date",
    "authorization_code",
    "total",
)


@dataclass(frozen=True, slots=True)
class Task:
    """One paper under one condition, described by what makes it again."""

    layout: str
    condition: str
    seed: int
    index: int
    altered: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What came out of one reading. rows_found: exact rows; silent: accepted although something differs."""

    layout: str
    condition: str
    index: int
    altered: bool
    header: bool
    rows: int
    rows_exact: int
    document: bool
    accepted: bool
    silent: bool
    pages: int
    cpu_seconds: float
    note: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and the line of figures; keep the result of a full run."""
    chosen = _parser().parse_args(arguments)
    conditions = chosen.conditions or (_QUICK_CONDITIONS if chosen.quick else tuple(CONDITIONS))
    per_cell = chosen.per_cell or (_QUICK_PER_CELL if chosen.quick else _FULL_PER_CELL)
    tasks = _tasks(chosen.seed, chosen.layouts or tuple(LAYOUTS), conditions, per_cell)
    started = time.perf_counter()
    with ProcessPoolExecutor(max_workers=chosen.jobs) as pool:
        scores = list(pool.map(score, tasks))
    _print_table(scores)
    if chosen.verbose:
        _print_failures(scores)
    figures = _figures(scores) | {"seed": chosen.seed, "seconds": round(time.perf_counter() - started, 1)}
    print(json.dumps(figures))
    if chosen.keep:
        _keep(figures, scores)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="four conditions, one paper of each layout")
    parser.add_argument("--seed", type=int, default=HELD_OUT_SEED)
    parser.add_argument("--per-cell", type=int, help="papers per layout and condition")
    parser.add_argument("--layouts", nargs="*", choices=tuple(LAYOUTS))
    parser.add_argument("--conditions", nargs="*", choices=tuple(CONDITIONS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="say what went wrong, paper by paper")
    parser.add_argument("--keep", action="store_true", help=f"write the figures to {RESULTS.name}")
    return parser


def _tasks(seed: int, layouts: Sequence[str], conditions: Sequence[str], per_cell: int) -> list[Task]:
    """Every cell with its own papers. Every twelfth paper prints a total that someone altered."""
    cells = [
        (layout, condition, copy)
        for copy in range(per_cell)
        for condition in conditions
        for layout in layouts
    ]
    return [
        Task(layout, condition, seed, index, altered=index % _ALTERED_EVERY == _ALTERED_EVERY - 1)
        for index, (layout, condition, _) in enumerate(cells)
    ]


def score(task: Task) -> Score:
    """Draw, read, compare."""
    paper = _paper(task)
    expected = truth(paper)
    files = photograph(paper, task.condition, task.seed).files
    before = _cpu_seconds()
    try:
        documents = read(files, ReadingOptions(own_cuits=frozenset(OWN_CUITS)))
    except UnreadableFileError as error:
        return _unread(task, expected, error.code)
    spent = _cpu_seconds() - before
    found = to_json(documents[0])
    wrong_header = _header_differences(expected, found)
    exact = _exact_rows(expected["lines"], found["lines"])
    rows = len(expected["lines"])
    is_exact = not wrong_header and exact == rows == len(found["lines"]) and len(documents) == 1
    accepted = bool(found["accepted"])
    taxes_differ = _amounts(expected["taxes"]) != _amounts(found["taxes"])
    wrongly = accepted and (not is_exact or taxes_differ or not expected["accepted"])
    failed = [check["code"] for check in found["checks"] if not check["ok"]]
    note = " ".join(
        filter(
            None,
            [
                f"{len(documents)} documents" if len(documents) != 1 else "",
                f"header {','.join(wrong_header)}" if wrong_header else "",
                f"rows {exact}/{rows} of {len(found['lines'])}" if exact != rows else "",
                "taxes" if taxes_differ else "",
                f"failed {','.join(failed)}" if failed else "",
            ],
        )
    )
    return Score(
        task.layout, task.condition, task.index, task.altered, not wrong_header, rows, exact,
        is_exact, accepted, wrongly, int(expected["pages"]), spent, note,
    )  # fmt: skip


def _paper(task: Task) -> Paper:
    paper = sample_papers(task.seed * 100_000 + task.index, 1, (task.layout,))[0]
    if not task.altered:
        return paper
    total = Decimal(truth(paper)["header"]["total"]) + 1000
    return replace(paper, traits=replace(paper.traits, altered_total=total))


def _unread(task: Task, expected: dict[str, Any], code: str) -> Score:
    rows = len(expected["lines"])
    return Score(
        task.layout, task.condition, task.index, task.altered, False, rows, 0,
        False, False, False, 1, 0.0, code,
    )  # fmt: skip


def _header_differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    wrong = []
    for name in _HEADER:
        want, got = expected["header"][name], (found["header"][name] or {}).get("value")
        same = want == got
        if name == "total" and want is not None and got is not None:
            same = Decimal(want) == Decimal(got)
        if not same:
            wrong.append(name)
    return wrong


def _exact_rows(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> int:
    """Rows whose figures are all right, in order."""
    want, got = [_figures_of(row) for row in expected], [_figures_of(row) for row in found]
    blocks = SequenceMatcher(None, want, got, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def _figures_of(row: dict[str, Any]) -> tuple[str, ...]:
    figures = [row["quantity"], row["unit_price"], row["subtotal"], row["bonus_quantity"]]
    discounts = [step.get("rate", step.get("amount")) for step in row["discounts"]]
    return tuple(
        str(Decimal(figure).normalize() + 0) if figure is not None else "" for figure in figures + discounts
    )


def _amounts(taxes: list[dict[str, Any]]) -> list[Decimal]:
    return sorted(amount for tax in taxes if (amount := Decimal(tax["amount"])))


def _print_table(scores: Sequence[Score]) -> None:
    titles = ("n", "header", "rows", "exact", "accept", "silent", "cpu/page")
    print(f"{'layout':12} {'condition':14}" + "".join(f"{title:>9}" for title in titles))
    groups: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for each in scores:
        for key in ((each.layout, each.condition), ("~ all", each.condition), ("~ all", "~ all")):
            groups[key].append(each)
    for (layout, condition), group in sorted(groups.items()):
        figures = _figures(group)
        shares = (figures[name] for name in ("header_exact", "rows_exact", "document_exact", "accepted"))
        print(
            f"{layout:12} {condition:14}{len(group):>9}"
            + "".join(f"{share:>9.3f}" for share in shares)
            + f"{figures['silent_errors']:>9}{figures['cpu_seconds_per_page']:>9.2f}"
        )


def _print_failures(scores: Iterable[Score]) -> None:
    for each in scores:
        if each.silent or not each.document or not each.accepted:
            flag = "SILENT" if each.silent else "exact" if each.document else "wrong"
            altered = "altered " if each.altered else ""
            print(f"{flag:7} {each.layout} {each.condition} {each.index} {altered}{each.note}")


def _figures(scores: Sequence[Score]) -> dict[str, Any]:
    """Shares over documents; acceptance over the honest ones, since altered papers must not pass."""
    honest = [each for each in scores if not each.altered]
    count, rows = len(scores), sum(each.rows for each in scores)
    return {
        "documents": count,
        "header_exact": round(sum(each.header for each in scores) / count, 4),
        "rows": rows,
        "rows_exact": round(sum(each.rows_exact for each in scores) / rows, 4),
        "document_exact": round(sum(each.document for each in scores) / count, 4),
        "accepted": round(sum(each.accepted for each in honest) / max(1, len(honest)), 4),
        "accepted_documents": sum(each.accepted for each in scores),
        "silent_errors": sum(each.silent for each in scores),
        "altered": count - len(honest),
        "cpu_seconds_per_page": round(
            sum(each.cpu_seconds for each in scores) / sum(each.pages for each in scores), 3
        ),
    }


def _keep(figures: dict[str, Any], scores: Sequence[Score]) -> None:
    """Write the result with what it was measured on."""
    cells: dict[str, list[Score]] = defaultdict(list)
    for each in scores:
        cells[f"{each.layout} {each.condition}"].append(each)
    RESULTS.parent.mkdir(exist_ok=True)
    body = {
        "commit": commit(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "figures": figures,
        "cells": {name: _figures(group) for name, group in sorted(cells.items())},
        "silent": [asdict(each) for each in scores if each.silent],
    }
    RESULTS.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n")


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    sys.exit(main())
