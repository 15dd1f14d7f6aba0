"""Which papers are read: the splits, the cells of layout and condition, and what makes each paper again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from hashlib import sha256
from itertools import count, islice
from math import lcm

from benchmarks.reading.altering import altered
from scripts.demo.papers import CONDITIONS, Paper, bundled, photograph, sample_paper, spread, together, truth
from scripts.demo.papers.layouts import page_count

FIRST_FROZEN_SEED = 9000
TUNING_SEEDS = range(1, 100)
QUICK_DOCUMENTS = 60
ACCEPTED_WANTED = 3000
"""Accepted documents that a statement about silent errors needs."""

SHARED = ("together", "spread", "bundled")
"""Two papers in one photo; two pages of a paper in each photo; several papers in one PDF."""
ALL_CONDITIONS = (*CONDITIONS, *SHARED)
"""Every way papers arrive."""

GROUPS = {
    "pdf": "text",
    "pdf_scan": "scan",
    "pdf_fake_text": "scan",
    "pdf_broken_text": "scan",
    "scan300": "scan",
    "scan200": "scan",
    "low110": "scan",
    "tilt": "scan",
    "rotated": "scan",
    "photo": "photo",
    "whatsapp": "hard",
    "shadow": "hard",
    "thermal": "hard",
    "low_light": "other",
    "blur": "other",
    "fingers": "other",
    "folded": "other",
    "together": "other",
    "spread": "other",
    "crumpled": "crumpled",
    "bundled": "text",
}
"""What the goals call each condition: PDF text, scan, flat photo, hard photo, crumpled; other: nothing."""

_ALTERED_EVERY = 12
_TWINS_EVERY = 2
_ACCEPTED_GOAL = 0.85
_PAPERS_TRIED = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One capture of one paper, described by what makes it again. copy: which of its cell, from 0."""

    layout: str
    condition: str
    seed: int
    copy: int

    @property
    def is_altered(self) -> bool:
        """Every twelfth paper of a cell prints a figure that someone altered, in each cell another."""
        return (self._offset + self.copy) % _ALTERED_EVERY == _ALTERED_EVERY - 1

    @property
    def has_twins(self) -> bool:
        """The vouchers of every second capture of several have one number: issuer or type tell them apart."""
        return self.documents > 1 and (self._offset + self.copy) % _TWINS_EVERY == 0

    @property
    def _offset(self) -> int:
        return sha256(f"{self.layout}/{self.condition}".encode()).digest()[0]

    @property
    def group(self) -> str:
        """One of text, scan, photo, hard, other, crumpled."""
        return group_of(self.condition)

    @property
    def documents(self) -> int:
        """How many papers arrive at once."""
        return {"together": 2, "bundled": 3}.get(self.condition, 1)


def group_of(condition: str) -> str:
    """What the goals call the condition; of an unknown one they say nothing."""
    return GROUPS.get(condition, "other")


Cell = tuple[str, str]


def cells(layouts: Sequence[str], conditions: Sequence[str]) -> list[Cell]:
    """Layouts with conditions they can have, diagonally, so that any beginning is spread over both."""
    step = lcm(len(layouts), len(conditions))
    pairs = [
        (layouts[place % len(layouts)], conditions[(place + place // step) % len(conditions)])
        for place in range(len(layouts) * len(conditions))
    ]
    return [(layout, name) for layout, name in pairs if name != "spread" or _has_more_pages(layout)]


def walk(seed: int, among: Sequence[Cell]) -> Iterator[Task]:
    """All first copies, then all second copies, and so on without end.

    Subsets of the cells hold the same papers as the whole.
    """
    return (Task(layout, condition, seed, copy) for copy in count() for layout, condition in among)


def rounds(seed: int, among: Sequence[Cell], copies: int) -> list[Task]:
    """So many captures of each cell."""
    return list(islice(walk(seed, among), copies * len(among)))


def quick(seed: int, among: Sequence[Cell]) -> list[Task]:
    """Captures of `QUICK_DOCUMENTS` documents, as exactly as the cells allow."""
    fewest = min(Task(layout, condition, seed, 0).documents for layout, condition in among)
    chosen: list[Task] = []
    left = QUICK_DOCUMENTS
    tasks = walk(seed, among)
    while left >= fewest:
        task = next(tasks)
        if task.documents <= left:
            chosen.append(task)
            left -= task.documents
    return chosen


def enough(seed: int, among: Sequence[Cell], accepted: int = ACCEPTED_WANTED) -> list[Task]:
    """Whole rounds of which a reader at its goal accepts so many documents.

    Crumpled papers may all be refused, so none counts; nor do papers that must be refused. Where nothing
    counts, one round.
    """
    chosen: list[Task] = []
    expected = 0.0
    for copy in count():
        new = [Task(layout, condition, seed, copy) for layout, condition in among]
        chosen += new
        expected += _ACCEPTED_GOAL * sum(
            truth(paper)["accepted"] for task in new if task.group != "crumpled" for paper in papers_of(task)
        )
        if expected >= accepted or not expected:
            return chosen
    raise AssertionError


def papers_of(task: Task) -> tuple[Paper, ...]:
    """The papers of a capture in reading order; of several, the first is the one that may be altered."""
    return _drawn(task)[1]


def alteration_of(task: Task) -> str:
    """What someone altered on the first paper, one of `altering.KINDS`; empty for an honest paper."""
    return _drawn(task)[0]


@lru_cache(maxsize=1)
def _drawn(task: Task) -> tuple[str, tuple[Paper, ...]]:
    first, *others = [_paper(task, part) for part in range(task.documents)]
    if task.has_twins:
        others = [_twin(first, other, part + task.copy // _TWINS_EVERY) for part, other in enumerate(others)]
    kind, first = altered(first, f"{task}") if task.is_altered else ("", first)
    return kind, (first, *others)


def _twin(first: Paper, other: Paper, place: int) -> Paper:
    """The other paper with the number of the first; at odd places of its issuer too, if types differ."""
    may_be_its = first.issuer.iva_condition == other.issuer.iva_condition
    is_its = bool(place % 2) and may_be_its and other.type_code != first.type_code
    issuer = first.issuer if is_its else other.issuer
    return replace(other, point_of_sale=first.point_of_sale, number=first.number, issuer=issuer)


def files_of(task: Task) -> tuple[bytes, ...]:
    """What arrives, in order."""
    papers = papers_of(task)
    if task.condition == "together":
        return together(papers, "photo", task.seed).files
    if task.condition == "spread":
        return spread(papers[0], task.seed).files
    if task.condition == "bundled":
        return bundled(papers).files
    return photograph(papers[0], task.condition, task.seed).files


def _paper(task: Task, part: int) -> Paper:
    """The first paper of its own seeds that the condition can show."""
    drawn = (
        sample_paper(f"{task.seed}/{task.condition}/{task.copy}/{part}/{attempt}", task.layout)
        for attempt in count()
    )
    if task.condition == "together":
        return next(paper for paper in drawn if page_count(paper) == 1)
    if task.condition == "spread":
        return next(paper for paper in drawn if page_count(paper) > 1)
    return next(drawn)


@cache
def _has_more_pages(layout: str) -> bool:
    """Whether papers of this layout ever have more than one page; a ticket is one long page."""
    return any(page_count(sample_paper(str(seed), layout)) > 1 for seed in range(_PAPERS_TRIED))
