"""Every page at both sizes and in both themes: accessible, within the screen, without a script error."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.fakes.goods import ARRIVED, DRAFT, UNDER_WAY
from tests.browser.fakes.invoice import INVOICE

PRODUCT = UUID(int=1000)
CONFIRMED, UNREAD = UUID(int=5100), UUID(int=6002)
PAGES = {
    "inicio": "/",
    "stock": "/stock",
    "stock-sin-resultados": "/stock?q=zzz",
    "producto": f"/stock/{PRODUCT}",
    "corregir": f"/stock/{PRODUCT}/corregir",
    "envios": "/envios",
    "envio-nuevo": "/envios/nuevo",
    "envio-sin-enviar": f"/envios/{DRAFT}",
    "envio-en-camino": f"/envios/{UNDER_WAY}",
    "envio-recibido": f"/envios/{ARRIVED}",
    "ajustes": "/ajustes",
    "valor": "/valor",
    "valor-por-producto": "/valor?por=product&metodo=fifo&al=2026-11-01",
    "facturas": "/facturas",
    "cargar": "/facturas/cargar",
    "no-leida": f"/facturas/lectura/{UNREAD}",
    "revisar": f"/facturas/{INVOICE}",
    "cargada": f"/facturas/{CONFIRMED}",
    "estado": "/estado",
    "no-existe": "/no-existe",
}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_fits(  # noqa: PLR0917  three fixtures and three parameters
    open_page: OpenPage,
    axe_source: str,
    request: pytest.FixtureRequest,
    name: str,
    size: dict[str, int],
    theme: str,
) -> None:
    page = open_page(PAGES[name], viewport=size, color_scheme=theme)

    assert violations(page, axe_source) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.problems == []  # type: ignore[attr-defined]
    keep_picture(page, request, f"{name}-{size['width']}-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sign_in_is_accessible(
    open_page: OpenPage, axe_source: str, request: pytest.FixtureRequest, theme: str
) -> None:
    page = open_page("/entrar", signed_in=False, viewport=PHONE, color_scheme=theme)

    assert violations(page, axe_source) == []
    keep_picture(page, request, f"entrar-{PHONE['width']}-{theme}")


def violations(page: Page, axe_source: str) -> list[str]:
    """What axe-core finds, told with the first element at fault."""
    # Through the debugger, as the content policy lets no foreign script run.
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": axe_source})
    run = (
        "rules => axe.run(document, {runOnly: rules})"
        ".then(found => found.violations.map(each => each.id + ': ' + each.nodes[0].html))"
    )
    found: list[str] = page.evaluate(run, _RULES)
    return found


def keep_picture(page: Page, request: pytest.FixtureRequest, name: str) -> None:
    """A picture for people to look at, when a folder was given for them."""
    folder: Path | None = request.config.getoption("--screenshots")
    if folder is not None:
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
