"""The door of the platform: the configuration that is deployed, in a real NGINX, before echoing services."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from scripts.local import nginx
from scripts.local.servers.process import free_port
from tests.integration.deploy.door import (
    ADDRESS,
    DEPLOYED,
    Door,
    certify,
    echoing,
    install,
    open_folder,
    running,
)
from tests.services import API_MODULES, api_apps, endpoints

# As blue.conf orders them.
SERVICES = ("dashboard", "negocio", "deposito", "ml")
OWNERS = dict(zip(API_MODULES, ("negocio", "deposito", "ml"), strict=True))
COMMON = {"/health", "/health/live", "/health/ready", "/version", "/metrics", "/api/v1/jobs/{job_id}"}


@pytest.fixture(scope="module")
def program() -> Path:
    return nginx.ensure()


@pytest.fixture
def installed(program: Path) -> Iterator[Door]:
    with open_folder() as folder:
        yield install(folder, program)


@pytest.fixture(scope="module")
def door(program: Path) -> Iterator[Door]:
    with open_folder() as folder, ExitStack() as stack:
        made = install(folder, program)
        ports = iter([stack.enter_context(echoing(name)) for name in SERVICES])
        active = folder / "active.conf"
        active.write_text(ADDRESS.sub(lambda _: f"127.0.0.1:{next(ports)}", active.read_text()))
        stack.enter_context(running(made))
        yield made


class TestConfiguration:
    # Those of Compose as well, though none of its containers is up: NGINX starts whoever else does not.
    @pytest.mark.parametrize("colour", ["blue", "green", "compose/blue", "compose/green"])
    def test_nginx_takes_it(self, installed: Door, colour: str) -> None:
        shutil.copy(installed.folder / f"{colour}.conf", installed.folder / "active.conf")

        done = installed.check()

        assert done.returncode == 0, done.stderr
        assert "warn" not in done.stderr

    def test_nginx_takes_it_with_tls(self, installed: Door) -> None:
        shutil.copy(installed.folder / "listen-tls.conf", installed.folder / "listen.conf")
        assert installed.check().returncode != 0
        certify(installed.folder / "tls")

        done = installed.check()

        assert done.returncode == 0, done.stderr

    def test_a_broken_colour_is_refused(self, installed: Door) -> None:
        (installed.folder / "active.conf").write_text("upstream dashboard { server 127.0.0.1:1; }")

        assert installed.check().returncode != 0

    def test_colours_of_compose_name_their_containers(self) -> None:
        for colour in ("blue", "green"):
            text = (DEPLOYED / "compose" / f"{colour}.conf").read_text()
            bare = (DEPLOYED / f"{colour}.conf").read_text()

            assert re.findall(r"^upstream (\w+)", text, re.MULTILINE) == re.findall(
                r"^upstream (\w+)", bare, re.MULTILINE
            )
            assert len(re.findall(rf"8080 max_fails=0;  # [a-z-]+-{colour}$", text, re.MULTILINE)) == len(
                SERVICES
            )

    def test_colours_differ_in_nothing_but_colour(self) -> None:
        for folder in (DEPLOYED, DEPLOYED / "compose"):
            blue, green = ((folder / f"{colour}.conf").read_text() for colour in ("blue", "green"))

            moved = blue.replace("blue", "green").replace("127.0.0.1:81", "127.0.0.1:82")
            assert moved.replace("172.30.0.1", "172.30.0.2") == green


class TestRoutes:
    def test_every_endpoint_reaches_the_service_that_has_it(self, door: Door) -> None:
        astray = []
        with httpx.Client(base_url=door.url("")) as client:
            for module, app in zip(API_MODULES, api_apps(), strict=True):
                for endpoint in endpoints(app):
                    if endpoint.path in COMMON:
                        continue
                    path = re.sub(r"\{[^}]*\}", "3f", endpoint.path)
                    reached = client.request(endpoint.method, path).json()["service"]
                    if reached != OWNERS[module]:
                        astray.append(f"{endpoint.method} {endpoint.path}: {reached}, not {OWNERS[module]}")

        assert astray == []

    @pytest.mark.parametrize(
        ("path", "service"),
        [
            ("/", "dashboard"),
            ("/facturas/cargar", "dashboard"),
            ("/api/dashboard/status", "dashboard"),
            ("/health/ready", "dashboard"),
            ("/api/v1/jobs/neg_1", "negocio"),
            ("/api/v1/jobs/dep_1", "deposito"),
            ("/api/v1/jobs/ml_1", "ml"),
            ("/services/ml/version", "ml"),
            ("/services/deposito/health/ready", "deposito"),
        ],
    )
    def test_paths_that_several_have_go_where_they_should(self, door: Door, path: str, service: str) -> None:
        assert door.ask(path)["service"] == service

    def test_the_name_of_a_service_is_taken_off_its_path(self, door: Door) -> None:
        assert door.ask("/services/negocio/health?a=b")["path"] == "/health?a=b"

    @pytest.mark.parametrize("path", ["/metrics", "/services/negocio/metrics"])
    def test_figures_stay_inside(self, door: Door, path: str) -> None:
        assert httpx.get(door.url(path)).status_code == 404

    def test_odd_paths_arrive_as_they_were_sent(self, door: Door) -> None:
        path = "/api/v1/products/caf%C3%A9%2F1?q=a%20b&q=%C3%B1"

        assert door.ask(path)["path"] == path


class TestHeaders:
    def test_what_a_client_claims_of_its_address_is_dropped(self, door: Door) -> None:
        headers = door.ask("/", headers={"X-Forwarded-For": "203.0.113.9"})["headers"]

        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"
        assert headers["host"] == f"127.0.0.1:{door.port}"

    def test_every_request_has_an_id_and_keeps_its_own(self, door: Door) -> None:
        made = door.ask("/")["headers"]["x-request-id"]
        kept = door.ask("/", headers={"X-Request-Id": "from-the-till-17"})["headers"]["x-request-id"]

        assert re.fullmatch(r"[0-9a-f]{32}", made)
        assert kept == "from-the-till-17"

    def test_connections_to_services_are_kept(self, door: Door) -> None:
        assert "connection" not in door.ask("/")["headers"]


class TestSizes:
    @pytest.mark.parametrize(
        ("path", "megabytes", "status"),
        [
            ("/api/v1/ocr/documents", 26, 200),
            ("/api/v1/ocr/documents", 29, 413),
            ("/facturas/cargar", 26, 200),
            ("/api/v1/sales/imports", 60, 200),
            ("/api/dashboard/uploads", 60, 200),
        ],
    )
    def test_papers_and_lists_pass_and_more_does_not(
        self, door: Door, path: str, megabytes: int, status: int
    ) -> None:
        answer = httpx.post(door.url(path), content=b"0" * megabytes * 10**6, timeout=30)

        assert answer.status_code == status
        if status == 200:
            assert answer.json()["bytes"] == megabytes * 10**6

    def test_more_than_200_mb_is_refused_before_it_is_sent(self, door: Door) -> None:
        with socket.create_connection(("127.0.0.1", door.port), timeout=10) as client:
            client.sendall(
                b"POST /api/v1/sales/imports HTTP/1.1\r\nHost: x\r\nContent-Length: 220000000\r\n\r\n"
            )
            assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_a_service_that_comes_back_is_used_at_once(installed: Door) -> None:
    port = free_port()
    active = installed.folder / "active.conf"
    active.write_text(ADDRESS.sub(f"127.0.0.1:{port}", active.read_text()))
    with running(installed):
        away = [httpx.get(installed.url("/")).status_code for _ in range(3)]
        with echoing("dashboard", port):
            back = [httpx.get(installed.url("/")).status_code for _ in range(3)]

    assert away == [502, 502, 502]
    assert back == [200, 200, 200]


def test_a_reload_changes_the_colour_without_losing_a_request(installed: Door) -> None:
    active = installed.folder / "active.conf"
    original = active.read_text()

    def point_to(port: int) -> None:
        part = active.with_suffix(".part")
        part.write_text(ADDRESS.sub(f"127.0.0.1:{port}", original))
        part.replace(active)

    with echoing("blue") as blue, echoing("green") as green:
        point_to(blue)
        # A connection each: before 1.27.4 a reload closes idle ones under the client, who then asks again.
        with running(installed):
            seen = [httpx.get(installed.url("/")).json()["service"]]
            point_to(green)
            subprocess.run(installed.command("-s", "reload"), check=True, capture_output=True)
            deadline = time.monotonic() + 10
            while seen[-1] != "green":
                assert time.monotonic() < deadline
                seen.append(httpx.get(installed.url("/")).json()["service"])

    assert seen[0] == "blue"
    assert set(seen) == {"blue", "green"}


def test_with_tls_everything_but_renewal_is_sent_to_https(installed: Door) -> None:
    certify(installed.folder / "tls")
    secure = free_port()
    listen = (DEPLOYED / "listen-tls.conf").read_text()
    listen = re.sub(r"^listen (\[::\]:)?80\b", rf"listen \g<1>{installed.port}", listen, flags=re.MULTILINE)
    listen = re.sub(r"^listen (\[::\]:)?443\b", rf"listen \g<1>{secure}", listen, flags=re.MULTILINE)
    (installed.folder / "listen.conf").write_text(listen)
    context = ssl.create_default_context(cafile=str(installed.folder / "tls" / "fullchain.pem"))
    with echoing("dashboard") as port:
        active = installed.folder / "active.conf"
        active.write_text(ADDRESS.sub(f"127.0.0.1:{port}", active.read_text()))
        with running(installed):
            sent = httpx.get(installed.url("/facturas?a=1"))
            renewal = httpx.get(installed.url("/.well-known/acme-challenge/none"))
            answered = httpx.get(f"https://localhost:{secure}/", verify=context).json()

    assert sent.status_code == 308
    assert sent.headers["location"] == "https://127.0.0.1/facturas?a=1"
    assert renewal.status_code == 404
    assert answered["headers"]["x-forwarded-proto"] == "https"
