"""The state of the platform in the words of a shopkeeper: what is well, what is not, and what to do then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.clients.deposito_models import Integrity
from shared.clients.negocio_models import JobsState, OperationRun, Operations
from web_dashboard.formats import ago, moment, number
from web_dashboard.plural import counted
from web_dashboard.status.checks import PeerState

BACKUP_STALE = timedelta(hours=26)
DRILL_STALE = timedelta(days=8)
LEDGER_STALE = timedelta(hours=26)
FIRST_DAY = timedelta(days=1)
JOB_LATE = timedelta(minutes=5)
_CALL = "Avisale a quien te administra el sistema."
_SERVICES = {
    "negocio": ("Facturas y usuarios", "invoice"),
    "deposito": ("Stock y ventas", "box"),
    "ml": ("Pronósticos", "clock"),
}


class Tone(StrEnum):
    """How a row is coloured; the word beside it carries the meaning."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing and how it is. word: on its tag."""

    title: str
    detail: str
    tone: Tone
    word: str
    icon: str


@dataclass(frozen=True, slots=True)
class StatePage:
    """services and care in the order they are shown; summary: one sentence over all."""

    summary: str
    tone: Tone
    services: Sequence[Row]
    care: Sequence[Row]


def state_page(
    peers: Mapping[str, PeerState],
    operations: Operations | None,
    integrity: Integrity | None,
    now: datetime,
) -> StatePage:
    """The whole page; None for what could not be asked."""
    services = [
        Row("Esta página", "Si la ves, funciona.", Tone.GOOD, "Funciona", "home"),
        *(_service(name, peers[name]) for name in _SERVICES),
    ]
    care = [
        _backup(operations.backup, now) if operations else _unknown("Copia de seguridad", "shield"),
        _drill(operations.drill, now) if operations else _unknown("Prueba de la copia", "undo"),
        _ledger(integrity, operations.since if operations else None, now),
        _jobs(operations.jobs, now) if operations else _unknown("Tareas pendientes", "clock"),
    ]
    tones = [row.tone for row in (*services, *care)]
    if Tone.BAD in tones:
        return StatePage("Hay algo que no anda bien: está marcado abajo.", Tone.BAD, services, care)
    if Tone.WARN in tones:
        return StatePage("Funciona, pero hay algo para mirar.", Tone.WARN, services, care)
    return StatePage("Todo funciona y tus datos están a salvo.", Tone.GOOD, services, care)


def _service(name: str, peer: PeerState) -> Row:
    title, icon = _SERVICES[name]
    if peer.is_healthy:
        return Row(title, "Responde con normalidad.", Tone.GOOD, "Funciona", icon)
    if peer.state == "unhealthy":
        detail = f"Responde, pero no llega a los datos. Nada se pierde. {_CALL}"
        return Row(title, detail, Tone.BAD, "Sin datos", icon)
    detail = f"No responde. Lo demás sigue andando; lo que ya cargaste está guardado. {_CALL}"
    return Row(title, detail, Tone.BAD, "No responde", icon)


def _backup(run: OperationRun | None, now: datetime) -> Row:
    title, icon = "Copia de seguridad", "shield"
    if run is None:
        return Row(title, f"Todavía no se hizo ninguna. {_CALL}", Tone.WARN, "Falta", icon)
    if not run.ok:
        return Row(title, f"La última falló. {_last_good(run)} {_CALL}", Tone.BAD, "Falló", icon)
    if now - run.started_at > BACKUP_STALE:
        detail = f"La última es del {moment(run.started_at)}; debería haber una por noche. {_CALL}"
        return Row(title, detail, Tone.BAD, "Vieja", icon)
    closed = " Va cifrada." if run.is_encrypted else ""
    return Row(title, f"Se guardó {_when(run.started_at, now)}.{closed}", Tone.GOOD, "Al día", icon)


