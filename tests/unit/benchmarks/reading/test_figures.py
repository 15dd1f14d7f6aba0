"""Goals: what is counted where, and when a goal is met."""

from dataclasses import replace

from benchmarks.reading.figures import Line, goal_lines
from benchmarks.reading.scoring import Score

GOOD = Score(
    layout="rcel",
    condition="photo",
    seed=1,
    copy=0,
    part=1,
    has_qr=True,
    is_honest=True,
    is_header_exact=True,
    rows=10,
    rows_exact=10,
    is_exact=True,
    is_accepted=True,
    is_silent=False,
    pages=1,
    cpu_seconds=1,
    differences=(),
    header_confidences=(),
    line_confidences=(),
)


def line(scores: list[Score], name: str, held_out: tuple[str, ...] = ()) -> Line:
    return next(each for each in goal_lines(scores, held_out) if each.name == name)


def test_headers_are_counted_by_code_and_condition() -> None:
    bare = replace(GOOD, has_qr=False)
    scores = [
        GOOD,
        replace(GOOD, condition="crumpled", is_header_exact=False),
        replace(bare, condition="scan200"),
        replace(bare, is_header_exact=False),
        replace(bare, condition="whatsapp"),
    ]

    assert (line(scores, "header with QR").value, line(scores, "header with QR").count) == (0.5, 2)
    assert line(scores, "header without QR, scan").verdict == "met"
    assert line(scores, "header without QR, photo").value == 0.5
    assert line(scores, "header without QR, photo").verdict == "missed"
    assert line(scores, "header without QR, crumpled").value is None


def test_rows_are_counted_by_the_paper_and_its_condition() -> None:
    scores = [GOOD, replace(GOOD, rows_exact=9, rows=90), replace(GOOD, condition="thermal", rows_exact=9)]

    assert line(scores, "rows, flat photo").value == 0.19
    assert line(scores, "rows, WhatsApp, shadow, thermal").value == 0.9


def test_acceptance_counts_honest_papers_that_are_not_crumpled() -> None:
    scores = [
        GOOD,
        replace(GOOD, is_accepted=False),
        replace(GOOD, is_honest=False, is_accepted=False),
        replace(GOOD, condition="crumpled", is_accepted=False),
    ]

    accepted = line(scores, "accepted without a person, all but crumpled")

    assert (accepted.value, accepted.count) == (0.5, 2)


def test_no_silent_error_among_few_proves_nothing() -> None:
    name = "silent errors among accepted"

    assert line([GOOD] * 2999, name).verdict == "too few"
    assert line([GOOD] * 3000, name).verdict == "met"
    assert line([GOOD] * 3000, name).note == "rate below 0.100%"
    assert line([*[GOOD] * 3000, replace(GOOD, is_silent=True)], name).verdict == "missed"


def test_altered_papers_have_a_line_for_each_kind() -> None:
    altered = replace(GOOD, is_honest=False, altered="tax, by cents")
    refused = replace(altered, is_accepted=False)
    tolerated = replace(altered, is_tolerated=True)
    scores = [GOOD, refused, refused, tolerated]

    name = "altered tax, by cents: accepted"
    assert (line(scores, name).value, line(scores, name).count, line(scores, name).verdict) == (0, 2, "met")
    assert line([*scores, altered], name).verdict == "missed"
    assert line(scores, "altered price, by more: accepted").value is None
    assert line(scores, "altered within the cents allowed: accepted").value == 1


def test_layouts_never_tuned_on_are_set_against_the_others() -> None:
    new = replace(GOOD, layout="secret")
    scores = [*[GOOD] * 100, *[new] * 97, *[replace(new, is_header_exact=False)] * 3]

    worse = line(scores, "layouts never tuned on, header: points worse", ("secret",))

    assert worse.value is not None
    assert round(worse.value, 6) == 3
    assert worse.verdict == "missed"
    assert line(scores, "layouts never tuned on, rows: points worse", ("secret",)).verdict == "met"
    assert line(scores, "layouts never tuned on, rows: points worse").value is None
