"""Small pictures drawn by the server: the geometry of their SVG."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT = 120, 34
_MARGIN = 3
_FEWEST_POINTS = 2


def spark_path(values: Sequence[Decimal | float]) -> dict[str, str] | None:
    """Line, area and last point of a sparkline in a 120 x 34 box; None for fewer than two values."""
    if len(values) < _FEWEST_POINTS:
        return None
    numbers = [float(value) for value in values]
    low, span = min(numbers), (max(numbers) - min(numbers)) or 1.0
    points = [
        (
            round(index * WIDTH / (len(numbers) - 1), 1),
            round(HEIGHT - _MARGIN - (value - low) / span * (HEIGHT - 2 * _MARGIN), 1),
        )
        for index, value in enumerate(numbers)
    ]
    line = "M" + " L".join(f"{x} {y}" for x, y in points)
    last_x, last_y = points[-1]
    return {
        "line": line,
        "area": f"{line} L{WIDTH} {HEIGHT} L0 {HEIGHT} Z",
        # A line of no length with round ends: a dot that stays round however the picture is stretched.
        "dot": f"M{last_x} {last_y}h.01",
    }
