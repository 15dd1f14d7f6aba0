"""What a shopkeeper reads of the platform's state, in each case; and who may read it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.clients.deposito_models import Integrity, NightlyCheck
from shared.clients.negocio_models import JobsState, OperationRun, Operations
from tests.unit.web_dashboard.support import ME, client_of, make_app, signed_in_session
from web_dashboard.sessions.seal import Seal
from web_dashboard.status.checks import PeerState
from web_dashboard.status.view_models import Row, Tone, state_page

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WELL = dict.fromkeys(("negocio", "deposito", "ml"), PeerState("healthy", 3.0))
BACKUP = OperationRun(
    started_at=NOW - timedelta(hours=5),
    finished_at=NOW - timedelta(hours=4),
    ok=True,
    last_good_at=NOW - timedelta(hours=5),
    is_encrypted=True,
)
DRILL = OperationRun(
    started_at=NOW - timedelta(days=2),
    finished_at=NOW - timedelta(days=2) + timedelta(seconds=41),
    ok=True,
    of=NOW - timedelta(days=2, hours=1),
)
IDLE = JobsState(waiting=0, failed=0)
CHECKED = Integrity(last_nightly=NightlyCheck(checked_at=NOW - timedelta(hours=5), checked=1234, wrong=0))


def care(
    backup: OperationRun | None = BACKUP,
    drill: OperationRun | None = DRILL,
    jobs: JobsState = IDLE,
    integrity: Integrity | None = CHECKED,
    since: datetime | None = None,
) -> dict[str, Row]:
    operations = Operations(backup=backup, drill=drill, jobs=jobs, since=since)
    return {row.title: row for row in state_page(WELL, operations, integrity, NOW).care}


def test_when_all_is_well_it_says_so() -> None:
    shown = state_page(WELL, Operations(backup=BACKUP, drill=DRILL, jobs=IDLE), CHECKED, NOW)

    assert (shown.tone, shown.summary) == (Tone.GOOD, "Todo funciona y tus datos están a salvo.")
    assert {row.tone for row in (*shown.services, *shown.care)} == {Tone.GOOD}
    details = {row.title: row.detail for row in shown.care}
    assert details["Copia de seguridad"] == "Se guardó hace 5 h (22/11/2026 04:00). Va cifrada."
    assert "en 41 segundos y volvió todo" in details["Prueba de la copia"]
    assert "1.234 saldos" in details["Control del stock"]


@pytest.mark.parametrize(
    ("backup", "tone", "word"),
    [
        (None, Tone.WARN, "Falta"),
        (BACKUP.model_copy(update={"ok": False}), Tone.BAD, "Falló"),
        (BACKUP.model_copy(update={"started_at": NOW - timedelta(hours=27)}), Tone.BAD, "Vieja"),
    ],
)
def test_a_backup_that_is_missing_failed_or_old(backup: OperationRun | None, tone: Tone, word: str) -> None:
    row = care(backup=backup)["Copia de seguridad"]

    assert (row.tone, row.word) == (tone, word)
    assert "Avisale" in row.detail


@pytest.mark.parametrize(
    ("drill", "tone", "word"),
    [
        (None, Tone.WARN, "Falta"),
        (DRILL.model_copy(update={"ok": False}), Tone.BAD, "Falló"),
        (DRILL.model_copy(update={"started_at": NOW - timedelta(days=9)}), Tone.WARN, "Vieja"),
    ],
)
def test_a_drill_that_is_missing_failed_or_old(drill: OperationRun | None, tone: Tone, word: str) -> None:
    row = care(drill=drill)["Prueba de la copia"]

    assert (row.tone, row.word) == (tone, word)


def test_a_ledger_that_does_not_add_up_is_bad() -> None:
    check = NightlyCheck(checked_at=NOW, checked=9, wrong=1)

    row = care(integrity=Integrity(last_nightly=check))["Control del stock"]

    assert (row.tone, row.detail[:20]) == (Tone.BAD, "1 saldo no coincide ")


@pytest.mark.parametrize(
    ("since", "tone", "word"),
    [
        (NOW - timedelta(hours=23), Tone.GOOD, "Esta noche"),
        (NOW - timedelta(hours=25), Tone.WARN, "Falta"),
        (None, Tone.WARN, "Falta"),
    ],
)
def test_a_ledger_nobody_checked_is_well_on_the_first_day_only(
    since: datetime | None, tone: Tone, word: str
) -> None:
    row = care(integrity=Integrity(last_nightly=None), since=since)["Control del stock"]

    assert (row.tone, row.word) == (tone, word)


@pytest.mark.parametrize(
    ("jobs", "word"),
    [
        (JobsState(waiting=3, failed=0, oldest=NOW - timedelta(minutes=1)), "Trabajando"),
        (JobsState(waiting=3, failed=0, oldest=NOW - timedelta(minutes=6)), "Demorado"),
        (JobsState(waiting=0, failed=1), "Para mirar"),
    ],
)
def test_jobs_that_wait_are_late_or_were_given_up(jobs: JobsState, word: str) -> None:
    assert care(jobs=jobs)["Tareas pendientes"].word == word


def test_what_cannot_be_asked_is_said_and_alarms_nobody_twice() -> None:
    peers = {**WELL, "negocio": PeerState("unreachable", None), "ml": PeerState("unhealthy", 2.0)}

    shown = state_page(peers, None, None, NOW)

    assert [row.word for row in shown.services] == ["Funciona", "No responde", "Funciona", "Sin datos"]
    assert {row.word for row in shown.care} == {"No se sabe"}
    assert shown.tone == Tone.BAD


@pytest.mark.parametrize(("permissions", "status"), [(["operations:read"], 200), (["sales:read"], 403)])
async def test_only_those_who_look_after_the_shop_see_it(permissions: list[str], status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v1/auth/me":
            return httpx.Response(200, json={**ME, "permissions": permissions})
        return httpx.Response(503, json={"code": "busy"})

    app = make_app(answer)
    cookie = Seal("s" * 40).close(json.dumps(asdict(signed_in_session())))
    async with client_of(app) as client:
        found = await client.get("/estado", headers={"cookie": f"gondola={cookie}"})

    assert found.status_code == status, found.text
