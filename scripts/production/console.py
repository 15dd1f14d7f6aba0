"""How every production script speaks: lines for people on stderr, one line of JSON last on stdout."""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
_STDERR = 2
# Ctrl-C, being told to stop, and a terminal or ssh connection that goes away.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

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
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        # Whoever lost the terminal still has to finish or to go back, with commands that want to speak, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)


def summarise(script: str, *, ok: bool, **facts: object) -> None:
    """The last line of standard output, for programs."""
    told = {"script": script, "ok": ok, **facts}
    print(json.dumps(told, ensure_ascii=False, default=str), flush=True)


def tell(error: BaseException, **facts: object) -> None:
    """Have the summary tell this besides the reason, whatever went wrong; what is told already stays."""
    vars(error)["facts"] = facts | vars(error).get("facts", {})


def run(script: str, work: Work, arguments: Sequence[str]) -> int:
    """Do the work and tell how it went; the exit code: 0 done, 1 failed, 2 wrongly called or refused.

    SIGTERM and SIGHUP interrupt the work as Ctrl-C does, with 130; what cleans up is not interrupted again.
    """
    with _interruptible():
        try:
            facts = work(arguments)
        except ScriptError as error:
            say(f"{script}: {error}")
            summarise(script, ok=False, error=str(error), **error.facts)
            return error.exit_code
        except KeyboardInterrupt as error:
            summarise(script, ok=False, error="interrupted", **vars(error).get("facts", {}))
            return INTERRUPTED
        except Exception as error:  # noqa: BLE001  programs that call us get their line whatever happened
            say(traceback.format_exc())
            reason = f"{type(error).__name__}: {error}"
            summarise(script, ok=False, error=reason, **vars(error).get("facts", {}))
            return FAILED
        summarise(script, ok=True, **facts)
        return DONE


def do_not_disturb() -> None:
    """For whoever goes back to a safe state: the script is not interrupted any more until it ends."""
    for number in _ENDING:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, _finish_first)


@contextmanager
def _interruptible() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        # What is ignored, as by nohup, stays so.
        if handler is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # A connection that breaks sends several at once.
    do_not_disturb()
    raise KeyboardInterrupt


def _finish_first(_number: int, _frame: FrameType | None) -> None:
    """Unlike what is ignored, commands do not inherit this."""


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
