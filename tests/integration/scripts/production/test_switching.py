"""A real NGINX turned between two colours that only say who they are; processes that outlive a script."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from scripts.local import nginx
from scripts.local.processes import read_record
from scripts.production import console
from scripts.production.console import ScriptError
from scripts.production.processes import ROOT
from scripts.production.switching import turning
from scripts.production.switching.actions import Operator
from scripts.production.switching.colours import BEHIND_PROXY, COLOURS, MEMBERS, Colour
from scripts.production.switching.machine import Processes
from scripts.production.switching.turning import go_back, turn, unseen
from tests.integration.deploy.door import Door, install, open_folder, running

_SERVER = re.compile(r"server 127\.0\.0\.1:\d+")


class Coloured(BaseHTTPRequestHandler):
    """Says its colour, whatever it is asked."""

    colour = ""

    def do_GET(self) -> None:
        body = json.dumps({"colour": self.colour}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        return


@pytest.fixture
def ports() -> Iterator[dict[Colour, int]]:
    """Where each colour answers."""
    with ExitStack() as stack:
        found: dict[Colour, int] = {}
        for colour in COLOURS:
            handler = type("Handler", (Coloured,), {"colour": colour})
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
            Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            found[colour] = server.server_port
        yield found


@pytest.fixture
def machine(ports: dict[Colour, int]) -> Iterator[Processes]:
    """A machine whose NGINX runs, with blue in use."""
    program = nginx.ensure()
    with open_folder() as folder:
        door = install(folder, program)
        for colour in COLOURS:
            file = folder / f"{colour}.conf"
            file.write_text(_SERVER.sub(f"server 127.0.0.1:{ports[colour]}", file.read_text()))
        (folder / "active.conf").write_text((folder / "blue.conf").read_text())
        with running(Door(program, folder, door.port)):
            yield Processes(
                home=folder,
                settings=folder.parent,
                environment_file=None,
                address=f"http://127.0.0.1:{door.port}",
                nginx=str(program),
                prefix=folder,
            )


def answering(machine: Processes) -> set[str]:
    """Which colours answer behind the proxy."""
    return {
        httpx.get(f"{machine.address}/services/{name}/version").json()["colour"]
        for name in BEHIND_PROXY
        for _ in range(5)
    }


def settled(machine: Processes) -> set[str]:
    """The same once it is one colour, for as long as a reload may take."""
    deadline = time.monotonic() + 10
    while len(found := answering(machine)) > 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


class TestTurning:
    def test_from_one_to_the_other_and_back(self, machine: Processes) -> None:
        for colour in ("green", "blue"):
            turn(Operator(), machine, colour)

            assert unseen(Operator(), machine, colour) == ""
            assert answering(machine) == {colour}
            assert machine.proxy.active == colour

    def test_a_broken_configuration_is_refused_and_the_old_stays(self, machine: Processes) -> None:
        broken = machine.proxy.colours / "green.conf"
        broken.write_text(broken.read_text().replace("upstream ml {", "upstream nobody {"))

        with pytest.raises(ScriptError, match="NGINX refuses"):
            turn(Operator(), machine, "green")

        assert machine.proxy.active == "blue"
        assert answering(machine) == {"blue"}

    def test_a_colour_that_sends_some_people_elsewhere_is_turned_back(
        self, machine: Processes, ports: dict[Colour, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turning, "_PATIENCE_SECONDS", 1)
        mixed = machine.proxy.colours / "green.conf"
        head, ml = mixed.read_text().split("upstream ml {")
        mixed.write_text(f"{head}upstream ml {{{ml.replace(str(ports['green']), str(ports['blue']))}")

        turn(Operator(), machine, "green")

        assert re.search(r"does not answer as green: .*ml blue", unseen(Operator(), machine, "green"))
        assert go_back(Operator(), machine, "blue", drain_seconds=0)
        assert machine.proxy.active == "blue"
        assert answering(machine) == {"blue"}

    def test_interrupted_while_it_is_told_nginx_is_turned_back(self, machine: Processes) -> None:
        once = machine.home / "once"
        told = machine.home / "told"
        told.write_text(
            f'#!/bin/sh\n{machine.nginx} "$@" || exit\n'
            f'case "$*" in *reload) mkdir {once} && kill -HUP {os.getpid()} && exec sleep 60 ;; esac\n'
            "exit 0\n"
        )
        told.chmod(0o755)
        interrupted = replace(machine, nginx=str(told))
        may_be_stopped = []

        def work(_arguments: Sequence[str]) -> dict[str, object]:
            try:
                turn(Operator(), interrupted, "green")
            except BaseException:
                assert machine.proxy.active == "green"
                may_be_stopped.append(go_back(Operator(), interrupted, "blue", drain_seconds=0))
                raise
            return {}

        assert console.run("try-out", work, []) == console.INTERRUPTED
        assert may_be_stopped == [True]
        assert machine.proxy.active == "blue"
        assert settled(machine) == {"blue"}

    def test_the_way_back_needs_no_way_to_the_address(
        self, machine: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn(Operator(), machine, "green")

        with monkeypatch.context() as hurried:
            hurried.setattr(turning, "_PATIENCE_SECONDS", 0)
            away = replace(machine, address="http://127.0.0.1:1")
            assert go_back(Operator(), away, "blue", drain_seconds=0)

        # NGINX may have been told of both before it acted on either.
        assert settled(machine) == {"blue"}

    def test_while_nginx_cannot_be_told_nothing_may_be_stopped(self, machine: Processes) -> None:
        turn(Operator(), machine, "green")
        assert unseen(Operator(), machine, "green") == ""

        assert not go_back(Operator(), replace(machine, nginx="/bin/false"), "blue", drain_seconds=0)

        # What the next start of NGINX reads; until then people are at green.
        assert machine.proxy.active == "blue"
        assert answering(machine) == {"green"}

    def test_a_script_is_refused_while_another_one_works(self, machine: Processes) -> None:
        with (machine.proxy.state / "switch.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            told, code = rollback(machine)

        assert (code, told["error"]) == (2, "another switch or rollback is under way")

    def test_a_rollback_to_what_does_not_run_is_refused(self, machine: Processes) -> None:
        for colour in COLOURS:
            (machine.settings / colour).mkdir()
            (machine.settings / colour / "colour.env").write_text(f"COLOUR={colour}\nPORT=1\n")
            (machine.home / colour).symlink_to(ROOT)

        told, code = rollback(machine)

        assert code == 2
        assert told["not_ready"] == ["web-dashboard", "agente-negocio", "agente-deposito", "ml"]
        assert machine.proxy.active == "blue"


def rollback(machine: Processes) -> tuple[dict[str, object], int]:
    """Summary and exit code of the script."""
    where = ["--home", machine.home, "--settings", machine.settings, "--address", machine.address]
    done = subprocess.run(
        [ROOT / "scripts" / "rollback-production.sh", "--on", "processes", *map(str, where)],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told, done.returncode


class TestDetached:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Processes:
        """Blue is a script that says who it is and stays; the rest is up to the test."""
        settings, script = tmp_path / "settings", tmp_path / "blue" / "scripts" / "start-production.sh"
        (settings / "blue").mkdir(parents=True)
        (settings / "blue" / "colour.env").write_text("COLOUR=blue\n")
        (settings / "blue" / "ml-worker.env").write_text("METRICS_PORT=9\n")
        script.parent.mkdir(parents=True)
        script.write_text('#!/bin/sh\necho "$SERVICE $COLOUR $METRICS_PORT"\nexec sleep 60\n')
        script.chmod(0o755)
        return Processes(tmp_path, settings, None, "", "nginx", tmp_path)

    def test_processes_outlive_the_script_and_end_when_told(self, place: Processes) -> None:
        noted = place.home / "run" / "blue" / "workers" / "ml-worker.json"

        Operator().do(place.start("blue", "workers"))
        first = read_record(noted)
        os.kill(
            int(str(json.loads((noted.parent / "negocio-worker.json").read_text())["pid"])), signal.SIGKILL
        )
        time.sleep(0.2)
        Operator().do(place.start("blue", "workers"))
        again = read_record(noted)
        revived = read_record(noted.parent / "negocio-worker.json")
        Operator().do(place.stop("blue", "workers"))

        assert first is not None
        assert first == again
        assert revived is not None
        assert not list(noted.parent.glob("*.json"))
        assert (place.home / "logs" / "blue" / "ml-worker.log").read_text() == "ml-worker blue 9\n"

    def test_none_is_started_without_being_noted(self, place: Processes) -> None:
        script = place.home / "blue" / "scripts" / "start-production.sh"
        script.write_text("#!/bin/sh\nkill -TERM $PPID\nexec sleep 60\n")

        try:
            Operator().do(place.start("blue", "workers"))

            noted = list((place.home / "run" / "blue" / "workers").glob("*.json"))
            assert len([file for file in noted if read_record(file)]) == len(MEMBERS["workers"])
        finally:
            Operator().do(place.stop("blue", "workers"))
