"""Reviewing an invoice beside its paper: every way to correct it, and what keeps it from being confirmed."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.fakes.invoice import INVOICE
from tests.browser.fakes.world import World

ADDRESS = f"/facturas/{INVOICE}"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The review of the sample invoice."""
    return open_page(ADDRESS)


def test_focused_field_is_lit_on_the_paper(page: Page) -> None:
    page.get_by_label("Precio del renglón 7").focus()

    lit = page.locator(".lit-box")
    expect(lit).to_have_attribute("width", "0.9045517241379311")
    assert lit.bounding_box() is not None


def test_a_value_of_a_line_is_lit_by_itself_where_its_place_is_known(page: Page) -> None:
    page.get_by_label("Cantidad del renglón 7").focus()

    expect(page.locator(".lit-box")).to_have_attribute("width", re.compile(r"^0\.0597"))


def test_edit_is_recomputed_and_echoed(page: Page) -> None:
    quantity = page.get_by_label("Cantidad del renglón 1")

    quantity.fill("1.000,5")
    quantity.press("Enter")

    expect(page.get_by_label("Precio del renglón 1")).to_be_focused()
    expect(page.get_by_label("Importe del renglón 1")).to_have_value("9.854.925,00")
    expect(quantity).to_have_value("1.000,5")
    expect(page.locator(".sum-check")).to_contain_text("No coincide: la factura dice $ 750.526,22")
    expect(page.locator("#motivos")).to_contain_text("no coincide con el total impreso")


@pytest.mark.parametrize(
    ("typed", "reason"), [("1.5", "Los decimales van con coma: 1,5."), ("doce", "No es un número")]
)
def test_rubbish_is_refused_and_nothing_is_saved(page: Page, world: World, typed: str, reason: str) -> None:
    quantity = page.get_by_label("Cantidad del renglón 1")

    quantity.fill(typed)
    quantity.press("Tab")

    expect(page.get_by_text(reason).first).to_be_visible()
    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_have_value(typed)
    assert world.invoices[INVOICE]["lines"][0]["quantity"] == "24"


def test_red_line_blocks_until_its_product_is_told(page: Page) -> None:
    confirm = page.get_by_role("button", name="Confirmar y sumar")
    expect(confirm).to_be_disabled()
    expect(page.locator("#motivos")).to_contain_text("Falta decir qué producto es el renglón 7.")

    page.get_by_role("button", name="Lavandina Ayudín").click()

    expect(confirm).to_be_enabled()
    expect(page.get_by_label("Producto del renglón 7").first).to_be_visible()


def test_product_is_searched_by_keyboard(page: Page, world: World) -> None:
    search = page.get_by_role("searchbox", name="Producto del renglón 7")

    search.press_sequentially("yerba", delay=30)
    expect(page.locator(".result-list button").first).to_be_visible()
    search.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(search).to_have_value("Yerba mate Playadito")
    assert world.invoices[INVOICE]["lines"][6]["match"]["source"] == "user"


def test_product_is_created_in_a_dialog(page: Page) -> None:
    page.get_by_role("link", name="Crear producto").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Nombre")).to_have_value("Lav ayud 1l")

    dialog.get_by_label("Nombre").fill("Lavandina Ayudín 1 l")
    dialog.get_by_role("button", name="Crear y usar").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("searchbox", name="Producto del renglón 7")).to_have_value("Lavandina Ayudín 1 l")


def test_doubt_is_settled_with_one_press(page: Page, world: World) -> None:
    page.locator(".line.warn").get_by_role("button", name="Está bien así").click()
    expect(page.locator(".line.warn")).to_have_count(0)

    page.locator(".field-authorization_code").get_by_role("button", name="Está bien así").click()

    expect(page.locator(".field.warn")).to_have_count(0)
    assert world.invoices[INVOICE]["header"]["authorization_code"]["source"] == "user"


def test_edits_in_a_row_do_not_trip_over_each_other(page: Page, world: World) -> None:
    page.get_by_label("Cantidad del renglón 1").fill("25")
    page.get_by_label("Cantidad del renglón 2").fill("49")
    page.get_by_label("Cantidad del renglón 3").fill("73")
    page.get_by_label("Cantidad del renglón 3").press("Tab")

    expect(page.get_by_label("Importe del renglón 3")).to_have_value("37.397,90")
    assert [line["quantity"] for line in world.invoices[INVOICE]["lines"][:3]] == ["25", "49", "73"]
    expect(page.get_by_text("Alguien cambió esta factura")).to_have_count(0)


def test_somebody_elses_change_is_told(page: Page, world: World) -> None:
    world.invoices[INVOICE]["version"] = 9

    page.get_by_label("Cantidad del renglón 1").fill("30")
    page.get_by_label("Cantidad del renglón 1").press("Tab")

    expect(page.get_by_role("alert")).to_contain_text("Alguien cambió esta factura")
    expect(page.get_by_label("Cantidad del renglón 1")).to_have_value("24")


def test_header_refuses_a_wrong_cuit(page: Page, world: World) -> None:
    page.get_by_label("CUIT", exact=True).fill("30-71234567-9")
    page.get_by_label("CUIT", exact=True).press("Tab")

    expect(page.get_by_text("Ese CUIT no existe")).to_be_visible()
    assert world.invoices[INVOICE]["header"]["issuer_cuit"]["value"] == "30712345671"


def test_line_is_added_and_taken_out(page: Page) -> None:
    page.get_by_role("button", name="Agregar un renglón que falta").click()
    expect(page.locator(".line")).to_have_count(8)
    page.on("dialog", lambda dialog: dialog.accept())

    page.locator(".line").last.get_by_text("Más").click()
    page.locator(".line").last.get_by_role("button", name="Quitar renglón").click()

    expect(page.locator(".line")).to_have_count(7)


def test_review_works_without_javascript(open_page: OpenPage, world: World) -> None:
    page = open_page(ADDRESS, java_script_enabled=False)

    page.get_by_role("button", name="Lavandina Ayudín").click()
    page.get_by_label("CUIT", exact=True).fill("30-50000000-7")
    page.get_by_role("button", name="Guardar datos").click()
    expect(page.get_by_label("CUIT", exact=True)).to_have_value("30-50000000-7")
    page.get_by_role("button", name="Confirmar y sumar").click()

    expect(page.get_by_role("heading", name="¡Listo!")).to_be_visible()
    assert world.invoices[INVOICE]["status"] == "confirmed"


def test_paper_stays_in_sight_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(ADDRESS, viewport=PHONE)

    page.get_by_label("Cantidad del renglón 6").focus()
    page.get_by_label("Cantidad del renglón 6").scroll_into_view_if_needed()

    paper = page.locator(".paper").bounding_box()
    assert paper is not None
    assert paper["y"] >= -1


def test_the_menu_counts_what_still_waits(page: Page) -> None:
    count = page.locator("#waiting-side .count")
    expect(count).to_have_text(re.compile(r"^[1-9]"))
    before = int(re.findall(r"\d+", count.inner_text())[0])

    page.get_by_text("Descartar esta factura").click()
    page.get_by_label("¿Por qué?").fill("Era de otro")
    page.get_by_role("button", name="Descartar", exact=True).click()

    expect(page.get_by_role("heading", name="Se descartó la factura")).to_be_visible()
    if before == 1:
        expect(count).to_have_count(0)
    else:
        expect(count).to_contain_text(str(before - 1))
