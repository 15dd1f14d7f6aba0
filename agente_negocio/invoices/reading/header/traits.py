"""What each field of the header is to the looks, the witnesses and the gate."""

from enum import Flag, auto


class Trait(Flag):
    """NEEDED: without it no paper passes. VOTED: every look at the head says what it saw.

    FIGURES: digits read again by themselves; a paper prints several, so that a rule has to choose.
    CONFIRMED: read a second time where no symbol says it. IDENTIFYING: what tells papers apart.
    """

    NEEDED = auto()
    VOTED = auto()
    FIGURES = auto()
    CONFIRMED = auto()
    IDENTIFYING = auto()


_ALL = Trait.NEEDED | Trait.VOTED | Trait.FIGURES | Trait.CONFIRMED
_TRAITS = {
    "issuer_cuit": _ALL | Trait.IDENTIFYING,
    "receiver_cuit": _ALL & ~Trait.NEEDED,
    "type_code": _ALL & ~Trait.FIGURES,
    "letter": Trait.VOTED,
    "point_of_sale": _ALL,
    "number": _ALL | Trait.IDENTIFYING,
    "issue_date": _ALL,
    "authorization_code": Trait.CONFIRMED | Trait.IDENTIFYING,
    "total": Trait.NEEDED,
}


def fields_with(trait: Trait) -> tuple[str, ...]:
    """Names of the header fields that have a trait."""
    return tuple(name for name, traits in _TRAITS.items() if trait in traits)
