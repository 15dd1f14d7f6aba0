"""How papers reach us: fixed by the seed, and as bad as their name says."""

from decimal import Decimal
from itertools import pairwise

import cv2
import numpy as np
import pypdfium2
import pytest

from scripts.demo.papers import (
    CONDITIONS,
    PHOTOS,
    Line,
    Paper,
    Traits,
    bundled,
    numbers,
    photograph,
    printed_total,
    render,
    spread,
    together,
    truth,
)
from scripts.demo.papers.conditions.hands import hold
from scripts.demo.papers.conditions.raster import rasterise
from scripts.demo.papers.traits import FontFamily
from tests.unit.scripts.demo.papers.helpers import decoded, make_paper, qr_in, text_of


class TestConditions:
    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_files_are_fixed_by_the_seed(self, condition: str) -> None:
        paper = make_paper(layout="ticket")

        shots = [photograph(paper, condition, seed) for seed in (1, 1, 2)]

        assert shots[0] == shots[1]
        assert len(shots[0].files) == truth(paper)["pages"]
        assert shots[0].truths == (truth(paper),)
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

    def test_broken_text_looks_right_and_extracts_as_nonsense(self) -> None:
        for font in (FontFamily.TIMES, FontFamily.VERA):
            paper = make_paper(traits=Traits(font=font))
            whole = render(paper)
            for seed in range(6):
                broken = photograph(paper, "pdf_broken_text", seed).files[0]

                text = text_of(broken)

                assert np.array_equal(rasterise(broken, 72), rasterise(whole, 72))
                assert len(text) > 300
                said = (paper.issuer.cuit or "", "COMPRADOR", "24,20", "02/11/2026", "Neto", "86451234567890")
                assert not [each for each in said if each in text]

    def test_blur_takes_sharpness_and_leaves_the_page(self) -> None:
        paper = make_paper()

        sharp, vague = (decoded(photograph(paper, name, 4).files[0]) for name in ("photo", "blur"))

        assert vague.shape == sharp.shape
        assert cv2.Laplacian(vague, cv2.CV_64F).var() < 0.5 * cv2.Laplacian(sharp, cv2.CV_64F).var()


class TestFingers:
    def test_they_hold_the_margin_and_cover_no_ink(self) -> None:
        sheet = rasterise(render(make_paper()), 100)
        ink = sheet.max(axis=2) < 200
        held = 0
        for seed in range(12):
            seen = hold(sheet, sheet, np.eye(3), 100, np.random.default_rng(seed))

            held += not np.array_equal(seen, sheet)
            assert np.array_equal(seen[ink], sheet[ink])
        assert held >= 10

    def test_a_sheet_without_margin_is_left_alone(self) -> None:
        sheet = np.zeros((400, 300, 3), np.uint8)

        assert np.array_equal(hold(sheet, sheet, np.eye(3), 100, np.random.default_rng(1)), sheet)


class TestSeveral:
    def test_two_papers_stand_beside_each_other_in_one_photo(self) -> None:
        papers = (make_paper(number=11), make_paper(number=12, layout="beverage"))

        shot = together(papers, "photo", 5)

        assert shot == together(papers, "photo", 5)
        assert [answer["header"]["number"] for answer in shot.truths] == ["11", "12"]
        (file,) = shot.files
        picture = decoded(file)
        halves = np.array_split(picture, 2, axis=1)
        assert [(qr_in(half) or {}).get("nroCmp") for half in halves] == [11, 12]

    @pytest.mark.parametrize("condition", PHOTOS)
    def test_every_photo_can_show_two(self, condition: str) -> None:
        papers = (make_paper(layout="ticket"), make_paper(layout="ticket", number=9))

        assert len(together(papers, condition, 1).files) == 1

    def test_only_single_pages_are_taken_together(self) -> None:
        with pytest.raises(ValueError, match="one page"):
            together((make_paper(), _long()), "photo", 1)

    def test_pages_of_one_paper_are_taken_two_by_two(self) -> None:
        paper = _long()
        pages = truth(paper)["pages"]
        assert pages == 3

        shot = spread(paper, 2)

        assert len(shot.files) == 2
        assert shot.truths == (truth(paper),)
        wide, single = (decoded(file).shape for file in shot.files)
        assert wide[1] > 1.6 * single[1]

    def test_one_page_cannot_be_spread(self) -> None:
        with pytest.raises(ValueError, match="nothing to spread"):
            spread(make_paper(), 1)

    def test_papers_bundled_follow_one_another_in_one_file(self) -> None:
        papers = (make_paper(number=11), make_paper(number=12, layout="ticket"), _long())

        (file,) = bundled(papers).files

        document = pypdfium2.PdfDocument(file)
        widths = [round(page.get_width()) for page in document]
        document.close()
        assert widths == [595, 227, 595, 595, 595]
        text = text_of(file)
        assert text.index("00000011") < text.index("00000012") < text.index("00000812")
        assert [answer["pages"] for answer in bundled(papers).truths] == [1, 1, 3]


def _long() -> Paper:
    return make_paper(*[Line("1", "Yerba mate", Decimal(2), Decimal(10))] * 60)
