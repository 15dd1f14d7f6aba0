"""The second look at a header that no QR tells: read again in parts, larger, smaller, and put to the vote."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agente_negocio.invoices.reading.header.confirm import same_digits
from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.issue_date import issued_by_cae
from agente_negocio.invoices.reading.header.traits import Trait, fields_with
from agente_negocio.invoices.reading.header.vouchers import letter_of, prints_letter
from agente_negocio.invoices.reading.layout.evidence import FAIR, GUESS, WEAK, Evidence, Printed, head_of
from agente_negocio.invoices.reading.layout.rows import Place, Sheet, lay_out, place_of
from agente_negocio.invoices.reading.model import Kind
from agente_negocio.invoices.reading.words.second_look import SecondLook

_SCALES = (1.5, 0.65)
"""Small print shows its digits when enlarged; the letter in its box and spaced titles when made small."""
_VOTED = fields_with(Trait.VOTED)
_FIGURES = fields_with(Trait.FIGURES)
_NEEDED = fields_with(Trait.NEEDED | Trait.VOTED)
_BAND = 0.3
"""Height of the band of the head that is read again, of the page's width."""
_BAND_ROWS = 14
"""The same for narrow paper, in rows."""
_BOX, _BOX_DEPTH = (0.38, 0.62), 0.22
"""Of the page's width: where the box of the letter stands, and how far down."""
_AIR = 1.2
_CREDIT_INVOICE = re.compile(r"mipyme|\bfce\b|electronica|\bcbu\b|reten")


@dataclass(frozen=True, slots=True)
class HeaderSeen:
    """A header after all looks. twice: names of fields that two looks, or a look and a rule, agree on."""

    printed: Printed
    kind: Kind | None
    twice: frozenset[str]


def look_at_header(
    sheets: Sequence[Sheet], own_cuits: frozenset[str], first: HeaderSeen, look: SecondLook
) -> HeaderSeen:
    """Read figures again, then, while a field is missing or seen once only, the rows of the head."""
    looks = [first]
    twice = set(_agreeing_figures(first.printed, look)) | _dated_by_cae(first.printed)
    band = _band(sheets[0])
    steps = (_type_regions(sheets[0], first.printed), *([(band, scale)] for scale in _SCALES))
    for regions in steps:
        if all(name in twice for name in _NEEDED):
            break
        looks.append(_again(sheets[0], own_cuits, look, regions))
        twice |= _agreeing(looks)
    printed = dict(first.printed)
    for name in _VOTED:
        elected = _elected(name, [each.printed for each in looks], first.printed, trusted=name in twice)
        if elected is not None:
            printed[name] = elected
    twice |= _dated_by_cae(printed)
    if "type_code" in twice and "letter" not in twice:
        _settle_letter(printed)
    kind = next((each.kind for each in looks if each.kind is not None), None)
    return HeaderSeen(printed, kind, frozenset(twice))


def _agreeing_figures(printed: Printed, look: SecondLook) -> Iterable[str]:
    """Names whose digits read the same when cut out and read as figures."""
    seen = [(name, printed[name]) for name in _FIGURES if name in printed]
    wanted = [(name, each) for name, each in seen if each.words and each.strength >= FAIR]
    texts = look.figures([place_of(each.sheet.page, each.words) for _, each in wanted])
    for (name, evidence), text in zip(wanted, texts, strict=True):
        if same_digits("".join(word.text for word in evidence.words), text):
            yield name


Region = tuple[Place, float]
"""A part of the page and the scale at which it is drawn."""


def _again(
    sheet: Sheet, own_cuits: frozenset[str], look: SecondLook, regions: Sequence[Region]
) -> HeaderSeen:
    """Parts of the first page read anew."""
    words = [word for place, scale in regions for word in look.words(place, scale)]
    again = lay_out(words, page=sheet.page, width=sheet.width, height=sheet.height)
    printed, kind = read_fields([again], own_cuits)
    return HeaderSeen(printed, kind, frozenset())


