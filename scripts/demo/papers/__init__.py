"""Supplier papers made up for the demo shop and for measuring the reading of invoices.

A `Paper` is a plain value. Everything starts from it:

    from scripts.demo.papers import photograph, render, sample_papers, truth

    for paper in sample_papers(seed=7, count=60):      # the tuned layouts in turn, always the same papers
        pdf = render(paper)                            # vector PDF with a text layer
        shot = photograph(paper, "whatsapp", seed=7)   # JPEG or PDF bytes, media type, condition, seed
        expected = truth(paper)                        # what a perfect reader answers

README.md in this folder tells what each layout and condition is, and what the truth leaves out.
"""

from scripts.demo.papers.adding import add_up, printed_total
from scripts.demo.papers.conditions import CONDITIONS, PHOTOS, Rendered, bundled, photograph, spread, together
from scripts.demo.papers.layouts import HELD_OUT_LAYOUTS, LAYOUTS, TUNED_LAYOUTS, render
from scripts.demo.papers.paper import Line, Paper, Party, Perception, Reference
from scripts.demo.papers.sampling import OWN_CUITS, sample_paper, sample_papers
from scripts.demo.papers.traits import Traits
from scripts.demo.papers.truth import truth

__all__ = [
    "CONDITIONS",
    "HELD_OUT_LAYOUTS",
    "LAYOUTS",
    "OWN_CUITS",
    "PHOTOS",
    "TUNED_LAYOUTS",
    "Line",
    "Paper",
    "Party",
    "Perception",
    "Reference",
    "Rendered",
    "Traits",
    "add_up",
    "bundled",
    "photograph",
    "printed_total",
    "render",
    "sample_paper",
    "sample_papers",
    "spread",
    "together",
    "truth",
]
