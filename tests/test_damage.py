"""An index that is damaged, killed or out of room: what is said, and what mends it.

Commands run in processes of their own, since what is tried may end them with a signal.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import workspace
from assistant.errors import IndexDamaged, IndexFull
from assistant.index import checking, writer
from assistant.index import pointer as pointers
from assistant.index.pointer import FORMAT
from tests import damaging, driver
from tests.damaging import live

pytestmark = pytest.mark.slow

QUESTIONS = ["When was the harbour dredged?"]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, list[str]]:
    """A workspace with an index, and what it answers."""
    root = workspace.create(tmp_path_factory.mktemp("built") / "workspace")
    for name in ("harbour", "mill", "tower"):
        lines = (f"The {name} of Brindle was dredged in 19{n}. It was {name}." for n in range(9))
        (root / "sources" / f"{name}.txt").write_text(f"{name} news\n\n" + "\n\n".join(lines))
    assert driver.run("index", "--workspace", str(root)).code == 0
    clean = damaging.answers(root, QUESTIONS)
    assert json.loads(clean[0])["kind"] == "answer"
    return root, clean


@pytest.fixture
def copy(built, tmp_path) -> Path:
    return Path(shutil.copytree(built[0], tmp_path / "copy"))


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("live.json", "half"),
        ("live.json", "folder"),
        (".lock", "folder"),
        ("STORE/chroma/chroma.sqlite3", "middle"),
        ("STORE/chroma/chroma.sqlite3", "gone"),
        ("STORE/chroma/SEGMENT/header.bin", "garbage"),
        ("STORE/words.sqlite3", "folder"),
        ("STORE/holds.json", "empty"),
    ],
)
def test_a_damaged_file_is_told_in_a_line_and_mended(built, copy, name, way):
    assert damaging.damage(copy, name, way) > 0
    seen = damaging.mended(copy, QUESTIONS, built[1])
    assert not seen.wrong, seen.said


@pytest.mark.parametrize(
    "said",
    [
        "[]",
        "7",
        '{"format": FORMAT}',
        '{"store": "../sources", "revision": 1, "format": FORMAT, "model": "letters@1"}',
        '{"store": 1, "revision": "x", "format": FORMAT, "model": []}',
        '{"store": "store-0123456789ab", "revision": -1, "format": FORMAT, "model": "letters@1"}',
        '{"store": "store-0123456789ab", "revision": 1e999, "format": FORMAT, "model": "x"}',
        '{"store": "store-0123456789ab", "revision": 1, "format": FORMAT, "model": "letters@1"}',
        "[" * 100_000,
    ],
)
def test_a_pointer_that_no_version_wrote_is_damage_and_is_built_again(assistant, put, said):
    put("a.txt", "Apples fell.")
    index = assistant.workspace.index
    (index / "live.json").write_text(said.replace("FORMAT", str(FORMAT)))
    with pytest.raises(IndexDamaged, match="--rebuild"):
        assistant.records()
    report = assistant.sync()
    assert "damaged" in report.mended or "cannot be read" in report.mended
    assert [record.path for record in assistant.records()] == ["a.txt"]


def test_an_index_of_an_earlier_layout_is_built_again_and_nothing_is_left_of_it(copy):
    index = copy / "index"
    shutil.rmtree(live(copy))
    for name in ("chroma", "words-1.sqlite3", "store-0123456789ab"):
        (index / name).mkdir()
    (index / "writing").touch()
    pointer = {"generation": 1, "revision": 1, "format": 2, "model": "letters@1", "build": "x"}
    (index / "live.json").write_text(json.dumps(pointer))
    for command in ("ask", "sources"):
        words = ("Harbour?", "--no-sync") if command == "ask" else ()
        refused = driver.run(command, *words, "--workspace", str(copy))
        assert refused.code == 2
        assert "format 2" in refused.err
        assert "assistant index --rebuild" in refused.err
    mended = driver.run("ask", "When was the harbour dredged?", "--workspace", str(copy))
    assert mended.code == 0
    assert "format 2" in mended.err
    assert "It was built again from sources/." in mended.err
    assert {path.name for path in index.iterdir()} == {
        "recipe.toml",
        "live.json",
        ".lock",
        live(copy).name,
    }


def test_a_lost_pointer_is_no_reason_to_point_to_nothing(assistant, put):
    put("a.txt", "Apples fell.")
    assistant.sync()
    (assistant.workspace.index / "live.json").unlink()
    assert assistant.sync().added == ("a.txt",)
    assert assistant.ask("Apples?").answered


def test_reading_that_ends_its_process_is_damage(copy, monkeypatch):
    monkeypatch.setattr(checking, "PROBE", ("-c", "import os; os.kill(os.getpid(), 11)"))
    with pytest.raises(IndexDamaged, match=r"ends the process \(-11\).*--rebuild"):
        checking.probe(live(copy), 1, finished=True)


def test_an_index_that_nobody_touched_is_opened_without_reading_it_all(built, monkeypatch):
    place = live(built[0])
    pointer = pointers.read(place.parent)
    assert pointer is not None
    assert checking.as_left(place, pointer.revision)
    (place / "opening").touch()  # a process died while it loaded the vectors
    assert not checking.as_left(place, pointer.revision)
    (place / "opening").unlink()
    assert checking.as_left(place, pointer.revision)
    os.utime(place / "words.sqlite3", (1, 1))
    assert not checking.as_left(place, pointer.revision)
    assert driver.run("ask", "Harbour?", "--no-sync", "--workspace", str(built[0])).code == 0
    assert checking.as_left(place, pointer.revision)


def test_killed_at_random_the_index_is_that_of_a_clean_run(built, tmp_path):
    kills, root = 5, tmp_path / "killed"
    shutil.copytree(built[0] / "sources", root / "sources")
    (root / "index").mkdir()
    shutil.copy(built[0] / "index" / "recipe.toml", root / "index")
    for number in range(kills):
        process = driver.start("index", "--workspace", str(root))
        time.sleep(0.2 + number * 0.3)
        process.kill()
        process.join()
    assert driver.run("index", "--workspace", str(root)).code == 0
    assert damaging.answers(root, QUESTIONS) == built[1]
    ours, clean = (checking.read_holding(live(place)) for place in (root, built[0]))
    assert ours is not None
    assert clean is not None
    for what in ("documents", "passages", "pieces", "words"):
        assert getattr(ours, what) == getattr(clean, what)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 24 MB, which only root can make."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("a file system is mounted for this, as root")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=True)
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def _fill(disk: Path) -> None:
    with (disk / "filling").open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


def test_on_a_full_disk_the_old_index_answers_and_is_gone_on_with(built, small_disk):
    root = Path(shutil.copytree(built[0], small_disk / "workspace"))
    before = live(root)
    (root / "sources" / "new.txt").write_text("The quay was built of quartz in 1950.")
    _fill(small_disk)
    where = ("--workspace", str(root))
    for command in (("index",), ("index", "--rebuild")):
        full = driver.run(*command, *where)
        assert (full.code, full.out) == (2, "")
        assert full.err.startswith("assistant: The disk is full")
        assert full.err.count("\n") == 1
    asked = driver.run("ask", QUESTIONS[0], "--json", *where)
    assert (asked.code, asked.out) == (0, built[1][0])
    assert "The disk is full" in asked.err
    assert live(root) == before
    (small_disk / "filling").unlink()
    assert driver.run("index", *where).out.startswith("1 added")
    assert "quartz" in driver.run("ask", "Quay of quartz?", *where).out


def test_a_disk_that_fills_up_while_it_is_written_to_is_told_so(assistant, put, monkeypatch):
    put("a.txt", "Apples fell.")
    assistant.sync()
    put("b.txt", "Bees flew.")
    monkeypatch.setattr(writer, "ROOM_BYTES", 1 << 62)
    with pytest.raises(IndexFull, match="The disk is full"):
        assistant.sync()
    assert assistant.refresh() is None
    assert "The disk is full" in assistant.notice
    assert assistant.ask("Apples?").answered
    monkeypatch.undo()
    assert assistant.sync().added == ("b.txt",)
    assert assistant.notice == ""
