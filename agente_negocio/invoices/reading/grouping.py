"""Pages to documents: copies are dropped, further pages joined, another voucher starts anew.

What is kept is numbered anew, document after document, for that is how its pictures are stored and shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from agente_negocio.invoices.reading.document import PageView
from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.layout.evidence import FAIR, STRONG, Printed
from agente_negocio.invoices.reading.model import HEADER_NAMES, Box, Evidence, Header, ReadDocument

_COPY = re.compile(r"\b(?:duplicado|triplicado|cuadruplicado)\b")
_ORIGINAL = re.compile(r"\boriginal\b")
_COUNTER = re.compile(r"\b(?:pag(?:ina)?|hoja)\.?\W{0,3}(?:n\W{1,3})?(\d{1,3}) *(?:/|de) *(\d{1,3})")
_TOP = 0.3
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class _Identity:
    """What makes a voucher: RG 1415 numbers run by issuer, type and point of sale. None: not surely read."""

    point_of_sale: str
    number: str
    issuer: str | None
    type_code: str | None

    def agrees(self, other: "_Identity") -> bool:
        """Whether both may be the same voucher."""
        if (self.point_of_sale, self.number) != (other.point_of_sale, other.number):
            return False
        pairs = ((self.issuer, other.issuer), (self.type_code, other.type_code))
        return all(None in pair or pair[0] == pair[1] for pair in pairs)


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells a page from others. counter: page and pages."""

    identity: _Identity | None
    counter: tuple[int, int] | None
    is_copy: bool
    words: frozenset[str]


@dataclass(slots=True)
class _Group:
    identity: _Identity | None
    pages: list[PageView] = field(default_factory=list)
    marks: list[_Mark] = field(default_factory=list)


def group_pages(pages: Sequence[PageView]) -> list[list[PageView]]:
    """Pages of each document, in reading order, each page of the voucher once."""
    groups: list[_Group] = []
    for page in pages:
        mark = _mark(page)
        if not mark.words and groups:
            continue
        home = next(
            (group for group in groups if _same_voucher(group, mark, is_last=group is groups[-1])), None
        )
        if home is None:
            home = _Group(mark.identity)
            groups.append(home)
        elif _is_repeat(home, mark):
            continue
        home.pages.append(page)
        home.marks.append(mark)
    return [group.pages for group in groups]


def with_kept_pages(
    documents: Sequence[ReadDocument], pages: Sequence[Sequence[int]]
) -> tuple[ReadDocument, ...]:
    """The documents with every box on its page as kept: numbered from 1 through all of them.

    pages: of each document, the numbers its pages had in the files.
    """
    kept = {number: place for place, number in enumerate((each for group in pages for each in group), 1)}
    return tuple(_on_pages(document, kept) for document in documents)


def _on_pages(document: ReadDocument, kept: Mapping[int, int]) -> ReadDocument:
    read = {name: value for name in HEADER_NAMES if (value := getattr(document.header, name)) is not None}
    header = Header(**{name: replace(value, box=_on_page(value.box, kept)) for name, value in read.items()})
    lines = tuple(
        replace(
            line,
            box=_on_page(line.box, kept),
            evidence={name: _seen_on(seen, kept) for name, seen in line.evidence.items()},
        )
        for line in document.lines
    )
    taxes = tuple(
        replace(tax, evidence=tax.evidence and _seen_on(tax.evidence, kept)) for tax in document.taxes
    )
    return replace(document, header=header, lines=lines, taxes=taxes)


def _seen_on(seen: Evidence, kept: Mapping[int, int]) -> Evidence:
    return replace(seen, box=_on_page(seen.box, kept))


def _on_page(box: Box | None, kept: Mapping[int, int]) -> Box | None:
    return replace(box, page=kept[box.page]) if box else None


def _mark(page: PageView) -> _Mark:
    rows = page.sheet.rows
    top = [row.folded for row in rows if row.middle < page.sheet.height * _TOP]
    counter = next((found for row in rows if (found := _COUNTER.search(row.folded))), None)
    return _Mark(
        identity=_identity(page),
        counter=(int(counter[1]), int(counter[2])) if counter else None,
        is_copy=any(map(_COPY.search, top)) and not any(map(_ORIGINAL.search, top)),
        words=frozenset(word.text for row in rows for word in row.words),
    )


def _identity(page: PageView) -> _Identity | None:
    if page.payload is not None:
        told = page.payload
        return _Identity(str(told.point_of_sale), str(told.number), told.issuer_cuit, str(told.type_code))
    printed, _ = read_fields([page.sheet], frozenset())
    if "point_of_sale" not in printed or "number" not in printed:
        return None
    return _Identity(
        printed["point_of_sale"].value,
        printed["number"].value,
        _sure(printed, "issuer_cuit", FAIR),
        _sure(printed, "type_code", STRONG),
    )


def _sure(printed: Printed, name: str, strength: float) -> str | None:
    found = printed.get(name)
    return found.value if found is not None and found.strength >= strength else None


def _same_voucher(group: _Group, mark: _Mark, *, is_last: bool) -> bool:
    """A page without a number of its own continues the voucher before it."""
    if mark.identity is None:
        return is_last and not (mark.counter and mark.counter[0] == 1 and group.marks[-1].counter)
    return group.identity is not None and group.identity.agrees(mark.identity)


def _is_repeat(group: _Group, mark: _Mark) -> bool:
    """A duplicate or triplicate of a page already held."""
    if mark.is_copy:
        return True
    for held in group.marks:
        if mark.counter is not None and held.counter == mark.counter:
            return True
        union = held.words | mark.words
        if mark.counter is None and union and len(held.words & mark.words) / len(union) > _ALIKE:
            return True
    return False
