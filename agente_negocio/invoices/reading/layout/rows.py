"""Words to rows: what a person reads as one line, searchable by pattern and traceable to its words."""

import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import median

import numpy as np

from agente_negocio.invoices.reading.model import Box, Word

WIDE_GAP = 1.5
"""Of the row height: a wider gap separates columns and shows as a tab in the row's text."""
SAME_ROW = 0.5
"""Of the height of a word: a smaller difference of level is the same row."""
SAME_ROW_SEEN = 0.65
"""The same for words a recogniser saw, whose boxes are tight and whose paper is seldom flat."""
_NEARNESS = 0.04
_LEAST_SLOPES = 4
_FLAT_SLOPE = 0.001


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def fold(text: str) -> str:
    """Lower case without accents, every character at its old place."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


@dataclass(frozen=True, eq=False)
class Row:
    """One printed line, equal to itself only. text keeps the print, folded is for patterns; same places.

    Its edges are asked for thousands of times, so they are kept.
    """

    page: int
    words: tuple[Word, ...]
    text: str
    folded: str
    starts: tuple[int, ...]
    height: float

    @cached_property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        """Right edge."""
        return max(word.x1 for word in self.words)

    @cached_property
    def y0(self) -> float:
        """Top edge."""
        return min(word.y0 for word in self.words)

    @cached_property
    def y1(self) -> float:
        """Bottom edge."""
        return max(word.y1 for word in self.words)

    @cached_property
    def middle(self) -> float:
        """Vertical centre of the row, taken from its typical word."""
        return median(word.middle for word in self.words)

    def extent(self, start: int, end: int) -> tuple[float, float]:
        """Left and right edge of some characters, which may be part of a word."""
        pieces = [
            (word, max(start - first, 0), min(end - first, len(word.text)))
            for word, first in zip(self.words, self.starts, strict=True)
            if first < end and first + len(word.text) > start
        ]
        lefts = [word.x0 + (word.x1 - word.x0) * low / len(word.text) for word, low, _ in pieces]
        rights = [word.x0 + (word.x1 - word.x0) * high / len(word.text) for word, _, high in pieces]
        return min(lefts), max(rights)

    def words_at(self, start: int, end: int) -> tuple[Word, ...]:
        """Words that hold the characters from start up to end."""
        return tuple(
            word
            for word, first in zip(self.words, self.starts, strict=True)
            if first < end and first + len(word.text) > start
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one page with its size in the units of its words."""

    page: int
    width: float
    height: float
    rows: tuple[Row, ...]

    def box(self, words: Sequence[Word]) -> Box | None:
        """The place of some words relative to the page."""
        if not words:
            return None
        x0, y0 = min(word.x0 for word in words), min(word.y0 for word in words)
        x1, y1 = max(word.x1 for word in words), max(word.y1 for word in words)
        return Box(
            page=self.page,
            x=_share(x0, self.width),
            y=_share(y0, self.height),
            w=_share(x1 - x0, self.width),
            h=_share(y1 - y0, self.height),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a page in the units of its words."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def place_of(page: int, words: Sequence[Word]) -> Place:
    """The rectangle that holds some words."""
    return Place(
        page=page,
        x0=min(word.x0 for word in words),
        y0=min(word.y0 for word in words),
        x1=max(word.x1 for word in words),
        y1=max(word.y1 for word in words),
    )


def lay_out(
    words: Iterable[Word], *, page: int, width: float, height: float, same_row: float = SAME_ROW
) -> Sheet:
    """Rows from top to bottom, words in each from left to right.

    A photographed sheet is never quite flat: the slope of the rows found first, which may change down the
    page, is taken out before the rows are drawn for good.
    """
    ordered = sorted(words, key=lambda each: each.x0)
    chains = _chains(ordered, {}, same_row)
    drops = _drops(chains, ordered, width)
    if drops:
        chains = _chains(ordered, drops, same_row)
    rows = [row_of(page, chain) for chain in chains]
    return Sheet(page=page, width=width, height=height, rows=tuple(sorted(rows, key=lambda row: row.middle)))


def _drops(chains: Sequence[Sequence[Word]], words: Sequence[Word], width: float) -> dict[int, float]:
    """How far each word lies below the left edge of its row, by a slope that varies evenly down the page."""
    wide = [chain for chain in chains if len(chain) > 3 and chain[-1].x1 - chain[0].x0 > 0.3 * width]  # noqa: PLR2004
    if len(wide) < _LEAST_SLOPES:
        return {}
    slopes = np.array([_slope(chain) for chain in wide])
    heights = np.array([chain[0].middle for chain in wide])
    trend = np.polyfit(heights, slopes, 1)
    rest = np.abs(slopes - np.polyval(trend, heights))
    kept = rest <= max(2 * float(np.median(rest)), 1e-4)
    if kept.sum() >= _LEAST_SLOPES:
        trend = np.polyfit(heights[kept], slopes[kept], 1)
    if np.abs(np.polyval(trend, heights)).max() < _FLAT_SLOPE:
        return {}
    falls = np.polyval(trend, np.array([word.middle for word in words])).tolist()
    return {id(word): slope * (word.x0 + word.x1) / 2 for word, slope in zip(words, falls, strict=True)}


def _slope(chain: Sequence[Word]) -> float:
    """Of the straight line nearest to the middles of some words."""
    # Bottoms, but for hanging letters and commas, stand on the base line; the middle is steadier than either.
    points = [((word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2) for word in chain]
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread


def _chains(words: Sequence[Word], drops: dict[int, float], same_row: float) -> list[list[Word]]:
    """Words, given from left to right, put behind the last word of the nearest row at their height."""
    chains: list[list[Word]] = []
    # A dash or a dot is no measure of how far apart words of one row may lie.
    least = 0.6 * same_row * median([word.y1 - word.y0 for word in words] or [0.0])
    # Height of the last word of each row and the row's place, in order: few rows are near any word.
    ends: list[tuple[float, int]] = []
    for word in words:
        level = word.middle - drops.get(id(word), 0.0)
        place = _nearest_chain(chains, ends, (word, level), (same_row, least))
        if place is None:
            place = len(chains)
            chains.append([])
        else:
            last = chains[place][-1]
            ends.pop(bisect_left(ends, (last.middle - drops.get(id(last), 0.0), place)))
        chains[place].append(word)
        insort(ends, (level, place))
    return chains


def _nearest_chain(
    chains: Sequence[Sequence[Word]],
    ends: Sequence[tuple[float, int]],
    where: tuple[Word, float],
    tolerance: tuple[float, float],
) -> int | None:
    """The row whose last word stands at the same height; following the last word forgives a slope."""
    (word, level), (same_row, least) = where, tolerance
    height = word.y1 - word.y0
    reach = max(least, same_row * height)
    best: tuple[float, int] | None = None
    first, end = bisect_left(ends, (level - reach, -1)), bisect_right(ends, (level + reach, len(chains)))
    for at, place in ends[first:end]:
        last = chains[place][-1]
        rise = abs(at - level)
        if rise > max(least, same_row * min(height, last.y1 - last.y0)) or last.x1 > word.x0 + height:
            continue
        # Between two rows that would do, the one whose last word is near.
        nearness = rise + _NEARNESS * max(0.0, word.x0 - last.x1), place
        if best is None or nearness < best:
            best = nearness
    return best[1] if best else None


def row_of(page: int, words: Sequence[Word]) -> Row:
    """A row of words that stand from left to right."""
    height = median(word.height for word in words) or 1.0
    text, starts, last = "", [], None
    for word in words:
        if last is not None:
            text += "\t" if word.x0 - last.x1 > WIDE_GAP * height else " "
        starts.append(len(text))
        text += word.text
        last = word
    return Row(
        page=page, words=tuple(words), text=text, folded=fold(text), starts=tuple(starts), height=height
    )


def _share(part: float, whole: float) -> float:
    return round(min(max(part / max(whole, 1.0), 0.0), 1.0), 5)
