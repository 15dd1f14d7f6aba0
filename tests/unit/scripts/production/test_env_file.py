"""Environment files are read as their users read them, and changed without touching anything else."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.production import env_file
from scripts.production.console import RefusedError

TEXT = """\
# the keys
SECRET_KEY=abc#def   # a comment
export NAME='with space'
QUOTED="a\\"b\\nc"   # another
EMPTY=
PEM="-----BEGIN-----
two lines
-----END-----"
SECRET_KEY=last
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_text(TEXT)
    return path


def test_reads_quotes_comments_and_several_lines(file: Path) -> None:
    assert env_file.read(file) == {
        "SECRET_KEY": "last",
        "NAME": "with space",
        "QUOTED": 'a"b\nc',
        "EMPTY": "",
        "PEM": "-----BEGIN-----\ntwo lines\n-----END-----",
    }
    assert env_file.repeated(file) == ["SECRET_KEY"]


def test_changes_only_what_is_named_and_nobody_else_may_read_it(file: Path) -> None:
    env_file.change(file, {"SECRET_KEY": "new", "NAME": None, "MORE": "it's $5"})

    assert (
        file.read_text()
        == TEXT.replace("SECRET_KEY=abc#def   # a comment\n", "")
        .replace("export NAME='with space'\n", "")
        .replace("SECRET_KEY=last", "SECRET_KEY=new")
        + 'MORE="it\'s \\$5"\n'
    )
    assert env_file.read(file)["MORE"] == "it's $5"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [".env"]


def test_a_write_that_fails_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        env_file.change(file, {"SECRET_KEY": "new"})

    assert file.read_text() == TEXT
    assert [path.name for path in file.parent.iterdir()] == [".env"]


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot be read"):
        env_file.read(tmp_path / "none")


@given(value=st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n")))
def test_whatever_is_written_is_read_back(value: str) -> None:
    text = f"A=1\nNAME={env_file.quoted(value)}\nB=2\n"
    found = dict(env_file._assignments(text))

    assert found == {"A": "1", "NAME": value, "B": "2"}
