"""What a switch does to a machine, as data: so that it can be shown, tested and done."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.production import env_file
from scripts.production.console import ScriptError, say

_STDERR = 2
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """A command. environment: on top of ours, and never shown; what may be seen stands in the words."""

    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None

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
        """Names of the commands that do not succeed; all are run at once, and what they say is dropped."""
        if self.is_rehearsal:
            return []
        running = {name: _try(command) for name, command in commands.items()}
        return [name for name, process in running.items() if process is None or process.wait() != 0]

    def wait_for(self, commands: Mapping[str, Run], *, seconds: float) -> None:
        """Until each has succeeded once. Raises ScriptError with the names of those that did not."""
        for name in commands:
            say(f"waiting for {name}")
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
            code = _start(action, quiet=False).wait()
            if code != 0:
                raise ScriptError(f"{action.name} ended with {code}; see the lines above")
        case Link():
            part = action.path.with_name(f".{action.path.name}.part")
            part.unlink(missing_ok=True)
            part.symlink_to(action.target)
            part.replace(action.path)
        case Change():
            if not action.path.exists():
                env_file.write(action.path, "")
            env_file.change(action.path, action.values)


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
        )
    except OSError as error:
        raise ScriptError(f"{command.words[0]} cannot be run: {error}") from error
