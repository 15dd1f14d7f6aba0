"""How many sheets a picture shows, and the way to each: papers beside each other on a table."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from agente_negocio.invoices.reading.files import Gray
from agente_negocio.invoices.reading.picture.flat import Way
from agente_negocio.invoices.reading.picture.page import find_quad, frame, way_to
from agente_negocio.invoices.reading.symbols.detect import Symbol, payload_of

_MOST_SHEETS = 4
_LEAST_AREA = 0.1
"""Of what lies on one side of a gap: a ticket beside a large sheet leaves most of it empty."""
_SMALL_SIDE = 240
_ROWS = 64
"""Places along a gap at which it is compared with what lies beside it."""
_GAP_STEP = 0.07
"""Of log brightness: how much darker the table between two sheets is than they are."""
_REACHES = (0.02, 0.04, 0.065)
"""Of the width: how far beside the middle of a gap the paper may begin."""
_FRAME = 0.015
"""Of the shorter side: the outermost pixels, where a picture of papers on a table shows the table."""
_LEAST_TABLE = 0.15
"""Of log brightness: how much darker a table is than paper."""
_LIKE_TABLE = 0.4
"""Of the step from table to paper: a gap lighter than that is print or a shaded row."""
_DARK_SHARE = 97
"""Per cent of a gap that is as dark as the table: a dark band of a form ends at the margins of its paper."""
_FROM, _TO = 0.12, 0.88
_SLANT = 0.07
_LEAST_GAP, _LEAST_SIDE = 0.8, 0.3
"""Of the rows: with paper on either side of the gap, and on each side, for sheets may differ in length."""
_MIDDLE = (0.3, 0.7)
"""Of a side: where two vouchers scanned in one picture may be parted when only their codes tell."""


def find_sheets(gray: Gray, found: Sequence[Symbol]) -> list[Way]:
    """The way to every sheet, from left to right and from top to bottom; one where nothing parts them.

    found: symbols in pixels of the picture.
    """
    ways = _parted(gray, _MOST_SHEETS)
    if len(ways) > 1:
        return ways
    return _between_codes(gray, found) or [frame(gray)]


def _parted(gray: Gray, most: int) -> list[Way]:
    """Ways to sheets with a gap of table between them, none when not every part shows the edges of one."""
    for turned in (False, True):
        picture = np.ascontiguousarray(gray.T) if turned else gray
        gap = _gap(picture)
        if gap is None:
            continue
        found: list[Way] = []
        for left, part in _parts(picture, gap):
            corner = (0.0, float(left)) if turned else (float(left), 0.0)
            upright = np.ascontiguousarray(part.T) if turned else part
            within = _parted(upright, most - 1) if most > 2 else []  # noqa: PLR2004  there is room for more
            quad = find_quad(upright, least_area=_LEAST_AREA)
            if not within and quad is not None:
                within = [way_to(quad)]
            found += [way.after_crop(*corner) for way in within]
            if not within:
                break
        else:
            return found[:_MOST_SHEETS]
    return []


Gap = tuple[float, float]
"""Where the middle of a gap crosses the upper and the lower edge of the picture, pixels."""


def _gap(gray: Gray) -> Gap | None:
    """A dark line from top to bottom with lighter paper on both sides."""
    factor = _SMALL_SIDE / max(gray.shape)
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    logs = np.log1p(small.astype(np.float32))
    height, width = logs.shape
    table, paper = _table(logs), float(np.percentile(logs, 75))
    if paper - table < _LEAST_TABLE:
        return None
    tops = np.arange(_FROM * width, _TO * width, 2.0)
    slants = np.arange(-_SLANT * width, _SLANT * width + 0.1, 2.0)
    top, slant = (each.ravel() for each in np.meshgrid(tops, slants, indexing="ij"))
    rows = np.linspace(0.02, 0.98, _ROWS) * (height - 1)
    xs = top[:, None] + slant[:, None] * rows[None, :] / height
    here = _sampled(logs, xs, rows)
    left, right = (
        np.max([_sampled(logs, xs + side * reach * width, rows) for reach in _REACHES], axis=0)
        for side in (-1, 1)
    )
    on_left, on_right = left - here > _GAP_STEP, right - here > _GAP_STEP
    either = (on_left | on_right).mean(axis=1)
    each = np.minimum(on_left.mean(axis=1), on_right.mean(axis=1))
    dark = np.percentile(here, _DARK_SHARE, axis=1) < table + _LIKE_TABLE * (paper - table)
    fits = (either > _LEAST_GAP) & (each > _LEAST_SIDE) & dark
    if not fits.any():
        return None
    depth = np.minimum(np.median(left - here, axis=1), np.median(right - here, axis=1))
    best = int(np.argmax(np.where(fits, either + each + depth, -np.inf)))
    return float(top[best] / factor), float((top[best] + slant[best]) / factor)


def _table(logs: NDArray[np.float32]) -> float:
    """How bright the outermost pixels are."""
    edge = max(1, round(_FRAME * min(logs.shape)))
    inside = np.zeros(logs.shape, dtype=bool)
    inside[edge:-edge, edge:-edge] = True
    return float(np.median(logs[~inside]))


def _sampled(
    logs: NDArray[np.float32], xs: NDArray[np.float64], rows: NDArray[np.float64]
) -> NDArray[np.float32]:
    height, width = logs.shape
    columns = np.clip(np.rint(xs), 0, width - 1).astype(int)
    return np.asarray(logs[np.clip(np.rint(rows), 0, height - 1).astype(int)[None, :], columns])


def _parts(gray: Gray, gap: Gap) -> Iterator[tuple[int, Gray]]:
    """Left edge and pixels of what lies on each side of a gap; what lies beyond it is painted as table."""
    height, width = gray.shape
    xs = np.linspace(gap[0], gap[1], height)
    table = int(np.median(gray[np.arange(height), np.clip(np.rint(xs), 0, width - 1).astype(int)]))
    columns = np.arange(width)[None, :]
    end, start = min(width, int(max(gap)) + 2), max(0, int(min(gap)) - 1)
    for low, high, beyond in ((0, end, columns > xs[:, None]), (start, width, columns < xs[:, None])):
        part = gray[:, low:high].copy()
        part[beyond[:, low:high]] = table
        yield low, part


def _between_codes(gray: Gray, found: Sequence[Symbol]) -> list[Way]:
    """Two vouchers without visible edges: parted where there is the least ink between their codes."""
    codes = [symbol for symbol in found if payload_of([symbol]) is not None]
    vouchers = {_voucher(symbol) for symbol in codes}
    if len(vouchers) != 2:  # noqa: PLR2004  left and right, or above and below
        return []
    for axis in (0, 1):
        low, high = (_reach(codes, voucher, axis) for voucher in sorted(vouchers))
        if low > high:
            low, high = high, low
        size = gray.shape[1 - axis]
        start, end = max(low[1], _MIDDLE[0] * size), min(high[0], _MIDDLE[1] * size)
        if start < end:
            ink = (255 - gray.astype(np.float32)).mean(axis=axis)
            smooth = np.convolve(ink, np.ones(9) / 9, mode="same")
            cut = int(start + np.argmin(smooth[int(start) : int(end) + 1]))
            return _halves(gray, cut, axis)
    return []


def _voucher(symbol: Symbol) -> tuple[str, int, int, int]:
    parsed = payload_of([symbol])
    assert parsed is not None
    payload = parsed[0]
    return payload.issuer_cuit, payload.type_code, payload.point_of_sale, payload.number


def _reach(codes: Sequence[Symbol], voucher: tuple[str, int, int, int], axis: int) -> tuple[float, float]:
    places = [corner[axis] for code in codes if _voucher(code) == voucher for corner in code.corners]
    return min(places), max(places)


def _halves(gray: Gray, cut: int, axis: int) -> list[Way]:
    height, width = gray.shape
    if axis == 0:
        return [_window(0, 0, cut, height), _window(cut, 0, width - cut, height)]
    return [_window(0, 0, width, cut), _window(0, cut, width, height - cut)]


def _window(x: int, y: int, width: int, height: int) -> Way:
    return Way(np.eye(3), width, height).after_crop(float(x), float(y))
