"""Texts on a grid of characters, as printers without fonts write them."""

from scripts.demo.papers.layouts.sheet import Face, Sheet

COURIER_ADVANCE = 0.6


class Grid:
    """Lines of fixed width characters, written from the top down."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.lines: list[str] = []
        self.bold: set[int] = set()

    def write(self, text: str = "", *, is_bold: bool = False) -> None:
        """One line, which must fit the paper: a figure cut off would make the truth a lie."""
        assert len(text) <= self.columns, text
        if is_bold:
            self.bold.add(len(self.lines))
        self.lines.append(text)

    def rule(self, mark: str = "-") -> None:
        """A line of dashes."""
        self.write(mark * self.columns)

    def pair(self, left: str, right: str, *, is_bold: bool = False) -> None:
        """One text at each edge; the left one gives way."""
        room = self.columns - len(right) - 1
        self.write(f"{left[:room]:<{room}} {right}", is_bold=is_bold)

    def center(self, text: str, *, is_bold: bool = False) -> None:
        """A text in the middle."""
        self.write(text.center(self.columns).rstrip(), is_bold=is_bold)

    def draw(self, sheet: Sheet, corner: tuple[float, float], size: float, pitch: float) -> float:
        """Draw every line in Courier from the corner down; returns the next baseline."""
        x, y = corner
        for index, text in enumerate(self.lines):
            name = "Courier-Bold" if index in self.bold else "Courier"
            if text.strip():
                sheet.left(x, y, text, Face(name, size))
            y += pitch
        return y