def _type_regions(sheet: Sheet, printed: Printed) -> list[Region]:
    """Where the code was read; else the box in the middle, alone so that no tall letter bends a line.

    Where letter and code contradict each other both places are looked at. The box stands at the top centre
    by law (RG 1415, annex II); the title stands beside it.
    """
    code = printed.get("type_code")
    width, low = sheet.width, _BOX_DEPTH * sheet.width
    box = (Place(sheet.page, _BOX[0] * width, 0.0, _BOX[1] * width, low), 1.0)
    if code is not None and not code.derived:
        place = place_of(sheet.page, code.words)
        air = _AIR * (place.y1 - place.y0)
        around = Place(sheet.page, place.x0 - 2 * air, place.y0 - air, place.x1 + 2 * air, place.y1 + air)
        return [(around, _SCALES[0]), *([box] if code.strength <= GUESS else [])]
    title = Place(sheet.page, _BOX[1] * width, 0.0, width, low)
    return [box, (title, _SCALES[1])]


def _band(sheet: Sheet) -> Place:
    """From the top of the page down to its items, within reason."""
    head = head_of([sheet])
    low = max((row.y1 + row.height for _, row in head), default=sheet.height)
    high = max(_BAND * sheet.width, head[min(_BAND_ROWS, len(head)) - 1][1].y1 if head else 0.0)
    return Place(sheet.page, 0.0, 0.0, sheet.width, min(low, high))


def _agreeing(looks: Sequence[HeaderSeen]) -> set[str]:
    """Names on whose value at least two looks agree."""
    found = set()
    for name in _VOTED:
        seen = [each.printed[name] for each in looks if name in each.printed]
        for evidence in seen:
            same = [each for each in seen if each.value == evidence.value]
            if len(same) > 1 and not (evidence.derived and _is_hidden_kind(looks)):
                found.add(name)
    return found


def _is_hidden_kind(looks: Sequence[HeaderSeen]) -> bool:
    """Whether any look saw words of vouchers whose title says more than factura."""
    sheets = {id(each.sheet): each.sheet for look in looks for each in look.printed.values()}
    return any(_CREDIT_INVOICE.search(row.folded) for sheet in sheets.values() for row in sheet.rows)


def _elected(name: str, looks: Sequence[Printed], first: Printed, *, trusted: bool) -> Evidence | None:
    """The value most looks saw; among equals what a rule proves, what is printed as such, what came first."""
    seen = [each[name] for each in looks if name in each]
    if not seen:
        return None
    votes = [each.value for each in seen]
    proven = issued_by_cae(first) if name == "issue_date" else None

    def rank(each: Evidence) -> tuple[bool, int, bool, float]:
        return each.value == proven, votes.count(each.value), not each.derived, each.strength

    best = max(seen, key=rank)
    agreed = [each for each in seen if each.value == best.value]
    # The same digits seen again make no weak rule better: one look must have found them by a good one.
    strength = max(each.strength for each in agreed)
    is_doubted = best.value != proven and _is_doubted(name, best.value, first)
    if is_doubted or (len(set(votes)) > 1 and not trusted):
        strength = min(strength, WEAK)
    return replace(best, strength=strength)


def _is_doubted(name: str, value: str, first: Printed) -> bool:
    """Whether the look at the whole page saw what contends with a value; a part of it may not show that."""
    of_rule = first.get("number" if name == "point_of_sale" else name)
    seen = first.get(name)
    return (
        name in _FIGURES
        and seen is not None
        and seen.value == value
        and of_rule is not None
        and (of_rule.strength <= WEAK)
    )


def _settle_letter(printed: Printed) -> None:
    """A code seen twice says which letter stands on the paper."""
    code, letter = printed["type_code"], printed.get("letter")
    meant = letter_of(int(code.value))
    if meant is not None and (letter is None or not prints_letter(int(code.value), letter.value)):
        printed["letter"] = replace(code, value=meant)


def _dated_by_cae(printed: Printed) -> set[str]:
    issued = printed.get("issue_date")
    return {"issue_date"} if issued is not None and issued.value == issued_by_cae(printed) else set()
