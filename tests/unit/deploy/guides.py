"""Commands of the guides for Compose, taken apart as Compose would take them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.production.processes import ROOT

GUIDES = ("deploy.md", "recovery-plan.md", "slo.md", "migrations.md", "deploy-railway.md")
COLOURS = ("blue", "green")
# What follows gondola in a line of a shell, of cron, or between backquotes.
_COMMAND = re.compile(r"(?:^|[\s`\"'/])(?<!-[ugU] )gondola +((?:--?|[a-z])[^`\n;|&]*)")
_OPTIONS_WITH_VALUE = {"--profile", "--signal", "--tail", "--env", "-e", "--user", "-v"}
# Those whose first word is a service, and what is behind it belongs to that.
_ONE_SERVICE = {"run", "exec"}
_SERVICES = {"up", "stop", "restart", "kill", "logs", "rm", "start", "ps"}


_SCRIPT = re.compile(
    r"(?<![\w/-])(scripts/[\w-]+\.(?:sh|py)|-m [a-z_]+(?:\.[a-z_]+)+)((?: +(?!#)[^\s`;|&()]+)*)"
)


def calls() -> dict[tuple[str, str], set[str]]:
    """Scripts and modules that the guides name, each with the word after it, and the options it is given."""
    found: dict[tuple[str, str], set[str]] = {}
    for guide in GUIDES:
        for call in _SCRIPT.finditer(code_of(guide)):
            words = call[2].split()
            command = words[0] if words and re.fullmatch("[a-z]+", words[0]) else ""
            options = {word.split("=")[0] for word in words if re.match("--[a-z]", word)}
            found.setdefault((call[1], command), set()).update(options)
    return found


@dataclass(frozen=True, slots=True)
class Command:
    """profiles and services as they are named; inner: what is run in a container, as one text."""

    guide: str
    text: str
    name: str
    profiles: tuple[str, ...]
    services: tuple[str, ...]
    inner: str


def code_of(guide: str) -> str:
    """The text of a guide, with lines of the shell that are continued put together."""
    return (ROOT / "docs" / guide).read_text().replace("\\\n", " ")


def commands() -> Iterator[Command]:
    """Every command of Compose in the guides, once for each colour where a variable names it."""
    for guide in GUIDES:
        for found in _COMMAND.finditer(code_of(guide)):
            line = re.sub(r"\s#\s.*|\s*\)$", "", found[1])
            for colour in COLOURS if "ACTIVE_COLOUR" in line else COLOURS[:1]:
                yield _parse(guide, re.sub(r"\$\{?ACTIVE_COLOUR\}?", colour, line).strip("\"' "))


def _parse(guide: str, text: str) -> Command:
    words = re.sub(r"\$\([^)]*\)", "$said", text).split()
    profiles: list[str] = []
    plain: list[str] = []
    while words:
        word = words.pop(0)
        if word in _OPTIONS_WITH_VALUE:
            value = words.pop(0)
            profiles += [value] if word == "--profile" else []
        elif not word.startswith("-"):
            plain.append(word)
            if plain[0] in _ONE_SERVICE and len(plain) == 2:
                break
    name, services = plain[0], tuple(plain[1:])
    assert name in _ONE_SERVICE | _SERVICES, f"{guide}: what is `gondola {text}`?"
    return Command(guide, text, name, tuple(profiles), services, " ".join(words))
