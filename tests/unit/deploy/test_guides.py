"""What the guides say to type for Compose is what its file, its variables and its images can do."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.production.processes import ROOT
from scripts.production.switching.compose import NOTED
from tests.unit.deploy.files import load_yaml
from tests.unit.deploy.guides import GUIDES, Command, calls, code_of, commands
from tests.unit.deploy.test_env_template import variables

COMMANDS = list(commands())
SERVICES: dict[str, dict[str, Any]] = load_yaml("docker-compose.production.yml")["services"]
# Both need the client programs of Postgres; the first writes papers, too.
RESTORES = re.compile(r"restore_database")
SAVES = re.compile(r"backup_database|backup-configs|restore_drill")


def is_mounted_writable(service: dict[str, Any], folder: str) -> bool:
    return any(volume.endswith(f":{folder}") for volume in service["volumes"])


def test_there_are_commands_to_look_at() -> None:
    assert len(COMMANDS) > 10
    assert {"run", "up", "exec", "kill"} <= {command.name for command in COMMANDS}


@pytest.mark.parametrize("guide", GUIDES)
def test_nobody_is_told_to_leave_the_environment_files_out(guide: str) -> None:
    assert re.findall(r"docker[ -]compose (?!with|2)[^`\n]*", code_of(guide)) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.guide} {command.text}")
class TestCommand:
    def test_its_services_and_profiles_are_in_the_file(self, command: Command) -> None:
        profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}

        assert set(command.services) <= set(SERVICES)
        assert set(command.profiles) <= profiles

    def test_it_finds_what_it_works_on(self, command: Command) -> None:
        for name in command.services:
            service = SERVICES[name]
            if command.name == "run":
                # Two containers cannot have one address.
                assert "ipv4_address" not in str(service["networks"])
                # Nor is Postgres started anew in the night because somebody wrote something else in the file.
                assert "--no-deps" in command.text.split()
            if RESTORES.search(command.inner):
                assert is_mounted_writable(service, "/data")
            if RESTORES.search(command.inner) or SAVES.search(command.inner):
                assert "/backup:" in service["image"]
                assert is_mounted_writable(service, "/backups")

    def test_its_script_is_in_the_image(self, command: Command) -> None:
        sent = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"]
        for script in re.findall(r"(?:^|\s)(scripts/[\w./-]+)", command.inner):
            assert (ROOT / script).is_file()
            assert any(script.startswith(f"{folder}/") for folder in sent)


@pytest.mark.parametrize(
    ("call", "options"), [(call, sorted(options)) for call, options in sorted(calls().items())], ids=" ".join
)
def test_a_script_is_there_and_takes_the_options_it_is_given(
    call: tuple[str, str], options: list[str]
) -> None:
    name, command = call
    if name.startswith("-m "):
        assert importlib.util.find_spec(name.removeprefix("-m ")), name
        words = [sys.executable, *name.split()]
    else:
        assert os.access(ROOT / name, os.X_OK), name
        words = [sys.executable, name] if name.endswith(".py") else [f"./{name}"]
    if set(options) - {"--help"}:
        told = subprocess.run(
            [*words, *filter(None, [command]), "--help"],
            cwd=ROOT,
            env={**os.environ, "PYTHON": sys.executable},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert {option for option in options if not re.search(rf"{option}\b", told.stdout)} == set()


def test_every_variable_compose_must_have_is_written_as_the_guide_says(tmp_path: Path) -> None:
    # What stands behind two is for the shell of the container.
    needed = set(re.findall(r"(?<!\$)\$\{(\w+):\?", (ROOT / "docker-compose.production.yml").read_text()))
    (line,) = [line for line in code_of("deploy.md").splitlines() if "> var/nginx/colours.env" in line]

    (tmp_path / "var" / "nginx").mkdir(parents=True)
    subprocess.run(["/bin/sh", "-euc", f"commit=c0ffee; {line}"], cwd=tmp_path, check=True)
    written = (tmp_path / "var" / "nginx" / "colours.env").read_text().splitlines()

    by_guide = dict(line.split("=", 1) for line in written)
    assert by_guide == {
        "ACTIVE_COLOUR": "blue",
        "BLUE_VERSION": "c0ffee",
        "GREEN_VERSION": "c0ffee",
        "RELEASE": "c0ffee",
    }
    assert needed - set(by_guide) <= set(variables())
    assert not set(by_guide) & set(variables())


def test_the_one_way_to_compose_has_all_files_from_anywhere(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\npwd\nprintf "%s\\n" "$@"\n')
    docker.chmod(0o755)
    link = tmp_path / "gondola"
    link.symlink_to(ROOT / "scripts" / "gondola")

    done = subprocess.run(
        [link, "run", "--rm", "backup"],
        cwd="/",
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    folder, *told = done.stdout.splitlines()
    assert Path(folder) == ROOT
    assert " ".join(told) == (
        "compose --env-file .env.production --env-file var/nginx/colours.env "
        "-f docker-compose.production.yml run --rm backup"
    )


@pytest.mark.parametrize("name", sorted(NOTED))
def test_a_shell_that_would_have_compose_take_another_version_is_refused(name: str, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\nexit 9\n")
    docker.chmod(0o755)

    done = subprocess.run(
        [ROOT / "scripts" / "gondola", "ps"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", name: ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert f"unset {name}" in done.stderr
