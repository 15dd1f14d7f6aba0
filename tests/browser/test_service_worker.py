"""The service worker: pages still open through it, and without a network it says so."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import new_context, sign_in, watch


def test_pages_open_through_the_service_worker_and_offline_it_says_so(browser: Browser, site: str) -> None:
    with new_context(browser, site, service_workers="allow") as context:
        page = context.new_page()
        watch(page)
        sign_in(page)
        page.evaluate("navigator.serviceWorker.ready.then(() => null)")

        page.goto("/stock")
        expect(page.get_by_role("heading", name="Stock", level=1)).to_be_visible()
        controlled = page.evaluate("navigator.serviceWorker.controller !== null")
        context.set_offline(True)
        page.goto("/stock")

        assert controlled
        expect(page.get_by_role("heading", name="Sin conexión")).to_be_visible()
