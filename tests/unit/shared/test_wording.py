"""Facts inside Spanish sentences."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.web.schemas import Name
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


@pytest.mark.parametrize("name", ["Yerba \u202e\u200b1 kg", "Yerba \u2066", "Yer\x07ba"])
def test_names_hide_nothing(name: str) -> None:
    with pytest.raises(ValidationError, match="no se pueden mostrar"):
        TypeAdapter(Name).validate_python(name)


def test_names_of_every_script_pass() -> None:
    assert TypeAdapter(Name).validate_python("Ñandú שלום 1 kg") == "Ñandú שלום 1 kg"
