"""How every production script speaks: lines for people on stderr, one line of JSON last on stdout."""

import argparse
import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
_STDERR = 2

Work = Callable[[Sequence[str]], Mapping[str, object]]
"""The script itself: arguments in, facts for the summary out."""


class ScriptError(Exception):
    """The script could not do its work. facts: what the summary tells besides the reason."""

    exit_code = FAILED

    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.facts = facts


class RefusedError(ScriptError):
    """Wrongly called, or not allowed here; nothing was changed."""

    exit_code = REFUSED


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints end in the summary like every other refusal."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise RefusedError(message)


def say(line: str) -> None:
    """One line for the person who runs the script."""
    print(line, file=sys.stderr, flush=True)


def summarise(script: str, *, ok: bool, **facts: object) -> None:
    """The last line of standard output, for programs."""
    told = {"script": script, "ok": ok, **facts}
    print(json.dumps(told, ensure_ascii=False, default=str), flush=True)


def run(script: str, work: Work, arguments: Sequence[str]) -> int:
    """Do the work and tell how it went; the exit code: 0 done, 1 failed, 2 wrongly called or refused."""
    try:
        facts = work(arguments)
    except ScriptError as error:
        say(f"{script}: {error}")
        summarise(script, ok=False, error=str(error), **error.facts)
        return error.exit_code
    except KeyboardInterrupt:
        summarise(script, ok=False, error="interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  programs that call us get their line whatever happened
        traceback.print_exc()
        summarise(script, ok=False, error=f"{type(error).__name__}: {error}")
        return FAILED
    summarise(script, ok=True, **facts)
    return DONE


def execute(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command whose output is for people. Raises ScriptError when it fails or is not there."""
    words = [str(word) for word in command]
    say(f"$ {' '.join(words)}")
    try:
        # Standard output is kept for the summary.
        code = subprocess.run(words, cwd=folder, env=environment, stdout=_STDERR, check=False).returncode
    except FileNotFoundError as error:
        raise ScriptError(f"{words[0]} is not installed or not on the path") from error
    if code != 0:
        raise ScriptError(f"{words[0]} ended with {code}; see the lines above", command=words, code=code)
