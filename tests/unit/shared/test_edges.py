"""Names and cursors, settings, keys of tokens: what needs no server."""

import asyncio

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from shared.clients.base import PeerUnavailableError
from shared.config.settings import Settings
from shared.security import people_keys
from shared.security.keys import derive_key, to_jwk
from shared.security.people_keys import FetchedKeys
from shared.web.paging import BadCursorError, decode_cursor, encode_cursor
from shared.web.schemas import Name

NAMES = TypeAdapter(Name)
KEY = derive_key("a secret of tests", purpose="people")
SECRETS = {
    "secret_key": "test-secret-key-of-no-value-0123456789",
    "jwt_secret_key": "test-jwt-key-of-no-value-9876543210-abc",
    "database_url": "postgresql://nobody@127.0.0.1:1/none",
    "redis_url": "redis://127.0.0.1:1/0",
}


@pytest.mark.parametrize(
    "name", ["Yerba\tMate", "Yerba\u00a0Mate", "Yerba\u200bMate", "\u202eMate", "ñandú 🧉"]
)
def test_whatever_a_name_holds_its_cursor_can_be_continued(name: str) -> None:
    assert decode_cursor(encode_cursor(name, "1"), parts=2) == (name, "1")


@pytest.mark.parametrize("key", ["a\x00b", "\ud800"])
def test_what_no_database_text_holds_is_no_cursor(key: str) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor(encode_cursor(key), parts=1)


@pytest.mark.parametrize(
    "given",
    ["  Yerba Mate ", "Yerba\t\n Mate", "Yerba\u00a0Mate", "Yerba\u2003\u2009Mate", "\ufeffYerba Ma\u200bte"],
)
def test_names_that_look_alike_are_alike(given: str) -> None:
    assert NAMES.validate_python(given) == "Yerba Mate"


@pytest.mark.parametrize("given", ["", " \u00a0\t", "\u200b", "x" * 201, "a\x00b", "\ud800", 7])
def test_what_is_no_name_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        NAMES.validate_python(given)


def test_names_tell_their_length_in_openapi() -> None:
    assert NAMES.json_schema() == {"type": "string", "minLength": 1, "maxLength": 200}


def test_debug_says_more_but_not_in_production() -> None:
    shop = Settings.model_validate(SECRETS | {"debug": True})
    production = Settings.model_validate(SECRETS | {"debug": True, "environment": "production"})

    assert (shop.is_debugging, shop.effective_log_level) == (True, "DEBUG")
    assert (production.is_debugging, production.effective_log_level) == (False, "INFO")


@pytest.mark.parametrize(
    "wrong",
    [
        {"afip_cuit": "20-12345678-9"},
        {"cuit_empresa": "123"},
        {"afip_environment": "moon"},
        {"mlflow_tracking_uri": "nowhere"},
    ],
)
def test_settings_of_what_comes_later_are_checked_already(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings.model_validate(SECRETS | wrong)


def test_a_variable_left_empty_was_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SECRETS, "afip_cuit": "", "openai_api_key": "", "port": ""}.items():
        monkeypatch.setenv(name.upper(), value)

    settings = Settings()

    assert (settings.afip_cuit, settings.openai_api_key, settings.port) == (None, None, None)


class Negocio:
    """Answers the question for keys, or is away; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_away = False

    async def answer(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json={"keys": [to_jwk(KEY)]})


async def test_many_requests_ask_for_keys_once() -> None:
    negocio = Negocio()
    async with httpx.AsyncClient(transport=httpx.MockTransport(negocio.answer)) as http:
        keys = FetchedKeys(http, "http://negocio")
        found = await asyncio.gather(*(keys(KEY.key_id) for _ in range(20)))

    assert all(found)
    assert negocio.asked == 1


async def test_an_absent_negocio_is_asked_again_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    negocio = Negocio()
    negocio.is_away = True
    async with httpx.AsyncClient(transport=httpx.MockTransport(negocio.answer)) as http:
        keys = FetchedKeys(http, "http://negocio")
        nothing = await asyncio.gather(*(keys(KEY.key_id) for _ in range(20)), return_exceptions=True)
        asked = negocio.asked
        negocio.is_away = False
        monkeypatch.setattr(people_keys, "_SECONDS_BETWEEN_FETCHES", 0)
        found = await keys(KEY.key_id)

    assert {type(answer) for answer in nothing} == {PeerUnavailableError}
    assert asked == 1
    assert found is not None


async def test_an_absent_negocio_makes_nobody_a_stranger_whose_key_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    negocio = Negocio()
    async with httpx.AsyncClient(transport=httpx.MockTransport(negocio.answer)) as http:
        monkeypatch.setattr(people_keys, "_SECONDS_BETWEEN_FETCHES", 0)
        keys = FetchedKeys(http, "http://negocio")
        unknown = await keys("another")
        negocio.is_away = True
        with pytest.raises(PeerUnavailableError):
            await keys("another")
        known = await keys(KEY.key_id)

    assert unknown is None
    assert known is not None
