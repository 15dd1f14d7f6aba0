"""How papers reach us: fixed by the seed, and as bad as their name says."""

from itertools import pairwise

import numpy as np
import pytest

from scripts.demo.papers import CONDITIONS, numbers, photograph, printed_total, truth
from tests.unit.scripts.demo.papers.helpers import decoded, make_paper, qr_in, text_of


class TestConditions:
    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_files_are_fixed_by_the_seed(self, condition: str) -> None:
        paper = make_paper(layout="ticket")

        shots = [photograph(paper, condition, seed) for seed in (1, 1, 2)]

        assert shots[0] == shots[1]
        assert len(shots[0].files) == truth(paper)["pages"]
        if condition not in ("pdf", "low110"):
            assert shots[0].files != shots[2].files

    @pytest.mark.parametrize("condition", ["scan200", "low110", "photo", "tilt", "rotated"])
    def test_qr_survives_ordinary_pictures(self, condition: str) -> None:
        paper = make_paper(layout="wholesaler")

        picture = decoded(photograph(paper, condition, 3).files[0])

        assert qr_in(picture) == truth(paper)["qr"]

    def test_pictures_differ_from_the_page_as_their_name_says(self) -> None:
        paper = make_paper()
        brightness = {
            condition: decoded(photograph(paper, condition, 1).files[0]).mean()
            for condition in ("scan200", "photo", "low_light")
        }

        assert all(lighter > darker + 30 for lighter, darker in pairwise(brightness.values()))
        assert max(decoded(photograph(paper, "whatsapp", 1).files[0]).shape) == 1600
        turned = decoded(photograph(make_paper(layout="ticket"), "rotated", 2).files[0])
        upright = decoded(photograph(make_paper(layout="ticket"), "scan200", 2).files[0])
        assert not np.array_equal(turned, upright)

    def test_scanned_pdf_has_no_text_and_the_fake_one_lies(self) -> None:
        paper = make_paper()
        total = numbers.amount(printed_total(paper), paper.traits.numbers)

        assert text_of(photograph(paper, "pdf_scan", 1).files[0]).strip() == ""
        fake = text_of(photograph(paper, "pdf_fake_text", 1).files[0])
        assert "FACTVRA" in fake
        assert total not in fake
