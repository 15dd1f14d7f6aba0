"""What is wrong with a variable and the command that mends it; the configuration under examination."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from scripts.production.configuration.platforms import Platform

Severity = Literal["error", "warning"]
NOT_SET = "is not set"
"""How every problem begins that is the lack of a variable."""
_PYTHON = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
_RANDOM = f"$({_PYTHON})"
# One for all services, which Railway's CLI does not set.
_SHARED = ("SECRET_KEY", "JWT_SECRET_KEY", "METRICS_TOKEN")


@dataclass(frozen=True, slots=True)
class Finding:
    """problem: what is wrong, never with a secret in it. fix: what to run or do."""

    variable: str
    severity: Severity
    problem: str
    fix: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the variables live: a file, a Railway service, or this shell; how one is set there."""

    kind: Literal["file", "railway", "shell"]
    file: Path | None = None

    def set(self, name: str, value: str) -> str:
        """The command that gives a variable a value."""
        return self._set(name, shlex.quote(f"{name}={value}"), f"{name}={shlex.quote(value)}")

    def generate(self, name: str) -> str:
        """The command that gives a variable a strong random value."""
        if self.kind == "railway":
            if name in _SHARED:
                return f"Project Settings -> Shared Variables: {name} = what this says: {_PYTHON}"
            return f"{_PYTHON} | railway variable set {name} --stdin"
        return self._set(name, f'"{name}={_RANDOM}"', f'{name}="{_RANDOM}"')

    def remove(self, name: str) -> str:
        """The command that takes a variable out."""
        if self.kind == "file":
            return f"sed -i '/^{name}=/d' {shlex.quote(str(self.file))}"
        return f"railway variable delete {name}" if self.kind == "railway" else f"unset {name}"

    def _set(self, name: str, assignment: str, exported: str) -> str:
        if self.kind == "file":
            file = shlex.quote(str(self.file))
            return f"sed -i '/^{name}=/d' {file} && printf '%s\\n' {assignment} >> {file}"
        return f"railway variable set {assignment}" if self.kind == "railway" else f"export {exported}"


@dataclass(frozen=True, slots=True)
class Configuration:
    """values: the variables that are not empty, as an empty one was not given, and what the platform sets."""

    values: Mapping[str, str]
    place: Place
    now: datetime
    platform: Platform | None = None

    def get(self, name: str) -> str | None:
        """The value, None when it is not given."""
        return self.values.get(name)

    @property
    def is_on_railway(self) -> bool:
        """Whether Railway runs it: its own variables, or addresses of its private network."""
        names = ("RAILWAY_PROJECT_ID", "RAILWAY_ENVIRONMENT_NAME", "RAILWAY_SERVICE_NAME")
        is_said = self.platform is not None and self.platform.name == "railway"
        return (
            is_said
            or any(name in self.values for name in names)
            or any(".railway.internal" in value for value in self.values.values())
        )

    @property
    def process(self) -> str | None:
        """The process it is of, None when all share it."""
        given = self.get("SERVICE") or self.get("RAILWAY_SERVICE_NAME")
        return given.lower().replace("_", "-") if given else None

    @property
    def has_one_process(self) -> bool:
        """Whether everything runs in the single process."""
        return self.process == "single"

    def is_of(self, *processes: str) -> bool:
        """Whether it is read by one of these processes."""
        return self.process is None or self.process in processes


Rule = Callable[[Configuration], Iterator[Finding]]
"""Looks at one side of a configuration and says everything that is wrong there."""
