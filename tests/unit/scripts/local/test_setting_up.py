"""Stamps, secrets, ports, packages to install: what decides what a start does."""

import json
import sys
from pathlib import Path

import pytest

from scripts.local import install_secrets, stamps, system_packages
from scripts.local.checks import Outcome, shell_scripts, summary
from scripts.local.errors import SetupError
from scripts.local.logs import rotate, tail
from scripts.local.services import chosen_ports, is_one_port
from scripts.local.system_packages import SystemPackage

PACKAGE = SystemPackage("reading", ("tesseract-ocr",), ("tesseract",))


class TestStamps:
    def test_a_step_runs_again_when_a_file_in_the_folder_changes(self, tmp_path: Path) -> None:
        inputs, stamp = tmp_path / "inputs", tmp_path / "stamps" / "step"
        inputs.mkdir()
        (inputs / "a.py").write_text("1")
        before = stamps.fingerprint([inputs])
        stamps.write(stamp, before)

        (inputs / "a.py").write_text("2")

        assert stamps.is_current(stamp, before)
        assert not stamps.is_current(stamp, stamps.fingerprint([inputs]))

    def test_compiled_files_do_not_count(self, tmp_path: Path) -> None:
        before = stamps.fingerprint([tmp_path])
        (tmp_path / "__pycache__").mkdir()
        (tmp_path / "__pycache__" / "a.pyc").write_text("1")

        assert stamps.fingerprint([tmp_path]) == before

    def test_a_renamed_file_counts(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text("1")
        before = stamps.fingerprint([tmp_path])
        (tmp_path / "a.py").rename(tmp_path / "b.py")

        assert stamps.fingerprint([tmp_path]) != before


class TestSecrets:
    def test_made_once_and_kept_for_the_owner_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "var" / "secrets.json"

        first, second = install_secrets.load(file, {}), install_secrets.load(file, {})

        assert first == second
        assert len(set(first.values())) == 2
        assert all(len(value) >= 43 for value in first.values())
        assert file.stat().st_mode & 0o777 == 0o600

    def test_the_environment_wins_and_is_not_written_down(self, tmp_path: Path) -> None:
        file = tmp_path / "secrets.json"

        found = install_secrets.load(file, {"SECRET_KEY": "given"})

        assert found["SECRET_KEY"] == "given"
        assert json.loads(file.read_text())["SECRET_KEY"] != "given"

    def test_production_takes_none_from_the_disk(self, tmp_path: Path) -> None:
        file = tmp_path / "secrets.json"
        install_secrets.load(file, {})

        with pytest.raises(SetupError, match="In production JWT_SECRET_KEY must be set"):
            install_secrets.load(file, {"ENVIRONMENT": "production", "SECRET_KEY": "given"})


class TestPorts:
    def test_the_usual_ones(self) -> None:
        assert chosen_ports({}, single_process=False) == {
            "dashboard": 8000,
            "negocio": 8001,
            "deposito": 8002,
            "ml": 8003,
        }

    def test_a_variable_changes_one(self) -> None:
        assert chosen_ports({"PORT_ML": "9003"}, single_process=True)["ml"] == 9003

    @pytest.mark.parametrize("given", ["0", "65536", "web", "-1", "8e3"])
    def test_what_is_no_port_is_named(self, given: str) -> None:
        with pytest.raises(SetupError, match=f"PORT_ML={given}"):
            chosen_ports({"PORT_ML": given}, single_process=False)

    def test_two_services_on_one_port_are_refused(self) -> None:
        with pytest.raises(SetupError, match="same port"):
            chosen_ports({"PORT_ML": "8001"}, single_process=False)

    def test_only_a_port_serves_everything_in_one_process(self) -> None:
        ports = chosen_ports({"PORT": "10000"}, single_process=True)

        assert set(ports.values()) == {10000}
        assert is_one_port(ports)

    def test_a_stray_port_changes_nothing_for_several_processes(self) -> None:
        assert not is_one_port(chosen_ports({"PORT": "10000"}, single_process=False))


class TestSystemPackages:
    def test_apt_as_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
        monkeypatch.setattr("os.geteuid", lambda: 0)

        command = system_packages.install_command(PACKAGE)

        assert command[0] == "apt-get"
        assert command[-1] == "tesseract-ocr"

    def test_apt_without_root_or_sudo_says_the_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
        monkeypatch.setattr("os.geteuid", lambda: 1000)

        with pytest.raises(SetupError, match=r"as root, run: apt-get .* tesseract-ocr"):
            system_packages.install_command(PACKAGE)

    def test_brew_on_macos(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda name: "/opt/homebrew/bin/brew" if name == "brew" else None)

        assert system_packages.install_command(PACKAGE)[-1] == "tesseract"

    def test_anywhere_else_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shutil.which", lambda _name: None)

        with pytest.raises(SetupError, match="needs tesseract-ocr for reading"):
            system_packages.install_command(PACKAGE)

    def test_a_tesseract_without_spanish_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        program = tmp_path / "tesseract"
        monkeypatch.setenv("PATH", str(tmp_path))
        program.write_text("#!/bin/sh\necho eng\n")
        program.chmod(0o755)
        assert system_packages.tesseract_missing()

        program.write_text("#!/bin/sh\necho eng\necho spa\n")

        assert system_packages.tesseract_missing() is None

    def test_this_python_can_make_environments(self) -> None:
        assert Path(sys.executable).exists()
        assert system_packages.venv_missing() is None


class TestLogs:
    def test_each_start_has_its_own_file_and_the_last_three_stay(self, tmp_path: Path) -> None:
        log = tmp_path / "logs" / "ml.log"
        for start in range(6):
            rotate(log)
            log.write_text(f"start {start}")

        kept = {path.name: path.read_text() for path in log.parent.iterdir()}

        assert kept == {
            "ml.log": "start 5",
            "ml.log.1": "start 4",
            "ml.log.2": "start 3",
            "ml.log.3": "start 2",
        }

    def test_the_tail_is_the_end(self, tmp_path: Path) -> None:
        log = tmp_path / "a.log"
        log.write_text("\n".join(str(number) for number in range(5000)))

        assert tail(log, lines=2) == "    4998\n    4999"
        assert tail(tmp_path / "none.log") == ""


class TestChecks:
    def test_the_summary_adds_up(self) -> None:
        lines = summary([Outcome("lint", 1.25, "ok"), Outcome("unit", 2.5, "FAILED")])

        assert lines == [
            "     1.2 s  lint         ok",
            "     2.5 s  unit         FAILED",
            "     3.8 s  in all",
        ]

    def test_shell_scripts_are_found_by_name_or_first_line(self, tmp_path: Path) -> None:
        (tmp_path / "scripts").mkdir()
        (tmp_path / "scripts" / "up").write_text("#!/bin/sh\n")
        (tmp_path / "scripts" / "deploy.sh").write_text("echo\n")
        (tmp_path / "scripts" / "seed.py").write_text("#!/usr/bin/env python3\n")
        (tmp_path / "scripts" / "notes").write_text("text\n")

        assert [path.name for path in shell_scripts(tmp_path)] == ["deploy.sh", "up"]
