"""Pages to vouchers: copies are set aside, further pages joined, another voucher starts anew.

What is kept is numbered anew, document after document, for that is how its pictures are stored and shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from agente_negocio.invoices.reading.document import PageView
from agente_negocio.invoices.reading.header.fields import read_fields
from agente_negocio.invoices.reading.header.vouchers import kind_of, letter_of
from agente_negocio.invoices.reading.layout.evidence import FAIR, STRONG, Printed
from agente_negocio.invoices.reading.model import (
    HEADER_NAMES,
    Box,
    Evidence,
    Header,
    Kind,
    ReadDocument,
    Source,
)

_COPY = re.compile(r"\b(duplicado|triplicado|cuadruplicado)\b")
_ORIGINAL = re.compile(r"\boriginal\b")
_COUNTER = re.compile(r"\b(?:pag(?:ina)?|hoja)\.?\W{0,3}(?:n\W{1,3})?(\d{1,3}) *(?:/|de) *(\d{1,3})")
_TOTAL = re.compile(
    r"^\W*(?:importe |monto )?total\b(?! *(?:de )?(?:iva|i\.v\.a|bultos|items|unidades|art)).*\d[.,]\d{2}\W*$"
)
_BEGUN = re.compile(r"\binicio\W{0,2}(?:de )?\W{0,2}act")
"""Printed once on a voucher, beside its issuer (RG 1415, annex II)."""
_AMOUNT = re.compile(r"\d[.,]\d{2}\b")
_TOP = 0.3
_ALIKE = 0.85
_NOISE = 2
"""Figures of a code that a recogniser may get wrong before it counts as another."""


@dataclass(frozen=True, slots=True)
class _Identity:
    """What makes a voucher: RG 1415 numbers run by issuer, type and point of sale. None: not surely read.

    number: with its point of sale. kind: "tique" counts as factura, for its word is easily lost. cae: given
    to one voucher only. is_exact: read from text or a QR, not recognised.
    """

    number: tuple[str, str] | None = None
    issuer: str | None = None
    type_code: str | None = None
    kind: str | None = None
    letter: str | None = None
    cae: str | None = None
    is_exact: bool = True

    def contradicts(self, other: "_Identity") -> bool:
        """Whether both cannot be the same voucher, as far as both tell."""
        mine, its = (
            (each.number, each.issuer, each.type_code, each.kind, each.letter) for each in (self, other)
        )
        if any(None not in pair and pair[0] != pair[1] for pair in zip(mine, its, strict=True)):
            return True
        is_named = None not in (*mine[:3], *its[:3])
        # One voucher has one code; where all that makes it is the same, its copies are to be compared.
        return not is_named and self._has_other_cae(other)

    def _has_other_cae(self, other: "_Identity") -> bool:
        if self.cae is None or other.cae is None:
            return False
        differing = sum(a != b for a, b in zip(self.cae, other.cae, strict=True))
        return differing > (0 if self.is_exact and other.is_exact else _NOISE)

    def completed(self, other: "_Identity") -> "_Identity":
        """With what another page of the voucher tells besides."""
        return _Identity(
            self.number or other.number,
            self.issuer or other.issuer,
            self.type_code or other.type_code,
            self.kind or other.kind,
            self.letter or other.letter,
            self.cae or other.cae,
            self.is_exact and other.is_exact,
        )


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells a page from others. counter: page and pages. copy: what it calls itself, if it is one."""

    identity: _Identity
    counter: tuple[int, int] | None
    copy: str | None
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Voucher:
    """The pages of one voucher in reading order.

    copies: of each further copy of it, the pages, to be compared. in_order: False where the pages do not tell
    their order and the one with the total is not the last. is_alone: False where a page shows another voucher
    too.
    """

    pages: tuple[PageView, ...]
    copies: tuple[tuple[PageView, ...], ...] = ()
    in_order: bool = True
    is_alone: bool = True


@dataclass(slots=True)
class _Group:
    identity: _Identity
    pages: list[tuple[PageView, _Mark]] = field(default_factory=list)
    repeats: list[tuple[PageView, _Mark]] = field(default_factory=list)


def group_pages(pages: Sequence[PageView]) -> list[Voucher]:
    """The vouchers, each page of them once; what repeats a page is kept as a copy."""
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
        home.identity = home.identity.completed(mark.identity)
        (home.repeats if _is_repeat(home, mark) else home.pages).append((page, mark))
    return [_voucher(group) for group in groups]


def _voucher(group: _Group) -> Voucher:
    counters = [mark.counter for _, mark in group.pages]
    counted = all(counters) and len({counter[1] for counter in counters if counter}) == 1
    ordered = sorted(group.pages, key=lambda each: each[1].counter or (0, 0)) if counted else group.pages
    pages = tuple(page for page, _ in ordered)
    is_alone = not any(_shows_several(page) for page in pages)
    return Voucher(pages, _copies(group), counted or _ends_with_total(pages), is_alone)


