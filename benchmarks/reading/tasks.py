"""Which papers are read: the splits, the cells of layout and condition, and what makes each paper again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from math import lcm

from scripts.demo.papers import Paper, photograph, sample_paper, truth

FIRST_FROZEN_SEED = 9000
TUNING_SEEDS = range(1, 100)
QUICK_DOCUMENTS = 60
ACCEPTED_WANTED = 3000
"""Accepted documents that a statement about silent errors needs."""

GROUPS = {
    "pdf": "text",
    "pdf_scan": "scan",
    "pdf_fake_text": "scan",
    "scan300": "scan",
    "scan200": "scan",
    "low110": "scan",
    "tilt": "scan",
    "rotated": "scan",
    "photo": "photo",
    "whatsapp": "hard",
    "shadow": "hard",
    "thermal": "hard",
    "low_light": "hard",
    "folded": "hard",
    "crumpled": "crumpled",
}
"""What the goals call each condition: PDF text, scan, flat photo, hard photo, crumpled."""

_ALTERED_EVERY = 12
_ALTERED_BY = Decimal(1000)
_ACCEPTED_GOAL = 0.85


@dataclass(frozen=True, slots=True)
class Task:
    """One capture of one paper, described by what makes it again. copy: which of its cell, from 0."""

    layout: str
    condition: str
    seed: int
    copy: int

    @property
    def is_altered(self) -> bool:
        """Every twelfth paper of a cell prints a total that someone altered, at another copy in each cell."""
        offset = sha256(f"{self.layout}/{self.condition}".encode()).digest()[0]
        return (offset + self.copy) % _ALTERED_EVERY == _ALTERED_EVERY - 1

    @property
    def group(self) -> str:
        """One of text, scan, photo, hard, crumpled."""
        return group_of(self.condition)


def group_of(condition: str) -> str:
    """What the goals call the condition; an unknown one is held to be a hard photo."""
    return GROUPS.get(condition, "hard")


def plan(seed: int, layouts: Sequence[str], among: Sequence[str], count: int) -> list[Task]:
    """`count` tasks that walk the cells diagonally, so that any beginning is spread over both sides.

    Subsets of layouts and conditions give the same papers in their cells as the whole.
    """
    return list(islice(walk(seed, layouts, among), count))


def walk(seed: int, layouts: Sequence[str], among: Sequence[str]) -> Iterator[Task]:
    """All first copies, then all second copies, and so on without end."""
    cells, step = len(layouts) * len(among), lcm(len(layouts), len(among))
    place = 0
    while True:
        copy, cell = divmod(place, cells)
        shift = cell // step
        yield Task(layouts[cell % len(layouts)], among[(cell + shift) % len(among)], seed, copy)
        place += 1


def enough(seed: int, layouts: Sequence[str], among: Sequence[str], accepted: int = ACCEPTED_WANTED) -> int:
    """Tasks, in whole rounds of the cells, of which a reader at its goal accepts so many documents.

    Crumpled papers may all be refused, so none counts; nor do papers that must be refused.
    """
    cells = len(layouts) * len(among)
    count, expected = 0, 0.0
    if all(group_of(condition) == "crumpled" for condition in among):
        return cells
    while expected < accepted:
        tasks = plan(seed, layouts, among, count + cells)[count:]
        expected += _ACCEPTED_GOAL * sum(
            truth(paper)["accepted"]
            for task in tasks
            if task.group != "crumpled"
            for paper in papers_of(task)
        )
        count += cells
    return count


def papers_of(task: Task) -> tuple[Paper, ...]:
    """The papers of a task in reading order."""
    paper = sample_paper(f"{task.seed}/{task.condition}/{task.copy}", task.layout)
    return (_altered(paper) if task.is_altered else paper,)


def files_of(task: Task) -> tuple[bytes, ...]:
    """What arrives: pages of one capture, in order."""
    (paper,) = papers_of(task)
    return photograph(paper, task.condition, task.seed).files


def _altered(paper: Paper) -> Paper:
    """With another total printed; a paper without a total stays honest."""
    total = truth(paper)["header"]["total"]
    if total is None:
        return paper
    return replace(paper, traits=replace(paper.traits, altered_total=Decimal(total) + _ALTERED_BY))
