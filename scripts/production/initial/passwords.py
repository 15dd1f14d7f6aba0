"""The owner's first password: given, typed, or made up and shown once."""

import getpass
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.demo.published import DEMO_PASSWORD
from scripts.production.configuration.strength import weakness_of
from scripts.production.console import RefusedError, say

LENGTH, _BITS = 12, 40
_LONGEST = 200
_RANDOM_BYTES = 18


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """is_made_up: nobody knows it yet, so it has to be shown."""

    text: str = field(repr=False)
    is_made_up: bool


def first_password(environment: Mapping[str, str]) -> FirstPassword:
    """OWNER_PASSWORD, else what is typed, else a new one. Raises RefusedError for a weak one."""
    given = environment.get("OWNER_PASSWORD") or _typed()
    if not given:
        return FirstPassword(secrets.token_urlsafe(_RANDOM_BYTES), is_made_up=True)
    check(given)
    return FirstPassword(given, is_made_up=False)


def check(password: str) -> None:
    """Raises RefusedError for a password that is easily guessed, or published."""
    if password == DEMO_PASSWORD:
        raise RefusedError("That is the demo's published password.")
    if len(password) > _LONGEST:
        raise RefusedError(f"A password has at most {_LONGEST} characters.")
    weakness = weakness_of(password, length=LENGTH, bits=_BITS)
    if weakness:
        raise RefusedError(f"The owner's password {weakness}.")


def show_once(username: str, password: FirstPassword) -> None:
    """Tell a password that was made up; nothing keeps it."""
    if password.is_made_up:
        say("")
        say(f"  Sign in as   {username}")
        say(f"  Password     {password.text}")
        say("  It is shown this once and kept nowhere: change it after signing in.")
        say("")


def _typed() -> str:
    if not sys.stdin.isatty():
        return ""
    first = getpass.getpass("Password of the owner (empty: one is made up and shown): ")
    if first and getpass.getpass("Once more: ") != first:
        raise RefusedError("The two differ.")
    return first
