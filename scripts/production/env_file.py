"""Environment files, as Compose, systemd and shells read them: NAME=value lines, quotes, comments."""

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts.production.console import RefusedError

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ASSIGNMENT = re.compile(
    rf"""^[ \t]*(?:export[ \t]+)?(?P<name>{_NAME})[ \t]*=[ \t]*
    (?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<plain>[^\n]*?))
    [ \t]*(?:(?<=[\s"'])\#[^\n]*)?$""",
    re.MULTILINE | re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
# Whatever means something to a shell stands in quotes.
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")


def read(path: Path) -> dict[str, str]:
    """The variables of a file; of one that stands twice the last counts. Raises RefusedError."""
    return dict(_assignments(_text(path)))


def repeated(path: Path) -> list[str]:
    """Names that stand more than once, in the order of the file."""
    names = [name for name, _ in _assignments(_text(path))]
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def change(path: Path, values: Mapping[str, str | None]) -> None:
    """Set variables in place, or take them out (None); every other line stays as it is.

    The file is replaced in one step.
    """
    kept = _without(_text(path), {name for name, value in values.items() if value is None})
    for name, value in values.items():
        if value is not None:
            kept = _with(kept, name, value)
    write(path, kept)


def write(path: Path, text: str) -> None:
    """Make this the whole file, all or nothing.

    A new one is its owner's alone; of an old one owner, group and their rights stay, others lose theirs.
    Where a link leads is written, the link stays.
    """
    path = path.resolve()
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            if path.exists():
                before = path.stat()
                if os.geteuid() == 0:
                    os.fchown(stream.fileno(), before.st_uid, before.st_gid)
                os.fchmod(stream.fileno(), before.st_mode & 0o770)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)  # noqa: PTH105  beside mkstemp
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)  # noqa: PTH108  beside mkstemp
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def quoted(value: str) -> str:
    """A value as every reader of these files takes it."""
    if _PLAIN.fullmatch(value):
        return value
    if "'" not in value:
        return f"'{value}'"
    escaped = re.sub(r'(["\\$`])', r"\\\1", value)
    return f'"{escaped}"'


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"{path} cannot be read ({error}).") from error


def _assignments(text: str) -> list[tuple[str, str]]:
    return [(found["name"], _value(found)) for found in _ASSIGNMENT.finditer(text)]


def _value(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return re.sub(r"\\(.)", lambda pair: _ESCAPES.get(pair[1], pair[1]), found["double"], flags=re.DOTALL)
    if found["single"] is not None:
        return found["single"]
    return found["plain"]


def _without(text: str, names: set[str]) -> str:
    for found in reversed(list(_ASSIGNMENT.finditer(text))):
        if found["name"] in names:
            end = found.end() + (1 if text[found.end() : found.end() + 1] == "\n" else 0)
            text = text[: found.start()] + text[end:]
    return text


def _with(text: str, name: str, value: str) -> str:
    """Where it stood last, the others gone; at the end when it is new."""
    line = f"{name}={quoted(value)}"
    places = [found for found in _ASSIGNMENT.finditer(text) if found["name"] == name]
    if not places:
        separator = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{separator}{line}\n"
    last = places[-1]
    text = text[: last.start()] + line + text[last.end() :]
    for extra in reversed(places[:-1]):
        text = text[: extra.start()] + text[extra.end() + 1 :]
    return text
