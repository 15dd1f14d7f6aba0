"""Units of systemd for a bare machine: verified by systemd itself, in step with ports and processes."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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
    assert "User=gondola\n" in (UNITS / "gondola-colour@.service").read_text()


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


def test_who_answers_people_cannot_touch_backups_nor_read_what_jobs_are_told() -> None:
    """Jobs have a user of their own; what the unit forbids besides holds whoever owns a folder."""
    colour, job = ((UNITS / f"gondola-{name}@.service").read_text() for name in ("colour", "job"))

    assert "\nUser=gondola\n" in colour
    assert "\nUser=gondola-jobs\n" in job
    assert re.findall("^ReadWritePaths=(.+)$", colour, re.MULTILINE) == ["/var/lib/gondola/objects"]
    assert "\nInaccessiblePaths=-/var/lib/gondola/backups -/var/lib/gondola/scratch\n" in colour
    (written,) = re.findall("^ReadWritePaths=(.+)$", job, re.MULTILINE)
    assert written.split() == ["/var/lib/gondola/backups", "/var/lib/gondola/scratch"]
    assert "\nEnvironment=TMPDIR=/var/lib/gondola/scratch\n" in job


class Machine:
    """A folder made like a bare machine, by sysusers.d and tmpfiles.d."""

    def __init__(self, folder: Path) -> None:
        (folder / "etc").mkdir()
        for program, words in (("sysusers", []), ("tmpfiles", ["--create"])):
            file = UNITS / f"gondola.{program}.conf"
            subprocess.run([f"systemd-{program}", f"--root={folder}", *words, file], check=True)
        self.state = folder / "var" / "lib" / "gondola"
        users = [line.split(":") for line in (folder / "etc" / "passwd").read_text().splitlines()]
        groups = [line.split(":") for line in (folder / "etc" / "group").read_text().splitlines()]
        self.users = {user[0]: (int(user[2]), int(user[3])) for user in users}
        self.groups = {
            name: [int(group[2]) for group in groups if name in group[3].split(",")] for name in self.users
        }

    def sh(self, user: str, script: str) -> str:
        """What a script says when this user runs it, with the mask of services and restores; else "no"."""
        uid, gid = self.users[user]
        done = subprocess.run(
            ["/bin/sh", "-euc", script],
            cwd=self.state,
            user=uid,
            group=gid,
            extra_groups=self.groups[user],
            umask=0o007,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip() if done.returncode == 0 else "no"


@pytest.fixture
def machine() -> Iterator[Machine]:
    if os.geteuid() != 0 or not shutil.which("systemd-tmpfiles") or not shutil.which("systemd-sysusers"):
        pytest.skip("needs root and systemd's programs")
    # Folders of tests are nobody's but ours to enter.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Machine(Path(folder))


def test_services_and_jobs_share_papers_and_nothing_else(machine: Machine) -> None:
    assert machine.sh("gondola", "mkdir -p objects/a; echo paper > objects/a/1; cat objects/a/1") == "paper"
    assert machine.sh("gondola-jobs", "cat objects/a/1; echo restored > objects/a/2") == "paper"
    assert machine.sh("gondola", "cat objects/a/2; rm objects/a/2") == "restored"
    assert machine.sh("gondola-jobs", "echo dump > backups/x; echo dump > scratch/x; cat backups/x") == "dump"
    for script in ("cat backups/x", "ls scratch", "rm -r backups", "mv backups other", "touch x"):
        assert machine.sh("gondola", script) == "no", script


def test_what_services_write_is_what_jobs_may_read() -> None:
    """Only the mask decides: papers are made with every right that it leaves, and so are their folders."""
    assert "\nUMask=0007\n" in (UNITS / "gondola-colour@.service").read_text()
    with tempfile.TemporaryDirectory() as folder:
        script = "import sys, obstore; from obstore.store import LocalStore as S; "
        script += "obstore.put(S(sys.argv[1]), 'a/1', b'')"
        subprocess.run([sys.executable, "-c", script, folder], umask=0o007, check=True)
        made = [stat.S_IMODE((Path(folder) / name).stat().st_mode) for name in ("a", "a/1")]

    assert made == [0o770, 0o660]
