"""The database schema this code was written for."""

SCHEMA_REVISION = "0016_kinds_checked"


def is_served_by(database_revision: str | None) -> bool:
    """Whether a database at that revision has everything this code needs.

    Migrations are numbered and each works with the code before it, so any later one serves too.
    """
    if database_revision is None:
        return False
    return _number(database_revision) >= _number(SCHEMA_REVISION)


def _number(revision: str) -> int:
    return int(revision.split("_", 1)[0])
