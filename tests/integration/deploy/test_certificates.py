"""Certificates: got before there is one, renewed, and taken by NGINX as the guide tells certbot."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.local import nginx
from scripts.local.servers.process import free_port
from scripts.production.processes import ROOT
from tests.integration.deploy.door import DEPLOYED, Door, certify, install, open_folder, running


@pytest.fixture
def installed() -> Iterator[Door]:
    with open_folder() as folder:
        yield install(folder, nginx.ensure())


def listen_with_tls(door: Door) -> None:
    """Have it listen as with a certificate."""
    listen = (DEPLOYED / "listen-tls.conf").read_text()
    listen = re.sub(r"^listen (\[::\]:)?80\b", rf"listen \g<1>{door.port}", listen, flags=re.MULTILINE)
    listen = re.sub(r"^listen (\[::\]:)?443\b", rf"listen \g<1>{free_port()}", listen, flags=re.MULTILINE)
    (door.folder / "listen.conf").write_text(listen)


@pytest.mark.parametrize("listen", ["listen.conf", "listen-tls.conf"])
def test_certificates_are_got_and_renewed_over_plain_http(installed: Door, listen: str) -> None:
    certify(installed.folder / "tls")
    challenge = installed.folder / "webroot" / ".well-known" / "acme-challenge" / "token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    configuration = installed.folder / "nginx.conf"
    assert "root /var/www/letsencrypt;" in configuration.read_text()
    configuration.write_text(
        configuration.read_text().replace("/var/www/letsencrypt", str(installed.folder / "webroot"))
    )
    if listen == "listen-tls.conf":
        listen_with_tls(installed)
    with running(installed):
        answer = httpx.get(installed.url("/.well-known/acme-challenge/token"))

    assert (answer.status_code, answer.text) == (200, "proof")


def hooks_of_the_guide() -> list[str]:
    """What certbot is told to run, as the guide has it between double quotes."""
    return re.findall(r'--deploy-hook \\\n +"(.+)"\n', (ROOT / "docs" / "deploy.md").read_text())


@pytest.mark.parametrize("hook", hooks_of_the_guide())
def test_a_renewed_certificate_is_taken_by_the_hook_of_the_guide(hook: str, tmp_path: Path) -> None:
    lineage, checkout = tmp_path / "live", tmp_path / "checkout"
    certify(lineage)
    (checkout / "scripts").mkdir(parents=True)
    (checkout / "deploy").symlink_to(ROOT / "deploy")
    (checkout / "nginx").symlink_to(ROOT / "deploy" / "nginx")
    for name in ("scripts/gondola", "systemctl"):
        (checkout / name).write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/reloaded\n')
        (checkout / name).chmod(0o755)
    hook = hook.replace("/etc/gondola/nginx/tls", f"{tmp_path}/tls").replace(
        "$PWD/var/nginx/tls", f"{tmp_path}/tls"
    )
    hook = hook.replace("/etc/gondola", "$PWD").replace("$PWD", str(checkout))

    # certbot's shell, which on Debian is dash.
    subprocess.run(
        ["/bin/sh", "-c", hook],
        env={"PATH": f"{checkout}:/usr/bin:/bin", "RENEWED_LINEAGE": str(lineage)},
        check=True,
    )

    for name in ("fullchain.pem", "privkey.pem"):
        assert (tmp_path / "tls" / name).read_bytes() == (lineage / name).read_bytes()
        assert (tmp_path / "tls" / name).stat().st_mode & 0o077 == 0
    assert (tmp_path / "reloaded").read_text() in {"kill --signal HUP nginx\n", "reload gondola-nginx\n"}


def test_the_guide_has_a_hook_for_either_machine() -> None:
    assert len(hooks_of_the_guide()) == 2
