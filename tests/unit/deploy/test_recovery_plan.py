"""The recovery plan: its own functions of the shell, and a way for each place the platform runs in."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from scripts.production.processes import ROOT
from tests.unit.deploy.guides import code_of

PLAN = code_of("recovery-plan.md")
JOBS = (ROOT / "deploy" / "systemd" / "gondola-job@.service").read_text()
# How a command that restores is called in each place; the first is one process.
CALLERS = ("", "gondola run --rm --no-deps restore ", "on_host ", "on_railway ", "on_render ")
RELEASE = "/opt/gondola/current/"


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## )", PLAN, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def function(name: str) -> str:
    found = re.search(rf"^{name}\(\) \{{.*\}}$", PLAN, re.MULTILINE)
    assert found
    return found[0]


def called(caller: str) -> list[str]:
    """Commands that the plan gives to one of its functions."""
    return re.findall(rf"(?:^|`){caller} +((?:[^`\s#]+ ?)+)", PLAN, re.MULTILINE)


def told(tmp_path: Path, program: str, line: str, **environment: str) -> list[str]:
    """What a program is told when a line of the plan is typed in some folder; a stand-in writes it down."""
    stand_in = tmp_path / program
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-euc", line],
        cwd="/",
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("title", "command"),
    [
        ("Database corrupt, or gone", "scripts/restore_database.sh --force"),
        ("Lost object storage", "scripts/restore_database.sh --documents-only"),
    ],
)
@pytest.mark.parametrize("caller", CALLERS)
def test_what_is_lost_comes_back_in_every_place(title: str, command: str, caller: str) -> None:
    assert re.search(rf"^{re.escape(caller + command)}(?: |$)", section(title), re.MULTILINE)


@pytest.mark.parametrize("command", sorted(set(called("on_host")) - {"COMMAND"}))
def test_on_a_bare_machine_the_program_is_found_from_anywhere(command: str, tmp_path: Path) -> None:
    """systemd-run looks for a program in the folder of whoever calls it, whatever it is told to work in."""
    options = told(tmp_path, "systemd-run", f"{function('on_host')}\non_host {command}")
    program = next(word for word in options if word.startswith(RELEASE))

    assert options[-len(command.split()) :] == [program, *command.split()[1:]]
    assert os.access(ROOT / program.removeprefix(RELEASE), os.X_OK)


def test_on_a_bare_machine_a_restore_is_run_as_jobs_are(tmp_path: Path) -> None:
    options = told(tmp_path, "systemd-run", f"{function('on_host')}\non_host scripts/restore_database.sh")

    for name, option in (("User", "--uid={}"), ("WorkingDirectory", "--working-directory={}")):
        (value,) = re.findall(rf"^{name}=(.+)$", JOBS, re.MULTILINE)
        assert option.format(value) in options
    (temporary,) = re.findall(r"^Environment=(TMPDIR=.+)$", JOBS, re.MULTILINE)
    assert f"-E {temporary}" in " ".join(options)
    for file in re.findall(r"^(EnvironmentFile=.+)$", JOBS, re.MULTILINE):
        assert f"-p {file.replace('%i', 'restore-drill')}" in " ".join(options)
    # Services read what is restored, by the group that papers are of.
    assert "-p UMask=0007" in " ".join(options)


def test_on_render_a_job_runs_the_command_of_the_image(tmp_path: Path) -> None:
    line = f"{function('on_render')}\non_render scripts/restore_database.sh --force"
    words = told(tmp_path, "render", line, RESTORE_DRILL="crn-1")

    assert words[:4] == ["jobs", "create", "crn-1", "--start-command"]
    assert words[4] == "/app/scripts/restore_database.sh --force"
    assert "WORKDIR /app\n" in (ROOT / "Dockerfile").read_text()


def test_on_railway_the_database_is_reached_from_outside(tmp_path: Path) -> None:
    line = f"{function('on_railway')}\non_railway scripts/restore_database.sh --force"
    words = told(tmp_path, "railway", line)
    assert words[:3] == ["run", "--service", "restore-drill"]

    reached = subprocess.run(
        [words[3], words[4], words[5].replace('exec "$@"', "exec env"), *words[6:]],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "private", "PUBLIC_DATABASE_URL": "public"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "DATABASE_URL=public" in reached.stdout.splitlines()
    assert words[7:] == ["scripts/restore_database.sh", "--force"]


@pytest.mark.parametrize("active", ["blue", "green"])
def test_on_a_bare_machine_the_colour_in_use_is_restarted(active: str, tmp_path: Path) -> None:
    found = re.search(r"^colour=blue .*\nsystemctl restart .*$", section("One service down"), re.MULTILINE)
    assert found
    nginx = ROOT / "deploy" / "nginx"
    (tmp_path / "active.conf").write_bytes((nginx / f"{active}.conf").read_bytes())
    lines = found[0].replace("/etc/gondola/nginx/active.conf", str(tmp_path / "active.conf"))

    # As in a shell that is typed into: no line ends it.
    script = f"set +e\n{lines.replace('/etc/gondola/nginx', str(nginx))}"
    assert told(tmp_path, "systemctl", script) == ["restart", f"gondola-{active}@agente-negocio"]


def test_a_leaked_key_is_not_kept_for_a_rollback() -> None:
    rows = [line for line in section("Leaked key").splitlines() if "deploy-zero-downtime" in line]

    assert [("--on systemd" in row, "--release" in row, "--stop-old" in row) for row in rows] == [
        (False, True, True),
        (True, True, True),
    ]


def test_the_private_key_of_backups_is_never_committed() -> None:
    made = re.search(r"^age-keygen -o ~/(\S+)", PLAN, re.MULTILINE)
    assert made

    for folder in ("", "deploy/"):
        words = ["git", "check-ignore", "--quiet", folder + made[1]]
        assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0