def _shows_several(page: PageView) -> bool:
    """Whether sheets without visible edges touch, or a page was made of several."""
    return sum(len(_BEGUN.findall(row.folded)) for row in page.sheet.rows) > 1


def _ends_with_total(pages: Sequence[PageView]) -> bool:
    """Whether a page that bears the total is the last one with amounts, as far as any bears it."""
    if len(pages) == 1:
        return True
    priced = [page for page in pages if any(_AMOUNT.search(row.folded) for row in page.sheet.rows)]
    totals = [any(_TOTAL.search(row.folded) for row in page.sheet.rows) for page in priced]
    return not any(totals) or totals[-1]


def _copies(group: _Group) -> tuple[tuple[PageView, ...], ...]:
    """Repeated pages by the copy they belong to, told by its name, else by where pages come again."""
    copies: list[tuple[str | None, list[tuple[PageView, _Mark]]]] = []
    for page, mark in group.repeats:
        home = next(
            (copy for name, copy in copies if name == mark.copy and _has_room(copy, mark, group)), None
        )
        if home is None:
            home = []
            copies.append((mark.copy, home))
        home.append((page, mark))
    return tuple(tuple(page for page, _ in copy) for _, copy in copies)


def _has_room(copy: Sequence[tuple[PageView, _Mark]], mark: _Mark, group: _Group) -> bool:
    counters = [held.counter for _, held in copy]
    return len(copy) < len(group.pages) and (mark.counter is None or mark.counter not in counters)


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
    copy = next((found for text in top if (found := _COPY.search(text))), None)
    return _Mark(
        identity=_identity(page),
        counter=(int(counter[1]), int(counter[2])) if counter else None,
        copy=copy[1] if copy and not any(map(_ORIGINAL.search, top)) else None,
        words=frozenset(word.text for row in rows for word in row.words),
    )


def _identity(page: PageView) -> _Identity:
    """By the QR, else by print: without a number only the code of authorisation tells a page from another."""
    if page.payload is not None:
        told = page.payload
        return _Identity(
            (str(told.point_of_sale), str(told.number)),
            told.issuer_cuit,
            str(told.type_code),
            _kind(kind_of(told.type_code)),
            _letter(letter_of(told.type_code)),
            None if told.repaired else told.authorization_code,
        )
    printed, kind = read_fields([page.sheet], frozenset())
    cae = _sure(printed, "authorization_code", FAIR)
    is_exact = page.source is Source.TEXT
    if "point_of_sale" not in printed or "number" not in printed:
        return _Identity(cae=cae, is_exact=is_exact)
    return _Identity(
        (printed["point_of_sale"].value, printed["number"].value),
        _sure(printed, "issuer_cuit", FAIR),
        _sure(printed, "type_code", STRONG),
        _kind(kind),
        _letter(_sure(printed, "letter", FAIR if is_exact else STRONG)),
        cae,
        is_exact,
    )


def _kind(kind: Kind | None) -> str | None:
    return None if kind in {None, Kind.OTHER} else "factura" if kind is Kind.TIQUE else kind


def _letter(letter: str | None) -> str | None:
    """What was an M is printed as an A with a legend since RG 5762."""
    return "A" if letter == "M" else letter


def _sure(printed: Printed, name: str, strength: float) -> str | None:
    found = printed.get(name)
    return found.value if found is not None and found.strength >= strength else None


def _same_voucher(group: _Group, mark: _Mark, *, is_last: bool) -> bool:
    """A page without a number of its own continues the voucher before it, or comes before its first page."""
    if group.identity.contradicts(mark.identity):
        return False
    held = [each.counter for _, each in group.pages]
    if mark.identity.number is None:
        return is_last and not (mark.counter and mark.counter[0] == 1 and held[-1])
    if group.identity.number is None:
        return is_last and mark.counter is not None and _complete(held, mark.counter)
    return True


def _complete(held: Sequence[tuple[int, int] | None], counter: tuple[int, int]) -> bool:
    """Whether pages of one count, without the first, await a page like this."""
    return (
        counter not in held
        and (1, counter[1]) not in held
        and all(each and each[1] == counter[1] for each in held)
    )


def _is_repeat(group: _Group, mark: _Mark) -> bool:
    """Whether a page already held comes again: of another copy, or of the same one."""
    if not group.pages:
        return False
    for _, held in group.pages:
        if mark.counter is not None and held.counter == mark.counter:
            return True
        union = held.words | mark.words
        if mark.counter is None and union and len(held.words & mark.words) / len(union) > _ALIKE:
            return True
    return mark.copy is not None and not _stands_in(group, mark)


def _stands_in(group: _Group, mark: _Mark) -> bool:
    """Whether the page of a copy is one that the first copy lacks and says so."""
    number, count = mark.counter or (0, 0)
    return 1 <= number <= count and all(held.counter and held.counter[1] == count for _, held in group.pages)
