"""Units of systemd for a bare machine: verified by systemd itself, in step with ports and processes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.production.processes import PROCESSES, ROOT
from scripts.production.start import is_present

UNITS = ROOT / "deploy" / "systemd"
COLOURS = ("blue", "green")
COLOURED = (
    *("web-dashboard", "agente-negocio", "agente-deposito", "ml"),
    *("negocio-worker", "deposito-worker", "ml-worker"),
)


def install(folder: Path) -> list[Path]:
    """The units as they are installed, with the programs where they are here."""
    for unit in UNITS.glob("*.*"):
        names = [unit.name.replace("colour@", f"{colour}@") for colour in COLOURS]
        for name in dict.fromkeys(names):
            text = re.sub(r"/opt/gondola/(%j|current)/scripts", str(ROOT / "scripts"), unit.read_text())
            (folder / name).write_text(text.replace("/usr/sbin/nginx", shutil.which("true") or ""))
    return sorted(folder.iterdir())


def environment(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_has_nothing_against_them(tmp_path: Path) -> None:
    install(tmp_path)
    names = [f"gondola-{colour}@{process}.service" for colour in COLOURS for process in COLOURED]
    names += [f"gondola-{colour}.target" for colour in COLOURS]
    names += ["gondola-nginx.service", "gondola-backup.timer", "gondola-restore-drill.timer"]
    names += [f"gondola-job@{job}.service" for job in ("migrator", "backup", "restore-drill")]

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],  # noqa: S607  whichever is installed
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    # It also tells of units of the machine itself.
    told = [line for line in done.stderr.splitlines() if "gondola" in line]
    assert told == []


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_starts_every_process(colour: str) -> None:
    text = (UNITS / f"gondola-{colour}.target").read_text()
    wanted = re.findall(rf"^Wants=gondola-{colour}@([a-z-]+)\.service$", text, re.MULTILINE)

    assert wanted == list(COLOURED)
    # A process that comes later, as the bot, is found missing here once it is there.
    assert set(wanted) == {
        name
        for name, process in PROCESSES.items()
        if is_present(process) and not process.is_job and name != "single"
    }


def test_ports_are_those_nginx_asks_and_never_the_same() -> None:
    ports: list[str] = []
    for colour in COLOURS:
        files = {file.stem: environment(file) for file in (UNITS / colour).glob("*.env")}
        upstreams = re.findall(
            r"127\.0\.0\.1:(\d+)", (ROOT / "deploy" / "nginx" / f"{colour}.conf").read_text()
        )
        web = [files[name]["PORT"] for name in ("web-dashboard", "agente-negocio", "agente-deposito", "ml")]
        assert web == upstreams
        common = files["colour"]
        assert common["COLOUR"] == colour
        assert common["BIND"] == "loopback"
        assert [common[f"{name}_URL"] for name in ("NEGOCIO", "DEPOSITO", "ML")] == [
            f"http://127.0.0.1:{port}" for port in web[1:]
        ]
        ports += [*web, *(told["METRICS_PORT"] for told in files.values() if "METRICS_PORT" in told)]

    assert len(set(ports)) == len(ports) == 14


def test_processes_have_time_to_finish_and_no_rights_to_spare() -> None:
    for name in ("gondola-colour@.service", "gondola-nginx.service"):
        text = (UNITS / name).read_text()
        seconds = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
        assert seconds
        assert int(seconds[1]) > 30
        assert "NoNewPrivileges=yes" in text
        assert "ProtectSystem=strict" in text
    assert "User=gondola" in (UNITS / "gondola-colour@.service").read_text()


def test_a_refused_start_is_not_repeated_for_ever() -> None:
    assert "RestartPreventExitStatus=2" in (UNITS / "gondola-colour@.service").read_text()


def test_the_key_that_opens_backups_is_told_to_the_job_of_its_file_alone() -> None:
    files = {
        unit.name: re.findall(r"^EnvironmentFile=(.+)$", unit.read_text(), re.MULTILINE)
        for unit in UNITS.glob("*.service")
    }
    told = [line for file in UNITS.rglob("*.env") for line in file.read_text().splitlines()]

    assert files["gondola-job@.service"] == [
        "/etc/gondola/production.env",
        "-/etc/gondola/job-%i.env",
    ]
    assert not any("job-" in name for name in files["gondola-colour@.service"])
    text = (UNITS / "gondola-colour@.service").read_text()
    assert "\nInaccessiblePaths=-/etc/gondola\n" in text
    (kept_from,) = re.findall(r"^UnsetEnvironment=(.+)$", text, re.MULTILINE)
    assert "BACKUP_IDENTITY" in kept_from
    assert "BACKUP_AWS_SECRET_ACCESS_KEY BACKUP_SIGNING_KEY" in kept_from
    assert not any(line.startswith("BACKUP_IDENTITY") for line in told)
