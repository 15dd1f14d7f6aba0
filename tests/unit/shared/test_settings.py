"""Settings: addresses for each driver, and the secrets that are refused."""

import pytest
from pydantic import ValidationError

from shared.config.settings import Settings, with_driver

GOOD = {
    "secret_key": "s" * 40,
    "jwt_secret_key": "j" * 40,
    "database_url": "postgres://u:p@db.example:5432/shop?sslmode=require",
    "redis_url": "redis://localhost:6379",
}


def test_each_driver_gets_tls_in_its_own_word() -> None:
    url = "postgres://u:p@db.example:5432/shop?application_name=sslmode&sslmode=verify-full"

    assert with_driver(url, "asyncpg").endswith("?application_name=sslmode&ssl=verify-full")
    assert with_driver(url, "psycopg").endswith("?application_name=sslmode&sslmode=verify-full")
    assert with_driver(url, None) == url.replace("postgres:", "postgresql:")


@pytest.mark.parametrize("name", ["secret_key_previous", "jwt_secret_key_previous"])
def test_a_previous_secret_is_as_long_as_any(name: str) -> None:
    assert getattr(Settings.model_validate(GOOD | {name: "p" * 32}), name)

    with pytest.raises(ValidationError, match=f"{name.upper()} must have at least 32"):
        Settings.model_validate(GOOD | {name: "short"})
