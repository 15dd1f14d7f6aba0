"""How alike a paper's text and a product are, from 0 to 1, and which products a line may mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from rapidfuzz import fuzz

from agente_deposito.catalog.rules.codes import ONE
from agente_deposito.catalog.rules.description import Description, Size, content_size, could_be, describe
from agente_deposito.catalog.rules.values import Candidate, FoundCode, MatchProduct, PaperLine

WordScore = Callable[[str, str], float]

CANDIDATES_PER_LINE = 5
LEAST_SCORE = 0.35
_PREFIX_LENGTH = 4
_SHORTEST_WORD = 3
_SHORTEST_ABBREVIATION = 2
# A word cut short says a little less than the whole one; one with a typing error, or without its
# vowels, less again.
_CUT_SHORT = 0.92
_TYPING_ERROR = 0.8
_CONSONANTS = 0.72
_LEAST_RATIO = 80
_QUERY_SHARE = 0.85
_SIZE_AGREES, _SIZE_UNSAID, _SIZE_DIFFERS = 1.0, 0.9, 0.45
_TEXT_CEILING = 0.97
_SKU_ALONE = 0.9
# An equal SKU adds to a text that agrees; against the text it is worth little.
_SKU_NEEDS, _SKU_ADDS, _SKU_AGAINST_TEXT = 0.5, 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Prepared:
    """A product and what its name says, read once per request."""

    product: MatchProduct
    description: Description
    sizes: frozenset[Size]


def prepare(product: MatchProduct) -> Prepared:
    """Read a product's name, brand and content."""
    description = describe(f"{product.name} {product.brand or ''}")
    content = content_size(product.content_quantity, product.content_unit)
    sizes = description.sizes | ({content} if content else frozenset())
    return Prepared(product, description, sizes)


def search_prefixes(description: Description) -> list[str]:
    """What to look words up by: their first letters survive abbreviations and most typing errors."""
    words = dict.fromkeys(word[:_PREFIX_LENGTH] for word in description.words if len(word) >= _SHORTEST_WORD)
    return list(words)


def text_score(wanted: Description, prepared: Prepared) -> float:
    """How well a product answers a text: words first, then whether the sizes agree."""
    known = prepared.description.words
    if not wanted.words or not known:
        return 0.0
    asked = _coverage(wanted.words, known, _word_score)
    answered = _coverage(known, wanted.words, lambda word, by: _word_score(by, word))
    words = _QUERY_SHARE * asked + (1 - _QUERY_SHARE) * answered
    return round(_TEXT_CEILING * words * _size_factor(wanted, prepared), 4)


def rank(
    line: PaperLine, codes: Mapping[str, FoundCode], by_code: Sequence[str], candidates: Sequence[Prepared]
) -> list[Candidate]:
    """Candidates of one line, best first; a printed barcode outranks any text.

    by_code: the stored forms of every code the line carries.
    """
    wanted = describe(line.text or "")
    products = {prepared.product.id: prepared for prepared in candidates}
    best: dict[UUID, Candidate] = {}
    for code in by_code:
        found = codes.get(code)
        if found is not None and found.product_id in products:
            _keep_best(best, _coded(found, products[found.product_id], wanted))
    for prepared in candidates:
        score = text_score(wanted, prepared)
        if score >= LEAST_SCORE:
            factor = text_pack_factor(wanted, prepared)
            _keep_best(best, Candidate(prepared.product, score, "text", factor))
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.product.name))
    return ranked[:CANDIDATES_PER_LINE]


def text_pack_factor(wanted: Description, prepared: Prepared) -> Decimal:
    """Base units in one of what the text names: the count it prints, unless the product is that pack."""
    counts = {Decimal(count) for count in wanted.packs - prepared.description.packs}
    registered = counts & prepared.product.packs
    if registered:
        return min(registered)
    return min(counts) if len(counts) == 1 else ONE


def _coded(found: FoundCode, prepared: Prepared, wanted: Description) -> Candidate:
    if found.parsed_as != "sku":
        return Candidate(prepared.product, 1.0, found.parsed_as, found.factor)
    # The column may hold the supplier's own code, equal to one of ours by chance: the text decides.
    if not wanted.words:
        return Candidate(prepared.product, _SKU_ALONE, "sku", ONE)
    text = text_score(wanted, prepared)
    score = text + _SKU_ADDS * (1 - text) if text >= _SKU_NEEDS else _SKU_AGAINST_TEXT
    return Candidate(prepared.product, round(score, 4), "sku", ONE)


def _keep_best(best: dict[UUID, Candidate], candidate: Candidate) -> None:
    known = best.get(candidate.product.id)
    if known is None or candidate.score > known.score:
        best[candidate.product.id] = candidate


def _coverage(words: Sequence[str], others: Sequence[str], score: WordScore) -> float:
    """Share of the letters of `words` that `others` account for."""
    letters = sum(len(word) for word in words)
    return sum(len(word) * max(score(word, other) for other in others) for word in words) / letters


def _word_score(asked: str, known: str) -> float:
    if asked == known:
        return 1.0
    if len(asked) >= _SHORTEST_ABBREVIATION and known.startswith(asked):
        return _CUT_SHORT
    if len(known) >= _SHORTEST_WORD and asked.startswith(known):
        return _TYPING_ERROR
    if fuzz.ratio(asked, known, score_cutoff=_LEAST_RATIO):
        return _TYPING_ERROR
    if len(asked) >= _SHORTEST_WORD and asked[0] == known[0] and _is_subsequence(asked, known):
        return _CONSONANTS
    return 0.0


def _is_subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


def _size_factor(wanted: Description, prepared: Prepared) -> float:
    """Sizes that agree, are missing on one side, or differ."""
    loose = prepared.description.loose
    agrees = (
        prepared.sizes & wanted.sizes
        or wanted.loose & loose
        or any(could_be(number, size) for number in wanted.loose for size in prepared.sizes)
        or any(could_be(number, size) for number in loose for size in wanted.sizes)
    )
    is_said, is_known = bool(wanted.sizes or wanted.loose), bool(prepared.sizes or loose)
    if agrees or not (is_said or is_known):
        return _SIZE_AGREES
    return _SIZE_DIFFERS if is_said and is_known else _SIZE_UNSAID
