"""The order of a switch and a rollback, on a host that only notes what it is asked, and NGINX's files."""

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.production.console import RefusedError, ScriptError
from scripts.production.switching import turning
from scripts.production.switching.actions import Action, Change, Link, Operator, Run
from scripts.production.switching.colours import MEMBERS, Colour, Group
from scripts.production.switching.deploying import Wishes, deploy
from scripts.production.switching.proxy import Proxy
from scripts.production.switching.rolling_back import roll_back

RELEASE = "c" * 40


@dataclass
class NotingHost:
    """Every step writes its name to a file, or fails when it is the one that should."""

    folder: Path
    failing: str = ""
    address: str = "http://127.0.0.1:1"
    answering: list[Colour] = field(default_factory=list)

    @property
    def proxy(self) -> Proxy:
        """`nginx` is a stand-in that notes its call too."""
        return Proxy(
            colours=self.folder,
            state=self.folder,
            program=str(self.folder / "nginx"),
            folder=str(self.folder),
            prefix=str(self.folder),
            state_within=str(self.folder),
            reload=self._step("reload"),
        )

    def build(self, release: str) -> Sequence[Action]:
        return [self._step(f"build {release[0]}")]

    def check(self, release: str) -> None:
        if self.failing == "check":
            raise RefusedError(f"no release {release}")

    def migrate(self, release: str) -> Sequence[Action]:
        return [self._step(f"migrate {release[0]}")]

    def place(self, colour: Colour, release: str) -> Sequence[Action]:
        return [self._step(f"place {colour} {release[0]}")]

    def start(self, colour: Colour, group: Group) -> Sequence[Action]:
        return [self._step(f"start {colour} {group}")]

    def stop(self, colour: Colour, group: Group) -> Sequence[Action]:
        return [self._step(f"stop {colour} {group}")]

    def ready(self, colour: Colour, group: Group) -> Mapping[str, Run]:
        return {f"{group} of {colour}": self._step(f"ready {colour} {group}")}

    def warm(self, colour: Colour) -> Sequence[Action]:
        return [self._step(f"warm {colour}")]

    def verify(self, colour: Colour, release: str, *, through: str | None) -> Sequence[Action]:
        return [self._step(f"verify {colour} {release[0]}{' through proxy' if through else ''}")]

    def mark(self, colour: Colour) -> Sequence[Action]:
        return [self._step(f"mark {colour}")]

    @property
    def notes(self) -> list[str]:
        noted = self.folder / "notes"
        return noted.read_text().splitlines() if noted.exists() else []

    def _step(self, name: str) -> Run:
        script = 'echo "$1" >> "$0/notes"; test "$1" != "$2"'
        return Run(("sh", "-c", script, str(self.folder), name, self.failing))


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NotingHost:
    """Blue is in use; whatever active.conf says answers at once."""
    for colour in ("blue", "green"):
        (tmp_path / f"{colour}.conf").write_text(f"upstream {colour} {{}}\n")
    (tmp_path / "active.conf").write_text("upstream blue {}\n")
    (tmp_path / "nginx.conf").write_text("http {\n    include active.conf;\n}\n")
    nginx = tmp_path / "nginx"
    nginx.write_text('#!/bin/sh\necho "test $(cat "${0%/*}/candidate.conf")" >> "${0%/*}/notes"\n')
    nginx.chmod(0o755)
    host = NotingHost(tmp_path)
    host.failing = ""
    monkeypatch.setattr(turning, "_colour_of", lambda _url: host.proxy.active)
    return host


def wishes(*, is_built: bool = True, keeps_old: bool = True) -> Wishes:
    return Wishes(RELEASE, is_built=is_built, ready_seconds=0, drain_seconds=0, keeps_old=keeps_old)


BEFORE_TURNING = [
    *("build c", "migrate c", "stop green workers", "stop green web", "place green c", "start green web"),
    *("ready green web", "warm green", "verify green c", "start green workers", "ready green workers"),
]
TURNING = ["test upstream green {}", "reload"]


