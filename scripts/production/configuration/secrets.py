"""Secrets: there, strong, all different, and none that a test, a template or the demo uses."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from scripts.demo.published import DEMO_PASSWORD, DEMO_USERNAME
from scripts.production.configuration.findings import Configuration, Finding
from scripts.production.configuration.strength import PASSWORD_BITS, PASSWORD_LENGTH, weakness_of

_OURS = ("SECRET_KEY", "JWT_SECRET_KEY")
_PREVIOUS = {f"{name}_PREVIOUS": name for name in _OURS}
# What one server asks another for; not typed by people, so it may be as strong as a password has to be.
_PASSWORDS = ("METRICS_TOKEN", "POSTGRES_PASSWORD", "GRAFANA_PASSWORD")
_GIVEN = (*_PASSWORDS, "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY", "TELEGRAM_BOT_TOKEN", "PROBE_PASSWORD")
_ADDRESSES = ("DATABASE_URL", "REDIS_URL")
_SHAPES = {
    "OPENAI_API_KEY": (r"sk-[A-Za-z0-9_-]{20,}", "sk- and at least 20 letters and digits"),
    "TELEGRAM_BOT_TOKEN": (r"[0-9]{6,}:[A-Za-z0-9_-]{30,}", "a number, a colon and at least 30 letters"),
}


def check_secrets(configuration: Configuration) -> Iterator[Finding]:
    """Our own signing keys, what others gave us, passwords inside addresses."""
    place = configuration.place
    for name in _OURS:
        value = configuration.get(name)
        if value is None:
            yield Finding(name, "error", "is not set", place.generate(name))
        elif weakness := weakness_of(value):
            yield Finding(name, "error", weakness, place.generate(name))
    for name in _PASSWORDS:
        value = configuration.get(name)
        if value and (weakness := weakness_of(value, length=PASSWORD_LENGTH, bits=PASSWORD_BITS)):
            yield Finding(name, "error", weakness, place.generate(name))
    yield from _previous(configuration)
    yield from _equal(configuration)
    yield from _shapes(configuration)
    yield from _probe(configuration)


def password_in(address: str | None) -> str | None:
    """The password of an address, None without one."""
    password = urlsplit(address or "").password
    return unquote(password) if password else None


def _previous(configuration: Configuration) -> Iterator[Finding]:
    """A key beside another belongs to a rotation under way."""
    for name, current in _PREVIOUS.items():
        value = configuration.get(name)
        if value is None:
            continue
        if value == configuration.get(current):
            problem = f"is the same as {current}: nothing was rotated"
            yield Finding(name, "error", problem, configuration.place.remove(name))
        elif weakness := weakness_of(value):
            yield Finding(name, "error", weakness, configuration.place.remove(name))
        else:
            file = configuration.place.file
            where = f"--env-file {file}" if file else "--railway"
            problem = f"is believed beside {current}: a rotation is under way"
            yield Finding(name, "warning", problem, f"scripts/rotate_secrets.py status {where}")


def _equal(configuration: Configuration) -> Iterator[Finding]:
    """One secret in two places: whoever learns one has both."""
    seen: dict[str, str] = {}
    for name in (*_OURS, *_PREVIOUS, *_GIVEN, *_ADDRESSES):
        value = configuration.get(name)
        secret = password_in(value) if name in _ADDRESSES else value
        # Compose makes the address of POSTGRES_PASSWORD; a key like its previous one is said above.
        expected = "POSTGRES_PASSWORD" if name == "DATABASE_URL" else _PREVIOUS.get(name)
        if secret is None or (secret in seen and seen[secret] == expected):
            continue
        if secret in seen:
            what = f"holds the same secret as {seen[secret]}"
            fix = configuration.place.generate(name) if name in _OURS else f"give {name} a secret of its own"
            yield Finding(name, "error", what, fix)
        seen.setdefault(secret, name)


def _shapes(configuration: Configuration) -> Iterator[Finding]:
    for name, (pattern, said) in _SHAPES.items():
        value = configuration.get(name)
        if value is not None and not re.fullmatch(pattern, value):
            fix = f"copy it anew from where it was issued ({said}), or take it out: "
            yield Finding(name, "error", f"is not {said}", fix + configuration.place.remove(name))


def _probe(configuration: Configuration) -> Iterator[Finding]:
    """The account that verification signs in with is one like any other."""
    username, password = configuration.get("PROBE_USERNAME"), configuration.get("PROBE_PASSWORD")
    if (username is None) != (password is None):
        lacking = "PROBE_USERNAME" if username is None else "PROBE_PASSWORD"
        yield Finding(
            lacking, "error", "is not set though its pair is", configuration.place.set(lacking, "...")
        )
    if password is None:
        return
    if password == DEMO_PASSWORD or username == DEMO_USERNAME:
        problem = "is the demo's published sign-in"
        yield Finding("PROBE_PASSWORD", "error", problem, "make an account of its own in Usuarios")
    elif weakness := weakness_of(password, length=PASSWORD_LENGTH, bits=PASSWORD_BITS):
        fix = f"give the account a new password, then {configuration.place.set('PROBE_PASSWORD', '...')}"
        yield Finding("PROBE_PASSWORD", "error", weakness, fix)
