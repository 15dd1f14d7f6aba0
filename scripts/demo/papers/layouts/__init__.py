"""The layouts of supplier papers, by name."""

from collections.abc import Sequence

from scripts.demo.papers.layouts import (
    beverage,
    bottler,
    controller,
    delivery,
    distributor,
    hardware,
    monospaced,
    rcel,
    ticket,
    unseen_one,
    unseen_three,
    unseen_two,
    wholesaler,
    winery,
)
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.sheet import Sheet
from scripts.demo.papers.paper import Paper

LAYOUTS: dict[str, Layout] = {
    module.LAYOUT.name: module.LAYOUT
    for module in (
        rcel,
        distributor,
        wholesaler,
        monospaced,
        ticket,
        beverage,
        bottler,
        hardware,
        controller,
        winery,
        delivery,
        unseen_one,
        unseen_two,
        unseen_three,
    )
}

HELD_OUT_LAYOUTS = ("unseen_one", "unseen_two", "unseen_three")
"""Nobody who tunes a reader looks at papers of these."""
TUNED_LAYOUTS = tuple(name for name in LAYOUTS if name not in HELD_OUT_LAYOUTS)


def render(paper: Paper) -> bytes:
    """The paper as a vector PDF with a text layer, the same bytes every time.

    Raises ValueError when the layout has no place for something the paper says.
    """
    return render_all((paper,))


def render_all(papers: Sequence[Paper]) -> bytes:
    """Several papers one after the other in one PDF. Raises ValueError as `render`."""
    sheet = Sheet()
    for paper in papers:
        layout = LAYOUTS[paper.layout]
        problem = layout.misfit(paper)
        if problem:
            raise ValueError(f"layout {layout.name} cannot print {problem}")
        layout.draw(sheet, paper)
    return sheet.finish()


def page_count(paper: Paper) -> int:
    """Pages of one copy."""
    return len(LAYOUTS[paper.layout].pages(paper))
