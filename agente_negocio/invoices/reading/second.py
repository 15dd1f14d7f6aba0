"""The second look: cells that do not balance, fields nothing else proves: cut out, enlarged, read again."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import cv2
import numpy as np

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.goods.cells import arrange
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item, has_prices
from agente_negocio.invoices.reading.goods.solver import REPAIR_COST, Reading, cell_readings, solve_row
from agente_negocio.invoices.reading.header.symbol_values import qr_values
from agente_negocio.invoices.reading.layout.evidence import Printed
from agente_negocio.invoices.reading.layout.rows import Place, place_of
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style, parse_amount
from agente_negocio.invoices.reading.picture.clean import GLYPH_PIXELS, erase_lines
from agente_negocio.invoices.reading.sums.foot import Foot
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from agente_negocio.invoices.reading.words.ocr import read_figures, read_words

_LOOK_GLYPHS = 1.6
"""Enlargement of a cut-out over the page the recogniser saw first."""
_ROW_GAP = 28
_MARGIN = 40
_MOST_PIECES = 90
_SHORT, _LONE, _SHORT_TIMES = 1.35, 1.05, 3
"""Pieces narrower than these shares of their height hold two figures or one, which the recogniser likes to
drop where they stand alone: they are drawn this many times in their line."""
_INK = 140
_NOTHING = np.full((0, 0), 255, np.uint8)
_BLANK_SHARE = 0.006
"""Of a cell's pixels: even a 1 blackens more."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The clean pages of a document by number, to look at places of them once more."""

    pages: Mapping[int, Gray]
    timeout_seconds: float

    def figures(self, places: Sequence[Place]) -> list[str]:
        """Figures read anew at each place, "" where nothing was read; many places in one run."""
        texts: list[str] = []
        for start in range(0, len(places), _MOST_PIECES):
            pieces = [_cut(self._page(place), place) for place in places[start : start + _MOST_PIECES]]
            texts += _read_pieces(pieces, self.timeout_seconds)
        return texts

    def words(self, place: Place, scale: float) -> list[Word]:
        """Words read anew in a region without its lines, drawn at another scale; edges in page units."""
        x0, y0 = max(0, round(place.x0)), max(0, round(place.y0))
        piece = self._page(place)[y0 : round(place.y1), x0 : round(place.x1)]
        if piece.size == 0:
            return []
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        drawn = np.asarray(cv2.resize(piece, None, fx=scale, fy=scale, interpolation=method), dtype=np.uint8)
        found = read_words(erase_lines(drawn, scale * GLYPH_PIXELS), self.timeout_seconds)
        return [
            replace(
                word,
                x0=word.x0 / scale + x0,
                y0=word.y0 / scale + y0,
                x1=word.x1 / scale + x0,
                y1=word.y1 / scale + y0,
            )
            for word in found
        ]

    def is_blank(self, place: Place) -> bool:
        """Whether there is no ink worth a digit at a place."""
        piece = self._page(place)[round(place.y0) : round(place.y1), round(place.x0) : round(place.x1)]
        return piece.size == 0 or float(np.mean(piece < _INK)) < _BLANK_SHARE

    def holds_line(self, place: Place) -> bool:
        """Whether there may be a line of text at a place: ink as high as letters, not a rule's."""
        piece = self._page(place)[round(place.y0) : round(place.y1), round(place.x0) : round(place.x1)]
        inked = (piece < _INK).any(axis=1) if piece.size else np.zeros(0, bool)
        runs = np.diff(np.flatnonzero(np.concatenate(([True], ~inked, [True])))) - 1
        return int(runs.max(initial=0)) > GLYPH_PIXELS / 2

    def _page(self, place: Place) -> Gray:
        """The page of a place; of pages that came as text there is nothing to look at."""
        return self.pages.get(place.page, _NOTHING)


