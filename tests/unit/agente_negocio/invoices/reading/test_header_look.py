"""The second look at a header: what several looks saw is put to the vote."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.look import HeaderSeen, look_at_header
from agente_negocio.invoices.reading.layout.evidence import FAIR
from agente_negocio.invoices.reading.layout.rows import Place, Sheet
from agente_negocio.invoices.reading.model import Kind, Word
from agente_negocio.invoices.reading.words.second_look import SecondLook
from tests.unit.agente_negocio.invoices.reading.written import sheet_of

ROWS = (
    "A\tFACTURA",
    "COD. 01\tNº 0001-00000012",
    "Fecha de Emisión: 13/03/2026",
    "CUIT: 30-00547611-5",
    "Señor(es): ALMACÉN\tCUIT: 30-00482910-3",
    "Cantidad\tDescripción\tImporte",
    "CAE Nº: 86118746654315",
    "Fecha Vto. CAE: 23/03/2026",
)


@dataclass(frozen=True)
class Looks(SecondLook):
    """Says what each look sees: one text per field cut out, one sheet per region read."""

    texts: dict[str, str] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)

    def figures(self, places: Sequence[Place]) -> list[str]:
        return [self.texts.get(str(round(place.y0)), "") for place in places]

    def words(self, place: Place, scale: float) -> list[Word]:  # noqa: ARG002  the same whatever is asked
        if not self.sheets:
            return []
        sheet = self.sheets.pop(0)
        return [word for row in sheet.rows for word in row.words]


def seen(*rows: str, sheets: Sequence[Sheet] = ()) -> HeaderSeen:
    sheet = sheet_of(*rows, large={"A": 2.5, "B": 2.5})
    first = HeaderSeen(*read_fields([sheet], frozenset()), frozenset())
    return look_at_header([sheet], frozenset(), first, Looks({}, 1.0, {}, list(sheets)))


def changed(old: str, new: str) -> list[str]:
    return [row.replace(old, new) for row in ROWS]


def test_without_another_look_that_agrees_nothing_is_seen_twice() -> None:
    assert seen(*changed("23/03", "24/03")).twice == frozenset()


def test_what_two_looks_saw_alike_is_seen_twice() -> None:
    again = sheet_of(*ROWS, large={"A": 2.5})

    found = seen(*ROWS, sheets=[again])

    assert {"type_code", "number", "point_of_sale", "issuer_cuit"} <= found.twice
    assert found.printed["number"].strength >= FAIR


def test_the_expiry_of_the_cae_tells_which_day_was_misread() -> None:
    misread, again = changed("13/03", "18/03"), sheet_of(*ROWS)

    found = seen(*misread, sheets=[again])

    assert found.printed["issue_date"].value == "2026-03-13"
    assert "issue_date" in found.twice


def test_looks_that_differ_leave_a_field_unsure() -> None:
    again = sheet_of(*changed("00000012", "00000072"))

    found = seen(*ROWS, sheets=[again])

    assert "number" not in found.twice
    assert found.printed["number"].strength < FAIR


def test_a_title_and_a_code_lost_at_first_are_found() -> None:
    rows = changed("A\tFACTURA", "og").copy()
    rows[1] = "cootoo\tNº 0001-00000012"
    again = sheet_of(*ROWS, large={"A": 2.5})

    found = seen(*rows, sheets=[again])

    assert found.kind is Kind.FACTURA
    assert (found.printed["type_code"].value, found.printed["letter"].value) == ("1", "A")
    assert "type_code" not in found.twice


def test_a_concluded_code_is_not_sure_where_words_of_other_vouchers_stand() -> None:
    rows = [*changed("COD. 01", "oo"), "CBU del emisor 2850590940090418135201"]
    again = sheet_of(*rows, large={"A": 2.5})

    assert "type_code" not in seen(*rows, sheets=[again, again, again]).twice


def test_the_code_seen_twice_outweighs_a_letter() -> None:
    rows = changed("A\tFACTURA", "B\tFACTURA")
    again = sheet_of(*rows[1:])

    assert seen(*rows, sheets=[again]).printed["letter"].value == "A"


def test_an_expiry_without_its_label_proves_no_day() -> None:
    rows = [row for row in ROWS if not row.startswith("CAE")]

    assert "issue_date" not in seen(*rows).twice


class TestADoubtOfTheFirstLook:
    """Seeing the same again proves the characters, not the rule that chose among several values."""

    def test_days_that_contend_stay_doubtful(self) -> None:
        rows = [row.replace("23/03", "24/03") for row in ROWS]
        rows.insert(3, "Fecha: 15/03/2026")

        found = seen(*rows, sheets=[sheet_of(*rows)] * 3)

        assert found.printed["issue_date"].strength < FAIR

    def test_a_part_of_the_page_that_shows_no_rival_settles_nothing(self) -> None:
        rows = [*ROWS[:5], "Remito Nº 1", "FACTURA\tNº 0001-00000099", *ROWS[5:]]

        found = seen(*rows, sheets=[sheet_of(*ROWS)] * 3)

        assert found.printed["number"].strength < FAIR
        assert found.printed["point_of_sale"].strength < FAIR

    def test_parties_that_contend_stay_doubtful(self) -> None:
        rows = [*ROWS[:4], "CUIT: 20-12345678-6", *ROWS[4:]]

        found = seen(*rows, sheets=[sheet_of(*ROWS)] * 3)

        assert found.printed["issuer_cuit"].strength < FAIR

    def test_a_letter_seen_twice_against_a_code_seen_twice_stands(self) -> None:
        rows = changed("A\tFACTURA", "B\tFACTURA")
        again = sheet_of(*rows, large={"B": 2.5})

        found = seen(*rows, sheets=[again])

        assert found.printed["letter"].value == "B"
        assert found.printed["type_code"].strength < FAIR

    def test_a_sign_read_as_a_figure_is_settled_by_a_look_that_reads_the_sign(self) -> None:
        rows = changed("Nº 0001-00000012", "N20001-00000012")

        found = seen(*rows, sheets=[sheet_of(*ROWS, large={"A": 2.5})] * 3)

        assert found.printed["point_of_sale"].value == "1"
        assert found.printed["point_of_sale"].strength >= FAIR


def test_where_letter_and_code_contradict_the_box_is_looked_at_too() -> None:
    sheet = sheet_of(*changed("A\tFACTURA", "B\tFACTURA"), large={"B": 2.5})
    looks = Places({}, 1.0)

    look_at_header([sheet], frozenset(), HeaderSeen(*read_fields([sheet], frozenset()), frozenset()), looks)

    assert any(place.y0 == 0 and 0 < place.x0 < place.x1 < sheet.width for place in looks.asked)


@dataclass(frozen=True)
class Places(SecondLook):
    """Sees nothing and keeps where it looked."""

    asked: list[Place] = field(default_factory=list)

    def figures(self, places: Sequence[Place]) -> list[str]:
        return ["" for _ in places]

    def words(self, place: Place, scale: float) -> list[Word]:  # noqa: ARG002  the same whatever is asked
        self.asked.append(place)
        return []
