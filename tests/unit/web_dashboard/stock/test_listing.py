"""The stock list's address: what it means, and where its links lead."""

from urllib.parse import parse_qs, urlsplit

from web_dashboard.stock.view_models import COLUMNS, StockQuery


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_unknown_words_fall_back_to_the_usual() -> None:
    listing = StockQuery(estado="nada", orden="precio", dir="up").to_listing()

    assert (listing.state, listing.sort, listing.direction) == ("", "risk", "asc")


def test_sorting_again_turns_the_direction_and_starts_over() -> None:
    listing = StockQuery(q="té", orden="name", dir="asc", cursor="abc", previos="-").to_listing()

    assert asked(listing.sorted_by(COLUMNS[0])) == {"q": "té", "orden": "name", "dir": "desc"}
    assert asked(listing.sorted_by(COLUMNS[3]))["dir"] == "desc"


def test_previous_page_leads_back_the_way_one_came() -> None:
    first = StockQuery().to_listing()
    second = StockQuery(**asked(first.next_page("b"))).to_listing()
    third = StockQuery(**asked(second.next_page("c"))).to_listing()

    assert first.previous_page is None
    assert third.offset == 40
    assert third.previous_page == first.next_page("b")
    assert second.previous_page == first.url()
