"""Amounts that print their thousands apart, 1 586 745,60: one word again, where the paper does that."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agente_negocio.invoices.reading.layout.rows import Row, Sheet, row_of
from agente_negocio.invoices.reading.model import Word

_FIRST = re.compile(r"[-$(]{0,2}\d{1,3}")
_GLUED_FIRST = re.compile(r"[-$(]{0,2}(?:\d{1,7}|\d{1,3}[.,]\d{3})")
"""Groups whose space a recogniser lost or took for a mark."""
_GROUP = re.compile(r"\d{3}")
_LAST = re.compile(r"\d{3}[.,]\d{2,4}-?")
_UNSPACED = re.compile(r"-?\$?(?:\d{4,}|\d{1,3}(?:[.,]\d{3})+)[.,]\d{2}")
_CLOSE = 1.8
"""Of the width of a character: columns stand further apart than the groups of one amount."""


def with_joined_amounts(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets with spaced amounts joined, unless most amounts above a thousand print no spaces."""
    runs = {id(row): list(_runs(row, _FIRST)) for sheet in sheets for row in sheet.rows}
    spaced = sum(len(each) for each in runs.values())
    words = [word.text for sheet in sheets for row in sheet.rows for word in row.words]
    if spaced <= sum(_UNSPACED.fullmatch(text) is not None for text in words):
        return list(sheets)
    return [
        replace(sheet, rows=tuple(_joined(row, list(_runs(row, _GLUED_FIRST))) for row in sheet.rows))
        for sheet in sheets
    ]


def _runs(row: Row, first: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """First and last place of the words that make one spaced amount."""
    words, start = row.words, 0
    while start < len(words):
        end = _end(row, start) if first.fullmatch(words[start].text) else start
        if end > start:
            yield start, end
        start = end + 1


def _end(row: Row, start: int) -> int:
    """The place of the last group, or start where no amount begins there."""
    place = start + 1
    while place < len(row.words):
        before, word = row.words[place - 1], row.words[place]
        if word.x0 - before.x1 > _CLOSE * (word.x1 - word.x0) / len(word.text):
            return start
        if _LAST.fullmatch(word.text):
            return place
        if not _GROUP.fullmatch(word.text):
            return start
        place += 1
    return start


def _joined(row: Row, runs: Sequence[tuple[int, int]]) -> Row:
    if not runs:
        return row
    words, done = [], 0
    for start, end in runs:
        pieces = row.words[start : end + 1]
        joined = Word(
            text=_text([piece.text for piece in pieces]),
            x0=pieces[0].x0,
            y0=min(piece.y0 for piece in pieces),
            x1=pieces[-1].x1,
            y1=max(piece.y1 for piece in pieces),
            confidence=min(piece.confidence for piece in pieces),
        )
        words += [*row.words[done:start], joined]
        done = end + 1
    return row_of(row.page, (*words, *row.words[done:]))


def _text(groups: Sequence[str]) -> str:
    if _FIRST.fullmatch(groups[0]):
        return " ".join(groups)
    return "".join([re.sub(r"[.,]", "", groups[0]), *groups[1:]])
