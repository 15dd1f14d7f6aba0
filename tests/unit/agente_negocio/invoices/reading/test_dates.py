"""Printed dates: every style, never another day than the one printed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_negocio.invoices.reading.header.dates import date_places, dates_in

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
STYLES = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%d / %m / %Y", "%Y-%m-%d")
AROUND = st.sampled_from(["", "Fecha: ", "Fecha de Emisión:", "Vto. C.A.E. ", "(", "0003-00012345 ", "\t"])
AFTER = st.sampled_from(["", " Hora 10:35", " 10:35", ")", ".", ",", "\tCAE 76461234567890", " Pág. 1/2"])


def days(text: str) -> list[date]:
    return [day for _, _, day in dates_in(text)]


@given(DAYS, st.sampled_from(STYLES), AROUND, AFTER)
def test_every_day_survives_every_style(day: date, style: str, before: str, after: str) -> None:
    printed = day.strftime(style)

    ((start, end, found),) = dates_in(before + printed + after)

    assert found == day
    assert (before + printed + after)[start:end] == printed


@given(DAYS)
def test_a_day_below_ten_may_have_one_digit(day: date) -> None:
    assert days(f"el {day.day}/{day.month}/{day.year}") == [day]
    assert days(f"el {day.day}-{day.month}-{day.year % 100:02d}") == [day]


@given(DAYS, DAYS, st.sampled_from(STYLES), st.sampled_from(STYLES))
def test_several_come_from_left_to_right(first: date, second: date, style: str, other: str) -> None:
    text = f"Fecha {first.strftime(style)} Vencimiento {second.strftime(other)}"

    assert days(text) == [first, second]


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1900, 2199))
def test_a_day_that_is_none_is_not_made_one(day: int, month: int, year: int) -> None:
    try:
        expected = [date(year, month, day)] if 2000 <= year <= 2099 else []
    except ValueError:
        expected = []

    assert days(f"{day:02d}/{month:02d}/{year}") == expected


@given(st.text(alphabet="0123456789/-. :a", max_size=24))
def test_whatever_is_found_is_printed_there(text: str) -> None:
    for start, end, day in dates_in(text):
        digits = "".join(sign for sign in text[start:end] if sign.isdigit())
        forms = {
            f"{shown}{month}{year}"
            for shown in (f"{day.day}", f"{day.day:02d}")
            for month in (f"{day.month}", f"{day.month:02d}")
            for year in (f"{day.year}", f"{day.year % 100:02d}")
        }
        assert digits in forms | {day.strftime("%Y%m%d")}
        assert not text[end : end + 1].isdigit()
        assert not text[max(0, start - 1) : start].isdigit()


@given(DAYS, st.data())
def test_a_number_cut_in_two_never_gives_another_day(day: date, data: st.DataObject) -> None:
    printed = day.strftime(data.draw(st.sampled_from(STYLES)))
    cut = data.draw(st.integers(1, len(printed) - 1))

    assert set(days(f"{printed[:cut]} {printed[cut:]}")) <= {day}


@pytest.mark.parametrize(
    "text",
    [
        "05/13/2026",
        "31/02/2026",
        "2026-02-30",
        "2026-13-01",
        "00/05/2026",
        "12/05/1999",
        "12/05/20201",
        "112/05/2020",
        "1.12.05.2026",
        "12.05.20.26",
        "30-71234567-1",
        "1.250.300",
        "12/05",
    ],
)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert days(text) == []


MONTHS = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]


@given(
    DAYS,
    st.sampled_from(["{} de {} de {}", "{}-{}-{}", "{} {} {}", "{}/{}/{}", "{} de {} del {}"]),
    st.data(),
)
def test_months_by_name_or_its_first_letters(day: date, form: str, data: st.DataObject) -> None:
    name = MONTHS[day.month - 1]
    shown = data.draw(st.sampled_from([name, name[:3], name.upper(), name[:3].capitalize()]))
    year = data.draw(st.sampled_from([f"{day.year}", f"{day.year % 100:02d}"]))

    assert days("Fecha: " + form.format(day.day, shown, year)) == [day]


@pytest.mark.parametrize("text", ["31 de febrero de 2026", "10 de brumario de 2026", "10 abrigos 2026"])
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    assert days(text) == []


def test_september_has_two_spellings() -> None:
    assert days("10 de setiembre de 2026; 10-SET-26") == [date(2026, 9, 10)] * 2


def test_a_date_that_is_none_is_known_to_stand_there() -> None:
    assert [(start, end, day) for start, end, day in date_places("el 31/02/2026")] == [(3, 13, None)]


def test_day_comes_before_month() -> None:
    assert days("03/04/2026") == [date(2026, 4, 3)]
    assert days("03-04-26") == [date(2026, 4, 3)]
    assert days("2026-04-03") == [date(2026, 4, 3)]


def test_midnight_of_every_day_of_a_leap_year() -> None:
    start = date(2024, 1, 1)
    year = [start + timedelta(days=place) for place in range(366)]

    assert days(" ".join(f"{day:%d.%m.%Y};" for day in year)) == year