def _cut(page: Gray, place: Place) -> Gray:
    """The place with a little air, enlarged."""
    height = place.y1 - place.y0
    y0, y1 = max(0, round(place.y0 - 0.22 * height)), round(place.y1 + 0.22 * height)
    x0, x1 = max(0, round(place.x0 - 0.35 * height)), round(place.x1 + 0.35 * height)
    piece = page[y0:y1, x0:x1]
    if piece.size == 0:
        return np.full((8, 8), 255, np.uint8)
    return np.asarray(
        cv2.resize(piece, None, fx=_LOOK_GLYPHS, fy=_LOOK_GLYPHS, interpolation=cv2.INTER_CUBIC),
        dtype=np.uint8,
    )


def _read_pieces(pieces: Sequence[Gray], timeout_seconds: float) -> list[str]:
    """One picture with a piece per line, read at once; words go back to their piece by height."""
    if not pieces:
        return []
    pieces = [_only_ink(piece) for piece in pieces]
    times = [_SHORT_TIMES if _is_narrower(piece, _SHORT) else 1 for piece in pieces]
    lines = [np.hstack([piece] * count) for piece, count in zip(pieces, times, strict=True)]
    width = max(line.shape[1] for line in lines) + 2 * _MARGIN
    height = sum(line.shape[0] + _ROW_GAP for line in lines) + _ROW_GAP
    canvas = np.full((height, width), 255, np.uint8)
    bands, y = [], _ROW_GAP
    for line in lines:
        canvas[y : y + line.shape[0], _MARGIN : _MARGIN + line.shape[1]] = line
        bands.append((y - _ROW_GAP / 2, y + line.shape[0] + _ROW_GAP / 2))
        y += line.shape[0] + _ROW_GAP
    words = read_figures(canvas, timeout_seconds)
    texts = ["".join(word.text for word in words if top <= word.middle < bottom) for top, bottom in bands]
    return [_once(*read) for read in zip(texts, pieces, times, strict=True)]


def _only_ink(piece: Gray) -> Gray:
    """The piece without what is blank at its left and right, and with the same air on both sides."""
    inked = np.flatnonzero((piece < _INK).any(axis=0))
    if inked.size == 0:
        return piece
    # Thin strokes are fainter than ink.
    margin, air = piece.shape[0] // 10, piece.shape[0] // 6
    ink = piece[:, max(0, int(inked[0]) - margin) : int(inked[-1]) + margin + 1]
    return np.pad(ink, ((0, 0), (air, air)), constant_values=255)


def _is_narrower(piece: Gray, share: float) -> bool:
    height, width = piece.shape
    return bool(width < share * height)


