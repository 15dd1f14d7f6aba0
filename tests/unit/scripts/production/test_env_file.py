"""Environment files are read as their users read them, and changed without touching anything else."""

import os
import stat
import subprocess
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
    assert [path.name for path in file.parent.iterdir()] == [".env"]


def test_a_link_stays_and_what_it_leads_to_is_changed(file: Path) -> None:
    link = file.parent / "elsewhere" / "production.env"
    link.parent.mkdir()
    link.symlink_to("../.env")

    env_file.change(link, {"SECRET_KEY": "new"})

    assert link.is_symlink()
    assert env_file.read(file)["SECRET_KEY"] == "new"
    assert [path.name for path in link.parent.iterdir()] == ["production.env"]


@pytest.mark.parametrize(("before", "after"), [(0o600, 0o600), (0o640, 0o640), (0o644, 0o640)])
def test_who_may_read_the_file_may_go_on_and_nobody_else(file: Path, before: int, after: int) -> None:
    file.chmod(before)
    if os.geteuid() == 0:
        os.chown(file, 12, 34)

    env_file.change(file, {"SECRET_KEY": "new"})

    found = file.stat()
    assert stat.S_IMODE(found.st_mode) == after
    assert os.geteuid() != 0 or (found.st_uid, found.st_gid) == (12, 34)


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    env_file.write(tmp_path / "new", "A=1\n")

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_shell_reads_the_same(shell: str, tmp_path: Path) -> None:
    values = [
        "postgresql://u:p@h/d?sslmode=require&connect_timeout=5",
        "a;touch pwned",
        "a|b (c) <d> *?[e] ~ !f {g,h} #i",
        'it\'s $HOME, `id` and \\ "quoted"',
        "-----BEGIN KEY-----\nabc/+=\n-----END KEY-----",
        "two\nlines of the shop's $5",
        "~",
        "",
    ]
    file = tmp_path / "values.env"
    file.write_text("".join(f"V{at}={env_file.quoted(value)}\n" for at, value in enumerate(values)))
    asked = " ".join(f'"$V{at}"' for at in range(len(values)))

    told = subprocess.run(
        [shell, "-c", f". ./values.env; printf '%s\\0' {asked}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split("\0")[:-1] == values
    assert not told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["values.env"]


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
