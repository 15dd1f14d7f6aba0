"""Kills every process at random points of the journey, many rounds, and counts what was lost or doubled.

`python -m benchmarks.rehearsals.kill_anything [--quick] [--seed N] [--rounds N]` prints a table, then one
JSON line. A shopkeeper uploads a paper, names its products, confirms, looks at it in the web app, sells, has
forecasts made and sometimes undoes, repeating every act until it is answered, while processes die under
him. Afterwards the database must hold each act exactly once.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import anyio
import psycopg

from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from benchmarks.provenance import commit
from benchmarks.rehearsals.shopkeeper import Shopkeeper
from benchmarks.rehearsals.system import System, running_system
from scripts.demo.papers import add_up, render, sample_papers
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.sampling import REGISTERED_BUYER
from shared.config.settings import Settings
from shared.database.session import open_database

RESULTS = Path(__file__).parents[1] / "results" / "kill_anything.json"
PASSWORD = "a rehearsal password"  # noqa: S105  of an empty system that lives for minutes
_QUIET_SECONDS = 60
_SHORTEST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 4.0
_UNDO_SHARE = 0.3
_CUIT = REGISTERED_BUYER.cuit or ""


@dataclass(slots=True)
class Ledger:
    """What the shopkeeper knows must be true afterwards."""

    on_hand: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    confirmed: set[str] = field(default_factory=set)
    reversed: set[str] = field(default_factory=set)
    sales: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class Outcome:
    """kills by process name; faults in words, empty when nothing was lost or doubled."""

    rounds: int
    kills: Counter[str]
    faults: list[str]
    seconds: float


def rehearse(system: System, *, rounds: int, seed: int) -> Outcome:
    """Live through `rounds` papers while processes are killed at random, then compare the books."""
    started = time.monotonic()
    shop, kills, random = _open_for(system, rounds, seed), Counter[str](), Random(seed)
    with ThreadPoolExecutor(1) as beside:
        for paper in shop.papers:
            undo = random.random() < _UNDO_SHARE
            work = beside.submit(_one_round, shop, paper, undo=undo)
            # The killing stays on this thread: a server dies with the thread that started it.
            _kill_until_done(system, work, random, kills)
            work.result()
    return _outcome(system, shop, kills, started)


def rehearse_at_points(system: System, *, rounds: int, seed: int) -> Outcome:
    """Kill one process right after each act of each round, another one each time."""
    started = time.monotonic()
    shop, kills = _open_for(system, rounds, seed), Counter[str]()
    names, acts = system.names, count()

    def kill_next(_act: str) -> None:
        # One more each time all had their turn, so that every round pairs acts and processes differently.
        number = next(acts)
        name = names[(number + number // len(names)) % len(names)]
        system.kill(name)
        kills[name] += 1

    shop.keeper.after = kill_next
    for paper in shop.papers:
        _one_round(shop, paper, undo=True)
    return _outcome(system, shop, kills, started)


@dataclass(frozen=True, slots=True)
class _Shop:
    """An open shop and what its keeper knows."""

    keeper: Shopkeeper
    papers: list[Paper]
    branch_id: str
    location_id: str
    products: dict[str, tuple[str, Decimal]]
    ledger: Ledger


def _open_for(system: System, rounds: int, seed: int) -> _Shop:
    keeper, papers = _open_shop(system), _papers(seed, rounds)
    branch_id, location_id = keeper.branch_with_location("Centro")
    return _Shop(keeper, papers, branch_id, location_id, _load_products(keeper, papers), Ledger())


def _outcome(system: System, shop: _Shop, kills: Counter[str], started: float) -> Outcome:
    shop.keeper.close()
    system.wait_until_ready()
    faults = _compare(system, shop.ledger) + shop.keeper.unexpected
    return Outcome(len(shop.papers), kills, faults, time.monotonic() - started)


def _one_round(shop: _Shop, paper: Paper, *, undo: bool) -> None:
    keeper, products, ledger = shop.keeper, shop.products, shop.ledger
    key = f"{paper.issuer.cuit}-{paper.number}"
    invoice_id = keeper.upload(render(paper), "application/pdf", shop.branch_id, key=f"upload:{key}")
    keeper.name_products(invoice_id, products)
    keeper.confirm(invoice_id, shop.location_id, key=f"confirm:{key}")
    ledger.confirmed.add(invoice_id)
    keeper.look(invoice_id)
    for line in paper.lines:
        ledger.on_hand[products[line.code][0]] += line.quantity + line.bonus_quantity
    sale_id, product_id = uuid4(), products[paper.lines[0].code][0]
    keeper.sell(sale_id, shop.branch_id, product_id, Decimal(1), datetime.now(UTC).isoformat())
    ledger.sales.add(sale_id)
    ledger.on_hand[product_id] -= 1
    keeper.forecast(key=f"forecast:{key}")
    if undo:
        keeper.reverse(invoice_id, key=f"reverse:{key}")
        ledger.reversed.add(invoice_id)
        for line in paper.lines:
            ledger.on_hand[products[line.code][0]] -= line.quantity + line.bonus_quantity


def _kill_until_done(system: System, work: "Future[None]", random: Random, kills: Counter[str]) -> None:
    while not _is_done(work, random.uniform(_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)):
        # The least killed first, so that few rounds reach every process.
        fewest = min(kills[name] for name in system.names)
        name = random.choice([name for name in system.names if kills[name] == fewest])
        system.kill(name)
        kills[name] += 1


def _is_done(work: "Future[None]", seconds: float) -> bool:
    return bool(wait([work], seconds).done)


def _open_shop(system: System) -> Shopkeeper:
    settings = Settings.model_validate({name.lower(): value for name, value in system.environment.items()})
    command = OpenOrganisation(
        id=uuid4(),
        name="Ensayo",
        cuit=_CUIT,
        iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
        cost_basis=CostBasis.BY_CONDITION,
        is_demo=False,
        owner_name="Ensayo",
        owner_email="ensayo@example.com",
        owner_username="ensayo",
        owner_password=PASSWORD,
    )

    async def make() -> None:
        database = open_database(settings, role="app_negocio")
        await open_organisation(database, command)
        await database.close()

    anyio.run(make)
    negocio, deposito, ml, dashboard = map(system.url, ("negocio", "deposito", "ml", "dashboard"))
    return Shopkeeper(negocio, deposito, ml, dashboard, "ensayo", PASSWORD)


def _papers(seed: int, count: int) -> list[Paper]:
    """Papers addressed to us whose figures close, from the layouts of distributors."""
    drawn = sample_papers(seed, count * 12, ("distributor", "wholesaler", "rcel"))
    ours = [paper for paper in drawn if paper.receiver.cuit == _CUIT and paper.type_code == 1]
    fit = [paper for paper in ours if _needs_no_decision(paper)]
    if len(fit) < count:
        raise SystemExit(f"Only {len(fit)} fit papers for {count} rounds; take another seed.")
    return fit[:count]


def _needs_no_decision(paper: Paper) -> bool:
    """Figures in pesos that close, a code on every row, and no internal tax for a person to assign."""
    has_codes = all(line.code for line in paper.lines)
    closes = paper.currency == "ARS" and not paper.traits.altered_total
    return has_codes and closes and not add_up(paper).internal


def _load_products(shopkeeper: Shopkeeper, papers: list[Paper]) -> dict[str, tuple[str, Decimal]]:
    products: dict[str, tuple[str, Decimal]] = {}
    for line in (line for paper in papers for line in paper.lines):
        if line.code not in products:
            body = {"name": f"{line.description} {line.code}", "base_unit": "unit", "iva_rate": "21"}
            made = shopkeeper.write("POST", f"{shopkeeper.deposito}/api/v1/products", body)
            products[line.code] = (made["id"], Decimal(1))
    return products


def _compare(system: System, ledger: Ledger) -> list[str]:
    """Every difference between what was done and what the database holds, in words."""
    with psycopg.connect(system.database_url) as connection:
        _wait_for_quiet(connection)
        sources = Counter(
            str(source) for (source,) in connection.execute("SELECT source FROM deposito.stock_posting")
        )
        balances = {
            str(product): Decimal(quantity)
            for product, quantity in connection.execute(
                "SELECT product_id, sum(quantity) FROM deposito.stock_balance GROUP BY 1"
            )
        }
        sums = {
            str(product): Decimal(quantity)
            for product, quantity in connection.execute(
                "SELECT product_id, sum(quantity) FROM deposito.stock_movement GROUP BY 1"
            )
        }
        sold = {UUID(str(sale)) for (sale,) in connection.execute("SELECT id FROM deposito.sale")}
        statuses = {
            str(invoice): str(status)
            for invoice, status in connection.execute("SELECT id, status FROM negocio.invoice")
        }
        jobs = connection.execute("SELECT task_name, status FROM jobs.procrastinate_jobs").fetchall()
        runs = connection.execute("SELECT made_on, status FROM ml.model_run").fetchall()
    faults = [f"job left behind: {job}" for job in jobs if job[1] != "succeeded"]
    faults += [f"forecasts of {day} are {status}" for day, status in runs if status != "done"]
    faults += ["no forecasts"] * (not runs)
    faults += [f"lost: no posting of {i}" for i in ledger.confirmed if not sources[f"invoice:{i}"]]
    faults += _different("balance", balances, ledger.on_hand) + _different("sum", sums, ledger.on_hand)
    faults += [f"lost sale {sale}" for sale in ledger.sales - sold]
    faults += [f"sale from nowhere {sale}" for sale in sold - ledger.sales]
    for invoice, status in statuses.items():
        expected = "reversed" if invoice in ledger.reversed else "confirmed"
        if status != expected:
            faults.append(f"invoice {invoice} is {status}, not {expected}")
    return faults


def _different(what: str, found: dict[str, Decimal], expected: dict[str, Decimal]) -> list[str]:
    products = found.keys() | expected.keys()
    return [
        f"{what} of {product}: {found.get(product, 0)}, not {expected.get(product, 0)}"
        for product in products
        if found.get(product, Decimal(0)) != expected.get(product, Decimal(0))
    ]


def _wait_for_quiet(connection: psycopg.Connection) -> None:
    """Until no job is left to do; nightly ones excepted, they have their hour."""
    deadline = time.monotonic() + _QUIET_SECONDS
    while time.monotonic() < deadline:
        row = connection.execute(
            "SELECT count(*) FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing')"
        ).fetchone()
        connection.rollback()
        if row == (0,):
            return
        time.sleep(0.2)


def main() -> int:
    """Rehearse; 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    rounds = 4 if options.quick else options.rounds
    with running_system() as system:
        outcome = rehearse(system, rounds=rounds, seed=options.seed)
    print(f"{'process':20} kills")
    for name, kills in sorted(outcome.kills.items()):
        print(f"{name:20} {kills:5}")
    print(f"{outcome.rounds} rounds in {outcome.seconds:.0f} s, {len(outcome.faults)} faults")
    for fault in outcome.faults:
        print(" -", fault)
    figures = {
        "benchmark": "kill_anything",
        "commit": commit(),
        "seed": options.seed,
        "rounds": outcome.rounds,
        "kills": dict(outcome.kills),
        "faults": outcome.faults,
        "seconds": round(outcome.seconds, 1),
    }
    if not options.quick:
        RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
