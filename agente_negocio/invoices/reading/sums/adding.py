"""How the parts of a voucher add up: rows, discount, net, taxes, total."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.header.vouchers import NET_LETTERS
from agente_negocio.invoices.reading.model import Tax, TaxKind
from agente_negocio.invoices.reading.sums.foot import Foot
from shared.kernel.money import CENT

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sums:
    """How rows, foot and total add up.

    arrangement: the rule under which they do, "" when none. is_exact: without a cent of difference.
    """

    rows: Decimal
    arrangement: str
    detail: str
    is_exact: bool = False


def add_up(items: Sequence[Item], foot: Foot, total: Decimal | None, letter: str | None) -> Sums:
    """Find the arrangement of a voucher's parts that closes to the cent.

    "net": rows less discount make net, untaxed and exempt; with every tax they make the total.
    "gross": rows less discount and the taxes other than IVA make the total.
    """
    rows = sum((item.subtotal or ZERO for item in items), ZERO)
    off = foot.value("discount") or ZERO
    slack = CENT * max(1, len(items))
    tax_slack = slack + CENT * len(foot.taxes)
    if total is None or not items:
        return Sums(rows, "", "There is no total or no row.")
    parts = net_parts(foot)
    taxes = sum((tax.amount for tax in foot.taxes), ZERO)
    others = sum((tax.amount for tax in foot.taxes if tax.kind is not TaxKind.IVA), ZERO)
    kept = rows - off
    if parts is not None and abs(kept - parts) <= slack and abs(parts + taxes - total) <= tax_slack:
        return Sums(
            rows,
            "net",
            f"{kept} in rows, {taxes} in taxes, {total} in all",
            is_exact=kept == parts and parts + taxes == total,
        )
    has_iva = any(tax.kind is TaxKind.IVA for tax in foot.taxes)
    if letter not in NET_LETTERS and not has_iva and abs(kept + others - total) <= tax_slack:
        detail = f"{kept} in rows, {others} in taxes, {total} in all"
        return Sums(rows, "gross", detail, is_exact=kept + others == total)
    # An A splits its IVA: where none shows, the letter or the taxes were misread.
    if letter in NET_LETTERS and parts is None and has_iva and abs(kept + taxes - total) <= tax_slack:
        detail = f"{kept} in rows, {taxes} in taxes, {total} in all"
        return Sums(rows, "net", detail, is_exact=kept + taxes == total)
    return Sums(rows, "", f"{kept} in rows, {parts} in net parts, {taxes} in taxes, {total} in all")


def net_parts(foot: Foot) -> Decimal | None:
    """Net, untaxed and exempt together, None when no net is printed."""
    names = ("net", "untaxed", "exempt")
    found = [foot.value(name) for name in names]
    if found[0] is None and not any(found):
        return None
    return sum((value or ZERO for value in found), ZERO)


def base_closes(tax: Tax, rows: int) -> bool:
    """Whether a tax row is its rate of its base, within a cent per row."""
    if tax.base is None or tax.rate is None:
        return True
    expected = (tax.base * tax.rate / 100).quantize(CENT, rounding=ROUND_HALF_UP)
    return abs(expected - tax.amount) <= CENT * (1 + rows)
