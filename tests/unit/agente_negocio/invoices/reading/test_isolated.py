"""Reading in a child: same result, hard limits, nobody left behind."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image
from structlog.testing import capture_logs

from agente_negocio.invoices.reading import ReadingOptions, UnreadableFileError, read
from agente_negocio.invoices.reading.errors import RecogniserMissingError
from agente_negocio.invoices.reading.process.isolated import ReadingStoppedError, read_isolated
from agente_negocio.invoices.reading.process.limits import MEBIBYTE, Limits, Patience
from tests.unit.agente_negocio.invoices.reading.conftest import SAMPLES, FakeRecogniser

T = TypeVar("T")
PDF = (SAMPLES / "rcel_factura_A.pdf").read_bytes()
PICTURE = (SAMPLES / "rcel_factura_A.png").read_bytes()
WITH_VERSION = 'if [ "$1" = --version ]; then echo "tesseract 5.3.0"; exit; fi\n'
"""A fake recogniser is asked for it first."""


@pytest.fixture(params=["library", "command"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tesseract in the process and as a command."""
    monkeypatch.setenv("READING_RECOGNISER", request.param)


def test_the_child_answers_the_same() -> None:
    shares: list[float] = []

    apart = read_isolated([PDF], ReadingOptions(), shares.append)

    assert apart == read([PDF], ReadingOptions())
    assert shares[-1] == 1.0


@pytest.mark.usefixtures("either_way")
def test_progress_comes_page_by_page_within_the_usual_memory() -> None:
    shares: list[float] = []

    found = read_isolated(
        [PICTURE, PICTURE],
        ReadingOptions(pictures=False),
        shares.append,
        Limits(memory_bytes=1536 * MEBIBYTE),
    )

    assert [document.accepted for document in found] == [True]
    assert shares == [0.45, 0.9, 1.0]


def test_the_child_passes_typed_errors_on() -> None:
    with pytest.raises(UnreadableFileError, match="unsupported_format"):
        read_isolated([b"no soy una factura"], ReadingOptions())


@pytest.mark.usefixtures("either_way")
def test_the_clock_stops_a_slow_reading() -> None:
    started = time.monotonic()

    with pytest.raises(UnreadableFileError, match="reading_timeout"):
        read_isolated([PICTURE], ReadingOptions(), limits=Limits(start_seconds=0, page_seconds=0.3))

    assert time.monotonic() - started < 30


@pytest.mark.usefixtures("either_way")
def test_processor_time_is_limited() -> None:
    with pytest.raises(UnreadableFileError, match="reading_timeout"):
        read_isolated(
            [PICTURE], ReadingOptions(), limits=Limits(start_seconds=0, page_seconds=90, page_cpu_seconds=1)
        )


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("mebibytes", "code"), [(300, "reading_out_of_memory"), (450, "reading_out_of_memory|file_too_large")]
)
def test_memory_is_limited(mebibytes: int, code: str) -> None:
    """At first there is too little for the libraries, then for the picture."""
    with pytest.raises(UnreadableFileError, match=code):
        read_isolated([PICTURE], ReadingOptions(), limits=Limits(memory_bytes=mebibytes * MEBIBYTE))


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    sample = tmp_path / "page.png"
    sample.write_bytes(PICTURE)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from agente_negocio.invoices.reading.process.isolated import read_isolated\n"
        "from agente_negocio.invoices.reading import ReadingOptions\n"
        "content = Path(sys.argv[1]).read_bytes()\n"
        "read_isolated([content] * 8, ReadingOptions())\n"
    )
    # The folder for temporary files is one of the few things a child is told, so it marks our children.
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(sample)], env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    children = _wait_for(lambda: _marked(str(tmp_path)) - {parent.pid})

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()

    assert children
    assert _wait_for(lambda: not _marked(str(tmp_path))), "a reading process outlived its parent"


class TestWhatTheChildKnows:
    def test_no_secret_reaches_it(self, recogniser: FakeRecogniser, monkeypatch: pytest.MonkeyPatch) -> None:
        secrets = (
            "SECRET_KEY",
            "JWT_SECRET_KEY",
            "DATABASE_URL",
            "REDIS_URL",
            "AWS_SECRET_ACCESS_KEY",
            "ANY",
        )
        for name in secrets:
            monkeypatch.setenv(name, "must-not-be-seen")
        monkeypatch.setenv("TESSDATA_PREFIX", "/usr/share/tessdata")
        seen = recogniser.install('env > "$HERE/environment"; exit 1') / "environment"

        with pytest.raises(UnreadableFileError):
            read_isolated([PICTURE], ReadingOptions())

        told = seen.read_text()
        assert "must-not-be-seen" not in told
        assert "TESSDATA_PREFIX=/usr/share/tessdata" in told

    @pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is part of Linux")
    def test_nor_can_it_look_into_the_process_that_asked(self, recogniser: FakeRecogniser) -> None:
        ours = f"/proc/{os.getpid()}/environ"
        seen = recogniser.install(f'cat {ours} > "$HERE/environment"; echo $? > "$HERE/done"; exit 1')

        with pytest.raises(UnreadableFileError):
            read_isolated([PICTURE], ReadingOptions())

        assert Path(ours).read_bytes()
        assert (seen / "done").read_text().strip() == "1"
        assert (seen / "environment").read_bytes() == b""


def test_what_the_system_kills_is_told_from_what_took_too_long(recogniser: FakeRecogniser) -> None:
    recogniser.install("kill -9 $PPID; sleep 1")

    with pytest.raises(UnreadableFileError, match="reading_killed"):
        read_isolated([PICTURE], ReadingOptions())


