"""The tables people read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from textwrap import shorten
from typing import Any

from benchmarks.reading import calibration
from benchmarks.reading.figures import Line, cell
from benchmarks.reading.scoring import Confidence, Score

_ALL = "~ all"
_LONGEST_DIFFERENCE = 240


def print_cells(scores: Sequence[Score]) -> None:
    """Every layout and condition, then all layouts by condition."""
    titles = ("n", "header", "rows", "exact", "accept", "silent", "cpu/page")
    print(f"{'layout':14} {'condition':14}" + "".join(f"{title:>9}" for title in titles))
    groups: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for each in scores:
        for key in ((each.layout, each.condition), (_ALL, each.condition), (_ALL, _ALL)):
            groups[key].append(each)
    for (layout, condition), group in sorted(groups.items()):
        counts = cell(group)
        shares = (
            (counts["header_exact"], counts["documents"]),
            (counts["rows_exact"], counts["rows"]),
            (counts["exact"], counts["documents"]),
            (counts["honest_accepted"], counts["honest"]),
        )
        print(
            f"{layout:14} {condition:14}{len(group):>9}"
            + "".join(f"{hits / count:>9.3f}" if count else f"{'-':>9}" for hits, count in shares)
            + f"{counts['silent']:>9}{counts['cpu_seconds_per_page']:>9.2f}"
        )


def print_failures(scores: Iterable[Score]) -> None:
    """What went wrong, document by document."""
    for each in scores:
        if each.is_exact and each.is_accepted == each.is_honest and not each.is_silent:
            continue
        flag = "SILENT" if each.is_silent else "exact" if each.is_exact else "wrong"
        honest = "" if each.is_honest else "not honest; "
        place = f"{each.layout} {each.condition} {each.seed}/{each.copy}"
        part = f" part {each.part}" if each.part > 1 else ""
        differences = [shorten(difference, _LONGEST_DIFFERENCE) for difference in each.differences]
        print(f"{flag:7} {place}{part}: {honest}{'; '.join(differences)}")


def print_goals(origin: Mapping[str, Any], lines: Sequence[Line]) -> None:
    """What was measured on what; then figure, bound, goal, verdict."""
    counted = f"{origin['captures']} captures, {origin['documents']} documents"
    where = f"commit {origin['commit']}; {origin['machine']}, {origin['tools']['tesseract']}"
    print(f"{origin['split']} seed {origin['seed']}: {counted}; {where}")
    print(f"{'':48}{'measured':>10}{'95 %':>16}{'n':>7}  {'goal':12}")
    for line in lines:
        print(
            f"{line.name:48}{_figure(line.value, line):>10}{_interval(line):>16}{line.count:>7}  "
            f"{line.goal:12} {line.verdict:8} {line.note}".rstrip()
        )


def print_reliability(title: str, pairs: Iterable[Confidence]) -> None:
    """Claimed against true, bin by bin."""
    bins = calibration.reliability(pairs)
    error = calibration.expected_error(bins)
    if error is None:
        return
    print(f"{title}: expected calibration error {error:.4f}")
    for each in bins:
        print(f"  from {each.start:<6}{each.count:>8}  claimed {each.claimed:.4f}  exact {each.exact:.4f}")


def _figure(value: float | None, line: Line) -> str:
    if value is None:
        return "-"
    shown = {
        "share": f"{100 * value:.2f} %",
        "count": f"{value:.0f}",
        "ms": f"{value:.1f} ms",
        "MB": f"{value:.0f} MB",
    }
    return shown.get(line.unit, f"{value:.2f}")


def _interval(line: Line) -> str:
    if line.low is None or line.high is None or not line.count:
        return ""
    factor, decimals = 100 if line.unit == "share" else 1, 2 if line.unit == "ratio" else 1
    return f"{factor * line.low:.{decimals}f} to {factor * line.high:.{decimals}f}"
