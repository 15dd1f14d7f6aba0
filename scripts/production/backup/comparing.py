"""What differs between what was saved and what came back."""

from collections.abc import Iterator
from itertools import chain

from scripts.production.backup.facts import Facts


def differences(saved: Facts, restored: Facts) -> list[str]:
    """Every difference in words; empty when the restored database is the saved one."""
    return list(chain(_of_revision(saved, restored), _of_rows(saved, restored), _of_ledger(saved, restored)))


def _of_revision(saved: Facts, restored: Facts) -> Iterator[str]:
    if saved.revision != restored.revision:
        yield f"migrations are at {restored.revision}, not {saved.revision}"


def _of_rows(saved: Facts, restored: Facts) -> Iterator[str]:
    for table in sorted(saved.rows.keys() | restored.rows.keys()):
        before, after = saved.rows.get(table), restored.rows.get(table)
        if before != after:
            yield f"{table} has {_rows(after)}, not {_rows(before)}"


def _of_ledger(saved: Facts, restored: Facts) -> Iterator[str]:
    before = {each.organisation_id: each for each in saved.ledger}
    after = {each.organisation_id: each for each in restored.ledger}
    for organisation_id in sorted(before.keys() | after.keys()):
        if before.get(organisation_id) != after.get(organisation_id):
            yield f"the ledger sums of organisation {organisation_id} differ"
    for organisation_id, each in sorted(after.items()):
        if not each.agrees:
            yield f"the balances of organisation {organisation_id} are not the sum of its movements"


def _rows(count: int | None) -> str:
    return "no such table" if count is None else f"{count} rows"
