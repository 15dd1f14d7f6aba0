"""The commands for places that are not here: Compose and systemd, held against the files they belong to."""

import subprocess
from pathlib import Path

import pytest
import yaml

from scripts.production.console import RefusedError
from scripts.production.images import IMAGES
from scripts.production.processes import ROOT
from scripts.production.switching import command
from scripts.production.switching.actions import Change, Link, Operator, Run
from scripts.production.switching.colours import COLOURS, MEMBERS, Group
from scripts.production.switching.compose import STATE, Compose
from scripts.production.switching.machine import Processes, Systemd
from scripts.production.switching.options import host_of, parser_of

GROUPS: tuple[Group, Group] = ("web", "workers")
COMPOSE_FILE = yaml.safe_load((ROOT / "docker-compose.production.yml").read_text())
SYSTEMD = ROOT / "deploy" / "systemd"
COMPOSE = Compose(Path(".env.production"), STATE, "https://app.example.com")
FILES = "--env-file .env.production --env-file var/nginx/colours.env -f docker-compose.production.yml"
ASKED = f"docker compose {FILES}"


def words(action: object) -> str:
    assert isinstance(action, Run)
    return " ".join(action.words)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    for colour in COLOURS:
        (tmp_path / colour).mkdir()
        for file in (SYSTEMD / colour).iterdir():
            (tmp_path / colour / file.name).write_text(file.read_text())
    (tmp_path / "production.env").write_text("SECRET_KEY=hush\nPUBLIC_URL=https://app.example.com\n")
    return tmp_path


def systemd(settings: Path) -> Systemd:
    return Systemd(
        home=Path("/opt/gondola"),
        settings=settings,
        environment_file=settings / "production.env",
        address="https://app.example.com",
        nginx="nginx",
        prefix=Path("/run/gondola-nginx"),
    )


class TestCompose:
    @pytest.mark.parametrize("colour", COLOURS)
    def test_every_service_it_names_is_in_the_file_with_that_colour(self, colour: str) -> None:
        for group in GROUPS:
            (start,) = COMPOSE.start("blue" if colour == "blue" else "green", group)
            assert words(start).startswith(f"{ASKED} up --detach --no-build --no-deps ")
            for name in words(start).split()[-len(MEMBERS[group]) :]:
                service = COMPOSE_FILE["services"][name]
                assert service["profiles"] == [colour]
                assert service["environment"]["SERVICE"] == name.removesuffix(f"-{colour}")
                assert f":${{{colour.upper()}_VERSION:" in service["image"]

    def test_stopping_and_asking_name_the_same(self) -> None:
        (stop,) = COMPOSE.stop("green", "workers")
        ready = COMPOSE.ready("green", "workers")

        assert words(stop).endswith("stop negocio-worker-green deposito-worker-green ml-worker-green")
        assert [words(command).removeprefix(f"{ASKED} exec -T ") for command in ready.values()] == [
            f"{name}-green python -m scripts.production.probe" for name in MEMBERS["workers"]
        ]

    def test_the_migrator_is_the_new_one(self) -> None:
        (migrate,) = COMPOSE.migrate("c0ffee")

        assert words(migrate) == f"env MIGRATOR_VERSION=c0ffee {ASKED} run --rm --no-deps migrator"
        assert "${MIGRATOR_VERSION:-" in COMPOSE_FILE["services"]["migrator"]["image"]

    def test_what_is_noted_are_variables_of_the_file(self) -> None:
        assert list(COMPOSE.place("green", "c0ffee")) == [
            Change(Path("var/nginx/colours.env"), {"GREEN_VERSION": "c0ffee"})
        ]
        assert list(COMPOSE.mark("green", "c0ffee")) == [
            Change(Path("var/nginx/colours.env"), {"ACTIVE_COLOUR": "green", "RELEASE": "c0ffee"})
        ]

    def test_a_colour_is_looked_at_from_within(self) -> None:
        (direct,) = COMPOSE.verify("green", "c0ffee", through=None)
        (outside,) = COMPOSE.verify("green", "c0ffee", through=COMPOSE.address)

        within = f"{ASKED} exec -T agente-negocio-green env DASHBOARD_URL=http://web-dashboard-green:8080 "
        look = f"{within}python -m scripts.production.verification --expect-commit c0ffee"
        assert words(direct) == look
        assert words(outside) == f"{look} --one-address https://app.example.com"

    def test_nginx_is_asked_where_it_runs(self) -> None:
        nginx = COMPOSE_FILE["services"]["nginx"]
        proxy = COMPOSE.proxy

        assert f"-p {proxy.prefix} -c {proxy.folder}/nginx.conf" in nginx["command"][-1]
        assert f"ln -sf {proxy.state_within}/active.conf {proxy.folder}/active.conf" in nginx["command"][-1]
        assert f"./{STATE}:{proxy.state_within}:ro" in nginx["volumes"]
        assert f"--env-file {COMPOSE.colours_file} " in (ROOT / "scripts" / "gondola").read_text()
        assert words(proxy.reload).startswith(f"{ASKED} exec -T nginx nginx -p /run/nginx/ ")
        assert words(proxy.reload).endswith("-s reload")


