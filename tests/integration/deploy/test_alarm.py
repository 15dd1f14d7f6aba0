"""Somebody is told when people do not reach the platform: the deployed rules in the programs of Debian."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts.local import debian, nginx
from tests.integration.deploy.door import ADDRESS, Door, echoing, install, open_folder, running
from tests.integration.deploy.watch import DEPLOYED, Told, configured, listening, wait_until, watching

SERVICES = ("dashboard", "negocio", "deposito", "ml")
AWAY = "ServiceAway"


@pytest.fixture
def door() -> Iterator[Door]:
    with open_folder() as folder:
        yield install(folder, nginx.ensure())


def told_away(told: Told) -> set[str]:
    return {service for name, service in told.alerts("/pager") if name == AWAY}


def test_people_are_told_of_a_dead_service_and_of_a_dead_proxy(door: Door, tmp_path: Path) -> None:
    with listening() as told, ExitStack() as services, ExitStack() as proxy:
        people = {
            "ALERT_WEBHOOK_URL": f"http://127.0.0.1:{told.port}/pager",
            "ALERT_TELEGRAM_TOKEN": "123:abc",
            "ALERT_TELEGRAM_CHAT": "-100",
            "ALERT_HEARTBEAT_URL": f"http://127.0.0.1:{told.port}/alive",
        }
        stops = {name: services.enter_context(ExitStack()) for name in SERVICES}
        ports = iter([stops[name].enter_context(echoing(name)) for name in SERVICES])
        active = door.folder / "active.conf"
        active.write_text(ADDRESS.sub(lambda _: f"127.0.0.1:{next(ports)}", active.read_text()))
        proxy.enter_context(running(door))
        telegram = f"http://127.0.0.1:{told.port}"
        with watching(tmp_path, door.url("").rstrip("/"), people, telegram=telegram):
            wait_until(lambda: ("Watchdog", "") in told.alerts("/alive"))
            assert told_away(told) == set()

            stops["negocio"].close()
            wait_until(lambda: told_away(told) == {"negocio"})

            proxy.close()
            wait_until(lambda: told_away(told) == {*SERVICES, "page"})

        messages = [body["text"] for path, body in told.calls if path == "/bot123:abc/sendMessage"]
        assert any(f"page: {AWAY}: People do not reach negocio" in text for text in messages)
        assert {body["chat_id"] for path, body in told.calls if path == "/bot123:abc/sendMessage"} == {"-100"}


@pytest.mark.parametrize("file", ["compose.yml", "systemd.yml"])
def test_prometheus_takes_what_it_is_given(file: str, tmp_path: Path) -> None:
    text = (DEPLOYED / file).read_text()
    (tmp_path / file).write_text(text.replace("@PUBLIC_URL@", "https://app.example.com"))
    (tmp_path / "alerts.rules.yml").write_text((DEPLOYED / "alerts.rules.yml").read_text())

    command = [str(debian.ensure("prometheus", "promtool")), "check", "config", str(tmp_path / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("people", "receivers"),
    [
        ({}, 0),
        ({"ALERT_WEBHOOK_URL": "https://pager.example.com/it's?a=1&b={c}: #d"}, 1),
        ({"ALERT_TELEGRAM_TOKEN": "1:a", "ALERT_TELEGRAM_CHAT": "12"}, 1),
        ({"ALERT_HEARTBEAT_URL": "https://alive.example.com"}, 1),
    ],
)
def test_alertmanager_takes_what_is_made_of_the_environment(
    people: dict[str, str], receivers: int, tmp_path: Path
) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(configured(people))

    command = [str(debian.ensure("prometheus-alertmanager", "amtool")), "check-config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert file.read_text().count("_configs:") == receivers


def test_it_is_said_when_nobody_would_be_told_and_nonsense_is_refused() -> None:
    script = ["/bin/sh", str(DEPLOYED / "alertmanager.sh")]

    nobody = subprocess.run(script, env={}, capture_output=True, text=True, check=False)
    nonsense = {"ALERT_TELEGRAM_TOKEN": "1:a", "ALERT_TELEGRAM_CHAT": "@shop"}
    refused = subprocess.run(script, env=nonsense, capture_output=True, text=True, check=False)

    assert nobody.returncode == 0
    assert "NOBODY IS TOLD" in nobody.stderr
    assert (refused.returncode, refused.stdout) == (2, "")
