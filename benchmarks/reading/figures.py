"""From scores to figures: each cell, each goal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from benchmarks.reading.altering import KINDS
from benchmarks.reading.bounds import Share, difference, most_of_none
from benchmarks.reading.scoring import Score
from benchmarks.reading.tasks import ACCEPTED_WANTED, group_of

Verdict = Literal["met", "missed", "too few", ""]
Test = Callable[[Score], bool]

_MOST_POINTS_WORSE = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of goals.

    value: a share 0 to 1, points, a ratio, milliseconds or megabytes, in `unit`; None when not measured.
    low, high: its 95 % interval where that is known. count: what it was measured on.
    """

    name: str
    goal: str
    value: float | None
    unit: Literal["share", "points", "ratio", "ms", "MB", "count"]
    verdict: Verdict
    count: int
    low: float | None = None
    high: float | None = None
    note: str = ""


def goal_lines(scores: Sequence[Score], held_out: Iterable[str]) -> list[Line]:
    """Every goal that scores can tell."""
    return [
        *_header_lines(scores),
        *_row_lines(scores),
        _accepted_line(scores),
        _silent_line(scores),
        *_altered_lines(scores),
        *_held_out_lines(scores, frozenset(held_out)),
    ]


def _header_lines(scores: Sequence[Score]) -> list[Line]:
    def without_qr(*groups: str) -> Share:
        return header_share(each for each in scores if not each.has_qr and group_of(each.condition) in groups)

    return [
        _share_line("header with QR", header_share(each for each in scores if each.has_qr), 0.995),
        _share_line("header without QR, PDF text", without_qr("text"), None),
        _share_line("header without QR, scan", without_qr("scan"), 0.98),
        _share_line("header without QR, photo", without_qr("photo", "hard", "other"), 0.95),
        _share_line("header without QR, crumpled", without_qr("crumpled"), None),
    ]


def _row_lines(scores: Sequence[Score]) -> list[Line]:
    goals: dict[str, tuple[str, float | None]] = {
        "text": ("PDF text", 1.0),
        "scan": ("scan", 0.995),
        "photo": ("flat photo", 0.99),
        "hard": ("WhatsApp, shadow, thermal", 0.98),
        "other": ("low light, blur, fingers, folded, several sheets in a shot", None),
        "crumpled": ("crumpled", 0.9),
    }
    return [
        _share_line(
            f"rows, {name}", row_share(each for each in scores if group_of(each.condition) == group), goal
        )
        for group, (name, goal) in goals.items()
    ]


def _accepted_line(scores: Sequence[Score]) -> Line:
    return _share_line("accepted without a person, all but crumpled", accepted_share(scores), 0.85)


def _silent_line(scores: Sequence[Score]) -> Line:
    """Zero proves little of few: the verdict waits for enough accepted documents."""
    accepted = sum(each.is_accepted for each in scores)
    silent = sum(each.is_silent for each in scores)
    most = Share(min(silent, accepted), accepted).interval[1] if silent else most_of_none(accepted)
    verdict: Verdict = "missed" if silent else "met" if accepted >= ACCEPTED_WANTED else "too few"
    goal = f"0 of {ACCEPTED_WANTED}"
    note = f"rate below {most:.3%}"
    return Line("silent errors among accepted", goal, silent, "count", verdict, accepted, note=note)


def _altered_lines(scores: Sequence[Score]) -> list[Line]:
    """How many of the papers that someone altered were accepted, kind by kind.

    What the gate tolerates by its definition has a line of its own: accepting it is no mistake.
    """
    shares = {
        kind: accepted_share_of(each for each in scores if each.altered == kind and not each.is_tolerated)
        for kind in KINDS
    }
    tolerated = accepted_share_of(each for each in scores if each.is_tolerated)
    return [
        *(_never_line(f"altered {kind}: accepted", share) for kind, share in shares.items()),
        _share_line("altered within the cents allowed: accepted", tolerated, None),
    ]


def _never_line(name: str, share: Share) -> Line:
    verdict: Verdict = "" if not share.count else "missed" if share.hits else "met"
    note = f"rate below {most_of_none(share.count):.1%}" if share.count and not share.hits else ""
    return Line(name, "0", share.hits if share.count else None, "count", verdict, share.count, note=note)


def _held_out_lines(scores: Sequence[Score], held_out: frozenset[str]) -> list[Line]:
    """How many points worse the layouts are that nobody tuned on."""
    new = [each for each in scores if each.layout in held_out]
    old = [each for each in scores if each.layout not in held_out]
    measures: Mapping[str, Callable[[Sequence[Score]], Share]] = {
        "header": header_share,
        "rows": row_share,
        "accepted": accepted_share,
    }
    return [
        _points_line(f"layouts never tuned on, {name}: points worse", share(old), share(new))
        for name, share in measures.items()
    ]


def _points_line(name: str, tuned: Share, new: Share) -> Line:
    goal = f"<= {_MOST_POINTS_WORSE:g}"
    if not (tuned.count and new.count):
        return Line(name, goal, None, "points", "", 0)
    worse, low, high = (100 * each for each in difference(tuned, new))
    verdict: Verdict = "met" if worse <= _MOST_POINTS_WORSE else "missed"
    return Line(name, goal, worse, "points", verdict, new.count, low, high)


def _share_line(name: str, share: Share, goal: float | None) -> Line:
    verdict: Verdict = ""
    if share.value is not None and goal is not None:
        verdict = "met" if share.value >= goal else "missed"
    low, high = share.interval
    text = "" if goal is None else f">= {100 * goal:g} %"
    return Line(name, text, share.value, "share", verdict, share.count, low, high)


def header_share(scores: Iterable[Score]) -> Share:
    """Documents whose eight header fields are all exact."""
    kept = list(scores)
    return Share(sum(each.is_header_exact for each in kept), len(kept))


def row_share(scores: Iterable[Score]) -> Share:
    """Exact rows of all rows printed."""
    kept = list(scores)
    return Share(sum(each.rows_exact for each in kept), sum(each.rows for each in kept))


def accepted_share(scores: Iterable[Score]) -> Share:
    """Accepted ones of the honest documents that are not crumpled."""
    return accepted_share_of(
        each for each in scores if each.is_honest and group_of(each.condition) != "crumpled"
    )


def accepted_share_of(scores: Iterable[Score]) -> Share:
    """Accepted ones of all."""
    kept = list(scores)
    return Share(sum(each.is_accepted for each in kept), len(kept))


def cell(scores: Sequence[Score]) -> dict[str, Any]:
    """Counts of a few documents; shares are left to whoever reads, except the CPU per page."""
    honest = [each for each in scores if each.is_honest]
    pages = sum(each.pages for each in scores)
    return {
        "documents": len(scores),
        "header_exact": sum(each.is_header_exact for each in scores),
        "rows": sum(each.rows for each in scores),
        "rows_exact": sum(each.rows_exact for each in scores),
        "exact": sum(each.is_exact for each in scores),
        "honest": len(honest),
        "honest_accepted": sum(each.is_accepted for each in honest),
        "accepted": sum(each.is_accepted for each in scores),
        "silent": sum(each.is_silent for each in scores),
        "pages": pages,
        "cpu_seconds_per_page": round(sum(each.cpu_seconds for each in scores) / max(1, pages), 3),
    }


def as_json(line: Line) -> dict[str, Any]:
    """A line of goals with short figures."""
    return {
        name: round(value, 5) if isinstance(value, float) else value
        for name, value in asdict(line).items()
        if name != "name" and value not in (None, "")
    }