def _drill(run: OperationRun | None, now: datetime) -> Row:
    title, icon = "Prueba de la copia", "undo"
    if run is None:
        return Row(title, "Todavía no se probó devolver una copia.", Tone.WARN, "Falta", icon)
    if not run.ok:
        detail = f"Al probarla no volvió todo como estaba. {_last_good(run)} {_CALL}"
        return Row(title, detail, Tone.BAD, "Falló", icon)
    took = _duration(run.finished_at - run.started_at)
    if now - run.started_at > DRILL_STALE:
        detail = f"La última fue el {moment(run.started_at)}; debería haber una por semana."
        return Row(title, detail, Tone.WARN, "Vieja", icon)
    whose = f"la copia del {moment(run.of)}" if run.of else "la última copia"
    detail = (
        f"La hicimos {_when(run.started_at, now)}: devolvimos {whose} en {took} y "
        "volvió todo, sin mezclarse con otros negocios."
    )
    return Row(title, detail, Tone.GOOD, "Volvió todo", icon)


def _ledger(integrity: Integrity | None, since: datetime | None, now: datetime) -> Row:
    title, icon = "Control del stock", "box"
    if integrity is None:
        return _unknown(title, icon)
    check = integrity.last_nightly
    if check is None and (since is None or now - since > FIRST_DAY):
        detail = f"Debería hacerse cada noche y todavía no se hizo ninguno. {_CALL}"
        return Row(title, detail, Tone.WARN, "Falta", icon)
    if check is None:
        detail = "Cada noche volvemos a sumar todos los movimientos. Esta va a ser la primera."
        return Row(title, detail, Tone.GOOD, "Esta noche", icon)
    if check.wrong:
        detail = (
            f"{counted(check.wrong, 'saldo no coincide', 'saldos no coinciden')} con sus movimientos. {_CALL}"
        )
        return Row(title, detail, Tone.BAD, "No coincide", icon)
    if now - check.checked_at > LEDGER_STALE:
        detail = f"El último es del {moment(check.checked_at)}; debería haber uno por noche."
        return Row(title, detail, Tone.WARN, "Viejo", icon)
    detail = (
        f"Volvimos a sumar {counted(check.checked, 'saldo', 'saldos')} {_when(check.checked_at, now)}: "
        "coinciden con sus movimientos."
    )
    return Row(title, detail, Tone.GOOD, "Coincide", icon)


def _jobs(jobs: JobsState, now: datetime) -> Row:
    title, icon = "Tareas pendientes", "clock"
    if jobs.failed:
        detail = f"{counted(jobs.failed, 'tarea no se pudo', 'tareas no se pudieron')} hacer. {_CALL}"
        return Row(title, detail, Tone.WARN, "Para mirar", icon)
    if not jobs.waiting:
        return Row(title, "No hay nada esperando.", Tone.GOOD, "Al día", icon)
    waiting = counted(jobs.waiting, "tarea en curso o en espera", "tareas en curso o en espera")
    if jobs.oldest is not None and now - jobs.oldest > JOB_LATE:
        detail = f"{waiting}; la más vieja espera desde {ago(jobs.oldest, now)}."
        return Row(title, detail, Tone.WARN, "Demorado", icon)
    return Row(
        title, f"{waiting}: papeles que se leen, stock que se actualiza.", Tone.GOOD, "Trabajando", icon
    )


def _unknown(title: str, icon: str) -> Row:
    return Row(title, "No lo pudimos averiguar ahora. Probá en un rato.", Tone.WARN, "No se sabe", icon)


def _last_good(run: OperationRun) -> str:
    return (
        f"La última buena es del {moment(run.last_good_at)}." if run.last_good_at else "No hay ninguna buena."
    )


def _when(instant: datetime, now: datetime) -> str:
    return f"{ago(instant, now)} ({moment(instant)})"


def _duration(time: timedelta) -> str:
    seconds = max(1, round(time.total_seconds()))
    if seconds < 120:  # noqa: PLR2004  two minutes
        return counted(seconds, "segundo", "segundos")
    return f"{number(seconds // 60)} minutos"
