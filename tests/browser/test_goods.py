"""Goods moved by hand in a browser, on the running system: sent, corrected, approved, valued."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.rehearsals.system import System
from scripts.demo.published import DEMO_PASSWORD, DEMO_USERNAME
from tests.browser.conftest import PHONE, new_context, sign_in, watch

Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, demo_system: System) -> Iterator[Visit]:
    """Opens the running system in somebody's name; options as of a browser window."""
    opened = []

    def open_as(username: str = DEMO_USERNAME, **options: object) -> Page:
        context = new_context(browser, demo_system.url("dashboard"), **options)
        opened.append(context)
        page = context.new_page()
        watch(page)
        sign_in(page, username, DEMO_PASSWORD)
        return page

    yield open_as
    for context in opened:
        context.close()


@pytest.fixture
def limit(demo_system: System) -> Iterator[None]:
    """Who may not approve corrects up to a thousand pesos alone."""
    entered = httpx.post(
        f"{demo_system.url('negocio')}/api/v1/auth/login",
        json={"username": DEMO_USERNAME, "password": DEMO_PASSWORD},
    ).json()

    def put(value: str | None) -> None:
        httpx.put(
            f"{demo_system.url('deposito')}/api/v1/inventory/settings",
            json={"adjustment_limit": value},
            headers={"Authorization": f"Bearer {entered['access_token']}"},
        ).raise_for_status()

    put("1000")
    yield
    put(None)


def draft(page: Page, *words: str) -> None:
    """A transfer of one of each, between the first two places."""
    page.goto("/envios")
    page.get_by_role("link", name="Nuevo envío").click()
    page.get_by_label("Sale de").select_option(index=1)
    page.get_by_label("Va a").select_option(index=2)
    for word in words:
        page.get_by_label("Agregar un producto").fill(word)
        page.keyboard.press("Enter")
        page.get_by_role("button", name=re.compile("^Agregar ")).first.click()
    expect(page.get_by_role("list", name="Productos del envío").get_by_role("listitem")).to_have_count(
        len(words)
    )
    page.get_by_role("button", name="Crear envío").click()
    expect(page.get_by_text("Sin enviar")).to_be_visible()


def state(page: Page) -> Locator:
    return page.locator(".hello .tag")


@pytest.mark.parametrize(
    "options", [{"viewport": PHONE}, {"java_script_enabled": False}], ids=["phone", "no script"]
)
def test_goods_travel_and_come_back(visit: Visit, options: dict[str, object]) -> None:
    page = visit(**options)
    draft(page, "a", "e")

    page.get_by_role("button", name="Enviar").click()
    expect(state(page)).to_have_text("En camino")
    page.locator(".goods-lines input").first.fill("0")
    page.get_by_label("Si falta").first.select_option(label="Se rompió")
    page.get_by_role("button", name="Recibir").click()

    expect(state(page)).to_have_text("Recibido")
    expect(page.locator("tbody tr").first).to_contain_text("−1 · Roto")
    for undo, then in (("Deshacer la recepción", "En camino"), ("Deshacer el envío", "Sin enviar")):
        page.locator("summary", has_text=undo).click()
        page.get_by_label("¿Por qué?").fill("Era de prueba")
        page.get_by_role("button", name=undo).click()
        expect(state(page)).to_have_text(then)
    page.locator("summary", has_text="Cancelar este envío").click()
    page.get_by_label("¿Por qué?").fill("Era de prueba")
    page.get_by_role("button", name="Cancelar el envío").click()
    expect(state(page)).to_have_text("Cancelado")
    assert page.problems == []  # type: ignore[attr-defined]


def test_what_makes_no_sense_is_marked_and_nothing_moves(visit: Visit) -> None:
    page = visit()
    draft(page, "a")

    page.locator(".goods-lines input").first.fill("muchas")
    page.get_by_role("button", name="Enviar").click()

    expect(page.get_by_role("alert")).to_contain_text("no entendimos")
    expect(page.locator(".field-error")).to_be_visible()
    expect(state(page)).to_have_text("Sin enviar")


def test_a_scanned_code_is_added_at_once_and_counts_up(visit: Visit) -> None:
    page = visit()
    page.goto("/stock?orden=name&dir=asc")
    code = re.search(r"\d{8,14}", page.locator("tbody tr").first.inner_text())
    assert code is not None
    page.goto("/envios/nuevo")

    for count in ("1", "2"):
        page.get_by_label("Agregar un producto").fill(code[0])
        page.keyboard.press("Enter")
        expect(page.locator(".goods-lines input:visible")).to_have_value(count)


def test_a_correction_shows_in_the_history(visit: Visit) -> None:
    page = visit(viewport=PHONE)
    correct(page, "Se rompió", "1", note="Se cayó un frasco")

    expect(page.locator(".history li").first).to_contain_text("Roto")
    expect(page.locator(".history li").first).to_contain_text("Se cayó un frasco")
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.usefixtures("limit")
def test_a_large_correction_waits_for_the_owner(visit: Visit) -> None:
    clerk = visit("repositor")
    correct(clerk, "Lo robaron", "37", note="Entraron a la noche")
    expect(clerk.get_by_text("se corrige cuando alguien lo apruebe")).to_be_visible()
    expect(clerk.get_by_role("button", name="Aprobar")).to_have_count(0)

    owner = visit()
    owner.goto("/ajustes")
    row = owner.locator(".adjustments > li", has_text="Entraron a la noche")
    expect(row).to_contain_text("Robo")
    row.get_by_role("button", name="Aprobar").click()

    expect(row).to_have_count(0)
    owner.get_by_role("link", name="Aprobados").click()
    expect(row).to_contain_text("Aprobado")


def test_the_goods_worth_by_each_method(visit: Visit) -> None:
    page = visit()
    page.goto("/stock")
    page.get_by_role("link", name="Valor").click()
    seen = set()

    for method in ("Promedio", "Primero entrado, primero salido", "Última compra", "Reposición"):
        page.get_by_label("Método").select_option(label=method)
        page.get_by_label("Dividido por").select_option(label="Producto")
        page.get_by_role("button", name="Ver").click()
        expect(page.locator(".figure-value").first).to_contain_text("$")
        seen.add(page.locator(".figure-value").first.inner_text())
        expect(page.locator("tbody tr").first).to_be_visible()

    assert len(seen) > 1


def correct(page: Page, what: str, quantity: str, *, note: str) -> None:
    """The first product of the list."""
    page.goto("/stock?orden=on_hand&dir=desc")
    page.locator("tbody tr a").first.click()
    page.get_by_role("link", name="Corregir stock").click()
    page.get_by_label("¿Qué pasó?").select_option(label=what)
    page.get_by_label("¿Cuánto?").fill(quantity)
    page.get_by_label("Nota").fill(note)
    page.get_by_role("button", name="Corregir").click()
