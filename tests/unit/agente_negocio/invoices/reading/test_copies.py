"""Which pages of a file are copies of others."""

from dataclasses import replace

import pytest

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf.copies import without_copies
from scripts.demo.papers import render, sample_papers, truth


def page(text: str) -> list[Word]:
    return [Word(each, 10.0 * x, 0, 10.0 * x + 9, 8) for x, each in enumerate(text.split())]


def test_the_second_and_third_copy_are_left_out() -> None:
    pages = [page(f"{name} factura 12 total 30,00") for name in ("ORIGINAL", "DUPLICADO", "(Triplicado)")]

    assert without_copies(pages) == [0]


def test_the_pages_of_a_copy_belong_to_it() -> None:
    pages = [page(f"{name} hoja {number}") for name in ("ORIGINAL", "DUPLICADO") for number in "12"]

    assert without_copies(pages) == [0, 1]


def test_another_paper_that_is_a_duplicate_itself_is_kept() -> None:
    assert without_copies([page("ORIGINAL total 30,00"), page("DUPLICADO total 31,00")]) == [0, 1]


def test_equal_words_over_every_picture_make_no_copies() -> None:
    assert without_copies([page("scanned with a scanner")] * 3) == [0, 1, 2]


def test_copies_do_not_count_as_pages() -> None:
    (paper,) = sample_papers(300_016, 1, ("rcel",))
    paper = replace(paper, traits=replace(paper.traits, copies=3))
    pages = truth(paper)["pages"]

    (document,) = read([render(paper)], ReadingOptions(max_pages=pages))

    assert document.pages == pages
    with pytest.raises(UnreadableFileError, match="pages"):
        read([render(paper)], ReadingOptions(max_pages=pages - 1))
