"""Failures of the database as problem answers; apart, because one service has none."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.web.errors import busy, problem, unexpected

log = structlog.get_logger()

# SQLSTATE of failures that are nobody's fault and pass: deadlock, serialisation, lock or statement timeout,
# server shutting down, too many connections.
_PASSING = {"40P01", "40001", "55P03", "57014", "57P01", "57P03", "53300"}
# 22000 is also what the driver says of a value that its type cannot hold.
_BAD_VALUES = {"22000", "22003", "22021", "22P05", "22008", "22P02", "22001", "23514", "23502", "23503"}
_UNIQUE = "23505"


def install_database_error_handlers(app: FastAPI) -> None:
    """Answer what the database refuses with a problem."""
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(PoolTimeoutError, busy)


def _database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)  # noqa: S101  registered for this type
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate == _UNIQUE:
        return problem(request, status=409, code="conflict")
    if sqlstate in _BAD_VALUES:
        log.warning("request.bad_value", sqlstate=sqlstate, error=str(error.orig))
        return problem(request, status=422, code="request.invalid")
    if sqlstate in _PASSING or error.connection_invalidated:
        return busy(request, error)
    return unexpected(request, error)
