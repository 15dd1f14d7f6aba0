"""Steps of a rotation: only in order, only on the key they began with, and old keys not too early."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scripts.production import env_file
from scripts.production.console import RefusedError
from scripts.production.rotation import notes, steps
from scripts.production.rotation.command import main, railway_commands
from scripts.production.rotation.steps import KEYS, Plan, Rotation

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
JWT, SECRET = KEYS["JWT_SECRET_KEY"], KEYS["SECRET_KEY"]
OLD, NEW = {"JWT_SECRET_KEY": "old"}, "new"


def begun() -> Rotation:
    rotation = steps.generate(JWT, OLD, None, NEW, NOW).rotation
    assert rotation
    return rotation


def staged() -> tuple[dict[str, str], Rotation]:
    plan = steps.stage(JWT, OLD, begun(), NOW)
    assert plan.rotation
    return OLD | {name: value for name, value in plan.changes.items() if value}, plan.rotation


def promoted() -> tuple[dict[str, str], Rotation]:
    values, rotation = staged()
    plan = steps.promote(JWT, values, rotation, NOW)
    assert plan.rotation
    return values | {name: value for name, value in plan.changes.items() if value}, plan.rotation


def test_the_new_key_is_believed_before_it_signs_and_the_old_one_after() -> None:
    assert staged()[0] == {"JWT_SECRET_KEY": "old", "JWT_SECRET_KEY_PREVIOUS": "new"}
    assert promoted()[0] == {"JWT_SECRET_KEY": "new", "JWT_SECRET_KEY_PREVIOUS": "old"}


@pytest.mark.parametrize(("key", "life"), [(JWT, timedelta(minutes=30)), (SECRET, timedelta(days=30))])
def test_an_old_key_is_not_retired_before_what_it_made_has_ended(key: steps.Key, life: timedelta) -> None:
    values = {key.variable: "new", key.previous: "old"}
    rotation = Rotation(steps.Step.PROMOTED, "new", steps.fingerprint("old"), NOW)

    with pytest.raises(RefusedError, match="retire it from"):
        steps.retire(key, values, rotation, NOW + life - timedelta(minutes=1), at_once=False)
    early = steps.retire(key, values, rotation, NOW, at_once=True)
    late = steps.retire(key, values, rotation, NOW + life + timedelta(minutes=15), at_once=False)

    assert early.changes == late.changes == {key.previous: None}
    assert key.signs in early.invalidates
    assert late.invalidates == steps.NOTHING


def test_no_step_is_taken_out_of_order() -> None:
    values, rotation = staged()

    refused: list[Callable[[], Plan]] = [
        lambda: steps.stage(JWT, OLD, None, NOW),
        lambda: steps.stage(JWT, values, rotation, NOW),
        lambda: steps.promote(JWT, OLD, begun(), NOW),
        lambda: steps.promote(JWT, OLD, rotation, NOW),
        lambda: steps.retire(JWT, values, rotation, NOW, at_once=True),
        lambda: steps.generate(JWT, OLD, rotation, "newer", NOW),
        lambda: steps.generate(JWT, values, None, "newer", NOW),
        lambda: steps.generate(JWT, {}, None, "newer", NOW),
    ]
    for step in refused:
        with pytest.raises(RefusedError):
            step()


def test_a_key_that_somebody_changed_meanwhile_is_not_overwritten() -> None:
    values, rotation = staged()

    with pytest.raises(RefusedError, match="somebody changed it"):
        steps.stage(JWT, {"JWT_SECRET_KEY": "theirs"}, begun(), NOW)
    with pytest.raises(RefusedError, match="somebody changed it"):
        steps.promote(JWT, values | {"JWT_SECRET_KEY": "theirs"}, rotation, NOW)


def test_a_promotion_that_was_cut_off_before_its_note_is_finished() -> None:
    values, _ = promoted()

    plan = steps.promote(JWT, values, staged()[1], NOW)

    assert plan.changes == {}
    assert plan.rotation == promoted()[1]


def test_a_leaked_key_leaves_nothing_behind() -> None:
    plan = steps.replace(JWT, {"JWT_SECRET_KEY": "leaked", "JWT_SECRET_KEY_PREVIOUS": "older"}, NEW)

    assert plan.changes == {"JWT_SECRET_KEY": "new", "JWT_SECRET_KEY_PREVIOUS": None}
    assert plan.rotation is None


def test_no_command_for_railway_holds_a_value(tmp_path: Path) -> None:
    commands = railway_commands({"SECRET_KEY": "x y", "B": None}, ["agente-negocio", "ml"], tmp_path)

    read = f"--skip-deploys < {tmp_path}/SECRET_KEY"
    assert commands == [
        f"railway variable set SECRET_KEY --stdin --service agente-negocio {read}",
        "railway variable delete B --service agente-negocio",
        f"railway variable set SECRET_KEY --stdin --service ml {read}",
        "railway variable delete B --service ml",
        f"rm -r {tmp_path}",
    ]


def test_shared_variables_are_told_and_the_others_set_for_everybody(tmp_path: Path) -> None:
    changes = {"SECRET_KEY": "new", "SECRET_KEY_PREVIOUS": "old"}

    shared, *others, _end = railway_commands(changes, [], tmp_path)

    assert shared == f"# Project Settings, Shared Variables: SECRET_KEY, as in {tmp_path}/SECRET_KEY"
    services = [command.split("--service ")[1].split()[0] for command in others]
    assert {"web-dashboard", "agente-negocio", "agente-deposito", "ml", "ml-worker"} <= set(services)
    assert not {"single", "backup", "migrator"} & set(services)
    assert all("variable set SECRET_KEY_PREVIOUS --stdin" in command for command in others)


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / ".env"
        path.write_text(f"# ours\nSECRET_KEY={'s' * 40}\nJWT_SECRET_KEY={'j' * 40}\nPORT=8080\n")
        return path

    def test_a_whole_rotation_leaves_two_new_keys_and_no_note(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        codes = [main([step, "--env-file", str(file)]) for step in ("generate", "stage", "promote", "status")]
        early = main(["retire", "--env-file", str(file)])
        codes.append(main(["retire", "--env-file", str(file), "--now"]))

        values = env_file.read(file)
        assert (codes, early) == ([0] * 5, 2)
        assert set(values) == {"SECRET_KEY", "JWT_SECRET_KEY", "PORT"}
        assert len({values["SECRET_KEY"], values["JWT_SECRET_KEY"], "s" * 40, "j" * 40}) == 4
        assert [path.name for path in file.parent.iterdir()] == [".env"]
        said = capsys.readouterr()
        last = json.loads(said.out.splitlines()[-1])
        assert (last["script"], last["ok"], last["step"]) == ("rotate_secrets", True, "retire")
        assert not any(value in said.out + said.err for value in values.values() if len(value) > 8)

    def test_a_dry_run_changes_nothing(self, file: Path) -> None:
        before = file.read_text()

        assert main(["replace", "--env-file", str(file), "--dry-run"]) == 0
        assert main(["generate", "--env-file", str(file), "--dry-run"]) == 0

        assert file.read_text() == before
        assert [path.name for path in file.parent.iterdir()] == [".env"]

    def test_the_note_is_its_owners_alone_and_a_foreign_one_is_refused(self, file: Path) -> None:
        main(["generate", "--env-file", str(file)])
        note = file.with_name(".env.rotation")
        assert note.stat().st_mode & 0o777 == 0o600

        note.write_text('{"SECRET_KEY": {"step": "done"}}')

        assert main(["stage", "--env-file", str(file)]) == 2

    def test_for_railway_values_lie_in_files_of_their_owner(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", "s" * 40)
        monkeypatch.setenv("JWT_SECRET_KEY", "j" * 40)
        note = tmp_path / "note" / "rotation.json"

        assert main(["replace", "--railway", "--note", str(note), "--only", "SECRET_KEY"]) == 0

        file = note.parent / "rotation.values" / "SECRET_KEY"
        assert len(file.read_text()) == 64
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        said = capsys.readouterr()
        assert file.read_text() not in said.out + said.err
        assert f"SECRET_KEY, as in {file}" in said.out

    def test_two_rotations_do_not_work_side_by_side(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with notes.alone(file.with_name(".env.rotation")):
            assert main(["generate", "--env-file", str(file)]) == 2

        assert "another rotation is at work" in capsys.readouterr().out
        assert main(["generate", "--env-file", str(file)]) == 0

    def test_what_is_called_wrongly_ends_with_a_summary_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["generate"]) == 2

        assert json.loads(capsys.readouterr().out.splitlines()[-1])["ok"] is False