class TestDeploying:
    def test_the_order_is_the_one_that_loses_nothing(self, host: NotingHost) -> None:
        told = deploy(Operator(), host, wishes())

        after = ["verify green c through proxy", "mark green", "stop blue workers"]
        assert host.notes == [*BEFORE_TURNING, *TURNING, *after]
        assert host.proxy.active == "green"
        assert (told["active"], told["kept"]) == ("green", "blue")

    def test_a_build_that_is_there_is_taken(self, host: NotingHost) -> None:
        deploy(Operator(), host, wishes(is_built=False, keeps_old=False))

        assert host.notes[0] == "migrate c"
        assert host.notes[-1] == "stop blue web"

    @pytest.mark.parametrize("step", [*BEFORE_TURNING[4:]])
    def test_what_fails_before_the_switch_stops_the_new_and_leaves_the_old(
        self, host: NotingHost, step: str
    ) -> None:
        host.failing = step

        with pytest.raises(ScriptError) as raised:
            deploy(Operator(), host, wishes())

        noted = host.notes
        assert noted[noted.index(step) + 1 :] == ["stop green workers", "stop green web"]
        assert host.proxy.active == "blue"
        assert raised.value.facts["active"] == "blue"

    @pytest.mark.parametrize("step", ["build c", "check", "migrate c"])
    def test_what_fails_before_anything_is_started_leaves_the_kept_colour_too(
        self, host: NotingHost, step: str
    ) -> None:
        host.failing = step

        with pytest.raises(ScriptError):
            deploy(Operator(), host, wishes())

        assert not [note for note in host.notes if note.startswith("stop")]

    def test_a_configuration_that_nginx_refuses_is_never_put_in_place(self, host: NotingHost) -> None:
        (host.folder / "nginx").write_text("#!/bin/sh\nexit 1\n")

        with pytest.raises(ScriptError, match="NGINX refuses"):
            deploy(Operator(), host, wishes())

        assert host.proxy.active == "blue"
        assert "reload" not in host.notes
        assert host.notes[-2:] == ["stop green workers", "stop green web"]

    def test_a_reload_that_fails_leaves_the_file_as_it_was(self, host: NotingHost) -> None:
        host.failing = "reload"

        with pytest.raises(ScriptError):
            deploy(Operator(), host, wishes())

        assert host.proxy.active == "blue"

    def test_what_fails_behind_the_proxy_is_turned_back(self, host: NotingHost) -> None:
        host.failing = "verify green c through proxy"

        with pytest.raises(ScriptError):
            deploy(Operator(), host, wishes())

        back = ["test upstream blue {}", "reload", "stop green workers", "stop green web"]
        assert host.notes[-4:] == back
        assert host.proxy.active == "blue"

    def test_a_proxy_that_goes_on_sending_people_to_the_old_is_turned_back(
        self, host: NotingHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turning, "_colour_of", lambda url: "blue" if "/ml/" in url else "green")
        monkeypatch.setattr(turning, "_PATIENCE_SECONDS", 0)

        with pytest.raises(ScriptError, match="ml blue"):
            deploy(Operator(), host, wishes())

        assert host.proxy.active == "blue"
        assert host.notes[-4:] == ["reload", "reload", "stop green workers", "stop green web"]

    def test_a_rehearsal_does_nothing(self, host: NotingHost) -> None:
        told = deploy(Operator(is_rehearsal=True), host, wishes())

        assert host.notes == []
        assert host.proxy.active == "blue"
        assert not (host.folder / "candidate.conf").exists()
        assert told["dry_run"] is True


class TestRollingBack:
    def test_people_go_back_first_and_workers_follow(self, host: NotingHost) -> None:
        told = roll_back(Operator(), host, ready_seconds=0)

        assert host.notes == [
            *("ready green web", *TURNING, "mark green"),
            *("start green workers", "ready green workers", "stop blue workers"),
        ]
        assert (told["active"], told["left"]) == ("green", "blue")

    def test_without_a_colour_to_go_back_to_it_is_refused(self, host: NotingHost) -> None:
        host.failing = "ready green web"

        with pytest.raises(RefusedError, match=r"nothing to go back to.*web of green"):
            roll_back(Operator(), host, ready_seconds=0)

        assert host.notes == ["ready green web"]
        assert host.proxy.active == "blue"

    def test_workers_that_do_not_start_leave_those_that_run(self, host: NotingHost) -> None:
        host.failing = "ready green workers"

        with pytest.raises(ScriptError, match="not ready"):
            roll_back(Operator(), host, ready_seconds=0)

        assert "stop blue workers" not in host.notes


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
            host.proxy.activate(Operator(), "green")
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

    def test_a_program_that_is_missing_is_named(self) -> None:
        with pytest.raises(ScriptError, match="/none/there cannot be run"):
            Operator().do([Run(("/none/there",))])


def test_every_process_that_has_a_colour_is_in_one_group() -> None:
    assert MEMBERS["web"] == ("web-dashboard", "agente-negocio", "agente-deposito", "ml")
    assert MEMBERS["workers"] == ("negocio-worker", "deposito-worker", "ml-worker")
