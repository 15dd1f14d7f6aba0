"""What a switch does to a machine, as data: so that it can be shown, tested and done."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import ScriptError, say

_STDERR = 2
_PAUSE_SECONDS = 0.2
# Longer than a process may take to stop; an engine that hangs must not hold up the way back.
_SECONDS = 300.0
_ASKING_SECONDS = 20.0
_LEAVING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """A command. environment: on top of ours, and never shown; what may be seen stands in the words.

    seconds: after which it is ended and has failed; None where nobody can know, as with a build.
    """

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    seconds: float | None = _SECONDS

    @property
    def name(self) -> str:
        """What it is, in a word: the module of Python, else the program."""
        if "-m" in self.words:
            return self.words[self.words.index("-m") + 1]
        return Path(self.words[0]).name

    def __str__(self) -> str:
        return f"$ {' '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link, replaced in one step."""

    path: Path
    target: str

    def __str__(self) -> str:
        return f"{self.path} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Change:
    """Variables in an environment file."""

    path: Path
    values: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.path}: {', '.join(f'{name}={value}' for name, value in self.values.items())}"


Action = Run | Link | Change


class Operator:
    """Does actions, saying each. One that rehearses only says them, and takes it that all goes well."""

    def __init__(self, *, is_rehearsal: bool = False) -> None:
        self.is_rehearsal = is_rehearsal

    def do(self, actions: Sequence[Action]) -> None:
        """One after the other. Raises ScriptError at the first command that fails."""
        for action in actions:
            say(str(action))
            if not self.is_rehearsal:
                _do(action)

    def failing(self, commands: Mapping[str, Run]) -> list[str]:
        """Names of the commands that do not succeed; all are run at once, and what they say is dropped.

        They only ask, so that a rehearsal runs them too.
        """
        running = {name: _try(command) for name, command in commands.items()}
        deadline = time.monotonic() + _ASKING_SECONDS
        try:
            return [name for name, process in running.items() if _code(process, deadline) != 0]
        finally:
            for process in running.values():
                if process:
                    _end(process)

    def wait_for(self, commands: Mapping[str, Run], *, seconds: float) -> None:
        """Until each has succeeded once. Raises ScriptError with the names of those that did not."""
        for name in commands:
            say(f"waiting for {name}")
        if self.is_rehearsal:
            return
        deadline = time.monotonic() + seconds
        waiting = dict(commands)
        while True:
            failing = self.failing(waiting)
            waiting = {name: commands[name] for name in failing}
            if not waiting:
                return
            if time.monotonic() > deadline:
                raise ScriptError(f"not ready after {seconds:g} s: {', '.join(waiting)}", not_ready=failing)
            time.sleep(_PAUSE_SECONDS)


def _do(action: Action) -> None:
    match action:
        case Run():
            _finish(action)
        case Link():
            part = action.path.with_name(f".{action.path.name}.part")
            part.unlink(missing_ok=True)
            part.symlink_to(action.target)
            part.replace(action.path)
        case Change():
            if not action.path.exists():
                env_file.write(action.path, "")
            env_file.change(action.path, action.values)


def _finish(command: Run) -> None:
    process = _start(command, quiet=False)
    try:
        code = process.wait(command.seconds)
    except subprocess.TimeoutExpired as error:
        raise ScriptError(f"{command.name} did not end within {command.seconds:g} s") from error
    finally:
        # Nothing that was interrupted goes on starting what is about to be stopped.
        _end(process)
    if code != 0:
        raise ScriptError(f"{command.name} ended with {code}; see the lines above")


def _code(process: subprocess.Popen[bytes] | None, deadline: float) -> int | None:
    """None when it could not be run, or has not ended by then."""
    try:
        return process.wait(max(0.0, deadline - time.monotonic())) if process else None
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """With whatever it started in its group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(_LEAVING_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _try(command: Run) -> subprocess.Popen[bytes] | None:
    """None where it cannot even be run, as from a release that was never there."""
    try:
        return _start(command, quiet=True)
    except ScriptError as error:
        say(str(error))
        return None


def _start(command: Run, *, quiet: bool) -> subprocess.Popen[bytes]:
    # Standard output is kept for the summary.
    out = subprocess.DEVNULL if quiet else _STDERR
    try:
        return subprocess.Popen(
            command.words,
            cwd=command.folder,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            # Ctrl-C and a lost terminal reach us alone, and we decide what becomes of it.
            process_group=0,
        )
    except OSError as error:
        raise ScriptError(f"{command.words[0]} cannot be run: {error}") from error