def _once(text: str, piece: Gray, times: int) -> str:
    """What was drawn several times and read each time alike; of a lone figure, as most of them were read."""
    part = text[: len(text) // times]
    if text == part * times:
        return part
    figures = re.sub(r"\D", "", text)
    if "-" in text or not figures or len(figures) > times or not _is_narrower(piece, _LONE):
        return ""
    figure, count = Counter(figures).most_common(1)[0]
    return figure if 2 * count > len(figures) else ""


def look_at_items(items: Sequence[Item], style: Style, look: SecondLook) -> None:
    """Read the figures of doubtful rows again and solve with what both looks saw, in place."""
    for item in items:
        _without_lost_lines(item, look)
    doubtful = [item for item in items if has_prices(item.roles.values()) and _needs_look(item)]
    wanted = [(item, index, place) for item in doubtful for index, place in item.places.items()]
    texts = look.figures([place for _, _, place in wanted])
    for item in doubtful:
        seen = {
            index: text for (each, index, _), text in zip(wanted, texts, strict=True) if each is item and text
        }
        _solve_again(item, seen, style)
    _confirm_unproven(items, style, look)


def _confirm_unproven(items: Sequence[Item], style: Style, look: SecondLook) -> None:
    """Figures no sum proves must read the same twice: free units, rows that cost nothing or only count."""
    wanted: list[tuple[Item, Role, str, Place]] = []
    for item in items:
        free = item.solution is not None and item.solution.subtotal == 0
        if free and not _has_mark(item):
            item.doubts.add(Role.UNIT_PRICE.value)
        roles = {Role.BONUS, Role.QUANTITY, Role.UNIT_PRICE} if free else {Role.BONUS}
        if not has_prices(item.roles.values()):
            roles = {Role.BONUS, Role.QUANTITY}
        for index, place in item.places.items():
            role, token = item.roles[index], item.tokens.get(index)
            if role in roles and token is not None:
                wanted.append((item, role, token.text, place))
            elif role is Role.BONUS and not look.is_blank(place):
                item.doubts.add("bonus_quantity")
    texts = look.figures([place for *_, place in wanted])
    for (item, role, text, _), again in zip(wanted, texts, strict=True):
        if (
            not text.strip("-")
            or parse_amount(text, style) is None
            or parse_amount(text, style) != parse_amount(again, style)
        ):
            item.doubts.add("bonus_quantity" if role is Role.BONUS else role.value)


def _has_mark(item: Item) -> bool:
    """Whether the price shows its decimal mark: without a sum to prove it, a lost comma would pass."""
    prices = [token.text for index, token in item.tokens.items() if item.roles[index] is Role.UNIT_PRICE]
    return all(re.search(r"[.,]\d{1,4}$", text) for text in prices)


def _without_lost_lines(item: Item, look: SecondLook) -> None:
    """Where the room for a quantity holds no text, none was lost and there is one unit, in place."""
    if item.gaps and not any(look.holds_line(gap) for gap in item.gaps):
        item.doubts -= {Role.QUANTITY.value, Role.UNIT_PRICE.value}


def _needs_look(item: Item) -> bool:
    return item.solution is None or item.solution.ambiguous or item.solution.cost >= REPAIR_COST


def _solve_again(item: Item, seen: dict[int, str], style: Style) -> None:
    cells = dict(item.cells)
    for index, text in seen.items():
        again = cell_readings(text, style)
        if again:
            cells[index] = _join(cells.get(index, ()), again)
    solution = solve_row(arrange(cells, item.roles))
    figures = {Role.QUANTITY.value, Role.UNIT_PRICE.value, Role.SUBTOTAL.value}
    if solution is None or solution.ambiguous or solution.cost >= REPAIR_COST:
        item.doubts |= figures
        return
    item.cells, item.solution = cells, solution
    item.doubts -= figures


def _join(before: tuple[Reading, ...], again: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Both looks at one cell. What both read costs nothing more, what only the second read costs a little."""
    costs: dict[Decimal, Reading] = {reading.value: reading for reading in before}
    for reading in again:
        old = costs.get(reading.value)
        cost = reading.cost if old is not None else reading.cost + 1
        if old is None or cost < old.cost:
            costs[reading.value] = Reading(reading.value, cost)
    return tuple(costs.values())


def same_digits(first: str, second: str) -> bool:
    """Whether two texts hold the same digits in the same order."""
    return re.sub(r"\D", "", first) == re.sub(r"\D", "", second) != ""


_TO_CONFIRM = (
    "issuer_cuit",
    "receiver_cuit",
    "type_code",
    "point_of_sale",
    "number",
    "issue_date",
    "authorization_code",
)


def confirm(printed: Printed, foot: Foot, payload: QrPayload | None, look: SecondLook) -> frozenset[str]:
    """Names of header fields that read the same twice. What a QR says just as well is not looked at again."""
    wanted: dict[str, tuple[Place, str]] = {}
    told = qr_values(payload) if payload is not None else {}
    for name in _TO_CONFIRM:
        evidence = printed.get(name)
        # Read as figures, the letters of a label would become some.
        words = [word for word in evidence.words if re.search(r"\d", word.text)] if evidence else []
        if evidence is not None and words and told.get(name) != evidence.value:
            wanted[name] = place_of(evidence.sheet.page, words), _digits_of(words)
    total = foot.single.get("total")
    confirmed: set[str] = set()
    if total is not None and payload is not None and payload.total == total.value:
        confirmed.add("total")
    elif total is not None:
        wanted["total"] = place_of(total.sheet.page, total.words), _digits_of(total.words)
    texts = look.figures([place for place, _ in wanted.values()])
    confirmed |= {
        name
        for (name, (_, digits)), text in zip(wanted.items(), texts, strict=True)
        if same_digits(digits, text)
    }
    return frozenset(confirmed)


def _digits_of(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words)
