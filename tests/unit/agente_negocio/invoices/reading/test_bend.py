"""Crumpled sheets: what bends the lines is found and taken out."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from agente_negocio.invoices.reading.picture.bend import find_bend
from agente_negocio.invoices.reading.picture.flat import Way, whole

GLYPH = 12
PITCH = 26
WIDTH, HEIGHT = 1000, 1300

Page = NDArray[np.uint8]


def printed() -> Page:
    """Lines of words, with the wide gaps of a table."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for y in range(60, HEIGHT - 60, PITCH):
        for x in (40, 420, 700, 860):
            cv2.putText(page, "187462", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.55, 0, 2)
    return page


def crumpled(page: Page, reach: float) -> Page:
    """Moved up and down by waves along both sides, at most reach pixels."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    down = reach * np.sin(2 * np.pi * xs / 420) * np.cos(2 * np.pi * ys / 700)
    moved = cv2.remap(page, xs, (ys + down).astype(np.float32), cv2.INTER_LINEAR, borderValue=(255,))
    return np.asarray(moved, dtype=np.uint8)


def evenness(page: Page) -> float:
    """How sharply rows of ink and of paper follow each other."""
    rows = (page < 128).sum(axis=1).astype(float)
    return float(np.abs(np.diff(rows)).sum())


def test_bent_lines_are_straight_again() -> None:
    flat, bent = printed(), crumpled(printed(), 9)

    bend = find_bend(bent, GLYPH)
    assert bend is not None
    restored = whole(bent).bent(bend).picture(bent)

    assert evenness(bent) < 0.6 * evenness(flat)
    assert evenness(restored) > 0.68 * evenness(flat)


@pytest.mark.parametrize("page", [printed(), np.full((HEIGHT, WIDTH), 255, np.uint8)])
def test_a_flat_or_an_empty_sheet_is_left_alone(page: Page) -> None:
    assert find_bend(page, GLYPH) is None


class TestTheWayToASheet:
    WAY = whole(np.zeros((200, 100), np.uint8)).straightened(3).scaled(1.7)

    def test_four_quarters_lead_back(self) -> None:
        way = self.WAY
        for _ in range(4):
            way = way.turned(1)

        assert (way.width, way.height) == (self.WAY.width, self.WAY.height)
        assert np.allclose(way.matrix, self.WAY.matrix)

    def test_points_come_back(self) -> None:
        there = self.WAY.points([(12, 34), (90, 180)])

        assert np.allclose(self.WAY.inverse().points(there), [(12, 34), (90, 180)])

    def test_what_is_drawn_stands_where_its_points_say(self) -> None:
        picture = np.full((200, 100), 255, np.uint8)
        cv2.circle(picture, (30, 150), 6, 0, -1)
        way = Way(np.eye(3), 100, 200).turned(1).scaled(2.0)

        (x, y) = way.points([(30, 150)])[0]

        assert way.picture(picture)[round(y), round(x)] < 30
