"""An invoice's whole way: signed in, uploaded, read, reviewed, confirmed into stock, undone.

Runs on the stand-ins, and on a running system with `--site http://localhost:8000`.
"""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import new_context, sign_in, watch
from tests.browser.fakes.services import PAGE

_READING_MS, _STOCK_MS = 120_000, 30_000


@pytest.fixture(params=["stand-ins", "running system"])
def journey_site(request: pytest.FixtureRequest) -> str:
    """Where the journey goes."""
    if request.param == "stand-ins":
        return str(request.getfixturevalue("site"))
    return str(request.getfixturevalue("demo_site"))


@pytest.fixture
def paper(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A paper to upload: one nobody has uploaded before, where it is really read."""
    if request.node.callspec.params["journey_site"] == "stand-ins":
        return PAGE
    papers = pytest.importorskip("scripts.demo.papers")
    pdf = tmp_path / "factura.pdf"
    pdf.write_bytes(papers.render(papers.sample_papers(secrets.randbelow(10**6), 1, ("distributor",))[0]))
    return pdf


@pytest.fixture
def visit(browser: Browser, journey_site: str) -> Iterator[Page]:
    """A signed-in page at the site."""
    with new_context(browser, journey_site) as context:
        page = context.new_page()
        watch(page)
        sign_in(page)
        yield page


def test_an_invoice_goes_into_stock_and_out_again(visit: Page, paper: Path) -> None:
    upload(visit, paper)
    settle(visit)

    visit.get_by_role("button", name="Confirmar y sumar").click()
    expect(visit.get_by_role("heading", name=re.compile("¡Listo! Cargaste (la|el) "))).to_be_visible(
        timeout=_STOCK_MS
    )
    # A credit note among the papers takes goods out.
    expect(visit.locator(".received li").first).to_contain_text(re.compile(r"[+−]\d"))
    undo(visit)

    expect(visit.get_by_text("La mercadería ya salió del stock.")).to_be_visible(timeout=_STOCK_MS)
    assert visit.problems == []  # type: ignore[attr-defined]


def test_an_unreadable_photo_is_told_kindly(browser: Browser, site: str, tmp_path: Path) -> None:
    blurred = tmp_path / "movida.jpg"
    blurred.write_bytes(PAGE.read_bytes())
    with new_context(browser, site) as context:
        page = context.new_page()
        sign_in(page)
        page.goto("/facturas/cargar")
        page.locator("[data-pick][multiple]").first.set_input_files(blurred)
        page.get_by_role("button", name="Leer factura").click()

        expect(page.get_by_role("alert")).to_contain_text("La foto está movida.", timeout=15_000)
        expect(page.get_by_role("button", name="Leer de nuevo")).to_be_visible()


def upload(page: Page, paper: Path) -> None:
    """Choose the file, send it, and wait until its review is open."""
    page.goto("/facturas/cargar")
    page.locator("[data-pick][multiple]").first.set_input_files(paper)
    expect(page.locator("[data-pages] li")).to_have_count(1)
    page.get_by_role("button", name="Leer factura").click()
    page.wait_for_url(re.compile(r"/facturas/[0-9a-f-]{36}$"), timeout=_READING_MS)


def settle(page: Page) -> None:
    """Answer what blocks, with the first suggestion or a new product, until it can be confirmed."""
    confirm = page.get_by_role("button", name="Confirmar y sumar")
    for _ in range(60):
        if confirm.is_enabled():
            return
        version = page.get_attribute("#review", "data-version")
        _answer_one(page)
        expect(page.locator("#review")).not_to_have_attribute("data-version", version or "")
    raise AssertionError(page.locator("#motivos").inner_text())


def _answer_one(page: Page) -> None:
    branch = page.locator("#branch_id")
    decision = page.locator("#motivos button").first
    line = page.locator(".line.bad").first
    if branch.count() and not branch.input_value():
        branch.select_option(index=1)
    elif decision.count():
        for box in page.locator("#motivos input[type=checkbox]").all():
            box.check()
        decision.click()
    elif line.locator("button[name=product_id]").count():
        line.locator("button[name=product_id]").first.click()
    elif line.get_by_role("link", name="Crear producto").count():
        line.get_by_role("link", name="Crear producto").click()
        page.get_by_role("dialog").get_by_role("button", name="Crear y usar").click()
    else:
        line.get_by_label("Unidades por bulto").first.fill("1")
        page.keyboard.press("Tab")


def undo(page: Page) -> None:
    """Take the invoice back, with a reason."""
    page.get_by_text("Deshacer esta factura").click()
    page.get_by_label("¿Por qué?").fill("Prueba del recorrido")
    page.get_by_role("button", name="Deshacer", exact=True).click()
