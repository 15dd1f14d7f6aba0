"""What production scripts say: a summary line for programs, exit codes, lines for people elsewhere."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scripts.production import console


def run(
    work: console.Work, capfd: pytest.CaptureFixture[str], arguments: Sequence[str] = ()
) -> tuple[int, dict[str, Any], str]:
    """Exit code, the last line of standard output, standard error."""
    code = console.run("try-out", work, arguments)
    printed = capfd.readouterr()
    told: dict[str, Any] = json.loads(printed.out.splitlines()[-1])
    return code, told, printed.err


def test_done_tells_its_facts(capfd: pytest.CaptureFixture[str]) -> None:
    code, told, _ = run(lambda _arguments: {"images": 3}, capfd)

    assert code == 0
    assert told == {"script": "try-out", "ok": True, "images": 3}


@pytest.mark.parametrize(("error", "expected"), [(console.ScriptError, 1), (console.RefusedError, 2)])
def test_a_failure_tells_its_reason_to_both(
    error: type[console.ScriptError], expected: int, capfd: pytest.CaptureFixture[str]
) -> None:
    def work(_arguments: Sequence[str]) -> dict[str, object]:
        raise error("no engine", looked_for="docker")

    code, told, said = run(work, capfd)

    assert code == expected
    assert told == {"script": "try-out", "ok": False, "error": "no engine", "looked_for": "docker"}
    assert "try-out: no engine" in said


def test_what_nobody_foresaw_still_ends_with_the_line(capfd: pytest.CaptureFixture[str]) -> None:
    code, told, said = run(lambda _arguments: {"half": 1 / 0}, capfd)

    assert code == 1
    assert told["error"].startswith("ZeroDivisionError")
    assert "Traceback" in said


def test_a_wrong_option_is_refused_with_the_usage(capfd: pytest.CaptureFixture[str]) -> None:
    def work(arguments: Sequence[str]) -> dict[str, object]:
        console.Parser(prog="try-out").parse_args(arguments)
        return {}

    code, told, said = run(work, capfd, ["--none"])

    assert code == 2
    assert not told["ok"]
    assert said.startswith("usage: try-out")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_end_interrupts_once(number: int, capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(number)
    cleaned_up = []

    def work(_arguments: Sequence[str]) -> dict[str, object]:
        try:
            os.kill(os.getpid(), number)
        except BaseException as error:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)
            cleaned_up.append(number)
            console.tell(error, active="blue")
            raise
        return {}

    code, told, _ = run(work, capfd)

    assert (code, cleaned_up) == (130, [number])
    assert told == {"script": "try-out", "ok": False, "error": "interrupted", "active": "blue"}
    assert signal.getsignal(number) is before


def test_what_is_ignored_stays_ignored(capfd: pytest.CaptureFixture[str]) -> None:
    """As with nohup."""

    def work(_arguments: Sequence[str]) -> dict[str, object]:
        os.kill(os.getpid(), signal.SIGHUP)
        console.do_not_disturb()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        return {}

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        code, _, _ = run(work, capfd)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert code == 0


def test_going_back_is_not_interrupted(capfd: pytest.CaptureFixture[str]) -> None:
    def work(_arguments: Sequence[str]) -> dict[str, object]:
        console.do_not_disturb()
        os.kill(os.getpid(), signal.SIGTERM)
        raise console.ScriptError("went back")

    code, told, _ = run(work, capfd)

    assert (code, told["error"]) == (1, "went back")


def test_without_a_terminal_the_work_goes_on() -> None:
    code = (
        "import sys; from scripts.production.console import execute, run\n"
        "def work(_):\n    execute(['sh', '-c', 'echo nobody reads this'])\n    return {'went': 'on'}\n"
        "sys.exit(run('try-out', work, []))"
    )
    with Path("/dev/full").open("w") as gone:
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=gone, check=False)

    assert done.returncode == 0
    assert json.loads(done.stdout)["went"] == "on"


def test_what_is_told_of_an_error_is_in_the_summary(capfd: pytest.CaptureFixture[str]) -> None:
    def work(_arguments: Sequence[str]) -> dict[str, object]:
        error = ValueError("odd")
        console.tell(error, active="blue", stopped="green")
        console.tell(error, active="green")
        raise error

    code, told, _ = run(work, capfd)

    assert (code, told["active"], told["stopped"]) == (1, "blue", "green")


def test_what_commands_print_stays_out_of_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    def work(_arguments: Sequence[str]) -> dict[str, object]:
        console.execute([sys.executable, "-c", "print('for people')"])
        return {}

    assert console.run("try-out", work, []) == 0
    printed = capfd.readouterr()

    assert printed.out.count("\n") == 1
    assert "for people" in printed.err


@pytest.mark.parametrize(
    ("command", "reason"),
    [([sys.executable, "-c", "raise SystemExit(7)"], "ended with 7"), (["no-such-program"], "not installed")],
)
def test_a_command_that_fails_fails_the_script(command: list[str], reason: str) -> None:
    with pytest.raises(console.ScriptError, match=reason):
        console.execute(command)
