"""The state of the system, as an owner finds it on a phone and at a desk."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.fakes.world import World


def tag_of(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(title, exact=True)).locator(".tag")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_persons_menu_to_how_everything_is(open_page: OpenPage, size: dict[str, int]) -> None:
    page = open_page("/", viewport=size)

    page.locator(".person summary").click()
    page.get_by_role("link", name="Estado del sistema").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Estado del sistema")
    expect(page.get_by_text("Todo funciona y tus datos están a salvo.")).to_be_visible()
    expect(tag_of(page, "Copia de seguridad")).to_have_text("Al día")
    expect(tag_of(page, "Prueba de la copia")).to_have_text("Volvió todo")


def test_a_service_that_is_away_is_told_and_the_rest_stays(open_page: OpenPage, world: World) -> None:
    world.away.add("deposito")
    world.jobs_given_up = 2

    page = open_page("/estado", viewport=PHONE)

    expect(page.get_by_text("Hay algo que no anda bien")).to_be_visible()
    expect(page.get_by_text("2 tareas no se pudieron hacer.")).to_be_visible()
    expect(tag_of(page, "Control del stock")).to_have_text("No se sabe")


def test_others_neither_find_nor_open_it(open_page: OpenPage, world: World) -> None:
    world.forbidden.add("operations:read")

    page = open_page("/", viewport=PHONE)
    page.locator(".person summary").click()
    expect(page.get_by_role("link", name="Estado del sistema")).to_have_count(0)
    page.goto("/estado")

    expect(page.get_by_text("Copia de seguridad")).to_have_count(0)
