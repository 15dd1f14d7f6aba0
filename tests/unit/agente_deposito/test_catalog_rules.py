"""Codes, descriptions and likeness of products."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_deposito.catalog.errors import WrongCheckDigitError
from agente_deposito.catalog.rules.codes import (
    canonical_code,
    check_barcode,
    gtins_inside,
    has_wrong_check_digit,
)
from agente_deposito.catalog.rules.description import (
    Size,
    content_size,
    could_be,
    describe,
    plain_text,
)
from agente_deposito.catalog.rules.similarity import prepare, rank, search_prefixes, text_score
from agente_deposito.catalog.rules.values import BarcodeKind, FoundCode, MatchProduct, PaperLine
from shared.kernel.barcode import check_digit, is_gtin

EAN = "7790895000997"
ONE_KG = Size("g", Decimal(1000))


def product(name: str, *, brand: str | None = None, content: tuple[str, str] | None = None) -> MatchProduct:
    return MatchProduct(
        uuid4(),
        name,
        brand,
        Decimal(content[0]) if content else None,
        content[1] if content else None,
        Decimal(21),
        has_internal_tax=False,
        last_unit_cost=None,
    )


class TestCodes:
    @pytest.mark.parametrize(
        ("given_code", "stored"),
        [
            (EAN, EAN),
            (f"0{EAN}", EAN),
            (f" {EAN}\n", EAN),
            ("779-0895-00099-7", EAN),
            (f"]C1010{EAN}", EAN),
            (f"(01)0{EAN}", EAN),
            ("036000291452", "0036000291452"),
            ("96385074", "96385074"),
            ("0000096385074", "96385074"),
            ("17790895000994", "17790895000994"),
            ("ABC-1", "ABC-1"),
            ("7790895000998", "7790895000998"),
            ("١٢٣٤٥٦٧٨", "١٢٣٤٥٦٧٨"),
        ],
    )
    def test_every_spelling_has_one_stored_form(self, given_code: str, stored: str) -> None:
        assert canonical_code(given_code) == stored

    @given(st.integers(0, 10**13 - 1), st.sampled_from([8, 12, 13, 14]))
    def test_the_stored_form_is_stable_and_still_a_gtin(self, number: int, length: int) -> None:
        payload = str(number % 10 ** (length - 1)).zfill(length - 1)
        code = payload + check_digit(payload)

        stored = canonical_code(code)

        assert is_gtin(stored)
        assert canonical_code(stored) == stored
        assert stored.lstrip("0") == code.lstrip("0")

    @given(st.text(max_size=40))
    def test_any_text_is_taken(self, text: str) -> None:
        assert canonical_code(canonical_code(text)) == canonical_code(text)
        assert has_wrong_check_digit(text) in {True, False}

    def test_a_wrong_last_digit_is_refused_and_own_codes_are_not(self) -> None:
        with pytest.raises(WrongCheckDigitError):
            check_barcode("7790895000998", Decimal(1), BarcodeKind.UNIT, field="code")

        assert check_barcode("12345", Decimal(6), BarcodeKind.PACK, field="code").code == "12345"

    def test_barcodes_are_read_out_of_a_text(self) -> None:
        assert gtins_inside(f"COCA {EAN} 7790895000998 x6") == [EAN]


class TestDescription:
    @pytest.mark.parametrize(
        ("text", "sizes", "packs", "loose"),
        [
            ("GASEOSA COLA 2.25 X8", [], [8], ["2.25"]),
            ("YERBA PLAYAD. 1K", [("g", 1000)], [], []),
            ("YERBA X 1/2 KG", [("g", 500)], [], []),
            ("ACEITE 12X900CC", [("ml", 900)], [12], []),
            ("ACEITE 900 ml x 12 u", [("ml", 900)], [12], []),
            ("AGUA 6 X 1,5 LTS", [("ml", 1500)], [6], []),
            ("FIDEOS X500", [], [], ["500"]),
            ("FIDEOS X 500 GR", [("g", 500)], [], []),
            ("PAÑALES X 36 UNID", [], [36], []),
            ("LECHE 1 LITRO", [("ml", 1000)], [], []),
            ("CABLE 3 MTS", [("cm", 300)], [], []),
            ("SERVILLETAS 3 X 50 UN", [], [3, 50], []),
            ("7UP 500CC", [("ml", 500)], [], []),
            ("SIN NUMEROS", [], [], []),
        ],
    )
    def test_sizes_packs_and_bare_numbers_are_told_apart(
        self, text: str, sizes: list[tuple[str, int]], packs: list[int], loose: list[str]
    ) -> None:
        read = describe(text)

        assert read.sizes == {Size(unit, Decimal(amount)) for unit, amount in sizes}
        assert read.packs == set(packs)
        if loose:
            assert {Decimal(number) for number in loose} <= read.loose

    def test_words_lose_accents_case_and_fillers(self) -> None:
        assert describe("Dulce de LECHE La Serenísima").words == ("dulce", "leche", "serenisima")
        assert plain_text("ÑANDÚ Güiraldes") == "nandu guiraldes"

    @given(st.text(max_size=300))
    def test_any_text_is_taken_apart(self, text: str) -> None:
        read = describe(text)

        assert all(word.isascii() and word.isalpha() for word in read.words)
        assert all(size.amount >= 0 for size in read.sizes)

    def test_content_and_bare_numbers_mean_sizes(self) -> None:
        assert content_size(Decimal("2.25"), "l") == Size("ml", Decimal(2250))
        assert content_size(Decimal(10), "unit") is None
        assert could_be(Decimal("2.25"), Size("ml", Decimal(2250)))
        assert could_be(Decimal(500), Size("g", Decimal(500)))
        assert not could_be(Decimal(500), ONE_KG)


class TestLikeness:
    @pytest.mark.parametrize(
        ("text", "better", "worse"),
        [
            ("GASEOSA COLA 2.25", "Gaseosa Cola 2,25 L", "Gaseosa Cola 500 ml"),
            ("GASEOSA COLA", "Gaseosa Cola", "Gaseosa Cola Zero"),
            ("GASEOSA COLA ZERO", "Gaseosa Cola Zero", "Gaseosa Cola"),
            ("YERBA PLAYAD. 1K", "Yerba Playadito 1 kg", "Yerba Amanda 1 kg"),
            ("YERBA PLAYADITO 500", "Yerba Playadito 500 g", "Yerba Playadito 1 kg"),
            ("GLLTAS OREO", "Galletitas Oreo", "Galletitas Rumba"),
            ("AZUCR LEDESMA", "Azúcar Ledesma", "Aceite Ledesma"),
        ],
    )
    def test_the_right_product_scores_higher(self, text: str, better: str, worse: str) -> None:
        wanted = describe(text)

        assert text_score(wanted, prepare(product(better))) > text_score(wanted, prepare(product(worse)))

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_scores_stay_below_a_barcodes(self, text: str, name: str) -> None:
        assert 0 <= text_score(describe(text), prepare(product(name))) < 1

    def test_the_content_field_counts_as_a_size(self) -> None:
        wanted = describe("GASEOSA COLA 2.25")
        right, wrong = (
            product("Gaseosa Cola", content=("2.25", "l")),
            product("Gaseosa Cola", content=("500", "ml")),
        )

        assert text_score(wanted, prepare(right)) > text_score(wanted, prepare(wrong))

    def test_a_pack_code_comes_first_with_its_factor(self) -> None:
        cola, oil = product("Gaseosa Cola 2,25 L"), product("Aceite Girasol")
        found = {EAN: FoundCode(oil.id, Decimal(12), "pack")}

        ranked = rank(PaperLine(EAN, None, "GASEOSA COLA 2.25"), found, [EAN], [prepare(cola), prepare(oil)])

        assert [(one.product.id, one.reason, one.pack_factor) for one in ranked] == [
            (oil.id, "pack", Decimal(12)),
            (cola.id, "text", Decimal(1)),
        ]

    def test_a_count_on_the_paper_is_the_pack_unless_the_product_is_that_pack(self) -> None:
        single, pack = product("Alfajor Triple"), product("Alfajor Triple x 6")
        ranked = rank(PaperLine(None, None, "ALFAJOR TRIPLE X 6"), {}, [], [prepare(single), prepare(pack)])

        assert {one.product.id: one.pack_factor for one in ranked} == {
            single.id: Decimal(6),
            pack.id: Decimal(1),
        }

    def test_prefixes_survive_abbreviation(self) -> None:
        assert set(search_prefixes(describe("YERBA PLAYAD. 1K"))) == {"yerb", "play"}
