"""Which products the lines of a paper may mean."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.repository import products
from agente_deposito.catalog.rules.codes import canonical_code, gtins_inside
from agente_deposito.catalog.rules.description import describe
from agente_deposito.catalog.rules.similarity import Prepared, prepare, rank, search_prefixes
from agente_deposito.catalog.rules.values import Candidate, FoundCode, PaperLine

_PRESELECTED = 40


async def match_lines(session: AsyncSession, lines: Sequence[PaperLine]) -> list[list[Candidate]]:
    """Candidates of each line, best first: by barcode, by pack code, by SKU, then by text."""
    by_code = [_codes_of(line) for line in lines]
    every = {code for codes in by_code for code in codes}
    skus = {line.code for line in lines if line.code}
    found = await products.find_codes(session, every, skus)
    prefixes = [
        (n, prefix) for n, line in enumerate(lines) for prefix in search_prefixes(describe(line.text or ""))
    ]
    preselected = await products.find_candidates(session, prefixes, each=_PRESELECTED)
    coded = [{found[code].product_id for code in codes if code in found} for codes in by_code]
    wanted = {product_id for ids in (*preselected.values(), *coded) for product_id in ids}
    loaded = await products.load_for_matching(session, wanted)
    # Comparing hundreds of lines takes a good part of a second: not in the event loop.
    return await asyncio.to_thread(
        _rank_all,
        lines,
        by_code,
        found,
        [[*preselected.get(n, ()), *coded[n]] for n in range(len(lines))],
        {product.id: prepare(product) for product in loaded},
    )


def _rank_all(
    lines: Sequence[PaperLine],
    by_code: Sequence[Sequence[str]],
    found: Mapping[str, FoundCode],
    candidates: Sequence[Sequence[UUID]],
    prepared: Mapping[UUID, Prepared],
) -> list[list[Candidate]]:
    ranked = []
    for line, codes, ids in zip(lines, by_code, candidates, strict=True):
        known = [prepared[product_id] for product_id in dict.fromkeys(ids) if product_id in prepared]
        ranked.append(rank(line, found, codes, known))
    return ranked


def _codes_of(line: PaperLine) -> list[str]:
    """Everything on the line that may be a code of ours, in the stored form, the surest first."""
    given = [canonical_code(code) for code in (line.barcode, line.code) if code]
    inside = gtins_inside(line.text or "")
    return list(dict.fromkeys([*given, *inside, *([line.code] if line.code else [])]))
