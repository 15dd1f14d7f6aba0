"""A new installation gets its first organisation and its reference data, once however often it is asked."""

import asyncio
import json
import re
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from agente_negocio.main import build
from scripts.demo.published import DEMO_CUIT, DEMO_ORGANISATION_ID, DEMO_PASSWORD, DEMO_USERNAME
from scripts.demo.shop.people import ORGANISATION
from scripts.production.initial import passwords, seed_command, setup_command
from scripts.production.initial.reference import categories
from shared.config.settings import Settings
from shared.kernel.cuit import parse_cuit
from tests.integration.conftest import Serve

PASSWORD = "correct horse battery"
SHOP = ("--cuit", "30-71234567-1", "--name", "Almacén Güemes", "--owner-name", "Marta Gómez")
OWNER = ("--owner-email", "marta@almacen-guemes.com.ar")


def rows(database_url: str, query: str, *values: object) -> list[Any]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(query, values or None).fetchall()


def said(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    captured = capsys.readouterr()
    told: dict[str, Any] = json.loads(captured.out.splitlines()[-1])
    return told, captured.err


def set_up(*more: str) -> int:
    return setup_command.main([*SHOP, *OWNER, *more])


class TestSetup:
    def test_it_makes_organisation_owner_branch_and_location_once(
        self, production: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)

        first = set_up()
        told, spoken = said(capsys)
        second = set_up()
        again, _ = said(capsys)

        assert (first, second) == (0, 0)
        assert told["made"] == ["organisation", "owner", "branch", "location"]
        assert again["made"] == []
        assert again["organisation_id"] == told["organisation_id"]
        assert again["location_ids"] == told["location_ids"]
        assert rows(production, "SELECT name, cuit, is_demo FROM auth.organisation") == [
            ("Almacén Güemes", "30712345671", False)
        ]
        assert rows(production, "SELECT role, branch_ids FROM auth.membership") == [("owner", None)]
        assert rows(production, "SELECT kind, name FROM deposito.location") == [("shop", "Casa central")]
        assert PASSWORD not in spoken

    async def test_the_password_made_up_is_shown_once_and_signs_in(
        self, production: str, settings: Settings, serve: Serve, capsys: pytest.CaptureFixture[str]
    ) -> None:
        # The command runs a loop of its own.
        code = await asyncio.to_thread(set_up)
        _, spoken = said(capsys)
        again = await asyncio.to_thread(set_up)
        _, spoken_again = said(capsys)

        found = re.search(r"Password +(\S+)", spoken)
        assert (code, again) == (0, 0)
        assert found
        assert "Password" not in spoken_again
        told = settings.model_copy(update={"database_url": SecretStr(production)})
        async with serve(build(told)) as client:
            body = {"email": "marta@almacen-guemes.com.ar", "password": found[1]}
            answer = await client.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200

    def test_a_run_that_was_cut_off_is_completed(
        self, production: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_up()
        with psycopg.connect(production) as connection:
            connection.execute("DELETE FROM deposito.location")
        said(capsys)

        assert set_up() == 0

        assert said(capsys)[0]["made"] == ["location"]

    def test_somebody_who_signs_in_already_keeps_that_password(
        self, production: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_up()
        before = rows(production, "SELECT password_hash FROM auth.person")
        said(capsys)

        code = setup_command.main(
            ["--cuit", "20-30555666-2", "--name", "Kiosco", "--owner-name", "Marta", *OWNER]
        )

        told, spoken = said(capsys)
        assert (code, told["made"][:2]) == (0, ["organisation", "membership"])
        assert "Password" not in spoken
        assert rows(production, "SELECT password_hash FROM auth.person") == before
        assert len(rows(production, "SELECT 1 FROM auth.membership")) == 2

    def test_a_dry_run_makes_nothing(self, production: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert set_up("--dry-run") == 0

        assert said(capsys)[0]["exists"] is False
        assert rows(production, "SELECT 1 FROM auth.organisation") == []

    @pytest.mark.parametrize(
        ("password", "more"),
        [
            (DEMO_PASSWORD, ()),
            ("clave1234567", ()),
            ("short", ()),
            (PASSWORD, ("--owner-username", DEMO_USERNAME)),
            (PASSWORD, ("--cuit", ORGANISATION.cuit)),
            (PASSWORD, ("--cuit", "30-71234567-2")),
            (PASSWORD, ("--owner-email", "nobody")),
            (PASSWORD, ("--name", "")),
        ],
    )
    def test_the_demos_sign_in_and_nonsense_are_refused(
        self, production: str, monkeypatch: pytest.MonkeyPatch, password: str, more: tuple[str, ...]
    ) -> None:
        monkeypatch.setenv("OWNER_PASSWORD", password)

        assert set_up(*more) == 2

        assert rows(production, "SELECT 1 FROM auth.organisation") == []

    def test_a_database_with_the_demo_is_no_production(self, production: str) -> None:
        insert_demo(production)

        assert set_up() == 2

    def test_a_database_without_tables_is_told_what_to_run(
        self,
        production: str,
        empty_database_url: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert production
        monkeypatch.setenv("DATABASE_URL", empty_database_url)

        assert set_up() == 1

        assert "python -m scripts.migrations.run" in said(capsys)[1]

    def test_missing_variables_are_named(
        self, production: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert production
        monkeypatch.delenv("REDIS_URL")

        assert set_up() == 2
        assert "REDIS_URL is not set" in said(capsys)[1]


class TestSeed:
    def test_it_adds_what_is_missing_and_nothing_twice(
        self, production: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_up()
        seed = ["--organisation", "30712345671"]
        said(capsys)

        planned = seed_command.main([*seed, "--dry-run"]), said(capsys)[0]
        first = seed_command.main(seed), said(capsys)[0]
        second = seed_command.main(seed), said(capsys)[0]

        names = {f"{one.parent} / {one.name}" if one.parent else one.name for one in categories()}
        assert (planned[0], first[0], second[0]) == (0, 0, 0)
        assert set(planned[1]["organisations"][0]["added"]) == names
        assert set(first[1]["organisations"][0]["added"]) == names
        assert second[1]["organisations"][0]["added"] == []
        assert rows(production, "SELECT count(*) FROM deposito.category") == [(len(names),)]
        assert rows(
            production,
            "SELECT p.name FROM deposito.category AS c JOIN deposito.category AS p ON p.id = c.parent_id"
            " WHERE c.name = 'Gaseosas'",
        ) == [("Bebidas sin alcohol",)]

    def test_what_people_have_named_or_archived_stays_as_it_is(
        self, production: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_up()
        organisation_id = said(capsys)[0]["organisation_id"]
        with psycopg.connect(production) as connection:
            insert = "INSERT INTO deposito.category (organisation_id, name, archived_at) VALUES (%s, %s, %s)"
            connection.execute(insert, [organisation_id, "PANADERIA", None])
            connection.execute(insert, [organisation_id, "Mascotas", "2026-01-01T00:00Z"])
            connection.execute(insert, [organisation_id, "Limpieza", "2026-01-01T00:00Z"])

        seed_command.main(["--organisation", organisation_id])

        added = said(capsys)[0]["organisations"][0]["added"]
        assert not {"Panadería", "Mascotas", "Limpieza", "Limpieza / Papel"} & set(added)
        assert rows(production, "SELECT count(*) FROM deposito.category WHERE name = 'Papel'") == [(0,)]

    def test_all_means_those_without_any_and_never_the_demo(
        self, production: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_up()
        insert_demo(production)
        said(capsys)

        seed_command.main(["--all"])
        first = said(capsys)[0]
        seed_command.main(["--all"])

        assert [one["name"] for one in first["organisations"]] == ["Almacén Güemes"]
        assert said(capsys)[0]["organisations"] == []

    def test_the_demo_is_refused_in_production(self, production: str) -> None:
        insert_demo(production)

        assert seed_command.main(["--demo"]) == 2
        assert seed_command.main(["--organisation", str(DEMO_ORGANISATION_ID)]) == 2
        assert seed_command.main([]) == 2
        assert rows(production, "SELECT 1 FROM deposito.category") == []

    def test_elsewhere_the_demo_is_what_its_own_loader_fills(
        self, production: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert production
        monkeypatch.setenv("ENVIRONMENT", "demo")

        assert seed_command.main(["--demo", "--dry-run"]) == 0
        assert said(capsys)[0]["demo"] is True


def test_the_demos_cuit_is_the_one_that_is_refused() -> None:
    assert parse_cuit(ORGANISATION.cuit) == DEMO_CUIT


def test_made_up_passwords_pass_their_own_check() -> None:
    for _ in range(50):
        passwords.check(passwords.first_password({}).text)


def insert_demo(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO auth.organisation (organisation_id, name, cuit, iva_condition, cost_basis, is_demo)"
            " VALUES (%s, 'Demo', '30712345671', 'monotributo', 'gross', true)",
            [DEMO_ORGANISATION_ID],
        )
