"""Files that come into `sources/` and go out of it."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

import pytest

from assistant import shelf
from assistant.errors import (
    BadSource,
    DocumentExists,
    IntakeFull,
    SourcesUnwritable,
    UnknownDocument,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "workspace" / "sources"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def trash(folder: Path) -> Path:
    return folder.parent / "trash"


def add(folder: Path, name: str, data: bytes, trash: Path, *, replace: bool = False) -> str:
    with shelf.receiving(folder, name) as file:
        file.write(data)
        return shelf.place(folder, shelf.checked(file), name, trash, replace=replace)


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize(
    "name",
    ["notes.md", "Q1 report (final), v2.txt", "résumé.text", "تقرير.markdown", "議事録.MD",
     "می\u200cخواهم.txt", "👩\u200d🚀.md", "console.txt", "a..b.txt"],
)  # fmt: skip
def test_ordinary_names_are_kept_as_they_are(name: str):
    assert shelf.checked_name(name) == name


def test_a_name_is_kept_in_one_form_of_unicode():
    assert shelf.checked_name("re\u0301sume\u0301.txt") == "r\u00e9sum\u00e9.txt"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.txt", "another folder"),
        ("..\\a.txt", "another folder"),
        ("/etc/cron.d/a.txt", "another folder"),
        ("C:\\a.txt", "another folder"),
        ("sub/a.txt", "another folder"),
        ("", "without a type"),
        (".", "without a type"),
        ("..", "without a type"),
        (".txt", "without a type"),
        (".hidden.txt", "begins with a dot"),
        (" a.txt", "a space"),
        ("a.txt ", "not read"),
        ("a.txt.", "not read"),
        ("a.pdf", "type .pdf are not read"),
        ("a.txt.exe", "type .exe are not read"),
        ("a.md\0.txt", "cannot be shown"),
        ("a\n.txt", "cannot be shown"),
        ("a\x1b[31m.txt", "cannot be shown"),
        ("invoice\u202etxt.md", "cannot be shown"),
        ("a\u200bb.txt", "cannot be shown"),
        ("a\u2028b.txt", "cannot be shown"),
        ("a\U000e0041.txt", "cannot be shown"),
        ("a\udc80.txt", "cannot be shown"),
        ("con.txt", "Windows"),
        ("NUL.md", "Windows"),
        ("com1.notes.txt", "Windows"),
        ("lpt².txt", "Windows"),
        ("a:b.txt", "holds :"),
        ("<script>alert(1)<script>.md", "holds <"),
        ("a?.txt", "holds ?"),
        ("x" * 197 + ".txt", "longer than 200 bytes"),
        ("ü" * 99 + ".txt", "longer than 200 bytes"),
    ],
)
def test_names_that_lead_elsewhere_or_deceive_are_refused(name: str, reason: str):
    with pytest.raises(BadSource, match=reason.replace("?", r"\?")):
        shelf.checked_name(name)


def test_a_file_is_there_whole_or_not_at_all(folder: Path, trash: Path):
    with shelf.receiving(folder, "a.txt") as file:
        file.write(b"Apples ")
        assert [path for path in files(folder) if not path.startswith(".")] == []
        file.write(b"fell.")
        shelf.place(folder, shelf.checked(file), "a.txt", trash)
        assert (folder / "a.txt").read_bytes() == b"Apples fell."
    assert files(folder.parent) == {"sources/a.txt": b"Apples fell."}


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"\xff\xff", "not UTF-8"), (b"a\0b", "not text"), (b" \n", "no text")],
)
def test_a_file_that_could_not_be_read_leaves_nothing(
    folder: Path, trash: Path, data: bytes, reason: str
):
    with pytest.raises(BadSource, match=reason):
        add(folder, "a.txt", data, trash)
    assert files(folder.parent) == {}


def test_a_file_that_does_not_arrive_whole_leaves_nothing(folder: Path):
    ended = EOFError()
    with pytest.raises(EOFError), shelf.receiving(folder, "a.txt"):
        raise ended
    assert files(folder.parent) == {}


def test_what_a_process_left_that_died_is_swept_after_an_hour(folder: Path):
    left, arriving, document = (
        folder / name for name in (".incoming-1.txt", ".incoming-2.txt", "a.txt")
    )
    for file in (left, arriving, document):
        file.write_text("Apples.")
    long_ago = time.time() - 61 * 60
    for file in (left, document):
        os.utime(file, (long_ago, long_ago))
    shelf.sweep(folder)
    assert files(folder).keys() == {".incoming-2.txt", "a.txt"}


def test_only_so_many_files_arrive_at_once_and_what_was_left_makes_room(folder: Path):
    with contextlib.ExitStack() as arriving:
        for number in range(shelf.MOST_ARRIVING):
            arriving.enter_context(shelf.receiving(folder, f"{number}.txt"))
        with pytest.raises(IntakeFull, match="10 files are arriving already"):
            arriving.enter_context(shelf.receiving(folder, "more.txt"))
        long_ago = time.time() - 61 * 60
        os.utime(next(folder.glob(".incoming-*")), (long_ago, long_ago))
        with shelf.receiving(folder, "more.txt"):
            assert len(list(folder.iterdir())) == shelf.MOST_ARRIVING
    assert files(folder) == {}


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.Txt"])
def test_nothing_is_written_over_unasked_not_even_in_other_capitals(
    folder: Path, trash: Path, name: str
):
    add(folder, "a.txt", b"Apples.", trash)
    with pytest.raises(DocumentExists, match=r"called a\.txt already"):
        add(folder, name, b"Pears.", trash)
    assert files(folder.parent) == {"sources/a.txt": b"Apples."}


def test_the_same_name_in_another_form_of_unicode_is_the_same(folder: Path, trash: Path):
    (folder / "re\u0301sume\u0301.txt").write_text("Old.", encoding="utf-8")
    with pytest.raises(DocumentExists):
        add(folder, "r\u00e9sum\u00e9.txt", b"New.", trash)


def test_what_is_replaced_lies_in_the_trash(folder: Path, trash: Path):
    add(folder, "a.txt", b"Apples.", trash)
    assert add(folder, "A.txt", b"Pears.", trash, replace=True) == "a.txt"
    assert files(folder) == {"a.txt": b"Pears."}
    [(path, data)] = files(trash).items()
    assert (path.split("/")[-1], data) == ("a.txt", b"Apples.")


def test_a_link_is_neither_followed_nor_replaced(folder: Path, trash: Path, tmp_path: Path):
    outside = tmp_path / "outside.txt"
    outside.write_text("Mine.")
    (folder / "a.txt").symlink_to(outside)
    (folder / "b.txt").symlink_to(tmp_path / "not there.txt")
    for name in ("a.txt", "b.txt"):
        with pytest.raises(DocumentExists):
            add(folder, name, b"Yours.", trash)
        with pytest.raises(BadSource, match="a folder or a link"):
            add(folder, name, b"Yours.", trash, replace=True)
    assert outside.read_text() == "Mine."
    assert not (tmp_path / "not there.txt").exists()


def test_a_folder_is_not_replaced(folder: Path, trash: Path):
    (folder / "a.txt").mkdir()
    with pytest.raises(BadSource, match="a folder or a link"):
        add(folder, "a.txt", b"Apples.", trash, replace=True)


def test_a_full_folder_takes_no_more(folder: Path, trash: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shelf, "MOST_FILES", 1)
    add(folder, "a.txt", b"Apples.", trash)
    with pytest.raises(BadSource, match="1 files already"):
        add(folder, "b.txt", b"Bananas.", trash)
    add(folder, "a.txt", b"Pears.", trash, replace=True)


def test_a_disk_that_is_full_is_a_clear_error_and_leaves_nothing(folder: Path):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        pytest.raises(SourcesUnwritable, match="No space left on device"),
        shelf.receiving(folder, "a.txt"),
    ):
        raise full
    assert files(folder.parent) == {}


def test_a_folder_that_is_gone_is_a_clear_error(folder: Path, trash: Path):
    folder.rmdir()
    with pytest.raises(SourcesUnwritable, match="cannot be written to"):
        add(folder, "a.txt", b"Apples.", trash)


def test_what_is_removed_lies_in_the_trash_under_its_path(folder: Path, trash: Path):
    (folder / "guides").mkdir()
    (folder / "guides" / "a.txt").write_bytes(b"Apples.")
    for _ in range(2):
        target = shelf.remove(folder, "guides/a.txt", trash)
        assert target.read_bytes() == b"Apples."
        assert target.is_relative_to(trash)
        assert target.parts[-2:] == ("guides", "a.txt")
        assert files(folder) == {}
        (folder / "guides" / "a.txt").write_bytes(b"Apples.")
    assert len(files(trash)) == 2


@pytest.mark.parametrize(
    "path",
    ["../footnote.toml", "/etc/passwd", "guides/../a.txt", "./a.txt", "guides", ".hidden.txt",
     "no.txt", "", ".", "linked/secret.txt", "a.txt\0"],
)  # fmt: skip
def test_only_what_is_listed_can_be_removed(folder: Path, trash: Path, path: str):
    (folder.parent / "footnote.toml").write_text("")
    (folder / "guides").mkdir()
    (folder / "a.txt").write_text("Apples.")
    (folder / ".hidden.txt").write_text("Hidden.")
    secrets = folder.parent.parent / "secrets"
    secrets.mkdir()
    (secrets / "secret.txt").write_text("Mine.")
    (folder / "linked").symlink_to(secrets)
    before = files(folder.parent.parent)
    with pytest.raises(UnknownDocument):
        shelf.remove(folder, path, trash)
    assert files(folder.parent.parent) == before


def test_a_link_that_is_removed_takes_nothing_with_it(folder: Path, trash: Path, tmp_path: Path):
    outside = tmp_path / "outside.txt"
    outside.write_text("Mine.")
    (folder / "a.txt").symlink_to(outside)
    assert shelf.remove(folder, "a.txt", trash).is_symlink()
    assert outside.read_text() == "Mine."
