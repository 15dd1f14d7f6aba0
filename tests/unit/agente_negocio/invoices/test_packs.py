"""Pack sizes in words, and their proof by money."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.rules.packs import choose_pack
from agente_negocio.invoices.rules.wording import (
    barcode_in,
    is_freight,
    is_reduction,
    is_service,
    normalise,
    pack_sizes,
)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "sizes"),
        [
            ("ACEITE GIRASOL 12 X 1 L", [12]),
            ("ACEITE GIRASOL 1 X 12 L", []),
            ("VINO TINTO 6x750", [6]),
            ("GASEOSA COLA 2,25 L x6", [6]),
            ("GALLETITAS X 12 UNIDADES", [12]),
            ("CERVEZA LATA 473 CC 4x6", [4, 24, 6]),
            ("CAJA X 24 ALFAJOR", [24]),
            ("YERBA MATE X 500 G", []),
            ("YERBA MATE X 1 KG", []),
            ("DETERGENTE X 1,5 L", []),
            ("LECHE ENTERA 1 L", []),
            ("PAN LACTAL", []),
        ],
    )
    def test_sizes_are_told_from_contents(self, text: str, sizes: list[int]) -> None:
        assert list(pack_sizes(text)) == sizes

    def test_the_same_wording_gives_the_same_key(self) -> None:
        assert normalise("  Azúcar  LEDESMA 1 kg. ") == normalise("AZUCAR Ledesma  1 KG")

    def test_freight_services_and_discounts_are_told_apart(self) -> None:
        assert is_freight("FLETE A DOMICILIO")
        assert not is_freight("Flequillo")
        assert is_service("Servicio de reparto")
        assert is_reduction("BONIFICACIÓN ESPECIAL")
        assert not is_service("Yerba")

    @pytest.mark.parametrize(
        ("code", "text", "barcode"),
        [
            ("7790895000997", "GASEOSA", "7790895000997"),
            ("00123", "GASEOSA 7790895000997", "7790895000997"),
            ("7790895000998", "GASEOSA", None),
            (None, "GASEOSA 2250", None),
        ],
    )
    def test_a_barcode_is_found_by_its_check_digit(
        self, code: str | None, text: str, barcode: str | None
    ) -> None:
        assert barcode_in(code, text) == barcode


def choose(
    *, known: int | None = None, described: list[int] | None = None, price: str | None, last: str | None
) -> Decimal | None:
    return choose_pack(
        known=None if known is None else Decimal(known),
        described=[Decimal(size) for size in described or []],
        cost_of_printed_unit=None if price is None else Decimal(price),
        last_cost=None if last is None else Decimal(last),
    ).factor


class TestMoney:
    def test_a_described_pack_is_taken_when_only_it_makes_the_cost_plausible(self) -> None:
        assert choose(described=[12], price="12500", last="1000") == 12

    def test_the_unit_is_taken_when_only_it_is_plausible(self) -> None:
        assert choose(described=[12], price="1100", last="1000") == 1

    def test_two_plausible_sizes_are_asked(self) -> None:
        assert choose(described=[4, 6], price="5000", last="1000") is None

    def test_no_plausible_size_is_asked(self) -> None:
        assert choose(described=[12], price="4000", last="1000") is None

    def test_a_described_pack_without_a_last_cost_is_asked(self) -> None:
        assert choose(described=[12], price="12500", last=None) is None

    def test_nothing_described_is_one_unit_although_its_cost_moved(self) -> None:
        assert choose(price="5000", last="1000") == 1

    def test_a_known_factor_stands_without_proof(self) -> None:
        assert choose(known=6, described=[12], price="5000", last=None) == 6

    def test_a_known_factor_that_money_contradicts_is_asked(self) -> None:
        assert choose(known=6, price="1000", last="1000") is None

    @pytest.mark.parametrize("last", ["0", "-5"])
    def test_a_meaningless_last_cost_proves_nothing(self, last: str) -> None:
        assert choose(described=[12], price="12500", last=last) is None
