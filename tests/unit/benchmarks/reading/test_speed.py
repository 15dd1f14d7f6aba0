"""What is measured side by side, and how it is told."""

from benchmarks.reading.speed import Pair, _pdf_lines, _photo_lines, _turn_by_turn


def test_who_goes_first_changes_and_costs_stay_with_their_owner() -> None:
    went: list[str] = []

    def spin(name: str, rounds: int) -> None:
        went.append(name)
        sum(range(rounds))

    for turn in range(3):
        short, long, none = _turn_by_turn(
            turn, [lambda: spin("a", 10), lambda: spin("b", 3_000_000), lambda: spin("c", 10)]
        )
        assert long > max(short, none)

    assert "".join(went) == "abc" + "bca" + "cab"


def test_reading_is_told_without_pictures_and_with_them() -> None:
    pairs = [Pair(ours=1.0, shown=1.5, bare=2.0), Pair(ours=1.0, shown=2.5, bare=2.0)] * 3

    without, shown = _photo_lines(pairs)
    pages = _pdf_lines([Pair(ours=0.015, shown=0.03, bare=None)])

    assert (without.value, without.verdict) == (0.5, "met")
    assert (shown.value, shown.verdict, shown.name) == (
        1.0,
        "met",
        "CPU per photographed page, pictures / tesseract",
    )
    assert [(line.name, line.value, line.verdict) for line in pages] == [
        ("PDF text page", 15, "met"),
        ("PDF text page, pictures", 30, "missed"),
    ]


def test_without_the_bare_command_there_is_no_ratio() -> None:
    assert _photo_lines([Pair(ours=1.0, shown=1.5, bare=None)]) == []
