"""The order of a switch and a rollback, and where people are when something fails or is interrupted."""

import time
from collections.abc import Callable

import pytest

from scripts.production.console import RefusedError, ScriptError
from scripts.production.switching import turning
from scripts.production.switching.actions import Operator
from scripts.production.switching.deploying import Wishes, deploy
from scripts.production.switching.rolling_back import roll_back
from tests.unit.scripts.production.switching.noting import KEPT, LATE_SECONDS, RELEASE, NotingHost, tried


def wishes(*, is_built: bool = True, keeps_old: bool = True) -> Wishes:
    return Wishes(RELEASE, is_built=is_built, ready_seconds=0, drain_seconds=0, keeps_old=keeps_old)


BEFORE_TURNING = [
    *("build c", "migrate c", "stop green workers", "stop green web", "place green c", "start green web"),
    *("ready green web", "warm green", "verify green c", "start green workers", "ready green workers"),
]
TURNING = ["test upstream green {}", "enable green", "reload"]
TURNING_BACK = ["reload", "mark blue b"]
STOPPING = ["stop green workers", "stop green web"]


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
