"""Readings are kept whole, found again, and forgotten when what made them changes."""

from dataclasses import dataclass
from pathlib import Path

import pytest

import scripts.demo.papers
import shared.kernel
from agente_negocio.invoices import reading
from agente_negocio.invoices.reading import UnreadableFileError
from benchmarks.reading import altering, run, tasks
from benchmarks.reading.cache import DRAWING, ENGINE, Cache, digest_of, open_cache, tools
from benchmarks.reading.run import readings
from benchmarks.reading.scoring import Reading

READING = Reading(({"kind": "factura", "lines": []},), None, 1.25)


@dataclass(frozen=True)
class Paper:
    """Writes down that it was read, in a file, for it is read in another process."""

    key: str
    log: Path
    content: object = b"neither a picture nor a PDF"

    def files(self) -> tuple[bytes, ...]:
        with self.log.open("a") as log:
            log.write(f"{self.key}\n")
        return (self.content,)  # type: ignore[return-value]

    def own_cuits(self) -> frozenset[str]:
        return frozenset()


def test_a_reading_is_found_as_it_was_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "generation")
    assert cache.get("a") is None

    cache.put("a", READING)

    assert cache.get("a") == READING
    assert [path.name for path in cache.folder.iterdir()] == ["a.json.gz"]


def test_half_a_file_is_no_reading(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("a", READING)
    path = tmp_path / "a.json.gz"
    path.write_bytes(path.read_bytes()[:-20])

    assert cache.get("a") is None


def test_a_run_that_was_ended_goes_on_where_it_stopped(tmp_path: Path) -> None:
    cache, log = Cache(tmp_path / "generation"), tmp_path / "log"
    papers = [Paper(key, log) for key in "abc"]
    first = readings(papers[:2], cache, jobs=1)

    second = readings(papers, cache, jobs=1)

    assert log.read_text().split() == ["a", "b", "c"]
    assert second[:2] == first
    assert [each.error for each in second] == ["unsupported_format"] * 3


def test_a_crash_is_told_and_tried_again(tmp_path: Path) -> None:
    cache, log = Cache(tmp_path / "generation"), tmp_path / "log"
    broken = Paper("a", log, content=None)

    for _ in range(2):
        (reading,) = readings([broken], cache, jobs=1)
        assert (reading.error or "").startswith("crashed: ")

    assert log.read_text().split() == ["a", "a"]


def test_a_timeout_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object) -> None:
        raise UnreadableFileError("reading_timeout", "Recognising the page took too long.")

    monkeypatch.setattr(run, "read", late)
    cache = Cache(tmp_path / "generation")

    assert run.read_one(Paper("a", tmp_path / "log"), cache).error == "reading_timeout"
    assert cache.get("a") is None


def test_a_changed_source_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    source = tmp_path / "inner" / "solver.py"
    source.write_text("LIMIT = 1\n")
    before = digest_of([tmp_path])

    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "solver.pyc").write_bytes(b"compiled")
    assert digest_of([tmp_path]) == before

    source.write_text("LIMIT = 2\n")
    changed = digest_of([tmp_path])
    source.rename(tmp_path / "inner" / "sums.py")
    assert len({before, changed, digest_of([tmp_path])}) == 3


def test_a_changed_engine_or_renderer_is_measured_anew(tmp_path: Path) -> None:
    engine, drawing, kept = (tmp_path / name for name in ("engine.py", "drawing.py", "kept"))
    engine.write_text("1")
    drawing.write_text("1")
    first = open_cache(kept, engine=[engine], drawing=[drawing])
    first.put("a", READING)
    assert open_cache(kept, engine=[engine], drawing=[drawing]).get("a") == READING

    engine.write_text("2")
    assert open_cache(kept, engine=[engine], drawing=[drawing]).get("a") is None

    engine.write_text("1")
    drawing.write_text("2")
    assert open_cache(kept, engine=[engine], drawing=[drawing]).get("a") is None

    drawing.write_text("1")
    assert open_cache(kept, engine=[engine], drawing=[drawing]).get("a") == READING


def test_what_reads_and_what_draws_are_watched() -> None:
    watched = [*ENGINE, *DRAWING]

    for source in (reading, scripts.demo.papers, shared.kernel, altering, tasks):
        path = Path(str(source.__file__))
        assert (path.parent if path.stem == "__init__" else path) in watched


def test_another_way_to_the_recogniser_is_another_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("READING_RECOGNISER", raising=False)
    usual = open_cache(tmp_path)
    monkeypatch.setenv("READING_RECOGNISER", "command")

    assert open_cache(tmp_path) != usual
    assert tools()["READING_RECOGNISER"] == "command"


def test_old_generations_do_not_pile_up(tmp_path: Path) -> None:
    engine, kept = tmp_path / "engine.py", tmp_path / "kept"
    for generation in range(9):
        engine.write_text(str(generation))
        latest = open_cache(kept, engine=[engine], drawing=[])

    assert len(list(kept.iterdir())) == 6
    assert latest.folder.is_dir()
