"""What is done to a machine, one by one: NGINX's file, links, variables, commands that hang or fail."""

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from scripts.local.processes import started_at
from scripts.production.console import RefusedError, ScriptError
from scripts.production.switching import actions
from scripts.production.switching.actions import Change, Link, Operator, Run
from scripts.production.switching.colours import MEMBERS
from tests.unit.scripts.production.switching.noting import LATE_SECONDS, NotingHost


class TestProxy:
    def test_a_file_that_says_neither_colour_is_refused(self, host: NotingHost) -> None:
        (host.folder / "active.conf").write_text("upstream red {}\n")

        with pytest.raises(RefusedError, match=r"copy the one of the colour"):
            _ = host.proxy.active

    def test_a_configuration_that_does_not_include_the_file_is_refused(self, host: NotingHost) -> None:
        (host.folder / "nginx.conf").write_text("http {\n    include blue.conf;\n}\n")

        with pytest.raises(ScriptError, match="NGINX refuses"):
            host.proxy.test(Operator(), "green")

    def test_somebody_else_may_read_the_file(self, host: NotingHost) -> None:
        before = os.umask(0o077)
        try:
            host.proxy.go_to(Operator(), "green")
        finally:
            os.umask(before)

        assert stat.S_IMODE((host.folder / "active.conf").stat().st_mode) == 0o644


class TestActions:
    def test_a_link_is_replaced(self, tmp_path: Path) -> None:
        for target in ("one", "two"):
            Operator().do([Link(tmp_path / "link", target)])

        assert (tmp_path / "link").readlink() == Path("two")

    def test_variables_are_set_in_a_file_that_may_be_missing(self, tmp_path: Path) -> None:
        file = tmp_path / "colours.env"
        Operator().do([Change(file, {"BLUE_VERSION": "1"}), Change(file, {"GREEN_VERSION": "2"})])

        assert file.read_text().split() == ["BLUE_VERSION=1", "GREEN_VERSION=2"]

    def test_the_first_failure_ends_it(self, tmp_path: Path) -> None:
        with pytest.raises(ScriptError, match="sh ended with 3"):
            Operator().do([Run(("sh", "-c", "exit 3")), Link(tmp_path / "never", "x")])

        assert not (tmp_path / "never").is_symlink()

    def test_a_module_that_fails_is_named(self) -> None:
        command = Run((sys.executable, "-m", "no.such.module"))

        with pytest.raises(ScriptError, match=r"^no\.such\.module ended with 1"):
            Operator().do([command])

    def test_what_is_secret_is_not_shown(self) -> None:
        command = Run(("a", "b"), {"SECRET_KEY": "hush"})

        assert "hush" not in f"{command} {command!r}"

    def test_what_cannot_be_asked_is_not_ready(self, tmp_path: Path) -> None:
        commands = {"gone": Run(("true",), folder=tmp_path / "none"), "there": Run(("true",))}

        assert Operator().failing(commands) == ["gone"]

    def test_what_does_not_end_is_ended_with_all_it_started(self, tmp_path: Path) -> None:
        script = 'trap "" TERM; sleep 61 & echo $! > "$0/child"; wait'

        with pytest.raises(ScriptError, match=r"sh did not end within 0\.5 s"):
            Operator().do([Run(("sh", "-c", script, str(tmp_path)), seconds=0.5)])

        assert started_at(int((tmp_path / "child").read_text())) is None

    def test_what_does_not_answer_is_not_ready(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "_ASKING_SECONDS", 0.3)
        commands = {"hangs": Run(("sleep", "60")), "too": Run(("sleep", "60")), "good": Run(("true",))}
        began = time.monotonic()

        assert Operator().failing(commands) == ["hangs", "too"]
        assert time.monotonic() - began < LATE_SECONDS

    def test_a_program_that_is_missing_is_named(self) -> None:
        with pytest.raises(ScriptError, match="/none/there cannot be run"):
            Operator().do([Run(("/none/there",))])


def test_every_process_that_has_a_colour_is_in_one_group() -> None:
    assert MEMBERS["web"] == ("web-dashboard", "agente-negocio", "agente-deposito", "ml")
    assert MEMBERS["workers"] == ("negocio-worker", "deposito-worker", "ml-worker")
