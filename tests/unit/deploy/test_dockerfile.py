"""The Dockerfile: linted, and the rules that matter for every image."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.production.configs.archive import _PLATFORM
from scripts.production.images import IMAGES
from scripts.production.processes import ROOT
from tests.unit.deploy.files import TOOLS


@dataclass
class Stage:
    """A stage and its instructions, each on one line."""

    name: str
    base: str
    lines: list[str] = field(default_factory=list)


def stages() -> list[Stage]:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    found: list[Stage] = []
    for line in text.splitlines():
        begins = re.match(r"FROM (\S+)(?: AS (\S+))?$", line)
        if begins:
            found.append(Stage(begins[2] or "", begins[1]))
        elif found and line and not line.startswith("#"):
            found[-1].lines.append(line)
    return found


def lineage(name: str) -> list[str]:
    """Instructions of an image, those of the stages it is made from first."""
    by_name = {stage.name: stage for stage in stages()}
    stage = by_name[name]
    earlier = lineage(stage.base) if stage.base in by_name else []
    return [*earlier, *stage.lines]


def test_the_linter_has_nothing_against_it() -> None:
    done = subprocess.run(
        [TOOLS / "hadolint", "--config", ROOT / ".hadolint.yaml", ROOT / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_the_linter_is_really_asked(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /tmp && sudo ls\n")

    done = subprocess.run([TOOLS / "hadolint", tmp_path / "Dockerfile"], capture_output=True, check=False)

    assert done.returncode == 1


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_runs_as_nobody_in_particular_and_tells_its_health(name: str) -> None:
    lines = lineage(name)
    users = [line.split()[1] for line in lines if line.startswith("USER ")]

    assert users[-1] == "10001:10001"
    assert any(line.startswith("HEALTHCHECK") and "scripts.production.probe" in line for line in lines)
    assert [line for line in lines if line.startswith("CMD")] == ['CMD ["/app/scripts/start-production.sh"]']
    assert not any(line.startswith(("ADD", "ENTRYPOINT", "VOLUME")) for line in lines)


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_carries_its_part_of_the_lock_and_the_code(name: str) -> None:
    copied = [line for line in lineage(name) if line.startswith("COPY --from=")]

    assert f"COPY --from={IMAGES[name].part}-packages /opt/venv /opt/venv" in copied
    assert "COPY --from=code /app /app" in copied


@pytest.mark.parametrize("name", IMAGES)
def test_only_images_that_read_papers_carry_tesseract(name: str) -> None:
    has_tesseract = any("tesseract-ocr" in line for line in lineage(name))

    assert has_tesseract == (IMAGES[name].part in {"ocr", "platform"})


@pytest.mark.parametrize("part", sorted({image.part for image in IMAGES.values()}))
def test_packages_come_with_hashes_and_without_compilers(part: str) -> None:
    text = " ".join(lineage(f"{part}-packages"))

    assert f"COPY deploy/requirements/{part}.txt" in text
    assert "PIP_REQUIRE_HASHES=1" in text
    assert "PIP_ONLY_BINARY=:all:" in text


def test_a_host_that_knows_no_targets_gets_what_image_names() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert stages()[-1].base == "${IMAGE}"
    assert re.search(r"^ARG IMAGE=platform$", text, re.MULTILINE)


def test_no_secret_is_built_in() -> None:
    declared = re.findall(r"^\s*(?:ARG|ENV) (\w+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert not [name for name in declared if re.search("SECRET|TOKEN|PASSWORD|KEY", name)]


def test_builds_are_sent_nothing_but_what_images_are_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    copied = {word for stage in stages() for line in stage.lines for word in _sources(line)}

    assert next(line for line in lines if not line.startswith("#")) == "*"
    assert not sent & {".git", "tests", "var", ".env.production", "docs", "benchmarks"}
    for source in copied - {"."}:
        assert any(source == name or source.startswith(f"{name}/") for name in sent), source


def test_images_carry_what_the_archive_of_the_configuration_keeps() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}

    assert {*_PLATFORM, ".env.production.template"} <= sent
    # The last line that fits counts, and all other .env files are kept out before.
    assert lines.index("**/.env*") < lines.index("!.env.production.template")


def _sources(line: str) -> list[str]:
    """What an instruction copies from the build's folder."""
    if not line.startswith("COPY ") or "--from=" in line:
        return []
    return line.split()[1:-1]
