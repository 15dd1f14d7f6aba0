"""Processes on file: a later run finds and ends what an earlier one left, and nothing else."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.local import processes
from scripts.local.errors import SetupError
from scripts.local.lock import RunLock
from scripts.local.servers.process import free_port
from scripts.local.services import Program
from scripts.local.single_process import keep_working
from scripts.local.sockets import check_free, every_address, loopback
from scripts.local.supervisor import Supervisor

STUBBORN = (
    "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print(os.getpid(), flush=True); time.sleep(60)"
)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


class TestRecords:
    def test_a_process_on_file_is_found_while_it_runs(
        self, sleeper: subprocess.Popen[bytes], tmp_path: Path
    ) -> None:
        file = tmp_path / "a.json"
        processes.write_record(file, sleeper.pid, signal.SIGTERM)

        found = processes.read_record(file)
        sleeper.kill()
        sleeper.wait()

        assert found
        assert found.pid == sleeper.pid
        assert processes.read_record(file) is None

    def test_a_reused_pid_is_not_taken_for_it(self, sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        file.write_text(json.dumps({"pid": sleeper.pid, "started": "long ago", "stop_signal": 15}))

        assert processes.read_record(file) is None
        assert processes.stop_leftovers(tmp_path) == []
        assert sleeper.poll() is None
        assert not file.exists()

    @pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"pid": "x"}'])
    def test_a_broken_record_is_nothing(self, text: str, tmp_path: Path) -> None:
        file = tmp_path / "a.json"
        file.write_text(text)

        assert processes.read_record(file) is None

    def test_leftovers_are_ended(self, sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
        processes.write_record(tmp_path / "a.json", sleeper.pid, signal.SIGTERM)

        ended = processes.stop_leftovers(tmp_path)

        assert ended == ["a"]
        assert sleeper.wait(5) == -signal.SIGTERM
        assert list(tmp_path.iterdir()) == []

    def test_a_leftover_that_ignores_its_signal_is_killed(self, tmp_path: Path) -> None:
        with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            processes.write_record(tmp_path / "a.json", process.pid, signal.SIGTERM)

            processes.stop_leftovers(tmp_path, patience_seconds=0.2)

            assert process.wait(5) == -signal.SIGKILL

    def test_a_zombie_counts_as_gone(self) -> None:
        with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.read()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

            assert processes.started_at(process.pid) is None


class TestLock:
    def test_one_holder_at_a_time(self, tmp_path: Path) -> None:
        first, second = RunLock(tmp_path), RunLock(tmp_path)
        assert not first.is_held()

        assert first.take()
        first.tell(["Ready", "http://localhost"])

        assert not second.take()
        holder = second.holder()
        assert holder
        assert holder.pid == os.getpid()
        assert holder.greeting == ("Ready", "http://localhost")
        first.release()
        assert second.take()
        second.release()

    def test_what_a_killed_holder_told_is_not_believed(self, tmp_path: Path) -> None:
        lock = RunLock(tmp_path)
        assert lock.take()
        told = {"pid": os.getpid(), "started": "long ago", "greeting": ["Ready"]}
        (tmp_path / "up.json").write_text(json.dumps(told))

        assert lock.is_held()
        assert RunLock(tmp_path).holder() is None
        lock.release()


class TestSockets:
    def test_a_taken_port_is_named_with_the_way_out(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(SetupError, match=rf"Port {port} \(ml\).*PORT_ML={port + 100}"):
                check_free({"ml": port})

    def test_a_free_port_passes_and_stays_free(self) -> None:
        port = free_port()

        check_free({"ml": port})

        for listener in loopback(port):
            listener.close()

    def test_loopback_is_not_reached_from_elsewhere(self) -> None:
        listeners = loopback(free_port())
        hosts = {listener.getsockname()[0] for listener in listeners}
        for listener in listeners:
            listener.close()

        assert "127.0.0.1" in hosts
        assert hosts <= {"127.0.0.1", "::1"}

    def test_every_address_takes_ipv4_too(self) -> None:
        port = free_port()
        listeners = every_address(port)
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        for listener in listeners:
            listener.close()


def read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.05)


def program(name: str, code: str) -> Program:
    return Program(name, (sys.executable, "-c", code), dict(os.environ), None)


class TestSupervisor:
    async def test_a_child_that_ends_starts_again(self, tmp_path: Path) -> None:
        said: list[str] = []
        code = "import pathlib; p = pathlib.Path('starts'); p.open('a').write('x')"
        supervisor = Supervisor([program("a", code)], root=tmp_path, folder=tmp_path, announce=said.append)

        await supervisor.wait_until_ready(timeout_seconds=20)
        await until(lambda: len(read(tmp_path / "starts")) > 1)
        await supervisor.stop()

        assert "a ended (exit code 0)" in said[0]

    async def test_one_that_keeps_failing_is_given_up_at_the_start(self, tmp_path: Path) -> None:
        said: list[str] = []
        failing = Program(
            "a",
            (sys.executable, "-c", "raise SystemExit('no model')"),
            dict(os.environ),
            "http://127.0.0.1:9/",
        )
        supervisor = Supervisor([failing], root=tmp_path, folder=tmp_path, announce=said.append)

        supervisor.start()
        with pytest.raises(SetupError, match="a does not start"):
            await supervisor.wait_until_ready(timeout_seconds=20)
        await supervisor.stop()

        assert "no model" in said[0]

    async def test_a_program_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        gone = Program("a", (str(tmp_path / "none"),), dict(os.environ), "http://127.0.0.1:9/")
        supervisor = Supervisor([gone], root=tmp_path, folder=tmp_path, announce=lambda _line: None)

        supervisor.start()
        with pytest.raises((SetupError, FileNotFoundError)):
            await supervisor.wait_until_ready(timeout_seconds=20)

        await asyncio.gather(supervisor.stop(), return_exceptions=True)

    async def test_a_child_that_ignores_sigterm_is_killed_with_its_own_children(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("scripts.local.supervisor._STOP_SECONDS", 0.3)
        said: list[str] = []
        code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); {STUBBORN}"
        supervisor = Supervisor([program("a", code)], root=tmp_path, folder=tmp_path, announce=said.append)
        await supervisor.wait_until_ready(timeout_seconds=20)
        log = tmp_path / "logs" / "a.log"
        await until(lambda: read(log).count("\n") > 1)
        pids = [int(line) for line in read(log).splitlines()]
        assert all(processes.started_at(pid) for pid in pids)

        await supervisor.stop()

        assert "was killed" in said[0]
        await until(lambda: not any(processes.started_at(pid) for pid in pids))


async def test_a_worker_that_fails_in_the_same_process_runs_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scripts.local.single_process._FIRST_PAUSE_SECONDS", 0.01)
    stop, runs = asyncio.Event(), 0

    async def run(_stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            stop.set()
        raise ConnectionError("the database went away")

    await asyncio.wait_for(keep_working("negocio-worker", run, stop), timeout=10)

    assert runs == 3


async def test_a_service_that_stays_unready_is_named_with_its_answer(tmp_path: Path) -> None:
    port = free_port()
    code = (
        "import http.server\n"
        "class Unready(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(503); self.end_headers(); self.wfile.write(b'wrong schema')\n"
        f"http.server.HTTPServer(('127.0.0.1', {port}), Unready).serve_forever()\n"
    )
    unready = Program("ml", (sys.executable, "-c", code), dict(os.environ), f"http://127.0.0.1:{port}/")
    supervisor = Supervisor([unready], root=tmp_path, folder=tmp_path, announce=lambda _line: None)

    supervisor.start()
    with pytest.raises(SetupError, match="ml: answers 503 wrong schema"):
        await supervisor.wait_until_ready(timeout_seconds=3)

    await supervisor.stop()
