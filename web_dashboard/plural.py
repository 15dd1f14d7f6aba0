"""Counts in words, names in initials."""

from decimal import Decimal

from web_dashboard.formats import number


def counted(count: int, one: str, many: str, *, number_last: bool = False) -> str:
    """2 dudas, 1 duda; with number_last, Quedan 2."""
    word, figure = one if count == 1 else many, number(Decimal(count))
    return f"{word} {figure}" if number_last else f"{figure} {word}"


def initials(name: str) -> str:
    """MG for Marta Gómez; what stands in brackets or begins with no letter is left out."""
    letters = [word[0] for word in name.split() if word[0].isalpha()]
    return "".join(letters[:1] + letters[1:][-1:]).upper()