class TestSystemd:
    @pytest.mark.parametrize("group", GROUPS)
    def test_units_are_those_of_the_target(self, settings: Path, group: Group) -> None:
        (start,) = systemd(settings).start("green", group)
        target = (SYSTEMD / "gondola-green.target").read_text()

        units = words(start).split()[2:]
        assert len(units) == len(MEMBERS[group])
        assert all(f"Wants={unit}\n" in target for unit in units)

    def test_only_the_colour_in_use_comes_up_with_the_machine(self, settings: Path) -> None:
        (beforehand,) = systemd(settings).enable("green")
        link, enable, disable = systemd(settings).mark("green", None)

        assert isinstance(link, Link)
        assert link.path == Path("/opt/gondola/current")
        assert words(beforehand) == words(enable) == "systemctl enable --quiet gondola-green.target"
        assert words(disable) == "systemctl disable --quiet gondola-blue.target"

    def test_the_new_release_migrates_as_its_user_with_its_settings(self, settings: Path) -> None:
        (migrate,) = systemd(settings).migrate("c0ffee")

        assert words(migrate).startswith("systemd-run --wait --pipe --collect --quiet ")
        assert f"--property=EnvironmentFile={settings}/production.env" in words(migrate)
        assert words(migrate).endswith("/opt/gondola/releases/c0ffee/scripts/start-production.sh migrator")
        assert "--property=User=gondola-jobs " in words(migrate)
        assert "User=gondola-jobs\n" in (SYSTEMD / "gondola-job@.service").read_text()

    def test_processes_are_asked_on_their_ports_and_no_secret_is_shown(self, settings: Path) -> None:
        ready = systemd(settings).ready("green", "web")["ml"]
        (look,) = systemd(settings).verify("green", "c0ffee", through=None)

        assert (ready.environment["PORT"], ready.environment["SERVICE"]) == ("8203", "ml")
        assert isinstance(look, Run)
        assert look.environment["DASHBOARD_URL"] == "http://127.0.0.1:8200"
        assert look.environment["ML_URL"] == "http://127.0.0.1:8203"
        assert "hush" not in f"{look}{look!r}{ready!r}"

    def test_its_proxy_is_the_one_of_the_unit(self, settings: Path) -> None:
        unit = (SYSTEMD / "gondola-nginx.service").read_text()
        proxy = systemd(settings).proxy

        assert words(proxy.reload) == "systemctl reload gondola-nginx"
        assert f"-p {proxy.prefix} " in unit
        assert f"RuntimeDirectory={Path(proxy.prefix).name}\n" in unit


class TestImages:
    @pytest.fixture
    def compose(self, tmp_path: Path) -> Compose:
        """With an engine that has the images of c0ffee, but for what a file lists as gone."""
        (tmp_path / "gone").touch()
        (tmp_path / ".env.production").write_text("IMAGE_PREFIX=ghcr.io/shop\n")
        engine = tmp_path / "engine"
        engine.write_text(
            '#!/bin/sh\ntest "$1 $2" = "image inspect" || exit 9\n'
            'case "$3" in ghcr.io/shop/*:c0ffee) ! grep -q "$3" "${0%/*}/gone" ;; *) false ;; esac\n'
        )
        engine.chmod(0o755)
        return Compose(tmp_path / ".env.production", tmp_path, "", str(engine))

    def test_what_is_built_is_what_is_run(self, compose: Compose) -> None:
        (build,) = compose.build("c0ffee")

        assert words(build).endswith("/build-production.sh --images --prefix ghcr.io/shop")

    def test_a_release_whose_images_are_here_is_taken(self, compose: Compose) -> None:
        compose.check("c0ffee")

    @pytest.mark.parametrize("name", sorted(set(IMAGES) - {"platform"}))
    def test_a_release_of_which_an_image_would_be_fetched_is_refused(
        self, compose: Compose, name: str
    ) -> None:
        (compose.state / "gone").write_text(f"ghcr.io/shop/{name}:c0ffee\n")

        with pytest.raises(RefusedError, match=f"not on this machine: ghcr.io/shop/{name}:c0ffee; "):
            compose.check("c0ffee")

    def test_what_a_colour_was_placed_at_is_what_it_is_started_from(self, compose: Compose) -> None:
        assert compose.placed("green") is None

        Operator().do(compose.place("green", "c0ffee"))

        assert compose.placed("green") == "c0ffee"
        assert compose.placed("blue") is None


