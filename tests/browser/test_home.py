"""The home page: its sentence, its chart, and its manners when a service is away or there is nothing yet."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.fakes.world import World


def test_sentence_compares_with_the_same_weekday_by_now(open_page: OpenPage) -> None:
    page = open_page("/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Buenas tardes, Marta")
    expect(page.locator(".lead")).to_contain_text("que el sábado pasado a esta hora")


def test_chart_changes_its_days_without_leaving_the_page(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.locator(".chart canvas")).to_be_visible()

    page.get_by_role("link", name="90 d").click()

    expect(page.get_by_role("link", name="90 d")).to_have_attribute("aria-current", "true")
    expect(page.locator(".chart canvas")).to_be_visible()
    page.get_by_text("Ver los datos en una tabla").click()
    expect(page.locator("#ventas tbody tr")).to_have_count(96)


def test_a_service_that_is_away_costs_a_section_and_not_the_page(open_page: OpenPage, world: World) -> None:
    world.away = {"deposito", "ml"}

    page = open_page("/")

    expect(page.get_by_text("No pudimos cargar las ventas.")).to_be_visible()
    expect(page.get_by_role("link", name="Factura de Distribuidora Norte")).to_be_visible()


def test_a_new_shop_is_told_what_to_do(open_page: OpenPage, world: World) -> None:
    world.is_empty = True

    page = open_page("/")

    expect(page.get_by_text("Todavía no hay ventas cargadas.")).to_be_visible()
    expect(page.get_by_text("No hay nada pendiente")).to_be_visible()


def test_branch_is_chosen_and_remembered(open_page: OpenPage) -> None:
    page = open_page("/", viewport=PHONE)

    page.locator("summary", has_text="Todas las sucursales").locator("visible=true").click()
    page.get_by_role("button", name="Sucursal Funes").locator("visible=true").click()

    page.goto("/stock")
    expect(page.locator(".top-shop")).to_contain_text("Sucursal Funes")


def test_who_does_not_see_sales_is_shown_the_goods_and_what_to_do(open_page: OpenPage, world: World) -> None:
    world.forbidden = {"sales:read", "sales:write", "invoices:confirm", "forecasts:read"}

    page = open_page("/")

    expect(page.get_by_text("Plata en mercadería")).to_be_visible()
    expect(page.get_by_text("Ventas", exact=False)).to_have_count(0)
    expect(page.get_by_text("No pudimos cargar")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^Confirmar"))).to_have_count(0)


def test_pages_that_are_not_for_a_role_say_so(open_page: OpenPage, world: World) -> None:
    world.forbidden = {"invoices:read", "invoices:write", "invoices:confirm"}
    page = open_page("/")

    for path, missing in (("/facturas", "ver facturas"), ("/facturas/cargar", "cargar y corregir facturas")):
        answer = page.goto(path)

        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_text(f"Tu rol no permite {missing}.")).to_be_visible()
