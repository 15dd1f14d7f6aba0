"""The stock list: search while typing, states, sorting, paging, with and without JavaScript."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_search_follows_typing_and_keeps_focus_and_address(open_page: OpenPage) -> None:
    page = open_page("/stock")

    page.keyboard.press("/")
    page.keyboard.type("fernet", delay=40)

    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_label("Buscar en el stock")).to_be_focused()
    expect(page.get_by_label("Buscar en el stock")).to_have_value("fernet")
    expect(page).to_have_url(re.compile("q=fernet"))


def test_sorting_says_its_direction_and_back_undoes_it(open_page: OpenPage) -> None:
    page = open_page("/stock")
    first = page.locator("tbody tr").first
    header = page.get_by_role("columnheader", name="Producto")

    header.get_by_role("link").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(first).to_contain_text("Aceite de girasol")
    header.get_by_role("link").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(first).to_contain_text("Yerba")
    page.go_back()

    expect(first).to_contain_text("Aceite de girasol")


def test_pages_go_forth_and_back(open_page: OpenPage) -> None:
    page = open_page("/stock?orden=name&dir=asc")
    name = page.locator("tbody tr b").first.inner_text()

    page.get_by_role("link", name="Siguiente").click()
    expect(page.get_by_text("21–40 de 60")).to_be_visible()
    page.get_by_role("link", name="Anterior").click()

    expect(page.get_by_text("1–20 de 60")).to_be_visible()
    expect(page.locator("tbody tr b").first).to_have_text(name)


def test_states_filter(open_page: OpenPage) -> None:
    page = open_page("/stock")

    page.get_by_role("link", name="Agotados").click()

    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("estado=out"))


def test_list_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/stock", java_script_enabled=False)

    page.get_by_label("Buscar en el stock").fill("yerba")
    page.get_by_role("button", name="Buscar").click()
    page.get_by_role("columnheader", name="Hay").get_by_role("link").click()

    expect(page.get_by_role("columnheader", name="Hay")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody tr").first).to_contain_text("Yerba")


def test_older_movements_of_a_product(open_page: OpenPage) -> None:
    page = open_page("/stock")

    page.get_by_role("link", name="Fernet Branca", exact=True).click()
    expect(page.locator(".history li").first).to_contain_text("Venta")
    page.get_by_role("link", name="Ver movimientos anteriores").click()

    expect(page.locator(".history li").first).to_contain_text("18/11/2026")