class TestOptions:
    @pytest.mark.parametrize(
        "wrong",
        [
            *(["--drain-seconds", given] for given in ("nan", "-1", "inf", "soon")),
            *(["--ready-seconds", given] for given in ("nan", "-1")),
            *(["--release", given] for given in ("../../x;rm", "c0ffee", "C" * 40, "c" * 41, "latest", "")),
        ],
    )
    def test_what_makes_no_sense_is_refused_before_anything_is_done(self, wrong: list[str]) -> None:
        given = [*wrong, *([] if "--release" in wrong else ["--build"])]

        with pytest.raises(RefusedError, match=wrong[0]):
            command.main([*given, "--dry-run", "--environment-file", "/not/there"])

    @pytest.mark.parametrize("name", ["ACTIVE_COLOUR", "BLUE_VERSION", "GREEN_VERSION", "RELEASE"])
    def test_a_shell_that_would_have_compose_start_another_version_is_refused(
        self, settings: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv(name, "green")
        options = parser_of("", "").parse_args(["--environment-file", str(settings / "production.env")])

        with pytest.raises(RefusedError, match=f"unset {name}"):
            host_of(options)

    def test_containers_have_to_reach_the_address_too(
        self, settings: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PUBLIC_URL", raising=False)
        (settings / "bare.env").write_text("LOG_LEVEL=INFO\n")
        parser = parser_of("deploy-zero-downtime", "")

        told = host_of(parser.parse_args(["--environment-file", str(settings / "production.env")]))
        assert told.address == "https://app.example.com"
        bare = ["--environment-file", str(settings / "bare.env")]
        with pytest.raises(RefusedError, match="set PUBLIC_URL"):
            host_of(parser.parse_args(bare))
        given = host_of(parser.parse_args([*bare, "--address", "http://192.168.0.2/"]))
        assert (given.address, given.proxy.state) == ("http://192.168.0.2", STATE)


class TestReleases:
    def test_what_a_colour_was_placed_at_is_where_its_link_leads(
        self, settings: Path, tmp_path: Path
    ) -> None:
        home = tmp_path / "home"
        home.mkdir()
        machine = Processes(home, settings, None, "", "nginx", tmp_path)
        assert machine.placed("green") is None

        Operator().do(machine.place("green", "c0ffee"))

        assert machine.placed("green") == "c0ffee"

    def test_only_a_whole_build_is_taken(self, settings: Path, tmp_path: Path) -> None:
        machine = Processes(tmp_path, settings, None, "", "nginx", tmp_path)
        folder = machine.release("c0ffee")
        folder.mkdir(parents=True)

        with pytest.raises(RefusedError, match="is no release"):
            machine.check("c0ffee")
        (folder / "COMMIT").write_text("c0ffee\n")
        machine.check("c0ffee")

    def test_its_own_python_is_taken(self, settings: Path, tmp_path: Path) -> None:
        machine = Processes(tmp_path, settings, None, "", "nginx", tmp_path)
        own = tmp_path / "blue" / ".venv" / "bin" / "python"
        own.parent.mkdir(parents=True)
        own.touch()

        assert machine.ready("blue", "web")["ml"].words[0] == str(own)


@pytest.mark.parametrize("script", ["deploy-zero-downtime", "rollback-production"])
def test_scripts_explain_themselves_and_refuse_nonsense(script: str) -> None:
    file = ROOT / "scripts" / f"{script}.sh"

    told = subprocess.run([file, "--help"], capture_output=True, text=True, check=False)
    refused = subprocess.run([file, "--on", "the-moon"], capture_output=True, text=True, check=False)

    assert told.returncode == 0
    assert "--dry-run" in told.stdout
    assert refused.returncode == 2
    assert '"ok": false' in refused.stdout.splitlines()[-1]
