"""Pages: what is shown, and how the next one is reached."""

from shared.web.paging import decode_cursor, page_of


def read(row: tuple[str, int]) -> str:
    return row[0].upper()


def key(row: tuple[str, int]) -> tuple[str, ...]:
    return row[0], str(row[1])


def test_one_row_too_many_tells_that_the_list_goes_on() -> None:
    rows = [("a", 1), ("b", 2), ("c", 3)]

    page = page_of(rows, 2, read=read, key=key)

    assert page.items == ["A", "B"]
    assert decode_cursor(page.next_cursor, parts=2) == ("b", "2")


def test_a_list_that_just_fits_ends() -> None:
    page = page_of([("a", 1), ("b", 2)], 2, read=read, key=key, total=2)

    assert (page.items, page.next_cursor, page.total) == (["A", "B"], None, 2)


def test_an_empty_list_is_a_page() -> None:
    page = page_of([], 2, read=read, key=key)

    assert (page.items, page.next_cursor) == ([], None)
