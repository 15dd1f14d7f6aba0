"""The day of issue among all the days a voucher prints, and when its authorisation expires."""

import re
from collections.abc import Sequence
from dataclasses import replace

from agente_negocio.invoices.reading.header.dates import dates_in
from agente_negocio.invoices.reading.layout.evidence import (
    FAIR,
    STRONG,
    WEAK,
    Evidence,
    Printed,
    above,
    head_of,
    hit,
    rows_of,
)
from agente_negocio.invoices.reading.layout.rows import Row, Sheet

_DUE = re.compile(r"vto|venc|\bvence|\bvig")
_ASIDE = re.compile(
    r"inicio|activ|desde|hasta|periodo|remito|pedido|entrega|asoc|impres|\bdel?\b\W*$|\borden|\bact\."
)
_EMISSION = re.compile(r"emisi|emitid|\bfecha de (?:la )?(?:factura|comprobante)")
_DAY = re.compile(r"\bfecha|\bdia\b")
_AUTHORIZATION_NEAR = re.compile(r"c\.? ?a\.? ?!?[eil1|]\b")
_BESIDE_TITLE = re.compile(r"factura|nota de|tique|remito|\bn(?:ro|um\w*|[°ºo])\b|\d{4,5} ?- ?\d{8}")


def read_dates(sheets: Sequence[Sheet], printed: Printed) -> None:
    """Day of issue and expiry of the authorisation, each by the label before or above it."""
    head = {id(row) for _, row in head_of(sheets)}
    issue: list[Evidence] = []
    for sheet, row in rows_of(sheets):
        last = 0
        for start, end, day in dates_in(row.folded):
            label = row.folded[last:start]
            last = end
            if not re.search(r"[a-z]{2}", label):
                label = above(sheet, row, row.words_at(start, end)) or label
            seen = hit(sheet, row, (start, end), day.isoformat(), STRONG)
            if _DUE.search(label):
                if "authorization_due" not in printed and _is_of_authorization(sheet, row):
                    printed["authorization_due"] = seen
            elif not _ASIDE.search(label):
                issue.append(replace(seen, strength=_strength(label, row, in_head=id(row) in head)))
    if issue:
        best = max(issue, key=lambda each: each.strength)
        rivals = {each.value for each in issue if each.strength == best.strength}
        printed["issue_date"] = best if len(rivals) == 1 else replace(best, strength=WEAK)


def _is_of_authorization(sheet: Sheet, row: Row) -> bool:
    """Whether the row, or the one right above it, speaks of a CAE or a CAI."""
    return (
        _AUTHORIZATION_NEAR.search(row.folded) is not None
        or _AUTHORIZATION_NEAR.search(above(sheet, row, row.words)) is not None
    )


def _strength(label: str, row: Row, *, in_head: bool) -> float:
    if _EMISSION.search(label):
        return STRONG
    if _DAY.search(label):
        return FAIR
    # Beside the title or the number, a day without a label is the day of the voucher.
    return FAIR if in_head and _BESIDE_TITLE.search(row.folded) else WEAK
