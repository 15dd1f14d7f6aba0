"""How hard a secret is to guess."""

import math
import re
from collections import Counter

SECRET_LENGTH, SECRET_BITS = 32, 112
"""Bits: the least that NIST SP 800-131A still lets sign."""
PASSWORD_LENGTH, PASSWORD_BITS = 16, 60

# What people write into secrets; it adds nothing that an attacker would not try first.
_WORDS = re.compile(
    "change|replace|placeholder|password|passwd|passphrase|contrase|clave|secret|secreto|default|insecure|"
    "example|ejemplo|qwerty|letmein|admin|production|prod|develop|staging|gondola|góndola|test|demo|dummy|"
    "sample|value|token|jwt|key|your|here|this",
    re.IGNORECASE,
)
_SHORTEST_PERIOD = 2


def bits_of(secret: str) -> float:
    """A careful estimate of its entropy: words, repetitions and sequences count for next to nothing."""
    rest = _one_period(_WORDS.sub("", secret))
    if not rest:
        return 0.0
    # A character next to the one before it (ab, 12, aa) is as good as known.
    free = [at for at in range(len(rest)) if at == 0 or abs(ord(rest[at]) - ord(rest[at - 1])) > 1]
    counts = Counter(rest)
    each = -sum(n / len(rest) * math.log2(n / len(rest)) for n in counts.values())
    return len(free) * each


def weakness_of(secret: str, *, length: int = SECRET_LENGTH, bits: float = SECRET_BITS) -> str | None:
    """Why it is too weak, None when it is not."""
    if len(secret) < length:
        return f"has {len(secret)} characters; {length} are the least"
    found = bits_of(secret)
    if found < bits:
        return f"is guessable: about {found:.0f} bits of chance, {bits:.0f} are the least"
    return None


def _one_period(text: str) -> str:
    """The part that repeats (abc of abcabcabc), else all of it."""
    for period in range(1, len(text) // _SHORTEST_PERIOD + 1):
        if all(text[at] == text[at - period] for at in range(period, len(text))):
            return text[:period]
    return text
