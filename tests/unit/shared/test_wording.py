"""Facts inside Spanish sentences."""

import pytest

from shared.web.validation_texts import describe
from shared.web.wording import fill


@pytest.mark.parametrize(
    ("template", "facts", "expected"),
    [
        ("Dice {qr}.", {"qr": "2626672.73"}, "Dice $ 2.626.672,73."),
        ("Dice {qr}.", {"qr": "-5.00"}, "Dice -$ 5,00."),
        ("La fecha ({date}).", {"date": "2027-06-01"}, "La fecha (01/06/2027)."),
        ("Está {status}.", {"status": "confirmed"}, "Está confirmado."),
        ("Revisá {field}.", {"field": "number"}, "Revisá el número."),
        ("Punto {qr}.", {"qr": "8"}, "Punto 8."),
        ("{description}", {"description": "{status} 12.50"}, "{status} 12.50"),
        ("Falta {other}.", {}, "Falta ?."),
    ],
)
def test_facts_read_as_people_write_them(template: str, facts: dict[str, str], expected: str) -> None:
    assert fill(template, facts) == expected


def test_choices_are_listed_in_spanish() -> None:
    entry = {"type": "literal_error", "ctx": {"expected": "'D', 'W' or 'M'"}}

    assert describe(entry) == "Tiene que ser uno de: D, W o M."
