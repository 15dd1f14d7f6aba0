"""Sessions: signing in and out, renewal while a page asks several things at once, foreign requests."""

import json

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.fakes.world import World


def test_wrong_password_is_told_and_the_name_kept(open_page: OpenPage) -> None:
    page = open_page("/entrar", signed_in=False)

    page.get_by_label("Usuario o correo").fill("admin")
    page.get_by_label("Contraseña").fill("otra")
    page.get_by_role("button", name="Entrar").click()

    expect(page.get_by_role("alert")).to_have_text("El usuario o la contraseña no coinciden.")
    expect(page.get_by_label("Usuario o correo")).to_have_value("admin")


def test_a_page_asked_for_comes_after_signing_in(open_page: OpenPage) -> None:
    page = open_page("/stock?q=yerba", signed_in=False)

    page.get_by_label("Usuario o correo").fill("admin")
    page.get_by_label("Contraseña").fill("test_password")
    page.get_by_role("button", name="Entrar").click()

    expect(page.get_by_label("Buscar en el stock")).to_have_value("yerba")


def test_cookie_is_out_of_reach_of_scripts_and_unreadable(open_page: OpenPage) -> None:
    page = open_page("/")

    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "access" not in cookie["value"]
    assert page.evaluate("document.cookie") == ""


def test_requests_at_the_same_time_renew_once(open_page: OpenPage, world: World) -> None:
    world.token_seconds = 1
    page = open_page("/")
    before = world.refreshes

    statuses = page.evaluate(
        "Promise.all(Array.from({length: 6}, () => fetch('/stock').then(r => r.status)))"
    )

    assert statuses == [200] * 6
    assert world.refreshes == before + 1


def test_signing_out_ends_the_session(open_page: OpenPage) -> None:
    page = open_page("/")

    page.locator(".person summary").click()
    page.get_by_role("button", name="Salir").click()
    page.goto("/stock")

    expect(page.get_by_role("heading", name="Entrá a tu negocio")).to_be_visible()


def test_a_write_from_another_site_is_refused(open_page: OpenPage) -> None:
    page = open_page("/")
    token = json.loads(page.get_attribute("body", "hx-headers:inherited") or "{}")["X-CSRF-Token"]

    foreign = page.context.request.post(
        "/sucursal", form={"csrf": token, "sucursal": ""}, headers={"Origin": "https://otro.example"}
    )
    unsigned = page.context.request.post("/sucursal", form={}, headers={"Origin": page.url.rstrip("/")})

    assert (foreign.status, unsigned.status) == (403, 403)
