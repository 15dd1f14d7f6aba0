"""The order of a switch and a rollback, on a host that only notes what it is asked, and NGINX's files."""

import io
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from scripts.local.processes import started_at
from scripts.production import console
from scripts.production.console import RefusedError, ScriptError
from scripts.production.switching import actions, turning
from scripts.production.switching.actions import Action, Change, Link, Operator, Run
from scripts.production.switching.colours import MEMBERS, Colour, Group
from scripts.production.switching.deploying import Wishes, deploy
from scripts.production.switching.options import alone
from scripts.production.switching.proxy import Proxy
from scripts.production.switching.rolling_back import roll_back

RELEASE, KEPT = "c" * 40, "d" * 40
LATE_SECONDS = 2.0
# Notes its name; the one that interrupts does so once, with all that a connection sends that breaks, and has
# not ended by then.
_STEP = """
echo "$1" >> "$0/notes"
if [ "$1" = "$3" ] && mkdir "$0/interrupted"; then
    kill -HUP $4; kill -TERM $4; kill -HUP $4; exec sleep 60
fi
test "$1" != "$2"
"""


@dataclass
class NotingHost:
    """Every step writes its name to a file, or fails when it is the one that should."""

    folder: Path
    failing: str = ""
    address: str = "http://127.0.0.1:1"
    interrupting: str = ""
    releases: dict[Colour, str] = field(default_factory=lambda: {"blue": "b" * 40, "green": KEPT})

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

    def placed(self, colour: Colour) -> str | None:
        return self.releases.get(colour)

    def enable(self, colour: Colour) -> Sequence[Action]:
        return [self._step(f"enable {colour}")]

    def mark(self, colour: Colour, release: str | None) -> Sequence[Action]:
        return [self._step(f"mark {colour} {(release or '-')[0]}")]

    @property
    def notes(self) -> list[str]:
        noted = self.folder / "notes"
        return noted.read_text().splitlines() if noted.exists() else []

    def _step(self, name: str) -> Run:
        told = (str(self.folder), name, self.failing, self.interrupting, str(os.getpid()))
        return Run(("sh", "-c", _STEP, *told), seconds=LATE_SECONDS)


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
    monkeypatch.setattr(turning, "_colour_of", lambda _url: host.proxy.active)
    return host


def wishes(*, is_built: bool = True, keeps_old: bool = True) -> Wishes:
    return Wishes(RELEASE, is_built=is_built, ready_seconds=0, drain_seconds=0, keeps_old=keeps_old)


BEFORE_TURNING = [
    *("build c", "migrate c", "stop green workers", "stop green web", "place green c", "start green web"),
    *("ready green web", "warm green", "verify green c", "start green workers", "ready green workers"),
]
TURNING = ["test upstream green {}", "enable green", "reload"]
TURNING_BACK = ["reload", "mark blue b"]
STOPPING = ["stop green workers", "stop green web"]


def tried(host: NotingHost, do: Callable[[], Mapping[str, object]]) -> tuple[int, dict[str, Any]]:
    """Exit code and summary, as a script has them."""

    def work(_arguments: Sequence[str]) -> Mapping[str, object]:
        with alone(host, is_rehearsal=False):
            return do()

    out = io.StringIO()
    with redirect_stdout(out):
        code = console.run("try-out", work, [])
    return code, json.loads(out.getvalue())


def served_by(monkeypatch: pytest.MonkeyPatch, colour_of: Callable[[str], str]) -> None:
    """What answers behind the proxy; nobody waits long for something else."""
    monkeypatch.setattr(turning, "_colour_of", colour_of)
    monkeypatch.setattr(turning, "_PATIENCE_SECONDS", 0)


