"""Printed numbers, by properties: every style comes back, no digit is lost, nothing shrinks in silence."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_negocio.invoices.reading.numbers import Style, decimal_style, has_cents, parse_amount, readings

Print = Callable[[Decimal, int], str]


def grouped(mark: str, group: str) -> Print:
    """How a program prints amounts with this decimal mark and this sign between thousands."""

    def show(value: Decimal, decimals: int) -> str:
        return f"{value:,.{decimals}f}".replace(",", "g").replace(".", mark).replace("g", group)

    return show


STYLES: dict[str, tuple[Print, Style]] = {
    "1.774.706,10": (grouped(",", "."), Style.COMMA),
    "1774706,10": (grouped(",", ""), Style.COMMA),
    "1 586 745,60": (grouped(",", " "), Style.COMMA),
    "1 586 745,60 nbsp": (grouped(",", "\xa0"), Style.COMMA),
    "1 586 745,60 narrow": (grouped(",", "\u202f"), Style.COMMA),
    "1,699,556.67": (grouped(".", ","), Style.DOT),
    "1699556.67": (grouped(".", ""), Style.DOT),
    "1 586 745.60": (grouped(".", " "), Style.DOT),
    "1 586 745.60 nbsp": (grouped(".", "\xa0"), Style.DOT),
    "1'586'745.60": (grouped(".", "'"), Style.DOT),
}
DRESSES = ("{}", "$ {}", "${}", "{} $", "U$S {}", "US$ {}", "USD {}", "ARS {}", "  {} ", "€{}")
MINUSES = ("-{}", "{}-", "{} -", "- {}", "−{}")
AMOUNTS = st.decimals(min_value=0, max_value=10**11, places=4)
PRINTED = st.sampled_from(sorted(STYLES))
BOTH = st.sampled_from(list(Style))


def digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit()).lstrip("0")


@given(AMOUNTS, st.integers(0, 4), PRINTED, st.sampled_from(DRESSES))
def test_what_is_printed_comes_back_in_its_own_style(
    amount: Decimal, decimals: int, name: str, dress: str
) -> None:
    show, style = STYLES[name]
    printed = show(amount, decimals)

    assert parse_amount(dress.format(printed), style) == round(amount, decimals)


@given(AMOUNTS, PRINTED, BOTH, st.sampled_from(DRESSES), st.sampled_from(MINUSES))
def test_cents_come_back_whatever_the_document_is_thought_to_use(
    amount: Decimal, name: str, style: Style, dress: str, minus: str
) -> None:
    printed = STYLES[name][0](amount, 2)
    value = round(amount, 2)

    assert readings(dress.format(printed), style) == (value,)
    assert readings(minus.format(dress.format(printed)), style) == (-value,)
    assert readings(dress.format(minus.format(printed)), style) == (-value,)
    assert has_cents(dress.format(printed))


@given(st.integers(1_000_000, 10**14), PRINTED, BOTH)
def test_two_groups_of_thousands_allow_one_reading(whole: int, name: str, style: Style) -> None:
    printed = STYLES[name][0](Decimal(whole), 0)

    assert readings(printed, style) == (Decimal(whole),)


@given(st.decimals(min_value=1000, max_value=10**10, places=2), st.integers(0, 3))
def test_english_print_never_shrinks_under_spanish_style(amount: Decimal, decimals: int) -> None:
    printed = f"{amount:,.{decimals}f}"
    value = round(amount, decimals)

    found = readings(printed, Style.COMMA)

    # "1,250" alone may be one and a quarter: then the other reading is there too, to be weighed.
    assert value in found
    assert found[0] == value or printed.count(",") + printed.count(".") == 1


@pytest.mark.parametrize("fragment", ["41", "177", "391.77", "41.269", "745.60"])
def test_the_ones_that_were_once_cut_down(fragment: str) -> None:
    for style in Style:
        assert Decimal(fragment) not in readings("41,269,391.77", style)
        assert Decimal(fragment) not in readings("1 586 745.60", style)


@given(st.text(alphabet="0123456789.,-−' \xa0\u202f$USDAR€()x", max_size=24), BOTH)
def test_a_reading_has_the_digits_that_are_printed(text: str, style: Style) -> None:
    for value in readings(text, style):
        assert "".join(map(str, value.as_tuple().digits)).lstrip("0") == digits_of(text)
        assert (value < 0) <= any(minus in text for minus in "-−")


@given(st.text(max_size=60), BOTH)
def test_no_text_at_all_breaks_the_parser(text: str, style: Style) -> None:
    for value in readings(text, style):
        assert value.is_finite()


@given(st.lists(AMOUNTS.filter(lambda amount: amount >= 1), min_size=1, max_size=20), PRINTED)
def test_a_document_of_one_style_is_known_by_it(amounts: list[Decimal], name: str) -> None:
    show, style = STYLES[name]

    assert decimal_style(show(amount, 2) for amount in amounts) is style


@pytest.mark.parametrize("text", ["1$0,00", "15$00", "100$200", "1USD2", "-5-", "--5", "5--", "- 5 -"])
def test_signs_where_none_belong_make_it_no_number(text: str) -> None:
    """A recogniser takes a 5 for $: without it 150,00 would be 10,00."""
    assert readings(text, Style.COMMA) == ()


@given(AMOUNTS, PRINTED, st.data())
def test_a_digit_lost_to_a_letter_is_never_skipped(amount: Decimal, name: str, data: st.DataObject) -> None:
    printed = STYLES[name][0](amount, 2)
    places = [place for place, sign in enumerate(printed) if sign.isdigit()]
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from("OolISBZ|"))

    assert readings(printed[:place] + letter + printed[place + 1 :], STYLES[name][1]) == ()
