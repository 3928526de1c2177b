"""Files become documents exactly once and exactly, or are refused with what mends them."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from assistant import sources
from assistant.errors import BadSource, NoDocuments
from tests.conftest import let_in


def write(folder: Path, path: str, content: str | bytes) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def refusal(folder: Path, path: str, content: str | bytes | None = None) -> str:
    """Return the words with which the file is refused."""
    if content is not None:
        write(folder, path, content)
    with pytest.raises(BadSource) as caught:
        sources.read(folder, path)
    return str(caught.value)


def test_all_files_are_found_sorted_and_hidden_ones_are_not(tmp_path: Path) -> None:
    for path in ("b.txt", "a.md", "guides/set up.md", "guides/.draft.md", ".git/x.md", "photo.jpg"):
        write(tmp_path, path, "x")
    assert sources.find(tmp_path) == ["a.md", "b.txt", "guides/set up.md", "photo.jpg"]


def test_a_missing_or_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert sources.find(tmp_path) == []
    assert sources.find(tmp_path / "nowhere") == []


def test_text_is_kept_as_it_stands(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "  One.\n\n\tTwo.  \n\n")
    assert sources.read(tmp_path, "a.txt").text == "  One.\n\n\tTwo.  \n\n"


def test_line_ends_become_lf(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"one\r\ntwo\rthree\nfour")
    assert sources.read(tmp_path, "a.txt").text == "one\ntwo\nthree\nfour"


def test_accents_are_composed(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "Cafe\u0301 cre\u0300me.")
    assert sources.read(tmp_path, "a.txt").text == "Caf\u00e9 cr\u00e8me."


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    write(tmp_path, "a.md", b"\xef\xbb\xbf---\ntitle: Given\n---\nBody.")
    document = sources.read(tmp_path, "a.md")
    assert (document.title, document.text) == ("Given", "Body.")


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbfone\r\ntwo"
    write(tmp_path, "a.txt", raw)
    assert sources.read(tmp_path, "a.txt").digest == hashlib.sha256(raw).hexdigest()
    assert sources.digest_of(tmp_path, "a.txt") == hashlib.sha256(raw).hexdigest()


def test_front_matter_gives_strings_and_leaves_the_text(tmp_path: Path) -> None:
    write(
        tmp_path,
        "a.txt",
        "---\ntitle: 'On: rivers'\ndate: 2025-11-14\nauthor: [Ann Lee, Bo Ek]\n"
        "publisher: ~\nurl: https://example.org/a\ntags: [x]\n---\n\nRivers flow.\n",
    )
    document = sources.read(tmp_path, "a.txt")
    assert document.title == "On: rivers"
    assert document.text == "Rivers flow.\n"
    assert document.metadata == {
        "date": "2025-11-14",
        "author": "Ann Lee, Bo Ek",
        "url": "https://example.org/a",
    }


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA rule: above.\n\n---\n\nMore text.\n",
        "---\nNo key here, just words\n---\nMore text.\n",
        "---\n**Note** that: this\n---\nMore text.\n",
        "---\n- a list\n---\nMore text.\n",
        "---\ntitle: never closed\n",
        "Text.\n---\ntitle: late\n---\n",
    ],
)
def test_rules_are_no_front_matter(tmp_path: Path, text: str) -> None:
    write(tmp_path, "a.md", text)
    assert sources.read(tmp_path, "a.md").text == text


@pytest.mark.parametrize(
    ("front", "title", "author"),
    [
        ("---\ntitle: Salt: a history\nauthor: Bo Ek\n---\n", "Salt: a history", "Bo Ek"),
        ("---\ntitle: |\n  Salt\nauthor:\n  - name: Bo Ek\n  - Ann\n---\n", "Salt", "Bo Ek, Ann"),
        ("---\nauthor: {name: Bo Ek, mail: x}\ntitle: 'It''s: salt'\n---\n", "It's: salt", "Bo Ek"),
        (
            '+++\ntitle = "Salt: a history"\nauthor = ["Bo Ek", "Ann"]\n+++\n',
            "Salt: a history",
            "Bo Ek, Ann",
        ),
        ('+++\ntitle = "Salt"\nauthor = {name = "Bo"}\n[extra]\na = 1\n+++\n', "Salt", "Bo"),
        ('{"title": "Salt", "author": [{"name": "Bo Ek"}], "x": {"y": [1]}}\n', "Salt", "Bo Ek"),
        ('{\n  "author": "Bo",\n  "title": "Salt: a history"\n}\n', "Salt: a history", "Bo"),
    ],
)
def test_front_matter_of_every_usual_kind_is_read(
    tmp_path: Path, front: str, title: str, author: str
) -> None:
    write(tmp_path, "a.md", f"{front}\nSalt is old.\n")
    document = sources.read(tmp_path, "a.md")
    assert (document.title, document.metadata["author"]) == (title, author)
    assert document.text == "Salt is old.\n"


def test_a_date_of_toml_is_a_string(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "+++\ndate = 2024-05-04\n+++\nSalt is old.\n")
    assert sources.read(tmp_path, "a.md").metadata == {"date": "2024-05-04"}


def test_broken_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    reason = refusal(tmp_path, "a.md", "+++\ntitle = Salt\n+++\nBody.\n")
    assert "not TOML" in reason
    assert "line 1" in reason
    assert "500 brackets" in refusal(tmp_path, "b.md", f"+++\na = {'[' * 900}\n+++\nB.")


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "All of it"}\n',
        '{"colour": "red"}\n\nText.\n',
        "{this is no object}\n\nText.\n",
        "+++\n\nA rule of another kind.\n\n+++\n",
        '{"title": ' + "[" * 5_000 + "\nText.\n",
    ],
)
def test_what_only_begins_like_front_matter_is_text(tmp_path: Path, text: str) -> None:
    write(tmp_path, "a.md", text)
    assert sources.read(tmp_path, "a.md").text == text


def test_broken_front_matter_is_refused_with_its_line(tmp_path: Path) -> None:
    reason = refusal(tmp_path, "a.md", "---\ntitle: [One\nauthor: A\n---\nBody.\n")
    assert "not YAML (line 3)" in reason
    assert "quotation marks" in reason


def test_front_matter_makes_no_objects_and_no_bombs(tmp_path: Path) -> None:
    bomb = "\n".join(f"{x}: &{x} [{', '.join([f'*{y}'] * 9)}]" for y, x in pairwise("abcdefghi"))
    write(
        tmp_path,
        "a.md",
        f"---\na: &a [x]\n{bomb}\nauthor: *i\ntitle: !!python/name:os.sep T\n---\nB.",
    )
    document = sources.read(tmp_path, "a.md")
    assert (document.title, document.metadata, document.text) == ("T", {}, "B.")
    assert "500 brackets" in refusal(tmp_path, "b.md", f"---\na: {'[' * 9000}\n---\nB.")
    assert "not YAML" in refusal(tmp_path, "c.md", f"---\na:\n  {'- ' * 9000}\n---\nB.")


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        (
            "a.md",
            "Intro.\n\n## Second\n\n# The *first* `level` [link](x) #\n\nText.",
            "The first level link",
        ),
        ("a.md", "```\n# a comment\n```\n\nTitle here\n==========\n\nText.", "Title here"),
        ("my-long_name.md", "## Only a second level\n\nText.", "my long name"),
        (
            "a.txt",
            "\n  A Short First Line\nThis is a text that has a full stop.",
            "A Short First Line",
        ),
        ("a.txt", "A Short First Line", "A Short First Line"),
        ("notes_2024.txt", "This first line is a sentence.\nThis is another.", "notes 2024"),
        (
            "wrapped.txt",
            "It was a cold day and the\nrain fell on the town.\n\nNobody came.",
            "wrapped",
        ),
        ("a.txt", "# Not markdown here\n\nText follows it.", "a"),
        ("a.txt", "Bid\u202ei and \u0007bell\n\nText follows it.", "Bidi and bell"),
    ],
)
def test_titles_come_from_the_text_or_the_name(
    tmp_path: Path, path: str, text: str, title: str
) -> None:
    write(tmp_path, path, text)
    assert sources.read(tmp_path, path).title == title


def test_a_long_title_is_cut(tmp_path: Path) -> None:
    write(tmp_path, "a.md", f"# {'x' * 500}\n\nText.")
    assert sources.read(tmp_path, "a.md").title == "x" * 300


def test_the_bundled_article_has_its_first_line_as_title() -> None:
    folder = Path(__file__).parent.parent / "sources"
    document = sources.read(folder, "china-global-security-ties.txt")
    assert document.title == (
        "China Boosts Global Security Ties with Surveillance Tech and Training Exports"
    )
    assert document.text.startswith(document.title)


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        (
            "a.pdf",
            b"%PDF",
            ["of type .pdf", ".txt, .text, .md, .markdown, .csv and .tsv", "convert"],
        ),
        ("README", b"x", ["without a type", "convert"]),
        ("a.txt", b"cr\xe8me br\xfbl", ["0xe8", "offset 2", "save it as UTF-8"]),
        ("a.txt", b"\xef\xbb\xbfab\xff", ["0xff", "offset 5"]),
        ("a.txt", b"ab\0c", ["NUL byte at offset 2", "not text"]),
        ("a.txt", b"", ["no text"]),
        ("a.txt", b" \n\t\r\n", ["no text"]),
        ("a.md", b"---\ntitle: T\n---\n\n", ["no text"]),
        ("a.txt", b"ok\n" + b"x" * 1_000_001, ["Line 2", "1,000,001", "break it into lines"]),
        ("a.txt", ("a" + "\u0315\u0300" * 60).encode(), ["accents", "take them out"]),
        ("a\u202etxt.md", b"x", ["rename"]),
    ],
)
def test_refusals_say_what_is_wrong_and_what_mends_it(
    tmp_path: Path, path: str, content: bytes, words: list[str]
) -> None:
    reason = refusal(tmp_path, path, content)
    assert [word for word in words if word not in reason] == []
    assert path not in reason


def test_a_line_of_a_million_characters_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "x" * 1_000_000)
    assert len(sources.read(tmp_path, "a.txt").text) == 1_000_000


def test_a_file_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.sources.files.SIZE_LIMIT_BYTES", 4)
    write(tmp_path, "a.txt", "abcd")
    assert sources.read(tmp_path, "a.txt").text == "abcd"
    assert "larger than 50 MB" in refusal(tmp_path, "b.txt", "abcde")


def test_the_cause_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", bytes(range(128, 256)))
    with pytest.raises(BadSource) as caught:
        sources.read(tmp_path, "a.txt")
    assert isinstance(caught.value.__cause__, UnicodeDecodeError)


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, "secret.txt", "secret")
    write(tmp_path, "secrets/one.txt", "secret")
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path / "secrets")
    assert sources.find(folder) == ["link.txt", "linked"]
    for path in ("link.txt", "linked/one.txt", "../secret.txt", str(tmp_path / "secret.txt")):
        assert "leads out of the folder" in refusal(folder, path)
        with pytest.raises(BadSource):
            sources.digest_of(folder, path)


def test_a_link_inside_the_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "Words.")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert sources.read(tmp_path, "b.txt").text == "Words."


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    assert "not a file" in refusal(tmp_path, "folder.txt")
    assert "not a file" in refusal(tmp_path, "pipe.txt")
    assert "not there" in refusal(tmp_path, "gone.txt")
    assert "cannot be read" in refusal(tmp_path, "loop.txt")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "open.txt", "x")
    write(tmp_path, "closed.txt", "x")
    (tmp_path / "open.txt").chmod(0o644)
    (tmp_path / "closed.txt").chmod(0)
    assert as_nobody(lambda: sources.read(tmp_path, "open.txt").text, tmp_path) == "x"
    assert "may not be read" in as_nobody(lambda: refusal(tmp_path, "closed.txt"), tmp_path)


def test_a_folder_that_cannot_be_looked_into_is_listed_and_refused(tmp_path: Path) -> None:
    write(tmp_path, "minutes/may.txt", "Ida spoke.")
    write(tmp_path, "a.txt", "Ida sang.")
    (tmp_path / "minutes").chmod(0)

    def seen() -> Any:
        closed = [sources.is_closed(tmp_path, path) for path in ("a.txt", "minutes")]
        return sources.find(tmp_path), closed, refusal(tmp_path, "minutes")

    found, closed, said = as_nobody(seen, tmp_path)
    assert found == ["a.txt", "minutes"]
    assert closed == [False, True]
    assert "give yourself the right" in said


@pytest.mark.parametrize("mode", [0o444, 0])
def test_a_folder_that_may_be_listed_or_not_even_that_is_not_taken_for_empty(
    tmp_path: Path, mode: int
) -> None:
    folder = tmp_path / "sources"
    write(folder, "minutes/may.txt", "Ida spoke.")
    folder.chmod(mode)

    def seen() -> Any:
        try:
            return sources.find(folder), sources.is_closed(folder, "minutes")
        except NoDocuments as error:
            return str(error)

    said = as_nobody(seen, tmp_path)
    if mode:
        assert said == (["minutes"], True)
    else:
        assert "give yourself the right" in said


def as_nobody(work: Callable[[], Any], folder: Path) -> Any:
    """Return what `work` returns, in a child of another user: permissions do not stop root."""
    folder.chmod(0o755)
    let_in(folder)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=_send_as_nobody, args=(work, there))
    child.start()
    there.close()
    try:
        assert here.poll(60)
        return here.recv()
    finally:
        child.join(10)


def _send_as_nobody(work: Callable[[], Any], pipe: Connection) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    pipe.send(work())
