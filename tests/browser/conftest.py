"""Pages in a real browser: against fast stand-ins of the services, or against a running system."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from shared.config.settings import Settings
from tests.browser.fakes import services
from tests.browser.fakes.serving import serving
from tests.browser.fakes.world import NOW, World
from web_dashboard.application import create_app
from web_dashboard.assets import STATIC, Assets
from web_dashboard.pages import ROUTERS
from web_dashboard.peers import Peers
from web_dashboard.visitor import KnownPeople

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
OpenPage = Callable[..., Page]
_FAILED = 500
_REFUSED = re.compile("Content Security Policy|Refused to")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots FOLDER` keeps pictures of pages; `--site URL` runs the journey on a running system."""
    parser.addoption("--screenshots", type=Path, help="folder for pictures of every page")
    parser.addoption("--site", help="address of a running, seeded dashboard")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def _sites() -> Iterator[tuple[World, FastAPI, str]]:
    """One dashboard with its stand-ins for the whole run; each test resets what they know."""
    if not (STATIC / "vendor" / "manifest.json").exists():
        pytest.fail("front-end files are missing: python -m scripts.build_assets")
    world = services.make_world()
    with ExitStack() as stack:
        negocio, deposito, ml = (
            stack.enter_context(serving(make(world)))
            for make in (services.negocio, services.deposito, services.ml)
        )
        settings = make_settings(negocio_url=negocio, deposito_url=deposito, ml_url=ml)
        app = create_app(settings, ROUTERS, clock=lambda: NOW)
        yield world, app, stack.enter_context(serving(app))


@pytest.fixture
def world(_sites: tuple[World, FastAPI, str]) -> World:
    """What the services know; fresh for each test, and so is what the dashboard remembers of them."""
    (known, app, _), fresh = _sites, services.make_world()
    app.state.peers = Peers.of(app.state.http, app.state.settings)
    app.state.people = KnownPeople(app.state.settings.cache_ttl)
    for name in vars(fresh):
        setattr(known, name, getattr(fresh, name))
    return known


@pytest.fixture
def site(_sites: tuple[World, FastAPI, str], world: World) -> str:  # noqa: ARG001  reset for each test
    """Address of the dashboard before the stand-ins."""
    return _sites[2]


@pytest.fixture
def demo_site(request: pytest.FixtureRequest) -> str:
    """Address of a running system with the demo shop: the one named, or one of our own."""
    address = request.config.getoption("--site") or os.environ.get("DEMO_SITE")
    return str(address or request.getfixturevalue("demo_system").url("dashboard"))


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """Opens a signed-in page; options: viewport, color_scheme, java_script_enabled, signed_in."""
    with ExitStack() as stack:

        def open_at(path: str = "/", *, signed_in: bool = True, **options: object) -> Page:
            context = stack.enter_context(new_context(browser, site, **options))
            page = context.new_page()
            watch(page)
            if signed_in:
                sign_in(page)
            page.goto(path)
            return page

        yield open_at


def new_context(browser: Browser, address: str, **options: object) -> BrowserContext:
    """A browser window of its own, without cookies."""
    defaults: dict[str, object] = {
        "viewport": DESKTOP,
        "locale": "es-AR",
        "timezone_id": "America/Argentina/Buenos_Aires",
        "service_workers": "block",
    }
    context = browser.new_context(base_url=address, **{**defaults, **options})  # type: ignore[arg-type]
    context.set_default_timeout(8000)
    return context


def watch(page: Page) -> None:
    """Make a script error, what the content policy refused and a failed answer fail the test."""
    problems: list[str] = []

    def note_failure(response: Response) -> None:
        if response.status == _FAILED:
            problems.append(f"{response.status} {response.url}")

    def note_refusal(message: ConsoleMessage) -> None:
        if _REFUSED.search(message.text):
            problems.append(message.text)

    page.on("response", note_failure)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", note_refusal)
    page.problems = problems  # type: ignore[attr-defined]


def sign_in(page: Page, username: str = "admin", password: str = services.PASSWORD) -> None:
    """Through the sign-in page, as people do."""
    page.goto("/entrar")
    page.get_by_label("Usuario o correo").fill(username)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(lambda url: "/entrar" not in url)


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker."""
    return Assets().read("axe.js").decode()


def make_settings(**values: str) -> Settings:
    """Settings of a test; nothing in them leads anywhere but to the stand-ins."""
    given = {
        "environment": "demo",
        "secret_key": "s" * 40,
        "jwt_secret_key": "j" * 40,
        "database_url": "postgresql://nobody@127.0.0.1:1/none",
        "redis_url": "redis://127.0.0.1:1/0",
        **values,
    }
    return Settings.model_validate(given)