def test_a_recogniser_the_system_kills_ran_out_of_memory(recogniser: FakeRecogniser) -> None:
    recogniser.install(WITH_VERSION + "kill -9 $$")

    with pytest.raises(UnreadableFileError, match="reading_out_of_memory"):
        read_isolated([PICTURE], ReadingOptions())


class TestPagesThatHang:
    def test_a_page_of_many_short_runs_has_no_more_time_than_one(self, recogniser: FakeRecogniser) -> None:
        """Each run of the recogniser is over in less than the time of a page; all of them are not."""
        header = "level page_num block_num par_num line_num word_num left top width height conf text"
        recogniser.install(
            WITH_VERSION + f'[ -n "$2" ] || exit; sleep 2; echo "{header}" | tr " " "\\t" > "$2.tsv"'
        )
        with Image.open(io.BytesIO(PICTURE)) as picture:
            upper = picture.crop((0, 0, picture.width, picture.height * 2 // 3))
        target = io.BytesIO()
        upper.save(target, "PNG")
        started = time.monotonic()

        with pytest.raises(UnreadableFileError, match=r"reading_timeout: Reading took longer"):
            read_isolated([target.getvalue()], ReadingOptions(page_timeout_seconds=3))

        assert time.monotonic() - started < 20

    def test_a_silent_page_is_cut_though_the_file_has_time_left(self, stuck: Path) -> None:
        started = time.monotonic()

        with pytest.raises(UnreadableFileError, match="reading_timeout"):
            # Four pages may take 60 + 4 x 6 seconds; the second one never speaks.
            read_isolated(
                [PDF, PICTURE, PICTURE, PICTURE],
                ReadingOptions(),
                limits=Limits(start_seconds=60, page_seconds=6),
            )

        assert time.monotonic() - started < 40
        assert _is_gone(int((stuck / "pid").read_text()))

    def test_every_page_has_its_own_time(self) -> None:
        patience = Patience(Limits(start_seconds=30, page_seconds=60), most_pages=10, started=0)
        patience.count(3)

        for now in (40, 99, 158, 209):
            assert not patience.is_over(now)
            patience.hear(now)

        assert patience.is_over(211), "three pages are worth 30 + 3 x 60 seconds, however often it is heard"

    def test_a_page_that_says_nothing_is_over_before_the_file_is(self) -> None:
        patience = Patience(Limits(start_seconds=30, page_seconds=60), most_pages=10, started=0)
        patience.count(10)
        patience.hear(5)

        assert not patience.is_over(64)
        assert patience.is_over(66)

    def test_one_page_never_gets_the_time_of_ten(self) -> None:
        patience = Patience(Limits(start_seconds=30, page_seconds=60), most_pages=10, started=0)

        assert not patience.is_over(89)
        assert patience.is_over(91)

    def test_a_child_that_claims_many_pages_gets_no_more_than_are_allowed(self) -> None:
        patience = Patience(Limits(start_seconds=30, page_seconds=60), most_pages=2, started=0)
        patience.count(1_000_000)

        for now in range(0, 150, 10):
            patience.hear(now)

        assert not patience.is_over(149)
        assert patience.is_over(151)

    def test_processor_time_grows_with_the_pages(self) -> None:
        limits = Limits(start_seconds=30, page_cpu_seconds=60)

        assert (limits.cpu_seconds(1), limits.cpu_seconds(4)) == (90, 270)


def test_a_caller_that_goes_away_takes_the_child_with_it(stuck: Path) -> None:
    stop = threading.Event()

    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read_isolated, [PICTURE], ReadingOptions(), stop=stop)
        pid = _wait_for(lambda: _number_in(stuck / "pid"))
        asked = time.monotonic()
        stop.set()
        with pytest.raises(ReadingStoppedError):
            reading.result(timeout=10)

    assert time.monotonic() - asked < 2

    assert pid is not None
    assert _is_gone(pid)


@pytest.mark.usefixtures("either_way")
class TestAMissingRecogniser:
    def test_it_is_not_blamed_on_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")

        with pytest.raises(RecogniserMissingError, match="not installed"):
            read_isolated([PICTURE], ReadingOptions())

    def test_nor_is_missing_spanish(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

        with pytest.raises(RecogniserMissingError, match="no data for spa"):
            read_isolated([PICTURE], ReadingOptions())


def test_what_a_crashed_child_said_last_is_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cv2.py").write_text("print('x' * 9000, file=__import__('sys').stderr)\n1 / 0\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")

    with capture_logs() as logged, pytest.raises(UnreadableFileError, match="reading_crashed"):
        read_isolated([PICTURE], ReadingOptions())

    (entry,) = [each for each in logged if each["event"] == "reading.child_failed"]
    assert "ZeroDivisionError" in entry["stderr"]
    assert len(entry["stderr"]) <= 4096


def _number_in(path: Path) -> int | None:
    text = path.read_text().strip() if path.exists() else ""
    return int(text) if text else None


def _is_gone(pid: int) -> bool:
    """Whether a process ended, or is only waiting to be buried."""

    def state() -> str:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return "Z"

    return bool(_wait_for(lambda: state() == "Z"))


def _marked(marker: str) -> set[int]:
    """Processes that carry our mark in their environment."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if marker.encode() in environment and state != "Z":
                found.add(int(entry.name))
    return found


def _wait_for(probe: Callable[[], T]) -> T | None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    return None
