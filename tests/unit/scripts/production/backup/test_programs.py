"""What an address says of a connection reaches pg_dump, and nothing else of the environment does."""

import pytest

from scripts.production.backup.programs import connection_environment


def test_nothing_that_makes_a_connection_safe_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    address = (
        "postgresql://u:p%20w@h:5433/d?sslmode=verify-full&sslrootcert=/ca&sslcert=/c&sslkey=/k"
        "&channel_binding=require&connect_timeout=5&target_session_attrs=read-write"
    )

    told = {name: value for name, value in connection_environment(address).items() if name.startswith("PG")}

    assert told == {
        "PGHOST": "h",
        "PGPORT": "5433",
        "PGUSER": "u",
        "PGPASSWORD": "p w",
        "PGDATABASE": "d",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/ca",
        "PGSSLCERT": "/c",
        "PGSSLKEY": "/k",
        "PGCHANNELBINDING": "require",
        "PGCONNECT_TIMEOUT": "5",
        "PGTARGETSESSIONATTRS": "read-write",
        "PGAPPNAME": "gondola-backup",
    }
