"""What production scripts say: a summary line for programs, exit codes, lines for people elsewhere."""

import json
import sys
from collections.abc import Sequence
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
