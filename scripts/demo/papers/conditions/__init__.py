"""How papers reach us: files as sent, scans, photos good and bad. Each is fixed by its seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.random import Generator

from scripts.demo.papers.conditions import scene
from scripts.demo.papers.conditions.pdf import with_broken_text
from scripts.demo.papers.conditions.raster import page_width, rasterise, scanned_pdf
from scripts.demo.papers.conditions.shots import SHOTS
from scripts.demo.papers.layouts import page_count, render, render_all
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.truth import truth

PDF = "application/pdf"
_SCANNED_DPI = 200
_SHARED_SHOT = 0.88
"""Two sheets in one shot are seen from farther away."""
_NONSENSE = "lorem 0l23 FACTVRA Q Cornp. Nr0 00OO1\nTOTAI 1l.ll1,O0 C.A.E. 7O1 I|| neto gravad0 9.9,9\n"
_DOCUMENTS = ("pdf", "pdf_scan", "pdf_fake_text", "pdf_broken_text")

CONDITIONS = (*_DOCUMENTS, *SHOTS)
"""Names that `photograph` takes."""
PHOTOS = tuple(name for name, shot in SHOTS.items() if shot.is_photo)
"""Those in which sheets lie on a table: names that `together` and `spread` take."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Files made from papers, to be read as one capture.

    files: a single PDF, or one picture per shot. truths: what a perfect reader answers, one per
    document in reading order.
    """

    files: tuple[bytes, ...]
    media_type: str
    condition: str
    seed: int
    truths: tuple[dict[str, Any], ...]


def photograph(paper: Paper, condition: str, seed: int) -> Rendered:
    """The paper under a condition; the same arguments give the same bytes.

    Pictures show the pages of the first copy, one file each. pdf is the file as the supplier
    sent it (every copy), pdf_scan holds pictures only, pdf_fake_text adds a text layer of nonsense,
    pdf_broken_text looks right and extracts as nonsense.
    """
    pdf = render(paper)
    truths = (truth(paper),)
    random = _generator((paper,), condition, seed)
    if condition in _DOCUMENTS:
        return Rendered((_document(pdf, paper, condition, random),), PDF, condition, seed, truths)
    shot = SHOTS[condition]
    dpi = shot.dpi_for(page_width(pdf))
    pages = (rasterise(pdf, dpi, page) for page in range(page_count(paper)))
    files = tuple(shot.take((page,), dpi, random) for page in pages)
    return Rendered(files, shot.media_type, condition, seed, truths)


def together(papers: Sequence[Paper], condition: str, seed: int) -> Rendered:
    """Two or more papers of one page each, beside each other in one photo (one of `PHOTOS`).

    Raises ValueError when a paper has more pages.
    """
    if any(page_count(paper) > 1 for paper in papers):
        raise ValueError("only papers of one page are taken together")
    shot, random = SHOTS[condition], _generator(papers, condition, seed)
    dpi = shot.dpi * _SHARED_SHOT
    pages = [rasterise(render(paper), dpi) for paper in papers]
    truths = tuple(truth(paper) for paper in papers)
    return Rendered((shot.take(pages, dpi, random),), shot.media_type, condition, seed, truths)


def spread(paper: Paper, seed: int, condition: str = "photo") -> Rendered:
    """A paper of several pages taken two by two; the last shot may show one. Pages count as printed.

    Raises ValueError for a paper of one page.
    """
    count = page_count(paper)
    if count == 1:
        raise ValueError("a paper of one page has nothing to spread")
    shot, random, pdf = SHOTS[condition], _generator((paper,), condition, seed), render(paper)
    dpi = shot.dpi * _SHARED_SHOT
    files = []
    for first in range(0, count, 2):
        pages = [rasterise(pdf, dpi, page) for page in range(first, min(first + 2, count))]
        files.append(shot.take(pages, dpi, random))
    return Rendered(tuple(files), shot.media_type, condition, seed, (truth(paper),))


def bundled(papers: Sequence[Paper]) -> Rendered:
    """Several papers one after the other in one PDF, with all their copies."""
    truths = tuple(truth(paper) for paper in papers)
    return Rendered((render_all(papers),), PDF, "pdf", 0, truths)


def _document(pdf: bytes, paper: Paper, condition: str, random: Generator) -> bytes:
    if condition == "pdf":
        return pdf
    if condition == "pdf_broken_text":
        return with_broken_text(pdf, random)
    pages = range(page_count(paper))
    pictures = [scene.noisy(rasterise(pdf, _SCANNED_DPI, page), random, 2) for page in pages]
    hidden = _NONSENSE * 12 if condition == "pdf_fake_text" else ""
    return scanned_pdf(pictures, _SCANNED_DPI, 75, hidden)


def _generator(papers: Sequence[Paper], condition: str, seed: int) -> Generator:
    """Random numbers of one picture: seed, condition and papers all count."""
    names = (
        f"{paper.issuer.cuit}/{paper.type_code}/{paper.point_of_sale}/{paper.number}" for paper in papers
    )
    return np.random.default_rng([seed, crc32(f"{condition}/{'/'.join(names)}".encode())])