class TestDeploying:
    def test_the_order_is_the_one_that_loses_nothing(self, host: NotingHost) -> None:
        told = deploy(Operator(), host, wishes())

        after = ["verify green c through proxy", "mark green c", "stop blue workers"]
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

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        noted = host.notes
        assert noted[noted.index(step) + 1 :] == ["mark blue b", *STOPPING]
        assert host.proxy.active == "blue"
        assert (code, told["active"], told["stopped"]) == (1, "blue", "green")
        assert told["no_longer_kept"] == KEPT

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
        assert host.notes[-2:] == STOPPING

    @pytest.mark.parametrize("step", ["verify green c through proxy", "mark green c"])
    def test_what_fails_behind_the_proxy_is_turned_back(self, host: NotingHost, step: str) -> None:
        host.failing = step

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        assert host.notes[-4:] == [*TURNING_BACK, *STOPPING]
        assert host.proxy.active == "blue"
        assert (code, told["active"], told["stopped"]) == (1, "blue", "green")

    def test_the_way_back_is_taken_though_nobody_can_be_seen_from_here(
        self, host: NotingHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host.failing = "verify green c through proxy"
        served_by(
            monkeypatch, lambda _url: "(timed out)" if host.failing in host.notes else host.proxy.active
        )

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        assert host.notes[-4:] == [*TURNING_BACK, *STOPPING]
        assert host.proxy.active == "blue"
        assert (code, told["active"], told["stopped"]) == (1, "blue", "green")

    @pytest.mark.parametrize("step", [*TURNING[1:], "verify green c through proxy", "mark green c"])
    def test_interrupted_in_the_midst_of_turning_people_are_where_they_were(
        self, host: NotingHost, step: str
    ) -> None:
        host.interrupting = step

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        back = TURNING_BACK if step != "enable green" else ["mark blue b"]
        assert host.notes[host.notes.index(step) + 1 :] == [*back, *STOPPING]
        assert host.proxy.active == "blue"
        assert (code, told["error"], told["active"]) == (130, "interrupted", "blue")

    def test_the_way_back_itself_is_not_interrupted(self, host: NotingHost) -> None:
        host.failing, host.interrupting = "verify green c through proxy", "mark blue b"
        began = time.monotonic()

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        # The step that sends the signals sleeps; it is ended for being late, and not sooner.
        assert time.monotonic() - began > LATE_SECONDS
        assert host.proxy.active == "blue"
        assert (code, told["active"], told["still_running"]) == (1, "blue", "green")

    def test_what_cannot_be_stopped_is_not_said_to_be(self, host: NotingHost) -> None:
        host.failing = "stop green workers"

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        assert host.notes[-2:] == STOPPING
        assert (code, told["active"], told["still_running"]) == (1, "blue", "green")

    def test_while_nginx_cannot_be_told_both_colours_run(self, host: NotingHost) -> None:
        host.failing = "reload"

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        assert host.proxy.active == "blue"
        assert host.notes[-2:] == ["reload", "reload"]
        assert (code, told["active"], told["still_running"]) == (1, "blue", "green")

    def test_while_people_are_seen_at_the_new_colour_it_is_not_stopped(
        self, host: NotingHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served_by(
            monkeypatch,
            lambda url: "green" if "test upstream green {}" in host.notes and "/ml/" in url else "blue",
        )

        code, told = tried(host, lambda: deploy(Operator(), host, wishes()))

        assert host.proxy.active == "blue"
        assert host.notes[-2:] == TURNING_BACK
        assert (code, told["active"], told["still_running"]) == (1, "blue", "green")
        assert "does not answer as green: dashboard blue" in told["error"]

    def test_a_colour_that_serves_people_in_spite_of_the_file_is_not_replaced(
        self, host: NotingHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served_by(monkeypatch, lambda _url: "green")

        with pytest.raises(RefusedError, match="green answers"):
            deploy(Operator(), host, wishes(is_built=False))

        assert host.notes == []

    def test_a_release_that_is_not_there_fails_a_rehearsal_too(self, host: NotingHost) -> None:
        host.failing = "check"

        deploy(Operator(is_rehearsal=True), host, wishes(is_built=True))
        with pytest.raises(RefusedError, match="no release"):
            deploy(Operator(is_rehearsal=True), host, wishes(is_built=False))

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
            *("ready green web", *TURNING, "mark green d"),
            *("start green workers", "ready green workers", "stop blue workers"),
        ]
        assert (told["active"], told["left"], told["release"]) == ("green", "blue", KEPT)

    @pytest.mark.parametrize("is_rehearsal", [False, True])
    @pytest.mark.parametrize("what", ["not ready", "no release", "not placed"])
    def test_without_a_colour_to_go_back_to_it_is_refused(
        self, host: NotingHost, what: str, *, is_rehearsal: bool
    ) -> None:
        host.failing = {"not ready": "ready green web", "no release": "check"}.get(what, "")
        if what == "not placed":
            del host.releases["green"]

        with pytest.raises(RefusedError, match=r"nothing to go back to.*of green|no release d"):
            roll_back(Operator(is_rehearsal=is_rehearsal), host, ready_seconds=0)

        assert host.notes == ["ready green web"]
        assert host.proxy.active == "blue"

    @pytest.mark.parametrize("step", ["reload", "mark green d"])
    def test_what_fails_or_is_interrupted_in_the_midst_leaves_people_where_they_were(
        self, host: NotingHost, step: str
    ) -> None:
        host.interrupting = step

        code, told = tried(host, lambda: roll_back(Operator(), host, ready_seconds=0))

        assert host.notes[-2:] == TURNING_BACK
        assert (code, told["active"], host.proxy.active) == (130, "blue", "blue")

    def test_it_stays_though_nobody_can_be_seen_from_here(
        self, host: NotingHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served_by(monkeypatch, lambda _url: "(timed out)")

        code, told = tried(host, lambda: roll_back(Operator(), host, ready_seconds=0))

        assert host.notes[-2:] == ["start green workers", "ready green workers"]
        assert (code, told["active"], host.proxy.active) == (1, "green", "green")
        assert "does not answer as green" in told["error"]

    def test_workers_that_do_not_start_leave_those_that_run(self, host: NotingHost) -> None:
        host.failing = "ready green workers"

        code, told = tried(host, lambda: roll_back(Operator(), host, ready_seconds=0))

        assert "stop blue workers" not in host.notes
        assert (code, told["active"]) == (1, "green")


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
